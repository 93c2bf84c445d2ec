package adaptertest

import (
	"bytes"
	"context"
	"fmt"
	"testing"

	"github.com/go-json-experiment/json"
	"github.com/go-json-experiment/json/jsontext"
	"github.com/google/go-cmp/cmp"

	"github.com/lienthong/lienthong/adapters"
	"github.com/lienthong/lienthong/internal/fault"
	"github.com/lienthong/lienthong/schema"
)

// outcome is what came of one message, as want.json shows it.
type outcome struct {
	Code     fault.Code      `json:"code,omitzero"` // of the error
	Records  []recordView    `json:"records"`
	Problems []fault.Problem `json:"problems,omitempty"` // of the error

	err     error
	records []schema.Record
}

type recordView struct {
	Kind      schema.Kind     `json:"kind"`
	ID        string          `json:"id"`
	Version   int64           `json:"version,omitzero"`
	EventTime schema.Time     `json:"event_time,omitzero"`
	Raw       string          `json:"raw,omitzero"`      // from-to in bytes of the message; none means all of it
	Made      string          `json:"raw_made,omitzero"` // raw that stands nowhere in the message: a row of a table, a part of a document in a string
	Body      jsontext.Value  `json:"body"`
	Problems  []fault.Problem `json:"problems,omitempty"`
}

// normalize runs one message through a.
func normalize(t testing.TB, a adapters.Adapter, raw adapters.Raw) outcome {
	t.Helper()
	records, err := a.Normalize(context.Background(), raw)
	o := outcome{Records: []recordView{}, Problems: fault.ProblemsOf(err), err: err, records: records}
	if err != nil {
		o.Code = fault.CodeOf(err)
	}
	for _, rec := range records {
		sealed, err := rec.Seal()
		if err != nil {
			t.Fatalf("a %s does not seal: %v", rec.Kind, err)
		}
		view := recordView{
			Kind: rec.Kind, ID: rec.ID, Version: rec.Version, EventTime: rec.EventTime, Body: sealed.JSON, Problems: rec.Problems,
		}
		if rec.Raw != nil {
			if from := bytes.Index(raw.Body, rec.Raw); from >= 0 {
				view.Raw = fmt.Sprintf("%d-%d", from, from+len(rec.Raw))
			} else {
				view.Made = string(rec.Raw)
			}
		}
		o.Records = append(o.Records, view)
	}
	return o
}

// marshal writes the outcome as want.json.
func (o outcome) marshal(t testing.TB) []byte {
	t.Helper()
	data, err := json.Marshal(o, json.Deterministic(true), jsontext.WithIndent("  "))
	if err != nil {
		t.Fatal(err)
	}
	return append(data, '\n')
}

func diff(t testing.TB, what string, want, got []byte) {
	t.Helper()
	if d := cmp.Diff(string(want), string(got)); d != "" {
		t.Errorf("%s (-want +got):\n%s", what, d)
	}
}
