package units

import (
	"slices"
	"strings"
	"sync"

	"github.com/lienthong/lienthong/schema"
)

// ResolveDistrict reads a district code, which sources still send though there
// are no districts since 01/07/2025. Lost zeros are put back, and a district
// that vanished between 2016 and 2025 is followed to the one that took it over.
// provinceHint is as for [ResolveCode].
//
// The result has the old district, its old province and the new province, and
// as candidates the new communes that the district went into.
func ResolveDistrict(raw, provinceHint string) Resolution {
	raw = strings.TrimSpace(raw)
	if strings.Trim(raw, "0") == "" || schema.IsFiller(raw) {
		return Resolution{}
	}
	code, ok := pad(raw, 3)
	if !ok {
		return Resolution{Problems: []schema.Problem{unknownDistrict()}}
	}
	t := tables()
	hint := t.readHint(provinceHint)
	r := t.resolveDistrict(code)
	if r.Province == "" {
		r.Province = hint.settled(t)
	} else if hint.given && !hint.unknown && hint.oldProvince != r.OldProvince && hint.province != r.Province {
		r = Resolution{Problems: []schema.Problem{provinceMismatch()}}
	}
	if hint.unknown {
		r.Problems = append(r.Problems, unknownProvince())
	}
	if code != raw {
		r.Problems = append(r.Problems, zeroRestored())
	}
	return r
}

func (t *table) resolveDistrict(code string) Resolution {
	var problems []schema.Problem
	d, ok := lookup(t.districts, code)
	if !ok {
		i, found := slices.BinarySearchFunc(t.former, code, func(f formerUnit, code string) int { return strings.Compare(f.code, code) })
		if !found || len(t.former[i].into) != 1 {
			return Resolution{Problems: []schema.Problem{unknownDistrict()}}
		}
		d, _ = lookup(t.districts, t.former[i].into[0])
		problems = []schema.Problem{formerUnitFollowed()}
	}
	r := Resolution{
		System: NSO2004, Province: t.provinceSince[d.Province],
		OldDistrict: d.Code, OldProvince: d.Province, Problems: problems,
	}
	if i, ok := position(t.districts, d.Code); ok {
		r.Candidates = slices.Clone(districtSuccessors()[i])
	}
	return r
}

// districtSuccessors are the new communes that each old district went into, in the order of the districts.
var districtSuccessors = sync.OnceValue(func() [][]string {
	t := tables()
	to := make([][]string, len(t.districts))
	add := func(i int, codes string) {
		for code := range strings.SplitSeq(codes, ",") {
			to[i] = append(to[i], strings.TrimSuffix(code, "+"))
		}
	}
	for i, codes := range t.districtTo {
		if codes != "" {
			add(i, codes)
		}
	}
	for k, c := range t.oldCommunes {
		i, _ := position(t.districts, c.District)
		add(i, t.oldCommuneTo[k])
	}
	for i := range to {
		slices.Sort(to[i])
		to[i] = slices.Compact(to[i])
	}
	return to
})

func unknownDistrict() schema.Problem {
	return problem(UnitUnknown, schema.Warning, "Mã đơn vị hành chính cấp huyện không có trong danh mục.", "No list has this district code.")
}
