package schema_test

import (
	stdjson "encoding/json"
	"errors"
	"testing"
	"time"

	"github.com/go-json-experiment/json"

	"github.com/lienthong/lienthong/internal/fault"
	"github.com/lienthong/lienthong/schema"
)

func TestParseDate(t *testing.T) {
	t.Parallel()
	const bad = "invalid"
	for _, tc := range []struct {
		in     string
		format schema.DateFormat
		want   string
	}{
		{"14.06.1990", schema.DateDotted, "1990-06-14"},
		{"14/06/1990", schema.DateSlashed, "1990-06-14"},
		{"14-06-1990", schema.DateDashed, "1990-06-14"},
		{"4/6/1990", schema.DateSlashed, "1990-06-04"},
		{"14.06.1990", schema.DateSlashed, "1990-06-14"},
		{" 14/06/1990\u00a0", schema.DateSlashed, "1990-06-14"},
		{"1990", schema.DateSlashed, "1990"},
		{"1990", schema.DateDotted, "1990"},
		{"1990", schema.DateCompact, "1990"},
		{"1990", schema.DateISO, "1990"},
		{"06/1990", schema.DateSlashed, "1990-06"},
		{"00/00/1990", schema.DateSlashed, "1990"},
		{"00/06/1990", schema.DateSlashed, "1990-06"},
		{"01/00/1990", schema.DateSlashed, "1990"},
		{"15/00/1990", schema.DateSlashed, bad},
		{"19900614", schema.DateCompact, "1990-06-14"},
		{"19900600", schema.DateCompact, "1990-06"},
		{"19900000", schema.DateCompact, "1990"},
		{"199006", schema.DateCompact, "1990-06"},
		{"00000000", schema.DateCompact, ""},
		{"1990-06-14", schema.DateISO, "1990-06-14"},
		{"1990/06/14", schema.DateISO, "1990-06-14"},
		{"1990-06", schema.DateISO, "1990-06"},
		{"1990-06-14T00:00:00", schema.DateISO, "1990-06-14"},
		{"1990-06-13T17:00:00Z", schema.DateISO, "1990-06-14"},
		{"0001-01-01T00:00:00", schema.DateISO, ""},
		{"0001-01-01", schema.DateISO, ""},
		{"", schema.DateSlashed, ""},
		{"Không rõ", schema.DateSlashed, ""},
		{"00/00/0000", schema.DateSlashed, ""},
		{"29/02/2000", schema.DateSlashed, "2000-02-29"},
		{"29/02/1900", schema.DateSlashed, bad},
		{"31/04/1990", schema.DateSlashed, bad},
		{"06/14/1990", schema.DateSlashed, bad},
		{"14/06/90", schema.DateSlashed, bad},
		{"14/06-1990", schema.DateSlashed, bad},
		{"14/06/1990x", schema.DateSlashed, bad},
		{"14//06/1990", schema.DateSlashed, bad},
		{"-14/06/1990", schema.DateSlashed, bad},
		{"014/06/1990", schema.DateSlashed, bad},
		{"14/06/0990", schema.DateSlashed, bad},
		{"1990-06-14", schema.DateSlashed, bad},
		{"14/06/1990", schema.DateCompact, bad},
		{"19901332", schema.DateCompact, bad},
		{"9999999999999999999999", schema.DateCompact, bad},
		{"tháng 6", schema.DateSlashed, bad},
		{"14/06/1990", schema.DateAny, "1990-06-14"},
		{"1990-06-14", schema.DateAny, "1990-06-14"},
		{"19900614", schema.DateAny, "1990-06-14"},
		{"6/1990", schema.DateAny, "1990-06"},
		{"1990-06-14", "yyyy.dd.MM", bad},
	} {
		got, err := schema.ParseDate(tc.in, tc.format)
		if tc.want == bad {
			wantProblem(t, tc.in, err, "date.invalid")
			if !got.IsZero() {
				t.Errorf("ParseDate(%q) failed, but returned a date", tc.in)
			}
			continue
		}
		if err != nil || got.String() != tc.want {
			t.Errorf("ParseDate(%q, %q) = %q, %v; want %q", tc.in, tc.format, got, err, tc.want)
		}
	}
}

