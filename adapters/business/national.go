package business

import (
	"strings"

	"github.com/lienthong/lienthong/adapters/field"
	"github.com/lienthong/lienthong/adapters/strict"
	"github.com/lienthong/lienthong/schema"
)

// national reads the Data of an answer of the national service. Data without
// any content is its word for an unknown code, like null.
func (run *run) national(m message) {
	var w nationalEnterprise
	r, ok := run.decode(m, &w)
	if !ok || w.MainInformation == (mainInformation{}) && len(w.HOAdress)+len(w.HOAddress)+len(w.Representatives) == 0 && len(r.Problems()) == 0 {
		return
	}
	main, at := &w.MainInformation, r.Under("MainInformation")
	o := &schema.Organisation{
		LegalName:     at.Text("NAME", main.Name),
		ForeignName:   at.Text("NAME_F", main.ForeignName),
		ShortName:     at.Text("SHORT_NAME", main.ShortName),
		LegalForm:     at.Text("ENTERPRISE_TYPE_NAME", main.TypeName),
		LegalFormCode: at.Text("ENTERPRISE_TYPE_ID", main.TypeID),
		Status: schema.LegalStatus{
			Label: at.Text("ENTERPRISE_STATUS_NAME", main.StatusName),
			Code:  at.Text("ENTERPRISE_STATUS_ID", main.StatusID),
		},
		RegisteredOn: at.Date("FOUNDING_DATE", main.Founded, schema.DateAny),
		ChangedOn:    at.Date("LAST_AMEND_DATE", main.Amended, schema.DateAny),
		CapitalVND:   capital(at, "CAPITAL_AMOUNT", main.Capital),
		Phone:        at.Phone("PHONE", main.Phone),
		Email:        email(at, "EMAIL", main.Email),
		Website:      at.Text("WEBSITE", main.Website),
		HeadOffice:   nationalOffice(r.Item("HOAdress", 0), w.HOAdress),
	}
	if strings.TrimSpace(string(main.Changes)) != "" {
		o.ChangeCount = changes(at, "NUMBER_CHANGES", main.Changes)
	}
	if o.HeadOffice.IsZero() {
		o.HeadOffice = nationalOffice(r.Item("HOAddress", 0), w.HOAddress)
	}
	for i := range w.Representatives {
		o.Representatives = addPerson(o.Representatives, nationalRepresentative(r.Item("Representatives", i), &w.Representatives[i]))
	}
	for i := range w.Activities {
		line, item := &w.Activities[i], r.Item("BusinessActivity", i)
		act := schema.Activity{Code: industryCode(item, "Code", line.Code), Name: item.Text("Name", line.Name)}
		if act.Code != "" {
			o.Activities = append(o.Activities, act)
		}
	}
	id := identify(at, o, coded{key: "ENTERPRISE_GDT_CODE", raw: main.TaxCode})
	at.Require("NAME", o.LegalName)
	run.keep(m, r, "ngsp/"+id, o)
}

func nationalOffice(at *field.Reader, list strict.List[nationalAddress]) schema.Address {
	if len(list) == 0 {
		return schema.Address{}
	}
	w := &list[0]
	line := at.Text("AddressFullText", w.AddressFullText)
	if line != "" {
		return placeOfLine(at, "AddressFullText", line)
	}
	return placeOfLine(at, "WardName", join(at.Text("StreetNumber", w.StreetNumber), at.Text("WardName", w.WardName),
		at.Text("DistrictName", w.DistrictName), at.Text("CityName", w.CityName)))
}

func nationalRepresentative(at *field.Reader, w *nationalPerson) schema.Person {
	p := schema.Person{
		FullName:    at.Name("FULL_NAME", w.FullName),
		Birth:       at.Date("DATE_OF_BIRTH", w.Birth, schema.DateAny),
		Nationality: at.Text("NATIONALITY_NAME", w.Nationality),
	}
	paper(at, &p, paperKeys{"PERS_DOC_NAME", "PERS_DOC_NO", "PERS_DOC_ISSUE_DATE", "PERS_DOC_ISSUE_PLACE"},
		paperText{w.PaperName, w.PaperNumber, w.IssuedOn, w.IssuedAt})
	return p
}

// capital reads an amount of đồng that may have decimals without any content.
func capital(r *field.Reader, key string, raw strict.Text) int64 {
	text := strings.TrimSpace(string(raw))
	if whole, cents, ok := strings.Cut(text, "."); ok && len(cents) > 3 && strings.Trim(cents, "0") == "" {
		text = whole // SQL's money and decimals; up to two zeros the amount itself understands
	}
	return r.Amount(key, strict.Text(text))
}

// email returns an e-mail address as it is written.
func email(r *field.Reader, key string, raw strict.Text) string {
	text := r.Text(key, raw)
	if at := strings.IndexByte(text, '@'); text != "" && (at < 1 || at == len(text)-1 || strings.ContainsAny(text, " ,;")) {
		r.Warn(key, "email.invalid")
	}
	return text
}
