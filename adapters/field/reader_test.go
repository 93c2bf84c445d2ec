package field

import (
	"errors"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/lienthong/lienthong/adapters/strict"
	"github.com/lienthong/lienthong/internal/fault"
	"github.com/lienthong/lienthong/schema"
)

// notes returns "pointer code level" of each problem.
func notes(problems []schema.Problem) []string {
	var out []string
	for _, p := range problems {
		out = append(out, p.Pointer+" "+p.Code+" "+string(p.Level))
	}
	return out
}

func TestPointersOfNestedReaders(t *testing.T) {
	r := At("/data/3")
	r.Warn("a", "value.unmapped")
	r.Under("data").Under("x/y~").Warn("b", "value.unmapped")
	r.Item("list", 2).Item("inner", 0).Warn("c", "value.unmapped")
	r.Item("list", 4).Warn("", "value.unmapped")
	want := []string{
		"/data/3/a value.unmapped warning", "/data/3/data/x~1y~0/b value.unmapped warning",
		"/data/3/list/2/inner/0/c value.unmapped warning", "/data/3/list/4 value.unmapped warning",
	}
	if d := cmp.Diff(want, notes(r.Problems())); d != "" || r.Refused() {
		t.Error(d)
	}
	r.Item("list", 5).Refuse("d", "status.unmapped")
	if !r.Refused() {
		t.Error("a refusal inside does not refuse the record")
	}
}

func TestRequire(t *testing.T) {
	r := At("")
	r.Require("full", "x")
	r.Require("empty", "")
	r.Fail("wrong", errors.New("unreadable"), schema.Refused)
	r.Require("wrong", "")
	r.Warn("doubtful", "value.unmapped")
	r.Require("doubtful", "")
	want := []string{
		"/empty field.required refused", "/wrong value.invalid refused",
		"/doubtful value.unmapped warning", "/doubtful field.required refused",
	}
	if d := cmp.Diff(want, notes(r.Problems())); d != "" {
		t.Error(d)
	}
}

func TestValues(t *testing.T) {
	for _, c := range []struct {
		name string
		read func(r *Reader, raw strict.Text) any
		in   strict.Text
		want any
		note string
	}{
		{"text", func(r *Reader, raw strict.Text) any { return r.Text("k", raw) }, "Hộ  tịch", "Hộ tịch", "/k text.space repaired"},
		{"a filler", func(r *Reader, raw strict.Text) any { return r.Text("k", raw) }, "Dinhkem", "", "/k text.filler repaired"},
		{"text of TCVN3", func(r *Reader, raw strict.Text) any { return r.Text("k", raw) }, "NguyÔn V¨n B×nh", "Nguyễn Văn Bình", "/k text.tcvn3 repaired"},
		{"text of an encoding in doubt", func(r *Reader, raw strict.Text) any { return r.Text("k", raw) }, "Hµ", "Hµ", "/k text.legacy warning"},
		{"a name", func(r *Reader, raw strict.Text) any { return r.Name("k", raw) }, "LÊ THỊ CÚC", "Lê Thị Cúc", "/k name.case repaired"},
		{"a code", func(r *Reader, raw strict.Text) any { return r.Code(raw) }, " X \u200b", "X", ""},
		{"the name of a file", func(r *Reader, raw strict.Text) any { return r.Code(raw) }, " Ná»™i.pdf", "Ná»™i.pdf", ""},
		{"a code that looks like a filler", func(r *Reader, raw strict.Text) any { return r.Code(raw) }, "x", "x", ""},
		{"an instant", func(r *Reader, raw strict.Text) any { return r.Time("k", raw, schema.TimeCompact).String() },
			"20251103083000", "2025-11-03T08:30:00+07:00", ""},
		{"a wrong instant", func(r *Reader, raw strict.Text) any { return r.Time("k", raw, schema.TimeCompact).IsZero() },
			"20251399", true, "/k time.invalid refused"},
		{"a wrong optional instant", func(r *Reader, raw strict.Text) any { return r.OptionalTime("k", raw, schema.TimeCompact).IsZero() },
			"20251399", true, "/k time.invalid warning"},
		{"a wrong date", func(r *Reader, raw strict.Text) any { return r.Date("k", raw, schema.DateSlashed).IsZero() },
			"31/02/2025", true, "/k date.invalid warning"},
		{"true", func(r *Reader, raw strict.Text) any { return r.Flag("k", raw) }, "True", true, ""},
		{"no truth value", func(r *Reader, raw strict.Text) any { return r.Flag("k", raw) }, "có", false, "/k flag.invalid warning"},
		{"no number", func(r *Reader, raw strict.Text) any { return r.Int("k", raw) }, "một", int64(0), "/k number.invalid warning"},
		{"a phone number", func(r *Reader, raw strict.Text) any { return r.Phone("k", raw) }, "912345671", "0912345671", "/k phone.zero repaired"},
		{"a made-up number", func(r *Reader, raw strict.Text) any { return r.Identity("k", "", raw).IsZero() }, "000000001", true, "/k identifier.filler warning"},
		{"a mistyped number", func(r *Reader, raw strict.Text) any { return r.Identity("k", "", raw).IsZero() }, "02719", true, "/k identifier.length warning"},
		{"a mistyped tax code", func(r *Reader, raw strict.Text) any { return r.TaxCode("k", raw).IsZero() }, "01012", true, "/k identifier.length warning"},
		{"a dossier number", func(r *Reader, raw strict.Text) any { return r.Dossier("k", raw) }, " h05.31-251103-0007", "H05.31-251103-0007", ""},
		{"a filler for a dossier number", func(r *Reader, raw strict.Text) any { return r.Dossier("k", raw) }, "không có", "", "/k dossier.form refused"},
	} {
		t.Run(c.name, func(t *testing.T) {
			r := At("")
			if got := c.read(r, c.in); got != c.want {
				t.Errorf("got %v, want %v", got, c.want)
			}
			var want []string
			if c.note != "" {
				want = []string{c.note}
			}
			if d := cmp.Diff(want, notes(r.Problems())); d != "" {
				t.Error(d)
			}
			for _, p := range r.Problems() {
				if p.Detail == "" || p.DetailEN == "" {
					t.Errorf("%s has no words", p.Code)
				}
			}
		})
	}
}

