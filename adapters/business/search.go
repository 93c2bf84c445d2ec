package business

import (
	"strings"

	"github.com/lienthong/lienthong/adapters/field"
	"github.com/lienthong/lienthong/adapters/strict"
	"github.com/lienthong/lienthong/schema"
	"github.com/lienthong/lienthong/schema/units"
)

// found reads one row of the public search.
func (run *run) found(m message) {
	var w searchRow
	r, ok := run.decode(m, &w)
	if !ok {
		return
	}
	o := &schema.Organisation{
		LegalName:    r.Text("Name", w.Name),
		ForeignName:  r.Text("Name_F", w.NameF),
		ShortName:    r.Text("Short_Name", w.ShortName),
		Status:       labelOrCode(r.Text("Status", w.Status)),
		RegisteredOn: day(r, "Founding_Date", w.Founded),
		ChangedOn:    day(r, "Last_Amend_Date", w.LastAmendedOn),
		HeadOffice:   run.foundOffice(r, &w),
	}
	if schema.FoldKey(o.ForeignName) == schema.FoldKey(o.LegalName) {
		o.ForeignName = "" // the name without diacritics, made for searching
	}
	if name := r.Name("Legal_First_Name", w.LegalName); name != "" {
		o.Representatives = []schema.Person{{FullName: name}}
	}
	code := coded{key: "Enterprise_Gdt_Code", raw: w.TaxCode}
	if strings.TrimSpace(string(w.TaxCode)) == "" && isTaxCode(w.Code) {
		code = coded{key: "Enterprise_Code", raw: w.Code}
	}
	id := identify(r, o, code)
	r.Require("Name", o.LegalName)
	if own := r.Code(w.ID); own != "" && strings.Trim(own, "0") != "" {
		id = own
	}
	run.keep(m, r, "search/"+id, o)
}

// isTaxCode reports whether a code of the register is a tax code beyond doubt.
func isTaxCode(raw strict.Text) bool {
	id, found := schema.ParseTaxCode(string(raw))
	return !id.IsZero() && len(found) == 0
}

// day returns the day of an instant, which the search writes as /Date(ms)/ and a sheet in any way.
func day(r *field.Reader, key string, raw strict.Text) schema.Date {
	if strings.HasPrefix(string(raw), "/Date(") {
		if t := r.OptionalTime(key, raw, schema.TimeDotNet); !t.IsZero() {
			return t.Date()
		}
		return schema.Date{}
	}
	return r.Date(key, raw, schema.DateAny)
}

// foundOffice reads the address of a row. Its ids are of the register's own list
// of places, whose provinces are numbered above those of the statistics office, so
// the line tells. A ward is taken for a commune code only beside the number of
// the province that this gateway serves, and where the line leaves it open.
func (run *run) foundOffice(r *field.Reader, w *searchRow) schema.Address {
	line := r.Text("Ho_Address", w.Address)
	code := units.Resolution{}
	if city := r.Code(w.City); city == run.province && city != "" {
		code = units.ResolveCode(r.Code(w.Ward), city, listOf(r.Code(w.District)))
	}
	read := units.ReadLine(line, schema.Date{})
	switch {
	case read.New.CommuneCode == "" && code.Commune != "":
		r.Found("Ward_Id", code.Problems, schema.Warning)
		out := code.Address()
		out.Text = line
		return out
	case line == "":
		return schema.Address{}
	}
	return placeAsRead(r, "Ho_Address", read)
}
