package units_test

import (
	"strings"
	"testing"

	"github.com/lienthong/lienthong/internal/fault"
	"github.com/lienthong/lienthong/schema"
	"github.com/lienthong/lienthong/schema/units"
)

func TestEmbeddedCrosswalks(t *testing.T) {
	t.Parallel()
	thanhHoa := units.Code{System: units.NSO2004, Code: "38"}
	tables := units.Crosswalks()
	for target, want := range map[string]string{units.TargetJustice: "58", units.TargetCriminalRecords: "38", units.TargetSocialAffairs: "38"} {
		x := tables[target]
		if got, ok := x.Theirs(thanhHoa, schema.Date{}); !ok || got != want || x.Target != target {
			t.Errorf("%s has %q, %v for Thanh Hóa, want %s", target, got, ok, want)
		}
		if got, ok := x.Ours(want, schema.Date{}); !ok || got != thanhHoa {
			t.Errorf("%s of %s is %v, %v", want, target, got, ok)
		}
	}
	if got, ok := tables[units.TargetJustice].Theirs(units.Code{System: units.NSO2004, Code: "27"}, schema.Date{}); ok {
		t.Errorf("nothing is known of Bắc Ninh, got %q", got)
	}
	if got, ok := tables["nobody"].Theirs(thanhHoa, schema.Date{}); ok {
		t.Errorf("an unknown target has %q", got)
	}
}

func TestCrosswalkOfAnOperator(t *testing.T) {
	t.Parallel()
	added, err := units.ParseCrosswalks("# ours\nmoj\t2025-07-01\tnso2025\t24\t901\ttest\r\n\nmoj\t2026-01-01\tnso2025\t24\t902\ttest\n" +
		"moj\t\tnso2025\t37\t903\ttest\nmoj\t\tnso2004\t37\t903\ttest\n")
	if err != nil {
		t.Fatal(err)
	}
	x := units.Crosswalks()[units.TargetJustice].With(added["moj"])
	now := units.Code{System: units.NSO2025, Code: "24"}
	for on, want := range map[string]string{"2025-06-30": "", "2025-07-01": "901", "2025-12-31": "901", "2026-01-01": "902", "": "902"} {
		if got, ok := x.Theirs(now, day(t, on)); got != want || ok != (want != "") {
			t.Errorf("on %q: %q, %v; want %q", on, got, ok, want)
		}
	}
	if got, ok := x.Ours("901", schema.Date{}); ok {
		t.Errorf("901 is a code of the past, got %v", got)
	}
	if got, ok := x.Ours("901", day(t, "2025-08-01")); !ok || got != now {
		t.Errorf("901 was Bắc Ninh, got %v, %v", got, ok)
	}
	if got, ok := x.Ours("903", schema.Date{}); ok {
		t.Errorf("903 is two units, got %v", got)
	}
	if got, ok := x.Theirs(units.Code{System: units.NSO2004, Code: "38"}, schema.Date{}); !ok || got != "58" {
		t.Errorf("the embedded line is gone: %q, %v", got, ok)
	}
}

func TestParseCrosswalksNamesTheLine(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]string{
		"moj\t\tnso2025\t24\t901\n":              "line 1: want target, day, list, our code, their code, source",
		"#\nmoj\tsoon\tnso2025\t24\t901\tx\n":    "line 2: the day is no date",
		"moj\t\tnso2025\t27\t901\tx\n":           "line 1: no unit 27 in list nso2025",
		"moj\t\tnso1999\t24\t901\tx\n":           "line 1: no unit 24 in list nso1999",
		"moj\t\tnso2004\t256\t901\tx\nmoj\tx\n":  "line 2: want target, day, list, our code, their code, source",
		"moj\t\tnso2004\t09172\t901\t\nmoj\tx\n": "line 1: want target, day, list, our code, their code, source",
	} {
		if _, err := units.ParseCrosswalks(text); err == nil || !strings.Contains(err.Error(), want) || fault.CodeOf(err) != fault.Invalid {
			t.Errorf("%q: %v, want %s", text, err, want)
		}
	}
}
