package land_test

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
	"github.com/lienthong/lienthong/adapters/land"
	"github.com/lienthong/lienthong/internal/fault"
	"github.com/lienthong/lienthong/internal/golden"
	"github.com/lienthong/lienthong/schema"
)

// sheetOutcome is what came of a table, as want.json shows it.
type sheetOutcome struct {
	Code     fault.Code      `json:"code,omitzero"`
	Records  []sheetRecord   `json:"records"`
	Problems []fault.Problem `json:"problems,omitempty"`
}

type sheetRecord struct {
	Kind      schema.Kind     `json:"kind"`
	ID        string          `json:"id"`
	EventTime schema.Time     `json:"event_time,omitzero"`
	Raw       jsontext.Value  `json:"raw"`
	Body      jsontext.Value  `json:"body"`
	Problems  []fault.Problem `json:"problems,omitempty"`
}

// Tables are no JSON, so what is kept of a line is made of it; it has to be a
// message by itself that gives the same record.
func TestTables(t *testing.T) {
	t.Parallel()
	paths, err := filepath.Glob("testdata/sheets/*.txtar")
	require.NoError(t, err)
	require.NotEmpty(t, paths)
	for _, path := range paths {
		t.Run(strings.TrimSuffix(filepath.Base(path), ".txtar"), func(t *testing.T) {
			t.Parallel()
			archive, err := txtar.ParseFile(path)
			require.NoError(t, err)
			part := files(archive)
			a, err := land.New(adapters.Config{Province: strings.TrimSpace(string(part["province"]))})
			require.NoError(t, err)
			records, err := a.Normalize(context.Background(), adapters.Raw{ContentType: "text/csv", Body: part["in.csv"]})
			got := show(t, records, err)
			if golden.Update() {
				keep := archive.Files[:2]
				archive.Files = append(keep, txtar.File{Name: "want.json", Data: got})
				golden.Write(t, path, txtar.Format(archive))
				return
			}
			if d := cmp.Diff(string(part["want.json"]), string(got)); d != "" {
				t.Errorf("%s (-want +got):\n%s", path, d)
			}
			for _, rec := range records {
				again, err := a.Normalize(context.Background(), adapters.Raw{Body: rec.Raw})
				require.NoError(t, err)
				require.Len(t, again, 1, "what is kept of a line is one record")
				require.Equal(t, seal(t, rec), seal(t, again[0]))
				require.Equal(t, rec.ID, again[0].ID)
				require.Equal(t, rec.EventTime, again[0].EventTime)
			}
		})
	}
}

func files(archive *txtar.Archive) map[string][]byte {
	all := map[string][]byte{}
	for _, f := range archive.Files {
		all[f.Name] = f.Data
	}
	return all
}

func seal(t testing.TB, rec schema.Record) string {
	t.Helper()
	sealed, err := rec.Seal()
	require.NoError(t, err)
	return string(sealed.JSON)
}

func show(t testing.TB, records []schema.Record, err error) []byte {
	t.Helper()
	o := sheetOutcome{Records: []sheetRecord{}, Problems: fault.ProblemsOf(err)}
	if err != nil {
		o.Code = fault.CodeOf(err)
	}
	for _, rec := range records {
		o.Records = append(o.Records, sheetRecord{Kind: rec.Kind, ID: rec.ID, EventTime: rec.EventTime, Raw: rec.Raw,
			Body: jsontext.Value(seal(t, rec)), Problems: rec.Problems})
	}
	data, err := json.Marshal(o, json.Deterministic(true), jsontext.WithIndent("  "))
	require.NoError(t, err)
	return append(data, '\n')
}

func FuzzTable(f *testing.F) {
	paths, err := filepath.Glob("testdata/sheets/*.txtar")
	require.NoError(f, err)
	for _, path := range paths {
		archive, err := txtar.ParseFile(path)
		require.NoError(f, err)
		f.Add(files(archive)["in.csv"])
	}
	a, err := land.New(adapters.Config{Province: "37"})
	require.NoError(f, err)
	f.Fuzz(func(t *testing.T, body []byte) {
		if len(body) > 64<<10 {
			return
		}
		before := bytes.Clone(body)
		records, err := a.Normalize(context.Background(), adapters.Raw{ContentType: "text/csv", Body: body})
		require.Equal(t, before, body, "the message was changed")
		for _, rec := range records {
			for _, p := range append(rec.Body.Validate(), rec.Problems...) {
				require.False(t, p.Level == schema.Refused, "a record with a refusal: %s", p.Code)
			}
			again, _ := a.Normalize(context.Background(), adapters.Raw{Body: rec.Raw})
			require.NotEmpty(t, again, "what is kept of a line gives nothing")
		}
		first := show(t, records, err)
		records, err = a.Normalize(context.Background(), adapters.Raw{ContentType: "text/csv", Body: body})
		require.Equal(t, string(first), string(show(t, records, err)), "a second run differs")
	})
}

// The linkage's envelopes carry a secret beside the data; the raw message has it, no record may.
func TestSecretsStayOutOfBodies(t *testing.T) {
	t.Parallel()
	a, err := land.New(adapters.Config{Province: "37"})
	require.NoError(t, err)
	const secret = "khoa-mau-01"
	for _, name := range []string{"cases/l6-notice", "cases/l7-payment"} {
		raw := message(t, name)
		require.Contains(t, string(raw.Body), secret)
		records, err := a.Normalize(context.Background(), raw)
		require.NoError(t, err)
		require.Len(t, records, 1)
		require.NotContains(t, string(show(t, records, nil)), secret)
	}
}
