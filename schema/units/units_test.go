package units_test

import (
	"strings"
	"testing"

	"golang.org/x/text/unicode/norm"

	"github.com/lienthong/lienthong/schema"
	"github.com/lienthong/lienthong/schema/units"
)

func TestListsAreComplete(t *testing.T) {
	t.Parallel()
	if n := len(units.Provinces()); n != 34 {
		t.Errorf("%d provinces, the decision has 34", n)
	}
	communes, types := 0, map[string]int{}
	for _, p := range units.Provinces() {
		for _, c := range units.Communes(p.Code) {
			communes++
			types[c.On(day(t, "2025-07-01")).Type]++
		}
	}
	if communes != 3321 || types["xã"] != 2621 || types["phường"] != 687 || types["đặc khu"] != 13 {
		t.Errorf("%d communes %v, the decision has 3,321: 2,621 xã, 687 phường, 13 đặc khu", communes, types)
	}
	if bn, nb := len(units.Communes("24")), len(units.Communes("37")); bn != 99 || nb != 129 {
		t.Errorf("Bắc Ninh has %d communes, Ninh Bình %d; the resolutions made 99 and 129", bn, nb)
	}
	if got := len(units.Communes("27")); got != 0 {
		t.Errorf("27 is no province any more, but has %d communes", got)
	}
}

func TestEveryOldCommuneHasSuccessors(t *testing.T) {
	t.Parallel()
	seen, split, official := 0, 0, 0
	for code := range strings.SplitSeq("01 02 04 06 08 10 11 12 14 15 17 19 20 22 24 25 26 27 30 31 33 34 35 36 37 38 40 42 44 45 46 48 49 51 52 54 56 58 60 62 64 66 67 68 70 72 74 75 77 79 80 82 83 84 86 87 89 91 92 93 94 95 96", " ") {
		since, ok := units.ProvinceSince(code)
		if !ok {
			t.Errorf("old province %s has no successor", code)
		}
		for _, old := range units.OldCommunes(code) {
			seen++
			to := units.Successors(old.Code)
			if len(to) == 0 {
				t.Errorf("%s has no successor", old.Code)
			}
			defaults := 0
			for _, s := range to {
				now, ok := units.Commune(s.Code)
				if !ok || now.Province != since.Code || s.Split != (len(to) > 1) {
					t.Errorf("%s → %+v: unknown, in another province, or wrongly split", old.Code, s)
				}
				if s.Default {
					defaults++
				}
			}
			if len(to) > 1 {
				split++
				official += defaults
			}
			if defaults > 1 || len(to) == 1 && defaults != 1 {
				t.Errorf("%s has %d default successors", old.Code, defaults)
			}
			if d, ok := units.District(old.District); !ok || d.Province != old.Province {
				t.Errorf("%s is in an unknown district", old.Code)
			}
		}
	}
	if seen != 10035 || split != 440 || official != 59 {
		t.Errorf("%d old communes, %d split, %d of them with an official default; want 10,035, 440, 59", seen, split, official)
	}
	for _, island := range []string{"318", "471", "498", "536", "755"} {
		if to := units.Successors(island); len(to) != 1 || !to[0].Default {
			t.Errorf("island district %s → %+v", island, to)
		}
	}
	if units.Successors("001") != nil || units.Successors("99999") != nil {
		t.Error("a district with communes, and an unknown code, have no successors")
	}
}

func TestLookups(t *testing.T) {
	t.Parallel()
	for _, tc := range []struct {
		name   string
		lookup func(string) (units.Unit, bool)
		code   string
		want   string
		in     string // province
	}{
		{"new commune", units.Commune, "09187", "Phường Kinh Bắc", "24"},
		{"new commune of Ninh Bình", units.Commune, "14329", "Phường Hoa Lư", "37"},
		{"another meaning of one code, new", units.Commune, "00004", "Phường Ba Đình", "01"},
		{"another meaning of one code, old", units.OldCommune, "00004", "Phường Trúc Bạch", "01"},
		{"alias of a commune", units.Commune, "06970", "Xã Ba Chẽ", "22"},
		{"its code in the decision", units.Commune, "06978", "Xã Ba Chẽ", "22"},
		{"province 24 now", units.Province, "24", "Tỉnh Bắc Ninh", "24"},
		{"province 24 then", units.OldProvince, "24", "Tỉnh Bắc Giang", "24"},
		{"district", units.District, "213", "Thành phố Bắc Giang", "24"},
		{"a province that became a city", units.Province, "75", "Thành phố Đồng Nai", "75"},
	} {
		u, ok := tc.lookup(tc.code)
		if !ok || u.FullName() != tc.want || u.Province != tc.in {
			t.Errorf("%s: %s is %q in %s, %v; want %q in %s", tc.name, tc.code, u.FullName(), u.Province, ok, tc.want, tc.in)
		}
	}
	for _, lookup := range []func(string) (units.Unit, bool){units.Commune, units.OldCommune, units.Province, units.OldProvince, units.District} {
		for _, code := range []string{"", "9187", "99999", "x", "27 "} {
			if u, ok := lookup(code); ok || !u.IsZero() || u.FullName() != "" {
				t.Errorf("%q is no unit, got %+v", code, u)
			}
		}
	}
}