func wantProblem(t *testing.T, in string, err error, code string) {
	t.Helper()
	var p schema.Problem
	if !errors.As(err, &p) || p.Code != code || p.Detail == "" || p.DetailEN == "" {
		t.Errorf("%q: got error %v, want a problem %s with both texts", in, err, code)
	}
}

func TestDateAgrees(t *testing.T) {
	t.Parallel()
	date := func(y, m, d int) schema.Date {
		v, err := schema.NewDate(y, m, d)
		if err != nil {
			t.Fatal(err)
		}
		return v
	}
	if !date(1990, 0, 0).Agrees(date(1990, 6, 14)) || !date(1990, 6, 0).Agrees(date(1990, 6, 14)) || !(schema.Date{}).Agrees(date(1990, 6, 14)) {
		t.Error("what is not known must not contradict")
	}
	if date(1990, 0, 0).Agrees(date(1991, 6, 14)) || date(1990, 6, 14).Agrees(date(1990, 6, 15)) || date(1990, 5, 0).Agrees(date(1990, 6, 14)) {
		t.Error("different dates must not agree")
	}
	if date(1990, 0, 0).Compare(date(1990, 1, 1)) >= 0 || date(1990, 6, 14).Compare(date(1990, 6, 14)) != 0 {
		t.Error("order")
	}
	if p := date(1990, 6, 0).Precision(); p != schema.YearMonth {
		t.Errorf("precision %d", p)
	}
}

func TestDateFormat(t *testing.T) {
	t.Parallel()
	for _, f := range []schema.DateFormat{schema.DateSlashed, schema.DateDotted, schema.DateDashed, schema.DateCompact, schema.DateISO} {
		for _, iso := range []string{"1990-06-14", "1990-06", "1990", ""} {
			d, err := schema.ParseDate(iso, schema.DateISO)
			if err != nil {
				t.Fatal(err)
			}
			back, err := schema.ParseDate(d.Format(f), f)
			if err != nil || back != d {
				t.Errorf("%s in %s is %q, which reads back as %s, %v", iso, f, d.Format(f), back, err)
			}
		}
	}
	d, _ := schema.NewDate(1990, 6, 4)
	if got := d.Format(schema.DateSlashed); got != "04/06/1990" {
		t.Errorf("got %q", got)
	}
}

