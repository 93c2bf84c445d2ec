package units

import (
	"slices"
	"strings"

	"github.com/lienthong/lienthong/schema"
)

// Resolution is what a commune code means.
type Resolution struct {
	System      System   // the list that the code was read in; "" when both are possible, or none
	Commune     string   // commune of NSO2025, "" when nothing decides
	Province    string   // province of NSO2025
	OldCommune  string   // commune of NSO2004, when the code was read in that list
	OldDistrict string   //
	OldProvince string   //
	Candidates  []string // communes of NSO2025, when there are several
	Default     string   // the candidate that took the whole population by the official resolution; good for people, not for land
	Problems    []schema.Problem
}

// Address returns the codes as an address holds them.
func (r Resolution) Address() schema.Address {
	return schema.Address{
		Commune: r.Commune, Province: r.Province, OldCommune: r.OldCommune,
		OldDistrict: r.OldDistrict, OldProvince: r.OldProvince, Candidates: r.Candidates,
	}
}

// ResolveCode reads a commune code as a source sends it. Zeros that a number
// column lost are put back; "" and "0" mean nothing.
//
// provinceHint is what the source says of the province: a code of either list or
// a name; "" when it says nothing. asOf is the day of whose list the source
// speaks: usually the day of the event, for a source that never changed its
// tables a day before 01/07/2025; the zero date when it is not known.
//
// A code that fits the hint in one list only is read in that one. Where both
// fit, the date decides; without a date the result is what both readings share.
func ResolveCode(raw, provinceHint string, asOf schema.Date) Resolution {
	raw = strings.TrimSpace(raw)
	if strings.Trim(raw, "0") == "" || schema.IsFiller(raw) {
		return Resolution{}
	}
	code, ok := pad(raw, 5)
	if !ok {
		return Resolution{Problems: []schema.Problem{unknownUnit()}}
	}
	t := tables()
	hint := t.readHint(provinceHint)
	r := t.resolve(code, hint, asOf)
	if hint.unknown {
		r.Problems = append(r.Problems, unknownProvince())
	}
	if code != raw {
		r.Problems = append(r.Problems, zeroRestored())
	}
	return r
}

// resolve chooses the list to read code in.
func (t *table) resolve(code string, hint hint, asOf schema.Date) Resolution {
	now, isNew := Commune(code)
	old, isOld := lookup(t.oldCommunes, code)
	if !isNew && !isOld {
		return t.resolveFormer(code, hint)
	}
	newFits := isNew && hint.fits(hint.province, now)
	oldFits := isOld && hint.fits(hint.oldProvince, old)
	oldMerged := isOld && hint.province != "" && hint.province == t.provinceSince[old.Province] // new province beside an old code
	era := eraOf(asOf)
	switch {
	case era == before && (oldFits || oldMerged):
		return t.readOld(old)
	case era == before && newFits:
		r := readNew(now)
		r.Problems = append(r.Problems, wrongDate())
		return r
	case newFits && oldFits && era == undated:
		return t.readBoth(now, old)
	case newFits:
		return readNew(now)
	case oldFits || oldMerged:
		return t.readOld(old)
	}
	return t.contradiction(now, old, hint)
}

func readNew(u Unit) Resolution {
	return Resolution{System: NSO2025, Commune: u.Code, Province: u.Province}
}

func (t *table) readOld(u Unit) Resolution {
	r := Resolution{
		System: NSO2004, Province: t.provinceSince[u.Province],
		OldCommune: u.Code, OldDistrict: u.District, OldProvince: u.Province,
	}
	to := Successors(u.Code)
	if len(to) == 1 {
		r.Commune = to[0].Code
		return r
	}
	for _, s := range to {
		r.Candidates = append(r.Candidates, s.Code)
		if s.Default {
			r.Default = s.Code
		}
	}
	r.Problems = append(r.Problems, splitUnit())
	return r
}

// readBoth returns what both readings of a code share: the new commune, where
// the old one of the same code went into it whole.
func (t *table) readBoth(now, old Unit) Resolution {
	r := t.readOld(old)
	if r.Commune == now.Code {
		return Resolution{Commune: now.Code, Province: now.Province}
	}
	return Resolution{Province: shared(r.Province, now.Province), Candidates: union(now.Code, r.Commune, r.Candidates),
		Problems: []schema.Problem{ambiguousUnit()}}
}

// contradiction is for a code that lies in another province than the hint says, whichever list it is of.
func (t *table) contradiction(now, old Unit, hint hint) Resolution {
	if old.IsZero() && t.provinceSince[hint.oldProvince] == now.Province { // an old province beside a code that only the new list has
		r := readNew(now)
		r.Problems = append(r.Problems, provinceMismatch())
		return r
	}
	r := Resolution{Problems: []schema.Problem{provinceMismatch()}}
	if !old.IsZero() {
		o := t.readOld(old)
		r.Candidates = union(now.Code, o.Commune, o.Candidates)
		return r
	}
	r.Candidates = []string{now.Code}
	return r
}

// resolveFormer follows a code that vanished before 2025.
func (t *table) resolveFormer(code string, hint hint) Resolution {
	i, ok := slices.BinarySearchFunc(t.former, code, func(f formerUnit, code string) int { return strings.Compare(f.code, code) })
	if !ok {
		return Resolution{Province: hint.settled(t), Problems: []schema.Problem{unknownUnit()}}
	}
	f := t.former[i]
	if hint.given && hint.oldProvince != f.province && hint.province != t.provinceSince[f.province] {
		return Resolution{Problems: []schema.Problem{provinceMismatch()}}
	}
	if len(f.into) == 0 {
		r := Resolution{System: NSO2004, Province: t.provinceSince[f.province], OldProvince: f.province, Problems: []schema.Problem{formerUnitVanished()}}
		if d, ok := lookup(t.districts, f.district); ok {
			r.OldDistrict = d.Code
		}
		return r
	}
	var all Resolution
	for _, into := range f.into {
		old, ok := lookup(t.oldCommunes, into)
		if !ok {
			continue
		}
		all = t.readOld(old)
		if len(f.into) == 1 && f.official {
			all.Problems = append(all.Problems, formerUnitFollowed())
			return all
		}
		all.Candidates = union("", all.Commune, all.Candidates)
	}
	return Resolution{System: NSO2004, Province: all.Province, OldProvince: all.OldProvince, Candidates: all.Candidates,
		Problems: []schema.Problem{formerUnitDoubtful()}}
}

// union returns the codes in order, once each, without empty ones.
func union(a, b string, more []string) []string {
	out := append([]string{a, b}, more...)
	slices.Sort(out)
	out = slices.Compact(out)
	return slices.DeleteFunc(out, func(code string) bool { return code == "" })
}

func shared(a, b string) string {
	if a == b {
		return a
	}
	return ""
}