func TestUnitsAreDated(t *testing.T) {
	t.Parallel()
	province, _ := units.Province("75")
	commune, _ := units.Commune("26368")
	for on, want := range map[string][2]string{
		"2025-07-01": {"Tỉnh Đồng Nai", "Xã Long Thành"},
		"2026-04-29": {"Tỉnh Đồng Nai", "Xã Long Thành"},
		"2026-04-30": {"Thành phố Đồng Nai", "Phường Long Thành"},
		"":           {"Thành phố Đồng Nai", "Phường Long Thành"},
	} {
		if got := [2]string{province.On(day(t, on)).FullName(), commune.On(day(t, on)).FullName()}; got != want {
			t.Errorf("on %q: %v, want %v", on, got, want)
		}
	}
	if old, _ := units.OldProvince("75"); old.On(day(t, "2025-01-01")).FullName() != "Tỉnh Đồng Nai" {
		t.Error("the old province was never a city")
	}
}

func TestDataIsNFC(t *testing.T) {
	t.Parallel()
	for _, p := range units.Provinces() {
		for _, c := range units.Communes(p.Code) {
			if clean, did := schema.CleanText(c.FullName()); did != nil || !norm.NFC.IsNormalString(clean) || len(c.Code) != 5 {
				t.Errorf("%s needs %v", c.Code, did)
			}
		}
	}
	for _, o := range units.OldCommunes("24") {
		if _, did := schema.CleanText(o.FullName()); did != nil {
			t.Errorf("%s needs %v", o.Code, did)
		}
	}
}

func TestFindCommunes(t *testing.T) {
	t.Parallel()
	now, old := units.NSO2025, units.NSO2004
	for _, tc := range []struct {
		system         units.System
		province, name string
		want           string // codes
	}{
		{now, "37", "Phường Hoa Lư", "14329"},
		{now, "37", "P. Hoa Lư", "14329"},
		{now, "37", "P.Hoa Lư", "14329"},
		{now, "37", "hoa lu", "14329"},
		{now, "37", "PHƯỜNG HOA LƯ", "14329"},
		{now, "37", norm.NFD.String("Phường Hoa Lư"), "14329"},
		{now, "37", "Xã Hoa Lư", "14329"}, // the wrong type word still names it
		{now, "24", "Hiệp Hoà", "07840"},
		{now, "24", "Xã Hiệp Hòa", "07840"},
		{now, "24", "X Hiep Hoa", "07840"},
		{now, "24", "Phường Hoa Lư", ""},
		{now, "24", "", ""},
		{now, "24", "phường", ""},
		{old, "27", "Phường Kinh Bắc", "09172"},
		{old, "24", "Phường Kinh Bắc", ""},
		{old, "37", "Xã Liên Sơn", "14473"},
		{old, "24", "Xã Đồng Tiến", "07243,07816"}, // two of one name: the name alone does not decide
	} {
		var got []string
		for _, u := range units.FindCommunes(units.Code{System: tc.system, Code: tc.province}, tc.name) {
			got = append(got, u.Code)
		}
		if strings.Join(got, ",") != tc.want {
			t.Errorf("%s in %s of %s: got %v, want %s", tc.name, tc.province, tc.system, got, tc.want)
		}
	}
}

// New names are unique within their province as long as their letters are kept.
func TestFindCommunesKnowsEveryNewCommune(t *testing.T) {
	t.Parallel()
	for _, p := range units.Provinces() {
		for _, c := range units.Communes(p.Code) {
			found := units.FindCommunes(units.Code{System: units.NSO2025, Code: p.Code}, c.FullName())
			if len(found) != 1 || found[0] != c {
				t.Errorf("%s is found as %v", c.Code, found)
			}
		}
	}
}

func TestFindProvince(t *testing.T) {
	t.Parallel()
	for name, want := range map[string][2]string{ // new, old
		"Bắc Ninh":                {"24", "27"},
		"Tỉnh Bắc Giang":          {"", "24"},
		"tinh ninh binh":          {"37", "37"},
		"TP. Hồ Chí Minh":         {"79", "79"},
		"Thành phố Huế":           {"46", "46"},
		"Thừa Thiên - Huế":        {"", "46"},
		"Bà Rịa Vũng Tàu":         {"", "77"},
		"Tỉnh Thanh Hoá":          {"38", "38"},
		"Tỉnh Thanh Hóa":          {"38", "38"},
		"Đắc Lắc và nơi khác":     {"", ""},
		"":                        {"", ""},
		"Привет":                  {"", ""},
		"Tỉnh":                    {"", ""},
		"Thành phố Đồng Nai":      {"75", "75"},
		"Tỉnh Đồng Nai":           {"75", "75"},
		" Thành  phố Hà\u00a0Nội": {"01", "01"},
	} {
		now, _ := units.FindProvince(units.NSO2025, name)
		old, _ := units.FindProvince(units.NSO2004, name)
		if got := [2]string{now.Code, old.Code}; got != want {
			t.Errorf("%q: %v, want %v", name, got, want)
		}
	}
}

func day(t testing.TB, s string) schema.Date {
	t.Helper()
	d, err := schema.ParseDate(s, schema.DateISO)
	if err != nil {
		t.Fatal(err)
	}
	return d
}
