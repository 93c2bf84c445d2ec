package units_test

import (
	"strings"
	"testing"

	"github.com/lienthong/lienthong/schema/units"
)

func TestResolveDistrict(t *testing.T) {
	t.Parallel()
	for _, tc := range []struct{ name, raw, hint, want string }{
		{"nothing", "", "27", "/"},
		{"no code", "abc", "", "/ unit.unknown"},
		{"a district", "260", "27", "nso2004 /24 old /260/27 one of 09319,09334,09340,09343,09349"},
		{"the new province beside it", "260", "Tỉnh Bắc Ninh", "nso2004 /24 old /260/27 one of 09319,09334,09340,09343,09349"},
		{"lost zeros", "1", "1", "nso2004 /01 old /001/01 one of 00004,00008,00025,00070,00097,00190,00199,00226 unit.zero"},
		{"another province", "260", "01", "/ unit.province"},
		{"an island without communes", "755", "", "nso2004 /79 old /755/77 one of 26732"},
		{"vanished, with one successor", "221", "24", "nso2004 /24 old /213/24 unit.former"},
		{"vanished, with two", "448", "42", "/42 unit.unknown"},
		{"unknown", "999", "27", "/24 unit.unknown"},
	} {
		got := summary(units.ResolveDistrict(tc.raw, tc.hint))
		if strings.Contains(tc.want, "unit.former") { // the communes of a city: enough that there are some
			before, after, ok := strings.Cut(got, " one of ")
			_, problems, _ := strings.Cut(after, " ")
			if got = before + " " + problems; !ok {
				t.Errorf("%s: no candidates", tc.name)
			}
		}
		if got != tc.want {
			t.Errorf("%s: ResolveDistrict(%q, %q)\n got %s\nwant %s", tc.name, tc.raw, tc.hint, got, tc.want)
		}
	}
}

func TestFindDistricts(t *testing.T) {
	t.Parallel()
	for _, tc := range []struct{ province, name, want string }{
		{"27", "Tiên Du", "260"}, {"27", "H. Tien Du", "260"}, {"01", "Huyện Mĩ Đức", "282"}, {"79", "Quận 1", "760"}, {"24", "Tiên Du", ""},
	} {
		var got []string
		for _, u := range units.FindDistricts(tc.province, tc.name) {
			got = append(got, u.Code)
		}
		if strings.Join(got, ",") != tc.want {
			t.Errorf("%s in %s: %v, want %s", tc.name, tc.province, got, tc.want)
		}
	}
}

func BenchmarkResolveDistrict(b *testing.B) {
	units.ResolveDistrict("260", "27")
	b.ReportAllocs()
	for b.Loop() {
		units.ResolveDistrict("260", "27")
	}
}

func BenchmarkSuccessors(b *testing.B) {
	units.Successors("09358")
	b.ReportAllocs()
	for b.Loop() {
		units.Successors("09358")
	}
}
