package all_test

import (
	"bytes"
	"context"
	"path/filepath"
	"testing"

	"github.com/rogpeppe/go-internal/txtar"
	"github.com/stretchr/testify/require"

	"github.com/lienthong/lienthong/adapters"
	"github.com/lienthong/lienthong/adapters/all"
	"github.com/lienthong/lienthong/schema"
)

// eachMessage runs every golden case of every adapter.
func eachMessage(t *testing.T, check func(t *testing.T, a adapters.Adapter, body []byte, records []schema.Record)) {
	t.Helper()
	registry := all.Registry()
	for _, name := range registry.Names() {
		spec, err := registry.Get(name)
		require.NoError(t, err)
		a, err := spec.New(adapters.Config{Province: "24"})
		require.NoError(t, err)
		paths, err := filepath.Glob(filepath.Join("..", name, "testdata", "cases", "*.txtar"))
		require.NoError(t, err)
		require.NotEmpty(t, paths, "adapter %s has no golden cases", name)
		for _, path := range paths {
			archive, err := txtar.ParseFile(path)
			require.NoError(t, err)
			for _, f := range archive.Files {
				if f.Name != "in.json" {
					continue
				}
				records, _ := a.Normalize(context.Background(), adapters.Raw{Body: f.Data})
				t.Run(name+"/"+filepath.Base(path), func(t *testing.T) { check(t, a, f.Data, records) })
			}
		}
	}
}

// What is kept of a message has to give its record again, else nothing can be
// normalised anew once an adapter has been mended.
func TestRawGivesTheRecordAgain(t *testing.T) {
	t.Parallel()
	eachMessage(t, func(t *testing.T, a adapters.Adapter, body []byte, records []schema.Record) {
		for _, rec := range records {
			raw := rec.Raw
			if raw == nil {
				raw = body
			}
			again, _ := a.Normalize(context.Background(), adapters.Raw{Body: raw})
			found := false
			for _, r := range again {
				found = found || identity(t, r) == identity(t, rec)
			}
			if !found {
				t.Errorf("the raw part of a %s does not give it again", rec.Kind)
			}
		}
	})
}

func identity(t *testing.T, rec schema.Record) string {
	t.Helper()
	sealed, err := rec.Seal()
	require.NoError(t, err)
	return string(rec.Kind) + " " + rec.ID + " " + sealed.Hash.String()
}

// Files travel inside messages as base64. None may reach a body, which is
// stored, hashed and fed to consumers.
func TestNoFileReachesABody(t *testing.T) {
	t.Parallel()
	pdf := []byte("JVBERi0x") // "%PDF-1" in base64
	files := 0
	eachMessage(t, func(t *testing.T, _ adapters.Adapter, body []byte, records []schema.Record) {
		if bytes.Contains(body, pdf) {
			files++
		}
		for _, rec := range records {
			sealed, err := rec.Seal()
			require.NoError(t, err)
			if bytes.Contains(sealed.JSON, pdf) {
				t.Errorf("a file is in the body of a %s", rec.Kind)
			}
		}
	})
	require.NotZero(t, files, "no case holds a file")
}
