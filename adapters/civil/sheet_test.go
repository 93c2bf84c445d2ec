package civil_test

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
	"github.com/stretchr/testify/require"

	"github.com/lienthong/lienthong/adapters"
	"github.com/lienthong/lienthong/adapters/civil"
	"github.com/lienthong/lienthong/internal/fault"
	"github.com/lienthong/lienthong/internal/golden"
	"github.com/lienthong/lienthong/schema"
)

// sheetCase is a golden case of a table. The conformance suite takes the parts
// of a message for its records' raw bytes; a row of a table is kept as an object
// instead, so that tables have this test of their own.
type sheetCase struct {
	path     string
	archive  *txtar.Archive
	in       []byte
	want     []byte
	province string
}

func sheetCases(t testing.TB) []sheetCase {
	t.Helper()
	paths, err := filepath.Glob("testdata/sheets/*.txtar")
	require.NoError(t, err)
	require.NotEmpty(t, paths)
	cases := make([]sheetCase, len(paths))
	for i, path := range paths {
		archive, err := txtar.ParseFile(path)
		require.NoError(t, err)
		c := sheetCase{path: path, archive: archive, province: "24"}
		for _, f := range archive.Files {
			switch f.Name {
			case "in.csv":
				c.in = f.Data
			case "want.json":
				c.want = f.Data
			case "province":
				c.province = strings.TrimSpace(string(f.Data))
			default:
				t.Fatalf("%s: unexpected file %s", path, f.Name)
			}
		}
		cases[i] = c
	}
	return cases
}

// sheetView is what came of a table, as want.json shows it.
type sheetView struct {
	Code     fault.Code      `json:"code,omitzero"`
	Records  []sheetRecord   `json:"records"`
	Problems []fault.Problem `json:"problems,omitempty"`
}

type sheetRecord struct {
	ID        string          `json:"id"`
	EventTime schema.Time     `json:"event_time,omitzero"`
	Body      jsontext.Value  `json:"body"`
	Problems  []fault.Problem `json:"problems,omitempty"`
}

func view(t testing.TB, records []schema.Record, err error) []byte {
	t.Helper()
	v := sheetView{Records: []sheetRecord{}, Problems: fault.ProblemsOf(err)}
	if err != nil {
		v.Code = fault.CodeOf(err)
	}
	for _, rec := range records {
		sealed, err := rec.Seal()
		require.NoError(t, err)
		v.Records = append(v.Records, sheetRecord{ID: rec.ID, EventTime: rec.EventTime, Body: sealed.JSON, Problems: rec.Problems})
	}
	data, err := json.Marshal(v, json.Deterministic(true), jsontext.WithIndent("  "))
	require.NoError(t, err)
	return append(data, '\n')
}

func TestSheets(t *testing.T) {
	t.Parallel()
	for _, c := range sheetCases(t) {
		t.Run(strings.TrimSuffix(filepath.Base(c.path), ".txtar"), func(t *testing.T) {
			a, err := civil.New(adapters.Config{Province: c.province})
			require.NoError(t, err)
			before := bytes.Clone(c.in)
			records, err := a.Normalize(context.Background(), adapters.Raw{ContentType: "text/csv", Body: c.in})
			require.True(t, bytes.Equal(before, c.in), "the message was changed")
			got := view(t, records, err)
			if golden.Update() {
				files := []txtar.File{}
				for _, f := range c.archive.Files {
					if f.Name != "want.json" {
						files = append(files, f)
					}
				}
				files = append(files, txtar.File{Name: "want.json", Data: got})
				golden.Write(t, c.path, txtar.Format(&txtar.Archive{Comment: c.archive.Comment, Files: files}))
			} else if d := cmp.Diff(string(c.want), string(got)); d != "" {
				t.Errorf("%s (-want +got):\n%s", c.path, d)
			}
			replay(t, a, records)
		})
	}
}

// replay reads each row that was kept as a message of its own, with and without
// the content type of the table that it came from.
func replay(t *testing.T, a adapters.Adapter, records []schema.Record) {
	t.Helper()
	for _, rec := range records {
		for _, media := range []string{"", "text/csv"} {
			again, err := a.Normalize(context.Background(), adapters.Raw{ContentType: media, Body: rec.Raw})
			require.NoError(t, err)
			require.Len(t, again, 1)
			require.Equal(t, rec.ID, again[0].ID)
			require.Empty(t, cmp.Diff(sealed(t, rec), sealed(t, again[0])))
		}
	}
}

func sealed(t *testing.T, rec schema.Record) string {
	t.Helper()
	s, err := rec.Seal()
	require.NoError(t, err)
	return string(s.JSON)
}

// A table is never taken for JSON, nor JSON for a table that says so of itself.
func FuzzSheet(f *testing.F) {
	for _, c := range sheetCases(f) {
		f.Add(c.in)
	}
	a, err := civil.New(adapters.Config{Province: "24"})
	require.NoError(f, err)
	f.Fuzz(func(t *testing.T, body []byte) {
		raw := adapters.Raw{ContentType: "text/csv", Body: body}
		records, err := a.Normalize(context.Background(), raw)
		switch fault.CodeOf(err) {
		case "", fault.Invalid, fault.Malformed, fault.UnknownForm, fault.UnsupportedMedia:
		default:
			if err != nil {
				t.Fatalf("code %s", fault.CodeOf(err))
			}
		}
		for _, rec := range records {
			for _, p := range rec.Body.Validate() {
				if p.IsRefusal() {
					t.Errorf("a record that is not valid: %s", p.Code)
				}
			}
		}
		again, err2 := a.Normalize(context.Background(), raw)
		require.Equal(t, string(view(t, records, err)), string(view(t, again, err2)))
	})
}
