package units_test

import (
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/lienthong/lienthong/schema"
	"github.com/lienthong/lienthong/schema/units"
)

// summary is a resolution in short: system, commune/province, old commune/district/province, candidates, problems.
func summary(r units.Resolution) string {
	out := []string{string(r.System), r.Commune + "/" + r.Province}
	if r.OldCommune != "" || r.OldProvince != "" {
		out = append(out, "old "+r.OldCommune+"/"+r.OldDistrict+"/"+r.OldProvince)
	}
	if r.Candidates != nil {
		out = append(out, "one of "+strings.Join(r.Candidates, ","))
	}
	if r.Default != "" {
		out = append(out, "people "+r.Default)
	}
	for _, p := range r.Problems {
		out = append(out, p.Code)
	}
	return strings.TrimSpace(strings.Join(out, " "))
}

func TestResolveCode(t *testing.T) {
	t.Parallel()
	for _, tc := range []struct {
		name, raw, hint, asOf string
		want                  string
	}{
		{"nothing", "", "24", "", "/"},
		{"zero is nothing", "0", "", "", "/"},
		{"a filler is nothing", "Không có thông tin", "", "", "/"},
		{"old code of an old province", "09187", "27", "", "nso2004 09187/24 old 09187/256/27"},
		{"lost zeros in both numbers", "4", "1", "2020-05-01", "nso2004 00004/01 old 00004/001/01 unit.zero"},
		{"new code after the merger", "09187", "24", "2026-01-05", "nso2025 09187/24"},
		{"new code, province by name", "09187", "Tỉnh Bắc Ninh", "2026-01-05", "nso2025 09187/24"},
		{"a name that only the old list has", "07210", "Bắc Giang", "2026-01-05", "nso2004 07210/24 old 07210/213/24"},
		{"old province beside the date of today: the source kept its tables", "09187", "27", "2026-01-05", "nso2004 09187/24 old 09187/256/27"},
		{"an old-only code after the merger", "09163", "27", "2026-01-05", "nso2004 09169/24 old 09163/256/27"},
		{"new province beside an old-only code", "09163", "24", "", "nso2004 09169/24 old 09163/256/27"},
		{"no hint, no date, both readings agree", "00004", "", "", "00004/01"},
		{"no hint, the date decides for the old list", "00004", "", "2025-06-30", "nso2004 00004/01 old 00004/001/01"},
		{"no hint, the date decides for the new list", "00004", "", "2025-07-01", "nso2025 00004/01"},
		{"a year that holds both lists decides nothing", "00004", "", "2025", "00004/01"},
		{"split commune in the old list gives candidates", "13285", "35", "", "nso2004 /37 old 13285/347/35 one of 13285,13366 unit.split"},
		{"split commune without hint and date", "13285", "", "", "/37 one of 13285,13366 unit.ambiguous"},
		{"split code in the new list is that commune", "13285", "37", "2026-01-05", "nso2025 13285/37"},
		{"unknown code", "99999", "24", "", "/24 unit.unknown"},
		{"no code at all", "abc", "24", "", "/ unit.unknown"},
		{"too long", "091870", "24", "", "/ unit.unknown"},
		{"another province", "09187", "01", "2026-01-05", "/ one of 09187 unit.province"},
		{"unknown province says nothing", "09187", "99", "2026-01-05", "nso2025 09187/24 unit.province"},
		{"vanished, official successor", "00010", "01", "", "nso2004 00004/01 old 00004/001/01 unit.former"},
		{"vanished, doubtful successor", "00142", "01", "", "nso2004 /01 old //01 one of 00127,00136 unit.former"},
		{"vanished, other province", "00010", "24", "", "/ unit.province"},
		{"vanished without a trace", "13960", "36", "", "nso2004 /37 old /361/36 unit.former"},
		{"vanished without a trace, before 2025", "13960", "", "2019-05-01", "nso2004 /37 old /361/36 unit.former"},
		{"vanished without a trace, other province", "13960", "24", "", "/ unit.province"},
		{"a new-only code before its time", "11948", "31", "2024-01-01", "nso2025 11948/31 unit.date"},
		{"old province beside a new-only code", "26732", "77", "2026-01-05", "nso2025 26732/79 unit.province"},
		{"the other code of Ba Chẽ, undated", "06970", "", "", "06978/22"},
		{"the other code of Ba Chẽ", "06970", "22", "2026-01-05", "nso2025 06978/22"},
	} {
		got := summary(units.ResolveCode(tc.raw, tc.hint, day(t, tc.asOf)))
		if got != tc.want {
			t.Errorf("%s: ResolveCode(%q, %q, %q)\n got %s\nwant %s", tc.name, tc.raw, tc.hint, tc.asOf, got, tc.want)
		}
	}
}

