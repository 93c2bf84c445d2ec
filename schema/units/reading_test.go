package units_test

import (
	"strings"
	"sync"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/lienthong/lienthong/schema"
	"github.com/lienthong/lienthong/schema/units"
)

func TestReadLineAsOf(t *testing.T) {
	t.Parallel()
	for _, tc := range []struct{ name, line, asOf, old, now string }{
		{"two levels, undated: the list in force", "Phường Kinh Bắc, tỉnh Bắc Ninh", "", "", "09187"},
		{"the same before the reform", "Phường Kinh Bắc, tỉnh Bắc Ninh", "2025-06-30", "09172", "09187"},
		{"the same after", "Phường Kinh Bắc, tỉnh Bắc Ninh", "2025-07-01", "", "09187"},
		{"a district tells, whatever the date", "Phường Kinh Bắc, TP Bắc Ninh, tỉnh Bắc Ninh", "2026-01-01", "09172", "09187"},
		{"an old province tells", "xã Tri Phương, huyện Tiên Du, tỉnh Bắc Ninh", "2026-01-01", "09358", "09340"},
		{"no type word: the ward, where there are no districts", "Quế Võ, Bắc Ninh", "2026-01-01", "", "09247"},
		{"no type word: the ward or the district", "Quế Võ, Bắc Ninh", "", "", ""},
	} {
		r := units.ReadLine(tc.line, day(t, tc.asOf))
		if r.Old.CommuneCode != tc.old || r.New.CommuneCode != tc.now || r.Ambiguous != (tc.now == "") {
			t.Errorf("%s: got %+v", tc.name, r)
		}
	}
}

func TestReadLineStreet(t *testing.T) {
	t.Parallel()
	for line, want := range map[string]string{
		"Số 12 ngõ 3 đường Lê Lợi, phường Trúc Bạch, quận Ba Đình, TP Hà Nội": "Số 12 ngõ 3 đường Lê Lợi",
		"Thôn Chè - xã Tri Phương - huyện Tiên Du - Bắc Ninh":                 "Thôn Chè",
		"Bắc Ninh, Tiên Du, xã Tri Phương, thôn Chè":                          "thôn Chè",
		"xã Tri Phương, Tiên Du, Bắc Ninh":                                    "",
		"12 Le Loi P.Truc Bach Q.Ba Dinh HN":                                  "12 Le Loi",
		"đang ở nước ngoài":                                                   "đang ở nước ngoài",
	} {
		if got := units.ReadLine(line, schema.Date{}).Street; got != want {
			t.Errorf("%q: street %q, want %q", line, got, want)
		}
	}
}

// Cống Vị was divided between Ngọc Hà and Giảng Võ.
func TestReadLineOfADividedCommune(t *testing.T) {
	t.Parallel()
	line := "phường Cống Vị, quận Ba Đình, Hà Nội"
	r := units.ReadLine(line, schema.Date{})
	want := schema.Address{Text: line, Province: "01", OldCommune: "00007", OldDistrict: "001", OldProvince: "01", Candidates: []string{"00008", "00025"}}
	if diff := cmp.Diff(want, r.Address()); diff != "" || !r.Ambiguous {
		t.Errorf("the text does not decide, ambiguous %v (-want +got):\n%s", r.Ambiguous, diff)
	}
	for _, c := range r.Candidates {
		if c.Old.CommuneCode != "00007" || c.New.Commune == "" || c.New.ProvinceCode != "01" {
			t.Errorf("candidate %+v", c)
		}
	}
	line = "phường Cống Vị, quận Ba Đình (nay là phường Giảng Võ), Hà Nội"
	want = schema.Address{Text: line, Province: "01", Commune: "00025", OldCommune: "00007", OldDistrict: "001", OldProvince: "01"}
	if diff := cmp.Diff(want, units.ReadLine(line, schema.Date{}).Address()); diff != "" {
		t.Errorf("the text names the new ward (-want +got):\n%s", diff)
	}
}

