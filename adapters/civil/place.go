package civil

import (
	"strings"

	"github.com/go-json-experiment/json/jsontext"

	"github.com/lienthong/lienthong/adapters/field"
	"github.com/lienthong/lienthong/adapters/strict"
	"github.com/lienthong/lienthong/schema"
	"github.com/lienthong/lienthong/schema/units"
)

// lastOldDay is the last day of the code lists with districts. Whoever sends a
// district still uses them, whatever the date of the message.
var lastOldDay, _ = schema.NewDate(2025, 6, 30)

// place reads a place: an object with codes, a bare code of a commune, or one
// line of text. asOf is the day whose lists the source uses.
func (a *adapter) place(r *field.Reader, key string, raw jsontext.Value, asOf schema.Date) schema.Address {
	if text, ok := scalar(raw); ok {
		if isUnitCode(text) {
			return unitIn(r, key, text, "", asOf)
		}
		return a.oneLine(r, key, r.Text(key, text), asOf)
	}
	var w place
	if !a.nested(r, key, raw, &w) {
		return schema.Address{}
	}
	if w.MaDiaBan != "" || w.Code != "" {
		return a.unitOfList(r.Under(key), &w, asOf)
	}
	at := r.Under(key)
	commune, district, province := a.choose(at, "maXa", w.MaXa), a.choose(at, "maHuyen", w.MaHuyen), a.choose(at, "maTinh", w.MaTinh)
	if hasCode(district.code) {
		asOf = lastOldDay
	}
	out := unitIn(at, "maXa", commune.code, at.Code(province.code), asOf)
	out.Street = at.Text("dcChiTiet", w.DcChiTiet)
	if !hasCode(commune.code) && hasCode(province.code) {
		out.Province, out.OldProvince = provinceOf(at.Code(province.code), asOf)
	}
	return out
}

// unitOfList reads the one unit that an e-form sends instead of a place.
func (a *adapter) unitOfList(at *field.Reader, w *place, asOf schema.Date) schema.Address {
	key, code := "maDiaBan", w.MaDiaBan
	if code == "" {
		key, code = "Code", w.Code
	}
	if len(strings.TrimSpace(string(code))) <= 2 {
		var out schema.Address
		out.Province, out.OldProvince = provinceOf(at.Code(code), asOf)
		return out
	}
	return unitIn(at, key, code, "", asOf)
}

// unitIn reads the code of a commune. province is what the source says of the
// province; where it says nothing a code of the own province is more likely.
func unitIn(r *field.Reader, key string, raw strict.Text, province string, asOf schema.Date) schema.Address {
	code := units.ResolveCode(r.Code(raw), province, asOf)
	r.Found(key, code.Problems, schema.Warning)
	return code.Address()
}

// oneLine makes an address of a line of text, "Phố 4, phường Hoa Lư", with the
// codes of its units where the text decides them. asOf is the day of the lists
// that it speaks of. A line that names no province is read as one of the own
// province: names repeat all over the country, and a register writes of its
// neighbours. What stays open is said. Reading a line costs as much as all else
// in a message.
func (a *adapter) oneLine(r *field.Reader, key, line string, asOf schema.Date) schema.Address {
	if line == "" {
		return schema.Address{}
	}
	read := units.ReadLine(line, asOf)
	if namesProvince(line, read) {
		if read.Ambiguous {
			r.Note(key, openAddress())
		}
		return read.Address()
	}
	home, known := units.Province(a.province)
	if read.Confidence < leastSound || !known {
		return schema.Address{Text: line} // "Tại nhà" sounds like five communes and means none
	}
	at := units.ReadLine(line+", "+home.FullName(), asOf)
	if at.Ambiguous || at.Confidence < leastConfidence || at.New.ProvinceCode != home.Code || at.New.CommuneCode == "" {
		r.Note(key, openAddress())
		return schema.Address{Text: line}
	}
	out := at.Address()
	out.Text = line
	return out
}

func openAddress() schema.Problem {
	return doubt("address.ambiguous", "Địa chỉ không cho biết chắc chắn xã, phường.", "The address does not tell for certain which commune.")
}

// Confidences of a reading: below the first nothing in a line sounds like a
// unit, below the second its commune is not taken.
const (
	leastSound      = 0.3
	leastConfidence = 0.6
)

// namesProvince reports whether a line itself names the province that was read.
func namesProvince(line string, read units.Reading) bool {
	key := schema.FoldKey(line)
	for _, name := range []string{read.New.Province, read.Old.Province} {
		if short := schema.FoldKey(bare(name)); short != "" && strings.Contains(key, short) {
			return true
		}
	}
	return false
}

// bare returns a province's name without its type.
func bare(name string) string {
	for _, kind := range []string{"Tỉnh ", "Thành phố ", "tỉnh ", "thành phố "} {
		name = strings.TrimPrefix(name, kind)
	}
	return name
}

// provinceOf reads the code of a province where no commune is given.
func provinceOf(code string, asOf schema.Date) (now, old string) {
	if len(code) == 1 {
		code = "0" + code
	}
	if asOf.Compare(lastOldDay) > 0 {
		if u, ok := units.Province(code); ok {
			return u.Code, ""
		}
	}
	if u, ok := units.OldProvince(code); ok {
		since, _ := units.ProvinceSince(u.Code)
		return since.Code, u.Code
	}
	return "", ""
}

// authority is the commune that registers, by the list in force and, where the
// source speaks of it so, by the list until 30/06/2025.
type authority struct{ now, old string }

// authority reads the code of the commune that registers. A one-stop system
// works for its own province; a code that is none there is looked up anywhere.
func (a *adapter) authority(r *field.Reader, key string, commune strict.Text, province string, asOf schema.Date) authority {
	if !hasCode(commune) {
		return authority{}
	}
	if province == "" {
		province = a.province
	}
	raw := r.Code(commune)
	if !isUnitCode(commune) {
		return a.authorityByName(raw, asOf)
	}
	code := units.ResolveCode(raw, province, asOf)
	r.Found(key, code.Problems, schema.Warning)
	if code.Commune == "" && code.Default == "" {
		code = units.ResolveCode(raw, "", asOf) // of another province, which the problem above says
	}
	out := authority{now: code.Commune}
	if out.now == "" {
		out.now = code.Default // the books went where the people went
	}
	if asOf.Compare(lastOldDay) <= 0 && !asOf.IsZero() {
		out.old = code.OldCommune
	}
	return out
}

// authorityByName reads "UBND phường Kinh Bắc": a name that several provinces
// have is the one of the own province.
func (a *adapter) authorityByName(name string, asOf schema.Date) authority {
	read := units.ReadLine(name, asOf)
	if home, ok := units.Province(a.province); ok && read.New.CommuneCode == "" {
		read = units.ReadLine(name+", "+home.FullName(), asOf)
	}
	out := authority{now: read.New.CommuneCode}
	if asOf.Compare(lastOldDay) <= 0 && !asOf.IsZero() {
		out.old = read.Old.CommuneCode
	}
	return out
}

// hasCode reports whether a field holds a code; systems write "" or 0 where there is none.
func hasCode(raw strict.Text) bool {
	return strings.Trim(string(raw), "0 ") != ""
}

// isUnitCode reports whether a text is the bare code of a commune, which may have lost its zeros.
func isUnitCode(raw strict.Text) bool {
	s := strings.TrimSpace(string(raw))
	return len(s) >= 2 && len(s) <= 5 && strings.Trim(s, "0123456789") == ""
}
