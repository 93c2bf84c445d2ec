package land

import (
	"strings"

	"github.com/lienthong/lienthong/adapters/field"
	"github.com/lienthong/lienthong/adapters/strict"
	"github.com/lienthong/lienthong/schema"
	"github.com/lienthong/lienthong/schema/units"
)

// The days on both sides of the change of code lists.
var (
	lastOldDay, _  = schema.NewDate(2025, 6, 30)
	firstNewDay, _ = schema.NewDate(2025, 7, 1)
)

// receptionPlace returns the commune of a reception. A district tells that its
// code is of the old list, whatever the date; without one the date decides. An
// old commune stays known beside its successor: sheets are numbered anew in each.
func (a *adapter) receptionPlace(r *field.Reader, w *reception) schema.Address {
	province, list := r.Code(w.TinhID), firstNewDay
	if strings.Trim(province, "0") == "" {
		province = a.province // a land office works for its own province
	}
	received := optionalInstant(field.At(""), "NgayTiepNhan", w.NgayTiepNhan)
	if strings.Trim(r.Code(w.HuyenID), "0") != "" || !received.IsZero() && received.Date().Compare(lastOldDay) <= 0 {
		list = lastOldDay
	}
	code := units.ResolveCode(r.Code(w.XaID), province, list)
	r.Found("XaId", code.Problems, schema.Warning)
	return code.Address()
}

// rowPlace returns the commune of a row of the land database. With the former
// commune beside it the code is of the new list.
func (a *adapter) rowPlace(r *field.Reader, w *row) schema.Address {
	former := r.Code(w.XaIDCu)
	if strings.Trim(former, "0") == "" {
		return a.undatedPlace(r, "XAID", w.XaID, w.DiaChiThuaDat)
	}
	now := units.ResolveCode(r.Code(w.XaID), a.province, firstNewDay)
	old := units.ResolveCode(former, a.province, lastOldDay)
	r.Found("XAID", now.Problems, schema.Warning)
	r.Found("XAID_CU", old.Problems, schema.Warning)
	place := old.Address()
	switch {
	case place.OldCommune == "" && isDigits(former, 1, 5): // of no list, but it keeps the sheets of two communes apart
		place.OldCommune = strings.Repeat("0", 5-len(former)) + former
	case now.Commune != "" && place.Commune != "" && now.Commune != place.Commune:
		r.Note("XAID_CU", doubt("unit.successor", "Xã mới không phải là xã kế thừa của xã cũ.", "The new commune is no successor of the old one."))
	}
	if now.Commune != "" {
		place.Commune, place.Province, place.Candidates = now.Commune, now.Province, nil
	}
	return place
}

// undatedPlace returns the commune of a row that does not say whose list its
// code is of. Where the lists differ, the address decides if it names one of the
// two communes; if it does not, the row cannot be placed.
func (a *adapter) undatedPlace(r *field.Reader, key string, raw, address strict.Text) schema.Address {
	code := r.Code(raw)
	found := units.ResolveCode(code, a.province, schema.Date{})
	if found.Commune == "" && found.OldCommune == "" && len(found.Candidates) > 0 {
		if day, ok := listByName(code, address); ok {
			found = units.ResolveCode(code, a.province, day)
		}
	}
	place := found.Address()
	worst := schema.Warning
	if place.Commune == "" && place.OldCommune == "" {
		worst = schema.Refused
	}
	for _, p := range found.Problems {
		if p.Level != schema.Repaired {
			p.Level = worst
		}
		r.Note(key, p)
	}
	if worst == schema.Refused {
		r.Require(key, "")
	}
	return place
}

// listByName returns a day of the list in which the code is the commune that an address names.
func listByName(code string, address strict.Text) (schema.Date, bool) {
	if !isDigits(code, 1, 5) {
		return schema.Date{}, false
	}
	code = strings.Repeat("0", 5-len(code)) + code
	now, isNew := units.Commune(code)
	old, isOld := units.OldCommune(code)
	if !isNew || !isOld {
		return schema.Date{}, false
	}
	text, _ := schema.CleanText(string(address))
	text = " " + schema.UnifyTones(strings.ToLower(strings.NewReplacer(",", " ", ".", " ", "-", " ").Replace(text))) + " "
	names := func(u units.Unit) bool {
		return strings.Contains(text, " "+schema.UnifyTones(strings.ToLower(u.FullName()))+" ")
	}
	switch isNow, wasOld := names(now), names(old); {
	case isNow && !wasOld:
		return firstNewDay, true
	case wasOld && !isNow:
		return lastOldDay, true
	}
	return schema.Date{}, false
}