func TestReadingAddressKeepsOnlyWhatIsDecided(t *testing.T) {
	t.Parallel()
	a := units.ReadLine("xã Đồng Tiến, tỉnh Bắc Giang", schema.Date{}).Address()
	want := schema.Address{Text: "xã Đồng Tiến, tỉnh Bắc Giang", Province: "24", OldProvince: "24", Candidates: []string{"07246", "07822"}}
	if diff := cmp.Diff(want, a); diff != "" {
		t.Errorf("two communes of one name (-want +got):\n%s", diff)
	}
	if a := units.ReadLine("xã Tân Thành", schema.Date{}).Address(); a.Commune != "" || a.Province != "" || a.OldCommune != "" || len(a.Candidates) < 5 {
		t.Errorf("a name of many places decided something: %+v", a)
	}
	if a := units.ReadLine("  ", schema.Date{}).Address(); !a.IsZero() {
		t.Errorf("nothing gave %+v", a)
	}
}

// Readings share no memory, though they use it again.
func TestReadLineIsSafeForConcurrentUse(t *testing.T) {
	t.Parallel()
	lines := []string{"Phường Kinh Bắc, Bắc Ninh", "xã Tri Phương, Tiên Du, BN", "p5 q go vap tphcm", "xã Tân Thành", ""}
	want := make([]units.Reading, len(lines))
	for i, line := range lines {
		want[i] = units.ReadLine(line, schema.Date{})
	}
	var group sync.WaitGroup
	for range 4 {
		group.Go(func() {
			for range 50 {
				for i, line := range lines {
					if diff := cmp.Diff(want[i], units.ReadLine(line, schema.Date{})); diff != "" {
						t.Error(diff)
					}
				}
			}
		})
	}
	group.Wait()
}

func FuzzReadLine(f *testing.F) {
	w := newWriter(11)
	for kind := range noiseKinds {
		f.Add(w.sample(kind).line, uint8(kind))
	}
	f.Add(strings.Repeat("xã Tân Thành ", 40), uint8(0))
	f.Add("phuong7o2 1d9o5 \xff\u0301 TP.\u200b,,((", uint8(1))
	dates := []schema.Date{{}, day(f, "2020-01-01"), day(f, "2026-01-01")}
	f.Fuzz(func(t *testing.T, line string, date uint8) {
		r := units.ReadLine(line, dates[int(date)%len(dates)])
		if r.Confidence < 0 || r.Confidence > 1 {
			t.Fatalf("confidence %v", r.Confidence)
		}
		if r.Ambiguous != (len(r.Candidates) > 0) || r.Ambiguous && r.New.CommuneCode != "" {
			t.Fatalf("ambiguous %v with %d candidates and commune %q", r.Ambiguous, len(r.Candidates), r.New.CommuneCode)
		}
		checkPlaces(t, r.Old, r.New)
		for _, c := range r.Candidates {
			checkPlaces(t, c.Old, c.New)
		}
	})
}

// checkPlaces fails unless the units of each list lie within each other.
func checkPlaces(t *testing.T, old, now units.Place) {
	t.Helper()
	if u, ok := units.Commune(now.CommuneCode); now.CommuneCode != "" && (!ok || u.Province != now.ProvinceCode || u.FullName() != now.Commune) {
		t.Fatalf("new commune %q in %q", now.CommuneCode, now.ProvinceCode)
	}
	if u, ok := units.OldCommune(old.CommuneCode); old.CommuneCode != "" && (!ok || u.District != old.DistrictCode || u.Province != old.ProvinceCode) {
		t.Fatalf("old commune %q in %q, %q", old.CommuneCode, old.DistrictCode, old.ProvinceCode)
	}
	if u, ok := units.District(old.DistrictCode); old.DistrictCode != "" && (!ok || u.Province != old.ProvinceCode) {
		t.Fatalf("district %q in %q", old.DistrictCode, old.ProvinceCode)
	}
}
