package mapped_test

import (
	"context"
	"os"
	"path/filepath"
	"slices"
	"testing"

	"github.com/rogpeppe/go-internal/txtar"
	"github.com/stretchr/testify/require"

	"github.com/lienthong/lienthong/adapters"
	"github.com/lienthong/lienthong/adapters/adaptertest"
	"github.com/lienthong/lienthong/adapters/mapped"
	"github.com/lienthong/lienthong/internal/fault"
	"github.com/lienthong/lienthong/schema"
)

// lltp is the worked example, that of docs/guide/new-source.md.
func lltp(t testing.TB) adapters.Spec {
	t.Helper()
	m, err := mapped.Load("testdata/lltp/mapping.yaml")
	require.NoError(t, err)
	return m.Spec()
}

func TestConformance(t *testing.T) { adaptertest.Run(t, lltp(t), "testdata") }

func FuzzNormalize(f *testing.F) { adaptertest.Fuzz(f, lltp(f), "testdata") }

// One core is meant to take 15,000 messages a second, 66 µs each.
func BenchmarkNormalize(b *testing.B) {
	spec := lltp(b)
	a, err := spec.New(adapters.Config{Province: "24"})
	require.NoError(b, err)
	sample, err := os.ReadFile("testdata/lltp/sample.json")
	require.NoError(b, err)
	for name, body := range map[string][]byte{"three-elements": sample, "example": []byte(spec.Example)} {
		b.Run(name, func(b *testing.B) {
			b.SetBytes(int64(len(body)))
			for b.Loop() {
				if records, err := a.Normalize(context.Background(), adapters.Raw{Body: body}); len(records) == 0 {
					b.Fatalf("%d records, %v", len(records), err)
				}
			}
			b.ReportMetric(float64(b.N)/b.Elapsed().Seconds(), "msgs/s")
		})
	}
}

// What is kept of a message gives its records again, else nothing could be read anew by a mended mapping.
func TestRawGivesTheRecordsAgain(t *testing.T) {
	t.Parallel()
	a, err := lltp(t).New(adapters.Config{Province: "24"})
	require.NoError(t, err)
	paths, err := filepath.Glob("testdata/cases/*.txtar")
	require.NoError(t, err)
	seen := 0
	for _, path := range paths {
		archive, err := txtar.ParseFile(path)
		require.NoError(t, err)
		body := archive.Files[0].Data
		records, _ := a.Normalize(context.Background(), adapters.Raw{Body: body})
		for _, rec := range records {
			seen++
			raw := rec.Raw
			if raw == nil {
				raw = body
			}
			again, _ := a.Normalize(context.Background(), adapters.Raw{Body: raw})
			require.True(t, slices.ContainsFunc(again, func(r schema.Record) bool {
				return r.Kind == rec.Kind && r.ID == rec.ID && r.EventTime == rec.EventTime && sealed(t, r) == sealed(t, rec)
			}), "%s: the raw part of a %s does not give it again", path, rec.Kind)
		}
	}
	require.Greater(t, seen, 5)
}

// Nought is a value; nothing is not.
func TestRequiredNought(t *testing.T) {
	t.Parallel()
	m, err := mapped.Parse([]byte(`name: x
version: 1
summary: x
input: {format: json}
records:
  - kind: land_parcel
    order: version
    id: ma
    version: {from: lan}
    fields:
      commune: xa
      sheet: to
      number: thua
      disputed: {from: tranhChap, required: true}
      area_m2: {from: dienTich, required: true}
`))
	require.NoError(t, err)
	a, err := m.Spec().New(adapters.Config{Province: "24"})
	require.NoError(t, err)
	records, err := a.Normalize(context.Background(), adapters.Raw{Body: []byte(`{"ma":"1","lan":7,"xa":"09187","to":1,"thua":2,"tranhChap":false,"dienTich":"0"}`)})
	require.NoError(t, err)
	require.Len(t, records, 1)
	require.EqualValues(t, 7, records[0].Version)
	for _, bad := range []string{`"tranhChap":"maybe","dienTich":"0"`, `"tranhChap":0,"dienTich":"x"`, `"tranhChap":0`, `"dienTich":1,"tranhChap":null`} {
		records, err = a.Normalize(context.Background(), adapters.Raw{Body: []byte(`{"ma":"1","lan":7,"xa":"09187","to":1,"thua":2,` + bad + `}`)})
		require.Empty(t, records)
		require.Equal(t, fault.Invalid, fault.CodeOf(err), bad)
	}
}
