package httpapi

import (
	"bytes"
	"encoding/json"
	"fmt"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/uuid"
	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"github.com/lienthong/lienthong/gateway"
	"github.com/lienthong/lienthong/internal/fault"
	"github.com/lienthong/lienthong/schema"
)

// TestAppendAnswer holds the encoder against package json: both must say the same.
func TestAppendAnswer(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		a := drawAnswer(t)
		lang := rapid.SampledFrom([]language{vietnamese, english}).Draw(t, "lang")
		var got Answer
		dec := json.NewDecoder(bytes.NewReader(appendAnswer(nil, a, lang, "")))
		dec.DisallowUnknownFields()
		if err := dec.Decode(&got); err != nil {
			t.Fatal(err)
		}
		want := Answer{Results: []MessageResult{}, Summary: a.Summary}
		for _, m := range a.Results {
			want.Results = append(want.Results, resultOf(m, lang))
		}
		if diff := cmp.Diff(want, got); diff != "" {
			t.Fatal(diff)
		}
	})
}

func drawAnswer(t *rapid.T) gateway.Answer {
	text := rapid.StringMatching(`[a-zđ"\\/<\n]{0,6}`)
	problems := rapid.SliceOfN(rapid.Custom(func(t *rapid.T) fault.Problem {
		return fault.Problem{
			Pointer: text.Draw(t, "pointer"), Code: text.Draw(t, "code"), Level: rapid.SampledFrom([]fault.Level{"", fault.Warning}).Draw(t, "level"),
			Detail: text.Draw(t, "vi"), DetailEN: text.Draw(t, "en"), Expected: text.Draw(t, "expected"),
		}
	}), 0, 2)
	some := func(p []fault.Problem) []fault.Problem {
		if len(p) == 0 {
			return nil
		}
		return p
	}
	record := rapid.Custom(func(t *rapid.T) gateway.RecordResult {
		r := gateway.RecordResult{
			Kind: rapid.SampledFrom(append(schema.Kinds(), "")).Draw(t, "kind"), ID: text.Draw(t, "id"), Verdict: rapid.SampledFrom(gateway.Verdicts()).Draw(t, "verdict"),
			Revision: rapid.Int64Range(0, 1<<60).Draw(t, "revision"), Errors: some(problems.Draw(t, "errors")),
		}
		if rapid.Bool().Draw(t, "linked") {
			id := uuid.New()
			r.EntityID = &id
		}
		return r
	})
	message := rapid.Custom(func(t *rapid.T) gateway.MessageResult {
		return gateway.MessageResult{
			Index: rapid.IntRange(0, 999).Draw(t, "index"), SubmissionID: uuid.New(), Code: rapid.SampledFrom([]fault.Code{"", fault.Invalid}).Draw(t, "code"),
			Records: rapid.SliceOfN(record, 0, 3).Draw(t, "records"), Errors: some(problems.Draw(t, "errors")),
		}
	})
	n := rapid.IntRange(0, 9)
	return gateway.Answer{Results: rapid.SliceOfN(message, 0, 3).Draw(t, "results"), Summary: gateway.Summary{
		Accepted: n.Draw(t, "a"), Unchanged: n.Draw(t, "u"), Superseded: n.Draw(t, "s"), Rejected: n.Draw(t, "r"), NeedsReview: n.Draw(t, "n"),
	}}
}

func thousand() gateway.Answer {
	id := uuid.New()
	a := gateway.Answer{Summary: gateway.Summary{Accepted: 1000}}
	for i := range 1000 {
		a.Results = append(a.Results, gateway.MessageResult{Index: i, SubmissionID: id, Records: []gateway.RecordResult{
			{Kind: schema.KindDossier, ID: fmt.Sprintf("H05.31-251103-%04d", i), Verdict: gateway.Accepted, Revision: 1, EntityID: &id},
		}})
	}
	return a
}

func BenchmarkAnswer(b *testing.B) {
	a := thousand()
	b.Run("append", func(b *testing.B) {
		var buf []byte
		for b.Loop() {
			buf = appendAnswer(buf[:0], a, vietnamese, "")
		}
		require.NotEmpty(b, buf)
	})
	b.Run("package json", func(b *testing.B) {
		for b.Loop() {
			if _, err := json.Marshal(a); err != nil {
				b.Fatal(err)
			}
		}
	})
}
