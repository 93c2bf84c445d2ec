package units

import (
	"slices"
	"strings"
	"testing"

	"github.com/lienthong/lienthong/schema"
)

// Nothing but the full name of a commune in force: that commune, or open among those of the name.
func TestReadLineOfEveryFullName(t *testing.T) {
	t.Parallel()
	for _, u := range tables().communes {
		r := ReadLine(u.FullName(), schema.Date{})
		found := r.New.CommuneCode == u.Code
		for _, c := range r.Candidates {
			found = found || c.New.CommuneCode == u.Code
		}
		if !found {
			t.Errorf("%s %s: got old %v new %v, %d candidates", u.Code, u.FullName(), r.Old, r.New, len(r.Candidates))
		}
	}
}

// A former commune in its district of then is never corrected to a neighbour.
func TestReadLineOfEveryFormerCommune(t *testing.T) {
	t.Parallel()
	districts := map[string]string{}
	for f := range rows("former", 8) {
		if len(f[0]) == 3 {
			districts[f[0]] = f[1] + " " + f[2]
		}
	}
	check := func(code, typ, name, district, province string, into []string) {
		d, ok := lookup(tables().districts, district)
		full := d.FullName()
		if !ok {
			full = districts[district]
		}
		p, _ := lookup(tables().oldProvinces, province)
		line := typ + " " + name + ", " + full + ", " + p.FullName()
		switch r := ReadLine(line, schema.Date{}); {
		case r.Ambiguous:
		case slices.Contains(into, r.Old.CommuneCode):
		case r.Old.CommuneCode == "" && slices.ContainsFunc(into, func(old string) bool {
			return slices.ContainsFunc(Successors(old), func(s Successor) bool { return s.Code == r.New.CommuneCode })
		}): // read as the new commune of the name, which it went into
		case r.Old.CommuneCode != "" && nameFold(strings.TrimLeft(name, "0")) == nameFold(bare(r.Old.Commune)):
			// the list has the name in that district still
		case len(into) == 0 && len(Successors(district)) == 1 && r.Old.CommuneCode == "" && r.Old.DistrictCode == district:
			// all of the district became one
		default:
			t.Errorf("%s %s: got old %v new %v, want one of %v", code, line, r.Old, r.New, into)
		}
	}
	for f := range rows("former", 8) {
		if len(f[0]) == 5 {
			var into []string
			if f[6] != "" {
				into = strings.Split(f[6], ",")
			}
			check(f[0], f[1], f[2], f[4], f[3], into)
		}
	}
	for f := range rows("renamed", 4) {
		if now, ok := lookup(tables().oldCommunes, f[0]); ok {
			check(f[0], f[1], f[2], f[3], now.Province, []string{f[0]})
		}
	}
}

// bare returns a full name without its type.
func bare(full string) string {
	_, name := splitType(full)
	return name
}