func TestParseTime(t *testing.T) {
	t.Parallel()
	const bad = "invalid"
	for _, tc := range []struct {
		in     string
		format schema.TimeFormat
		want   string
	}{
		{"20251103080512", schema.TimeCompact, "2025-11-03T08:05:12+07:00"},
		{"202511030805", schema.TimeCompact, "2025-11-03T08:05:00+07:00"},
		{"20251103", schema.TimeCompact, "2025-11-03T00:00:00+07:00"},
		{"", schema.TimeCompact, ""},
		{"00000000000000", schema.TimeCompact, ""},
		{"2025110308051", schema.TimeCompact, bad},
		{"20251103240000", schema.TimeCompact, bad},
		{"20251103 080512", schema.TimeCompact, bad},
		{"03/11/2025 08:05:12", schema.TimeSlashed, "2025-11-03T08:05:12+07:00"},
		{"3/11/2025 8:05", schema.TimeSlashed, "2025-11-03T08:05:00+07:00"},
		{"03/11/2025", schema.TimeSlashed, "2025-11-03T00:00:00+07:00"},
		{"03-11-2025 08:05:12.250", schema.TimeSlashed, "2025-11-03T08:05:12+07:00"},
		{"03/11/2025 08", schema.TimeSlashed, bad},
		{"03/11/2025 08:60:00", schema.TimeSlashed, bad},
		{"03/11/2025 08-05-12", schema.TimeSlashed, bad},
		{"03/11/2025 08:05:12 PM", schema.TimeSlashed, bad},
		{"31/11/2025 08:05:12", schema.TimeSlashed, bad},
		{"2025-11-03T08:05:12", schema.TimeISO, "2025-11-03T08:05:12+07:00"},
		{"2025-11-03 08:05:12", schema.TimeISO, "2025-11-03T08:05:12+07:00"},
		{"2025-11-03T08:05:12.123", schema.TimeISO, "2025-11-03T08:05:12+07:00"},
		{"2025-11-03T08:05", schema.TimeISO, "2025-11-03T08:05:00+07:00"},
		{"2025-11-03", schema.TimeISO, "2025-11-03T00:00:00+07:00"},
		{"2025-11-03T01:05:12Z", schema.TimeISO, "2025-11-03T08:05:12+07:00"},
		{"2025-11-03T01:05:12.5+0000", schema.TimeISO, "2025-11-03T08:05:12+07:00"},
		{"0001-01-01T00:00:00", schema.TimeISO, ""},
		{"2025-11-03T08:05:12+07:00", schema.TimeRFC3339, "2025-11-03T08:05:12+07:00"},
		{"2025-11-02T22:05:12-03:00", schema.TimeRFC3339, "2025-11-03T08:05:12+07:00"},
		{"2025-11-03T08:05:12", schema.TimeRFC3339, bad},
		{"2025-11-03T08:05:12+7", schema.TimeRFC3339, bad},
		{"2025-11-03T08:05:12+17:00", schema.TimeRFC3339, bad},
		{"/Date(1762131912000)/", schema.TimeDotNet, "2025-11-03T08:05:12+07:00"},
		{"/Date(1762131912000+0700)/", schema.TimeDotNet, "2025-11-03T08:05:12+07:00"},
		{"/Date(-62135596800000)/", schema.TimeDotNet, ""},
		{"/Date(x)/", schema.TimeDotNet, bad},
		{"/Date(99999999999999999)/", schema.TimeDotNet, bad},
		{"1762131912000", schema.TimeDotNet, bad},
		{"20251103080512", schema.TimeAny, "2025-11-03T08:05:12+07:00"},
		{"03/11/2025 08:05:12", schema.TimeAny, "2025-11-03T08:05:12+07:00"},
		{"2025-11-03T08:05:12+07:00", schema.TimeAny, "2025-11-03T08:05:12+07:00"},
		{"/Date(1762131912000)/", schema.TimeAny, "2025-11-03T08:05:12+07:00"},
		{"hôm qua", schema.TimeAny, bad},
	} {
		got, err := schema.ParseTime(tc.in, tc.format, nil)
		if tc.want == bad {
			wantProblem(t, tc.in, err, "time.invalid")
			continue
		}
		if err != nil || got.String() != tc.want {
			t.Errorf("ParseTime(%q, %q) = %q, %v; want %q", tc.in, tc.format, got, err, tc.want)
		}
	}
	utc, err := schema.ParseTime("2025-11-03T01:05:12", schema.TimeISO, time.UTC)
	if err != nil || utc.Gen1() != "20251103080512" {
		t.Errorf("a source in UTC: %q, %v", utc.Gen1(), err)
	}
}

func TestTime(t *testing.T) {
	t.Parallel()
	at := schema.TimeOf(time.Date(2025, 11, 2, 20, 5, 12, 999, time.UTC))
	if at != schema.TimeOf(at.Std()) || at.Gen1() != "20251103030512" || at.Date().String() != "2025-11-03" {
		t.Errorf("got %s, %s, %s", at, at.Gen1(), at.Date())
	}
	var zero schema.Time
	if !zero.IsZero() || zero.Gen1() != "" || zero.String() != "" || !zero.Std().IsZero() || !zero.Add(time.Hour).IsZero() || zero != schema.TimeOf(time.Time{}) {
		t.Error("the zero time is no time")
	}
	if !zero.Before(at) || !at.Add(time.Second).After(at) || at.Compare(at) != 0 {
		t.Error("order")
	}
	if epoch := schema.TimeOf(time.Unix(0, 0)); epoch.IsZero() || epoch.String() != "1970-01-01T07:00:00+07:00" {
		t.Error("1970 is a time")
	}
}

