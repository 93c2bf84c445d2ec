package main

import (
	"bytes"
	"encoding/json"
	"io"
	"net/http"
	"strings"
	"testing"

	"github.com/jackc/pgx/v5/pgxpool"
	"github.com/stretchr/testify/require"

	"github.com/lienthong/lienthong/adapters/all"
	"github.com/lienthong/lienthong/cmd/lienthong/world"
	"github.com/lienthong/lienthong/internal/fault"
	"github.com/lienthong/lienthong/internal/pgtest"
)

// A dry run over HTTP keeps nothing; what an earlier version of an adapter made
// of a message is made anew by the command.
func TestRenormalize(t *testing.T) {
	t.Parallel()
	url := pgtest.URL(t)
	g := prepare(t, url)
	p := launch(t, "serve", "--config", g.file)
	example := []byte(all.Registry()["civil"].Example)
	push := func(query string) string {
		request, err := http.NewRequestWithContext(t.Context(), http.MethodPost, p.told(t, "api")+"/v1/records"+query, bytes.NewReader(example))
		require.NoError(t, err)
		request.Header.Set("Authorization", "Bearer "+g.keys[world.Civil])
		request.Header.Set("Content-Type", "application/json")
		response, err := http.DefaultClient.Do(request)
		require.NoError(t, err)
		defer func() { _ = response.Body.Close() }()
		body, err := io.ReadAll(response.Body)
		require.NoError(t, err)
		require.Equal(t, http.StatusOK, response.StatusCode, string(body))
		return string(body)
	}
	require.Contains(t, push("?dry_run=true"), `"dry_run":true`)
	pool, err := pgxpool.New(t.Context(), url)
	require.NoError(t, err)
	defer pool.Close()
	count := func(query string) (n int) {
		require.NoError(t, pool.QueryRow(t.Context(), query).Scan(&n))
		return n
	}
	require.Zero(t, count(`SELECT count(*) FROM submission`))

	push("")
	records := count(`SELECT count(*) FROM record`)
	require.Positive(t, records)
	_, err = pool.Exec(t.Context(), `UPDATE record SET adapter_version = 0, body = '{"type":"birth"}', hash = sha256('x')`)
	require.NoError(t, err)
	run := func(args ...string) []map[string]any {
		code, out, errs := call(t, append([]string{"renormalize", "--adapter", "civil", "--config", g.file, "--json"}, args...)...)
		require.Zero(t, code, errs)
		var lines []map[string]any
		for _, line := range strings.Split(strings.TrimSpace(out), "\n") {
			var l map[string]any
			require.NoError(t, json.Unmarshal([]byte(line), &l))
			lines = append(lines, l)
		}
		return lines
	}
	lines := run("--dry-run")
	require.Len(t, lines, records+1)
	require.Contains(t, lines[0]["places"], "/subject")
	require.NotContains(t, lines[0], "new", "values are shown on demand")
	require.Contains(t, run("--dry-run", "--values")[0], "new")
	require.Equal(t, records, count(`SELECT count(*) FROM record WHERE adapter_version = 0`))

	require.Len(t, run("--since", "2025-01-01"), records+1)
	require.Zero(t, count(`SELECT count(*) FROM record WHERE adapter_version = 0`))
	require.Len(t, run(), 1, "everything is read")

	for _, args := range [][]string{{"--adapter", "none"}, {"--adapter", "civil", "--since", "hôm qua"}} {
		code, _, _ := call(t, append([]string{"renormalize", "--config", g.file}, args...)...)
		require.Equal(t, exitCodes[fault.Usage], code)
	}
}