func TestAmount(t *testing.T) {
	for in, want := range map[strict.Text]struct {
		amount int64
		note   string
	}{
		"": {}, "8000": {amount: 8000}, "0": {}, " 8000 ": {amount: 8000},
		"không": {0, "amount.words"}, "Không": {0, "amount.words"},
		"50.000": {50000, "amount.separators"}, "1,250,000": {1250000, "amount.separators"}, "8000.00": {8000, "amount.separators"},
		"8000.5": {0, "number.invalid"}, "-1": {0, "number.invalid"}, "1.2.3": {0, "number.invalid"}, "miễn phí": {0, "number.invalid"},
		"99999999999999999999": {0, "number.invalid"},
	} {
		r := At("")
		got := r.Amount("Gia", in)
		note := ""
		for _, p := range r.Problems() {
			note += p.Code
		}
		if got != want.amount || note != want.note {
			t.Errorf("%q: %d %q, want %d %q", in, got, note, want.amount, want.note)
		}
	}
}

func TestHarvest(t *testing.T) {
	step := func(number string) schema.Record {
		at, err := schema.ParseTime("20251103083000", schema.TimeCompact, nil)
		if err != nil {
			t.Fatal(err)
		}
		s := &schema.DossierStep{Dossier: number, At: at, Status: schema.Received}
		return schema.Record{Kind: s.Kind(), ID: s.ID(), Body: s}
	}
	refused := At("/1")
	refused.Warn("a", "value.unmapped")
	refused.Refuse("b", "status.unmapped")
	warned := At("/2")
	warned.Warn("c", "value.unmapped")
	duplicate := &fault.Error{Code: fault.Malformed, Problems: []fault.Problem{{Pointer: "/3/x", Code: "json.duplicate_key"}}}
	broken := &fault.Error{Code: fault.Malformed, Problems: []fault.Problem{{Pointer: "/4", Code: "json.syntax"}}}

	var h Harvest
	h.Take(step("A"), At("/0"))
	h.Take(step("B"), refused)
	h.Take(step("C"), warned)
	h.Take(step(""), At("/5"))
	h.Reject(duplicate)
	h.Reject(nil)
	h.Refuse("/6", "form.unknown")
	h.Unknown([]string{"/z"})
	records, err := h.Result("test")
	if len(records) != 2 || fault.CodeOf(err) != fault.Invalid {
		t.Fatal(len(records), err)
	}
	if d := cmp.Diff([]string{"/z field.unknown warning"}, notes(records[0].Problems)); d != "" {
		t.Error(d)
	}
	if d := cmp.Diff([]string{"/2/c value.unmapped warning"}, notes(records[1].Problems)); d != "" {
		t.Error(d)
	}
	want := []string{
		"/1/a value.unmapped warning", "/1/b status.unmapped refused", "/5 field.required ", "/3/x json.duplicate_key ", "/6 form.unknown refused",
	}
	if d := cmp.Diff(want, notes(fault.ProblemsOf(err))); d != "" {
		t.Error(d)
	}

	h.Reject(broken)
	if records, err := h.Result("test"); len(records) != 0 || !strict.Broken(err) || fault.CodeOf(err) != fault.Malformed {
		t.Error("a message with broken syntax gives records, or another error", err)
	}

	var bad Harvest
	bad.Reject(duplicate)
	if _, err := bad.Result("test"); fault.CodeOf(err) != fault.Malformed {
		t.Error(err)
	}
	var none Harvest
	if records, err := none.Result("test"); records != nil || err != nil {
		t.Error(records, err)
	}
}

func TestEveryProblemHasWords(t *testing.T) {
	for code, w := range words {
		if w[0] == "" || w[1] == "" {
			t.Errorf("%s lacks words in a language", code)
		}
	}
	for _, code := range []string{
		schema.TextNFC, schema.TextEth, schema.TextSpace, schema.TextInvisible, schema.TextEncoding, schema.TextLegacy, schema.NameCase, schema.NameFiller,
	} {
		if words[code][0] == "" {
			t.Errorf("%s of package schema has no words", code)
		}
	}
}