type stamped struct {
	Born schema.Date  `json:"born,omitzero"`
	At   schema.Time  `json:"at,omitzero"`
	Must schema.Date  `json:"must"`
	Then *schema.Time `json:"then,omitempty"`
}

func TestDateAndTimeInJSON(t *testing.T) {
	t.Parallel()
	born, _ := schema.NewDate(1941, 0, 0)
	full := stamped{Born: born, At: schema.TimeOf(time.Unix(1762131912, 0)), Must: schema.DateOf(time.Unix(0, 0))}
	for want, v := range map[string]stamped{
		`{"must":null}`: {},
		`{"born":"1941","at":"2025-11-03T08:05:12+07:00","must":"1970-01-01"}`: full,
	} {
		old, err := stdjson.Marshal(v)
		if err != nil || string(old) != want {
			t.Errorf("encoding/json wrote %s, %v", old, err)
		}
		data, err := json.Marshal(v)
		if err != nil || string(data) != want {
			t.Errorf("go-json-experiment wrote %s, %v", data, err)
		}
		var a, b stamped
		if err := stdjson.Unmarshal(data, &a); err != nil || a != v {
			t.Errorf("encoding/json read %+v, %v", a, err)
		}
		if err := json.Unmarshal(data, &b); err != nil || b != v {
			t.Errorf("go-json-experiment read %+v, %v", b, err)
		}
	}
	var s stamped
	if err := json.Unmarshal([]byte(`{"at":"2025-11-03T08:05:12\u002B07:00","must":""}`), &s); err != nil || s.At != full.At {
		t.Errorf("escaped plus sign: %s, %v", s.At, err)
	}
	for _, bad := range []string{`{"must":"1990-13"}`, `{"must":"90"}`, `{"must":1990}`, `{"must":"1990-6-14"}`, `{"must":"1990-00"}`,
		`{"at":"2025-11-03T08:05:12"}`, `{"at":""x}`, `{"must":"1990-06-14T00:00:00Z"}`} {
		if err := stdjson.Unmarshal([]byte(bad), &s); err == nil {
			t.Errorf("%s was read", bad)
		}
	}
	if err := json.Unmarshal([]byte(`{"must":"1990-13"}`), &s); len(fault.ProblemsOf(err)) == 0 {
		t.Errorf("the problem is lost behind %v", err)
	}
}

func FuzzParseDate(f *testing.F) {
	for _, s := range []string{"", "1990", "14/06/1990", "00/00/1990", "19900614", "1990-06-14T00:00:00Z", "0001-01-01", "9/9", "/Date(1)/"} {
		f.Add(s)
	}
	formats := []schema.DateFormat{schema.DateAny, schema.DateSlashed, schema.DateCompact, schema.DateISO}
	f.Fuzz(func(t *testing.T, s string) {
		for _, format := range formats {
			d, err := schema.ParseDate(s, format)
			if err != nil {
				wantProblem(t, s, err, "date.invalid")
				continue
			}
			back, err := schema.ParseDate(d.Format(format), format)
			if err != nil || back != d {
				t.Fatalf("%q as %s is %s, which reads back as %s, %v", s, format, d, back, err)
			}
		}
	})
}

func FuzzParseTime(f *testing.F) {
	for _, s := range []string{"", "20251103080512", "03/11/2025 08:05:12", "2025-11-03T08:05:12.5+07:00", "/Date(-1)/", "2025-11-03 08:05:12Z"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		v, err := schema.ParseTime(s, schema.TimeAny, nil)
		if err != nil {
			wantProblem(t, s, err, "time.invalid")
			return
		}
		if back, err := schema.ParseTime(v.String(), schema.TimeRFC3339, nil); err != nil || back != v {
			t.Fatalf("%q is %s, which reads back as %s, %v", s, v, back, err)
		}
		if back, err := schema.ParseTime(v.Gen1(), schema.TimeCompact, nil); err != nil || back != v {
			t.Fatalf("%q is %s, which reads back as %s, %v", s, v.Gen1(), back, err)
		}
	})
}
