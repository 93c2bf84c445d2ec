package main

import (
	"fmt"
	"net/http"
	"path/filepath"
	"syscall"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/lienthong/lienthong/adapters/all"
	"github.com/lienthong/lienthong/cmd/lienthong/world"
	"github.com/lienthong/lienthong/gateway/config"
)

// TestServeWithPrivateDatabase starts a node that brings its own PostgreSQL,
// migrates it, stops it last, and goes on with it.
func TestServeWithPrivateDatabase(t *testing.T) {
	t.Parallel()
	g := prepare(t, config.Embedded)
	m := world.Message{Source: world.Civil, Body: []byte(all.Registry()["civil"].Example)}
	for start, verdict := range []string{"accepted", "unchanged"} {
		p := launch(t, "serve", "--work", "--config", g.file)
		if start == 0 {
			t.Run("a worker beside it shares the database", func(t *testing.T) {
				other := launch(t, "work", "--config", g.file)
				require.Zero(t, other.end(t, syscall.SIGTERM))
			})
			t.Run("so do the commands", func(t *testing.T) {
				code, out, errs := call(t, "keys", "list", "--config", g.file)
				require.Zero(t, code, errs)
				require.Contains(t, out, world.Civil)
			})
		}
		status, body, err := g.push(t.Context(), p.told(t, "api"), fmt.Sprint("push-", start), m)
		require.NoError(t, err)
		require.Equal(t, http.StatusOK, status)
		require.Contains(t, string(body), `"verdict":"`+verdict+`"`)
		require.Zero(t, p.end(t, syscall.SIGTERM))
		require.NoFileExists(t, postmasterFile(t, g.dir), "PostgreSQL is stopped")
	}
}

// postmasterFile is there while the private PostgreSQL of a folder runs.
func postmasterFile(t *testing.T, dir string) string {
	t.Helper()
	data := filepath.Join(dir, "postgres", "cluster", "data")
	require.FileExists(t, filepath.Join(data, "PG_VERSION"), "the cluster lives in its folder")
	return filepath.Join(data, "postmaster.pid")
}
