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

// headOffice reads the first address of an enterprise; the register has one.
func headOffice(r *field.Reader, list strict.List[office]) schema.Address {
	if len(list) == 0 || len(list[0].DiaChi) == 0 {
		return schema.Address{}
	}
	return placeOf(r.Item("DiaChiTruSo", 0).Item("DiaChi", 0), &list[0].DiaChi[0], "")
}

// householdOffice reads the first address of a household business.
func householdOffice(r *field.Reader, list strict.List[flatOffice]) schema.Address {
	if len(list) == 0 {
		return schema.Address{}
	}
	w := &list[0]
	return placeWithLine(r.Item("DiaChiTruSo", 0), &w.location, w.DiaChiDayDu)
}

// placeWithLine reads an address that stands in codes and names and in one line
// besides. The line is kept; where there is no usable code it tells before the names.
func placeWithLine(at *field.Reader, w *location, line strict.Text) schema.Address {
	text := at.Text("DiaChiDayDu", line)
	out := placeOf(at, w, text)
	if text != "" {
		out.Text = text
	}
	return out
}

// placeOf reads an address of codes and names. The code tells; the names stay
// as text where they contradict it. Where there is no usable code the line tells
// or, without one, the names.
func placeOf(at *field.Reader, w *location, line string) schema.Address {
	street := join(at.Text("SoNha", w.SoNha), at.Text("DiaChi", w.DiaChi))
	commune, district, province := at.Text("TenPhuongXa", w.TenPhuongXa), at.Text("TenQuanHuyen", w.TenQuanHuyen), at.Text("TenTinhThanh", w.TenTinhThanh)
	if country, abroad := abroad(at, w); abroad {
		return schema.Address{Text: join(street, commune, district, province, country)}
	}
	code := units.ResolveCode(at.Code(w.MaPhuongXa), at.Code(w.MaTinhThanh), listOf(at.Code(w.MaQuanHuyen)))
	at.Found("MaPhuongXa", code.Problems, schema.Warning)
	names := join(commune, district, province)
	if code.Commune == "" && code.OldCommune == "" && len(code.Candidates) == 0 {
		return placeOfWords(at, street, names, line)
	}
	out := code.Address()
	out.Street = street
	if code.Commune != "" && isNamed(code, commune) {
		return out
	}
	if code.Commune != "" {
		at.Note("TenPhuongXa", doubt("unit.name", "Tên xã, phường không khớp với mã.", "The name is not that of the code's commune."))
	}
	out.Text = join(street, names)
	return out
}

// placeOfWords reads an address of which only the words are known.
func placeOfWords(at *field.Reader, street, names, line string) schema.Address {
	if line != "" {
		return placeOfLine(at, "DiaChiDayDu", line)
	}
	out := placeOfLine(at, "TenPhuongXa", names)
	out.Street, out.Text = street, join(street, names)
	return out
}

// placeOfLine reads an address of one line. Only what the line decides becomes a code.
func placeOfLine(at *field.Reader, key, line string) schema.Address {
	if line == "" {
		return schema.Address{}
	}
	return placeAsRead(at, key, units.ReadLine(line, schema.Date{}))
}

func placeAsRead(at *field.Reader, key string, read units.Reading) schema.Address {
	if read.Confidence < leastConfidence {
		at.Note(key, doubt("address.unread", "Không nhận ra đơn vị hành chính trong địa chỉ; giữ nguyên văn.",
			"No administrative unit was made out in the address; kept as text."))
		return schema.Address{Text: read.Text}
	}
	out := read.Address()
	if out.Commune == "" {
		at.Note(key, doubt("address.commune", "Địa chỉ không cho biết chắc chắn xã, phường.", "The address does not tell which commune."))
	}
	return out
}

// leastConfidence is the confidence of a reading below which a line counts as
// not read: a street name alone reaches a few hundredths, a province 0.4.
const leastConfidence = 0.3

// abroad reports whether an address is of another country.
func abroad(at *field.Reader, w *location) (string, bool) {
	country, code := at.Text("QuocGia", w.QuocGia), at.Code(w.MaQuocGia)
	if code == "VN" || code == "VNM" || code == "" && country == "" || schema.FoldKey(country) == "vietnam" {
		return "", false
	}
	if country == "" {
		country = code
	}
	at.Note("MaQuocGia", doubt("address.abroad", "Địa chỉ ở nước ngoài; giữ nguyên văn.", "The address is abroad; kept as text."))
	return country, true
}

// isNamed reports whether a commune that a code led to bears a name, or there is
// no name to compare with. Most codes changed their meaning on 01/07/2025.
func isNamed(code units.Resolution, name string) bool {
	if name == "" {
		return true
	}
	now, _ := units.Commune(code.Commune)
	old, _ := units.OldCommune(code.OldCommune)
	key := schema.FoldKey(name)
	if code.OldCommune == "" && key == schema.FoldKey(now.FullName()) || code.OldCommune != "" && key == schema.FoldKey(old.FullName()) {
		return true
	}
	is := func(u units.Unit) bool {
		return u.Code == code.Commune && code.OldCommune == "" || u.Code == code.OldCommune
	}
	return slices.ContainsFunc(units.FindCommunes(units.Code{System: units.NSO2025, Code: code.Province}, name), is) ||
		slices.ContainsFunc(units.FindCommunes(units.Code{System: units.NSO2004, Code: code.OldProvince}, name), is)
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
