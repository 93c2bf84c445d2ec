package civil

import (
	"strings"

	"github.com/lienthong/lienthong/adapters/field"
	"github.com/lienthong/lienthong/adapters/strict"
	"github.com/lienthong/lienthong/schema"
	"github.com/lienthong/lienthong/schema/units"
)

// lastOldDay is the last day of the code lists with districts. Whoever sends a
// district still uses them, whatever the date of the message.
var lastOldDay, _ = schema.NewDate(2025, 6, 30)

// address reads a place with codes; asOf is the day of the message.
func (a *adapter) address(r *field.Reader, key string, list strict.List[place], asOf schema.Date) schema.Address {
	if len(list) == 0 {
		return schema.Address{}
	}
	w, at := &list[0], r.Under(key)
	if hasCode(w.MaHuyen) {
		asOf = lastOldDay
	}
	code := units.ResolveCode(at.Code(w.MaXa), at.Code(w.MaTinh), asOf)
	at.Found("maXa", code.Problems, schema.Warning)
	out := code.Address()
	out.Street = at.Text("dcChiTiet", w.DcChiTiet)
	if !hasCode(w.MaXa) && hasCode(w.MaTinh) {
		out.Province, out.OldProvince = province(at.Code(w.MaTinh), asOf)
	}
	return out
}

// province reads the code of a province where no commune is given.
func province(code string, asOf schema.Date) (now, old string) {
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

// authority returns the commune that registers, by the list in force; "" when its code does not decide.
func (a *adapter) authority(r *field.Reader, key string, commune strict.Text, province string, asOf schema.Date) string {
	if province == "" {
		province = a.province // a one-stop system works for its own province
	}
	code := units.ResolveCode(r.Code(commune), province, asOf)
	r.Found(key, code.Problems, schema.Warning)
	return code.Commune
}

// hasCode reports whether a field holds a code; systems write "" or 0 where there is none.
func hasCode(raw strict.Text) bool {
	return strings.Trim(string(raw), "0 ") != ""
}
