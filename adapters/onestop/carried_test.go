package onestop

import (
	"bytes"
	"context"
	"path/filepath"
	"strings"
	"testing"

	"github.com/go-json-experiment/json"
	"github.com/go-json-experiment/json/jsontext"
	"github.com/google/go-cmp/cmp"
	"github.com/rogpeppe/go-internal/txtar"

	"github.com/lienthong/lienthong/adapters"
	"github.com/lienthong/lienthong/internal/fault"
	"github.com/lienthong/lienthong/internal/golden"
	"github.com/lienthong/lienthong/schema"
)

// carriedRecord is a record whose raw part is not literally in the message: a
// row of a sheet, or an item of a document inside a string.
type carriedRecord struct {
	Kind     schema.Kind     `json:"kind"`
	ID       string          `json:"id"`
	Raw      string          `json:"raw"`
	Body     jsontext.Value  `json:"body"`
	Problems []fault.Problem `json:"problems,omitempty"`
}

type carriedOutcome struct {
	Code     fault.Code      `json:"code,omitzero"`
	Records  []carriedRecord `json:"records"`
	Problems []fault.Problem `json:"problems,omitempty"`
}

var carriedMedia = map[string]string{"in.json": "application/json", "in.csv": "text/csv", "in.ndjson": "application/x-ndjson"}

// The conformance suite looks for the raw part of a record in the message; what
// these messages carry has been cut out of rows and strings. So the cases have a
// comparison of their own, which also sends every raw part again.
func TestCarried(t *testing.T) {
	paths, err := filepath.Glob(filepath.Join("testdata", "carried", "*.txtar"))
	if err != nil || len(paths) == 0 {
		t.Fatal("no cases", err)
	}
	for _, path := range paths {
		t.Run(filepath.Base(path), func(t *testing.T) {
			archive, err := txtar.ParseFile(path)
			if err != nil {
				t.Fatal(err)
			}
			raw, want := adapters.Raw{}, []byte(nil)
			files := archive.Files[:0:0]
			for _, f := range archive.Files {
				if f.Name == "want.json" {
					want = f.Data
					continue
				}
				raw = adapters.Raw{ContentType: carriedMedia[f.Name], Body: f.Data}
				files = append(files, f)
			}
			got := carried(t, raw)
			if golden.Update() {
				files = append(files, txtar.File{Name: "want.json", Data: got})
				golden.Write(t, path, txtar.Format(&txtar.Archive{Comment: archive.Comment, Files: files}))
				return
			}
			if d := cmp.Diff(string(want), string(got)); d != "" {
				t.Errorf("-want +got:\n%s", d)
			}
		})
	}
}

// carried normalises a message, and the raw part of each record again under the
// message's type and as JSON.
func carried(t *testing.T, raw adapters.Raw) []byte {
	t.Helper()
	a, before := open(t), bytes.Clone(raw.Body)
	records, err := a.Normalize(context.Background(), raw)
	if !bytes.Equal(before, raw.Body) {
		t.Error("Normalize changed the message")
	}
	o := carriedOutcome{Records: []carriedRecord{}, Problems: fault.ProblemsOf(err)}
	if err != nil {
		o.Code = fault.CodeOf(err)
	}
	for _, rec := range records {
		sealed := seal(t, rec)
		for _, media := range []string{raw.ContentType, "application/json"} {
			again, err := a.Normalize(context.Background(), adapters.Raw{ContentType: media, Body: rec.Raw})
			if len(again) != 1 || err != nil || again[0].ID != rec.ID || !bytes.Equal(seal(t, again[0]), sealed) {
				t.Errorf("the raw part of %s as %s gives %d records and %v", rec.Kind, media, len(again), err)
			}
		}
		o.Records = append(o.Records, carriedRecord{rec.Kind, rec.ID, string(rec.Raw), sealed, rec.Problems})
	}
	silent(t, raw.Body, o)
	out, err := json.Marshal(o, json.Deterministic(true), jsontext.WithIndent("  "))
	if err != nil {
		t.Fatal(err)
	}
	return append(out, '\n')
}

// silent looks for cells of a sheet in what the problems say.
func silent(t *testing.T, body []byte, o carriedOutcome) {
	t.Helper()
	problems := o.Problems
	for _, rec := range o.Records {
		problems = append(problems, rec.Problems...)
	}
	for _, p := range problems {
		for _, cell := range strings.FieldsFunc(string(body), func(r rune) bool { return strings.ContainsRune(",;\n\"", r) }) {
			if len(cell) > 8 && strings.Contains(p.Detail+p.DetailEN+p.Expected, cell) {
				t.Errorf("a cell of %d bytes shows up in a problem %s", len(cell), p.Code)
			}
		}
	}
}

func seal(t *testing.T, rec schema.Record) []byte {
	t.Helper()
	sealed, err := rec.Seal()
	if err != nil {
		t.Fatal(err)
	}
	return sealed.JSON
}
