package mapped_test

import (
	"context"
	"errors"
	"os"
	"strings"
	"testing"

	"github.com/rogpeppe/go-internal/txtar"
	"github.com/stretchr/testify/require"

	"github.com/lienthong/lienthong/adapters"
	"github.com/lienthong/lienthong/adapters/mapped"
)

// Whatever stands in a file, it is a mapping that keeps the rules of adapters
// or it has mistakes, each with its place in the file.
func FuzzParse(f *testing.F) {
	message, err := os.ReadFile("testdata/lltp/sample.json")
	require.NoError(f, err)
	worked, err := os.ReadFile("testdata/lltp/mapping.yaml")
	require.NoError(f, err)
	f.Add(worked)
	f.Add([]byte(good))
	for _, c := range wrong {
		f.Add([]byte(strings.Replace(good, c.old, c.fresh, 1)))
	}
	for _, path := range formPaths(f) {
		archive, err := txtar.ParseFile(path)
		require.NoError(f, err)
		f.Add(archive.Files[0].Data)
	}
	f.Fuzz(func(t *testing.T, text []byte) {
		m, err := mapped.Parse(text)
		if err != nil {
			var found mapped.Mistakes
			require.True(t, errors.As(err, &found), "an error without mistakes")
			lines := strings.Count(strings.ReplaceAll(string(text), "\r", "\n"), "\n") + 1 // to YAML a \r ends a line too
			for _, one := range found {
				require.NotEmpty(t, one.What)
				require.Positive(t, one.Column)
				require.True(t, one.Line >= 1 && one.Line <= lines+1, "line %d of %d", one.Line, lines)
			}
			return
		}
		spec := m.Spec()
		require.NotEmpty(t, spec.Kinds)
		a, err := spec.New(adapters.Config{Province: "24"})
		require.NoError(t, err)
		records, err := a.Normalize(context.Background(), adapters.Raw{Body: message})
		for _, rec := range records {
			require.NotEmpty(t, rec.ID)
			for _, p := range append(rec.Body.Validate(), rec.Problems...) {
				require.False(t, p.IsRefusal(), p.Code)
			}
		}
		first := showForm(t, records, err)
		records, err = a.Normalize(context.Background(), adapters.Raw{Body: message})
		require.Equal(t, string(first), string(showForm(t, records, err)), "a second run differs")
	})
}

// A sample of any bytes gives a skeleton that is a mapping, or an error, and never tells a value.
func FuzzSkeleton(f *testing.F) {
	sample, err := os.ReadFile("testdata/lltp/sample.json")
	require.NoError(f, err)
	f.Add(uint8(0), sample)
	for i, path := range formPaths(f) {
		f.Add(uint8(2-i), readForm(f, path).raw.Body)
	}
	f.Add(uint8(0), []byte(`{"a: b":[{"x'y":"1","#":"2","- z":"true","null":"x"}],"[c]":1}`))
	f.Fuzz(func(t *testing.T, which uint8, body []byte) {
		format := []mapped.Format{mapped.JSON, mapped.XML, mapped.CSV}[which%3]
		s, err := mapped.ReadSample(format, body)
		if err != nil {
			return
		}
		text := mapped.Skeleton("nguon-moi", s)
		if _, err := mapped.Parse(text); err != nil && len(text) < 200<<10 {
			t.Errorf("no mapping: %v\n%s", err, text)
		}
	})
}

func TestSkeletonTellsNoValues(t *testing.T) {
	t.Parallel()
	sample, err := os.ReadFile("testdata/lltp/sample.json")
	require.NoError(t, err)
	s, err := mapped.ReadSample(mapped.JSON, sample)
	require.NoError(t, err)
	text := string(mapped.Skeleton("nguon-moi", s))
	for _, value := range []string{"BÌNH", "027088001234", "0912000011", "H05.15", "Mai", "200.000", "lltp.example.vn"} {
		require.Contains(t, string(sample), value)
		require.NotContains(t, text, value)
	}
	for _, line := range []string{"  select: value ", "envelope: [status, statusDescription]", "dossier: {from: maHoSoMCDT,", "#   ketQua[].soPhieu     1  text", "#   soGiayTo             3  12 digits"} {
		require.Contains(t, text, line)
	}
	require.NotContains(t, text, "#   ketQua  ")
}
