package business

import (
	"slices"
	"strings"

	"github.com/lienthong/lienthong/adapters/field"
	"github.com/lienthong/lienthong/adapters/strict"
	"github.com/lienthong/lienthong/schema"
	"github.com/lienthong/lienthong/schema/units"
)

// The days on both sides of the change of code lists. The register answers with
// the address as it stands, so not the day of registration but the district
// tells which list a commune code is of.
var (
	lastOldDay, _  = schema.NewDate(2025, 6, 30)
	firstNewDay, _ = schema.NewDate(2025, 7, 1)
)

// headOffice reads the first address; the register has one.
func (a *adapter) headOffice(r *field.Reader, list strict.List[office]) schema.Address {
	if len(list) == 0 || len(list[0].DiaChi) == 0 {
		return schema.Address{}
	}
	at, w := r.Item("DiaChiTruSo", 0).Item("DiaChi", 0), &list[0].DiaChi[0]
	code := units.ResolveCode(at.Code(w.MaPhuongXa), at.Code(w.MaTinhThanh), listOf(at.Code(w.MaQuanHuyen)))
	at.Found("MaPhuongXa", code.Problems, schema.Warning)
	out := code.Address()
	out.Street = join(at.Text("SoNha", w.SoNha), at.Text("DiaChi", w.DiaChi))
	commune, district, province := at.Text("TenPhuongXa", w.TenPhuongXa), at.Text("TenQuanHuyen", w.TenQuanHuyen), at.Text("TenTinhThanh", w.TenTinhThanh)
	known := code.Commune != "" && isNamed(code, commune)
	if code.Commune != "" && !known {
		at.Note("TenPhuongXa", doubt("unit.name", "Tên xã, phường không khớp với mã.", "The name is not that of the code's commune."))
	}
	if !known { // the names may be all that there is
		out.Text = join(out.Street, commune, district, province)
	}
	return out
}

// isNamed reports whether a commune that a code led to bears a name, or there is
// no name to compare with. Most codes changed their meaning on 01/07/2025.
func isNamed(code units.Resolution, name string) bool {
	if name == "" {
		return true
	}
	now := units.FindCommunes(units.Code{System: units.NSO2025, Code: code.Province}, name)
	old := units.FindCommunes(units.Code{System: units.NSO2004, Code: code.OldProvince}, name)
	is := func(u units.Unit) bool {
		return u.Code == code.Commune && code.OldCommune == "" || u.Code == code.OldCommune
	}
	return slices.ContainsFunc(now, is) || slices.ContainsFunc(old, is)
}

// listOf returns a day of the list that a code beside this district is of; no day when nothing tells.
func listOf(district string) schema.Date {
	switch {
	case district == "":
		return schema.Date{}
	case strings.Trim(district, "0") == "":
		return firstNewDay
	}
	return lastOldDay
}

func join(parts ...string) string {
	var filled []string
	for _, p := range parts {
		if p != "" {
			filled = append(filled, p)
		}
	}
	return strings.Join(filled, ", ")
}
