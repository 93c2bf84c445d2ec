package units_test

import (
	"os"
	"slices"
	"strings"
	"testing"

	"github.com/lienthong/lienthong/schema"
	"github.com/lienthong/lienthong/schema/units"
)

// testdata/lines.tsv holds lines written by hand: the line, what it names, the
// code of that, and for an old commune the new one, or several with commas; for
// an ambiguous one the new communes that must be among the candidates, if any.
func TestReadLineByHand(t *testing.T) {
	t.Parallel()
	text, err := os.ReadFile("testdata/lines.tsv")
	if err != nil {
		t.Fatal(err)
	}
	n, wrong := 0, 0
	for row := range strings.Lines(string(text)) {
		f := strings.Split(strings.TrimSuffix(row, "\n"), "\t")
		n++
		r := units.ReadLine(f[0], schema.Date{})
		if !agrees(r, f[1], f[2], f[3]) {
			wrong++
			t.Errorf("%q: want %s %s %s, got old %+v new %+v, ambiguous %v, %d candidates, street %q",
				f[0], f[1], f[2], f[3], r.Old, r.New, r.Ambiguous, len(r.Candidates), r.Street)
		}
	}
	t.Logf("%d lines, %d wrong", n, wrong)
}

// agrees compares a reading with a row of the file.
func agrees(r units.Reading, kind, code, to string) bool {
	switch kind {
	case "new":
		return r.New.CommuneCode == code && !r.Ambiguous
	case "old":
		if several := strings.Split(to, ","); len(several) > 1 {
			var got []string
			for _, c := range r.Candidates {
				got = append(got, c.New.CommuneCode)
			}
			slices.Sort(got)
			return r.Old.CommuneCode == code && r.Ambiguous && r.New.CommuneCode == "" && slices.Equal(several, got)
		}
		return r.New.CommuneCode == to && !r.Ambiguous && r.Old.CommuneCode == code
	case "ambiguous":
		var got []string
		for _, c := range r.Candidates {
			got = append(got, c.New.CommuneCode)
		}
		for want := range strings.SplitSeq(to, ",") {
			if to != "" && !slices.Contains(got, want) {
				return false
			}
		}
		return r.Ambiguous && r.New.CommuneCode == "" && len(r.Candidates) > 0 && (code == "" || r.Old.DistrictCode == code)
	case "province":
		return r.New.ProvinceCode == code && r.New.CommuneCode == "" && r.Old.DistrictCode == "" && !r.Ambiguous
	case "district":
		return r.Old.DistrictCode == code && r.New.CommuneCode == "" && !r.Ambiguous
	}
	return r.New == units.Place{} && r.Old == units.Place{} && !r.Ambiguous
}