func TestResolveCodeReadsEveryCodeOfBothLists(t *testing.T) {
	t.Parallel()
	before, after := day(t, "2024-03-01"), day(t, "2026-06-01")
	for _, p := range units.Provinces() {
		for _, c := range units.Communes(p.Code) {
			for _, asOf := range []schema.Date{after, {}} {
				r := units.ResolveCode(strings.TrimLeft(c.Code, "0"), p.Code, asOf)
				if r.Commune != c.Code && !slices.Contains(r.Candidates, c.Code) || asOf == after && r.Commune != c.Code || r.Province != p.Code {
					t.Errorf("%s on %s: %s", c.Code, asOf, summary(r))
				}
			}
		}
	}
	for n := range 97 {
		province := string([]byte{'0' + byte(n/10), '0' + byte(n%10)})
		for _, c := range units.OldCommunes(province) {
			r := units.ResolveCode(c.Code, province, before)
			var want []string
			for _, s := range units.Successors(c.Code) {
				want = append(want, s.Code)
			}
			got := r.Candidates
			if r.Commune != "" {
				got = []string{r.Commune}
			}
			if diff := cmp.Diff(want, got); diff != "" || r.OldCommune != c.Code || r.OldDistrict != c.District {
				t.Errorf("%s: %s\n%s", c.Code, summary(r), diff)
			}
		}
	}
}

func TestResolutionAddress(t *testing.T) {
	t.Parallel()
	want := schema.Address{Province: "37", OldCommune: "13285", OldDistrict: "347", OldProvince: "35", Candidates: []string{"13285", "13366"}}
	if diff := cmp.Diff(want, units.ResolveCode("13285", "35", schema.Date{}).Address()); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}

func FuzzResolveCode(f *testing.F) {
	for _, s := range []string{"", "0", "9187", "13285", "00010", "00142", "06970", "abc", "Không có thông tin"} {
		f.Add(s, "27")
		f.Add(s, "Bắc Ninh")
	}
	dates := []schema.Date{{}}
	for _, y := range []int{2020, 2025, 2026} {
		d, err := schema.NewDate(y, 0, 0)
		if err != nil {
			f.Fatal(err)
		}
		dates = append(dates, d)
	}
	f.Fuzz(func(t *testing.T, code, hint string) {
		for _, asOf := range dates {
			r := units.ResolveCode(code, hint, asOf)
			if r.Commune != "" && r.Candidates != nil {
				t.Fatalf("%q: a commune and candidates", code)
			}
			if u, ok := units.Commune(r.Commune); r.Commune != "" && (!ok || u.Province != r.Province) {
				t.Fatalf("%q, %q: commune %s is not in province %s", code, hint, r.Commune, r.Province)
			}
			if u, ok := units.OldCommune(r.OldCommune); r.OldCommune != "" && (!ok || u.Province != r.OldProvince) {
				t.Fatalf("%q, %q: old commune %s is not in %s", code, hint, r.OldCommune, r.OldProvince)
			}
			for _, p := range r.Problems {
				if p.Detail == "" || p.DetailEN == "" || p.IsRefusal() {
					t.Fatalf("%q: problem %s refuses or says nothing", code, p.Code)
				}
			}
		}
	})
}

func BenchmarkResolveCode(b *testing.B) {
	units.ResolveCode("9187", "27", schema.Date{})
	b.ReportAllocs()
	for b.Loop() {
		units.ResolveCode("09187", "27", schema.Date{})
	}
}

func BenchmarkFindCommunes(b *testing.B) {
	in := units.Code{System: units.NSO2025, Code: "37"}
	units.FindCommunes(in, "Phường Hoa Lư")
	b.ReportAllocs()
	for b.Loop() {
		units.FindCommunes(in, "Phường Hoa Lư")
	}
}
