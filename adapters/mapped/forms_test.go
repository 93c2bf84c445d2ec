package mapped_test

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
	"github.com/lienthong/lienthong/adapters/mapped"
	"github.com/lienthong/lienthong/internal/fault"
	"github.com/lienthong/lienthong/internal/golden"
	"github.com/lienthong/lienthong/schema"
)

// formOutcome is what came of a table or an XML document, as want.json shows it.
type formOutcome struct {
	Code     fault.Code      `json:"code,omitzero"`
	Records  []formRecord    `json:"records"`
	Problems []fault.Problem `json:"problems,omitempty"`
}

type formRecord struct {
	Kind      schema.Kind     `json:"kind"`
	ID        string          `json:"id"`
	EventTime schema.Time     `json:"event_time,omitzero"`
	Raw       jsontext.Value  `json:"raw"`
	Body      jsontext.Value  `json:"body"`
	Problems  []fault.Problem `json:"problems,omitempty"`
}

// formCase is a mapping with a message that is no JSON.
type formCase struct {
	archive *txtar.Archive
	adapter adapters.Adapter
	raw     adapters.Raw
	want    []byte
}

func readForm(t testing.TB, path string) formCase {
	t.Helper()
	archive, err := txtar.ParseFile(path)
	require.NoError(t, err)
	c := formCase{archive: archive}
	for _, f := range archive.Files {
		switch f.Name {
		case "mapping.yaml":
			m, err := mapped.Parse(f.Data)
			require.NoError(t, err, path)
			c.adapter, err = m.Spec().New(adapters.Config{Province: "24"})
			require.NoError(t, err)
			c.raw.ContentType = m.Format.MediaType()
		case "want.json":
			c.want = f.Data
		default:
			c.raw.Body = f.Data
		}
	}
	return c
}

func formPaths(t testing.TB) []string {
	t.Helper()
	paths, err := filepath.Glob("testdata/forms/*.txtar")
	require.NoError(t, err)
	require.NotEmpty(t, paths)
	return paths
}

// Tables and XML are no JSON, so what is kept of an element is made of it; it
// has to be a message by itself that gives the same records.
func TestForms(t *testing.T) {
	t.Parallel()
	for _, path := range formPaths(t) {
		t.Run(strings.TrimSuffix(filepath.Base(path), ".txtar"), func(t *testing.T) {
			t.Parallel()
			c := readForm(t, path)
			records, err := c.adapter.Normalize(context.Background(), c.raw)
			got := showForm(t, records, err)
			if golden.Update() {
				c.archive.Files = append(c.archive.Files[:2], txtar.File{Name: "want.json", Data: got})
				golden.Write(t, path, txtar.Format(c.archive))
				return
			}
			if d := cmp.Diff(string(c.want), string(got)); d != "" {
				t.Errorf("%s (-want +got):\n%s", path, d)
			}
			require.NotEmpty(t, records)
			for _, rec := range records {
				again, err := c.adapter.Normalize(context.Background(), adapters.Raw{Body: rec.Raw})
				require.NoError(t, err)
				require.Len(t, again, 1)
				require.Equal(t, sealed(t, rec), sealed(t, again[0]))
				require.Equal(t, rec.ID, again[0].ID)
				require.Equal(t, rec.EventTime, again[0].EventTime)
			}
			other := adapters.Raw{ContentType: "application/x-www-form-urlencoded", Body: c.raw.Body}
			_, err = c.adapter.Normalize(context.Background(), other)
			require.Equal(t, fault.UnsupportedMedia, fault.CodeOf(err))
		})
	}
}

func sealed(t testing.TB, rec schema.Record) string {
	t.Helper()
	s, err := rec.Seal()
	require.NoError(t, err)
	return string(s.JSON)
}

func showForm(t testing.TB, records []schema.Record, err error) []byte {
	t.Helper()
	o := formOutcome{Records: []formRecord{}, Problems: fault.ProblemsOf(err)}
	if err != nil {
		o.Code = fault.CodeOf(err)
	}
	for _, rec := range records {
		o.Records = append(o.Records, formRecord{Kind: rec.Kind, ID: rec.ID, EventTime: rec.EventTime, Raw: rec.Raw,
			Body: jsontext.Value(sealed(t, rec)), Problems: rec.Problems})
	}
	data, err := json.Marshal(o, json.Deterministic(true), jsontext.WithIndent("  "))
	require.NoError(t, err)
	return append(data, '\n')
}

func FuzzForms(f *testing.F) {
	var cases []formCase
	for i, path := range formPaths(f) {
		cases = append(cases, readForm(f, path))
		f.Add(uint8(i), cases[i].raw.Body)
	}
	f.Fuzz(func(t *testing.T, which uint8, body []byte) {
		if len(body) > 64<<10 {
			return
		}
		c := cases[int(which)%len(cases)]
		before := bytes.Clone(body)
		raw := adapters.Raw{ContentType: c.raw.ContentType, Body: body}
		records, err := c.adapter.Normalize(context.Background(), raw)
		require.Equal(t, before, body, "the message was changed")
		for _, rec := range records {
			require.NotEmpty(t, rec.ID)
			for _, p := range append(rec.Body.Validate(), rec.Problems...) {
				require.False(t, p.IsRefusal(), "a record with the refusal %s", p.Code)
			}
			again, _ := c.adapter.Normalize(context.Background(), adapters.Raw{Body: rec.Raw})
			require.NotEmpty(t, again, "what is kept of an element gives nothing")
		}
		first := showForm(t, records, err)
		records, err = c.adapter.Normalize(context.Background(), raw)
		require.Equal(t, string(first), string(showForm(t, records, err)), "a second run differs")
	})
}

func BenchmarkForms(b *testing.B) {
	for _, path := range formPaths(b) {
		c := readForm(b, path)
		b.Run(strings.TrimSuffix(filepath.Base(path), ".txtar"), func(b *testing.B) {
			b.SetBytes(int64(len(c.raw.Body)))
			for b.Loop() {
				if records, err := c.adapter.Normalize(context.Background(), c.raw); len(records) == 0 {
					b.Fatal(err)
				}
			}
		})
	}
}
