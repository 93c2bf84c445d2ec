package main

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/lienthong/lienthong/cmd/lienthong/pusher"
	"github.com/lienthong/lienthong/internal/fault"
	"github.com/lienthong/lienthong/internal/pgtest"
)

// worldFile has the program write a made-up province to a file.
func worldFile(t *testing.T, dossiers int) (path string, messages int) {
	t.Helper()
	code, out, errs := call(t, "simulate", "world", "--dossiers", fmt.Sprint(dossiers), "--seed", "9")
	require.Zero(t, code, errs)
	path = filepath.Join(t.TempDir(), "motcua.ndjson")
	require.NoError(t, os.WriteFile(path, []byte(out), 0o600))
	return path, strings.Count(out, "\n")
}

func bulkConfig(t *testing.T, url string) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), "gateway.yaml")
	text := fmt.Sprintf("database_url: %q\nprovince: \"24\"\nsources: [{code: motcua, adapter: onestop}]\n", url)
	require.NoError(t, os.WriteFile(path, []byte(text), 0o600))
	return path
}

func TestPushCommand(t *testing.T) {
	t.Parallel()
	r := startRig(t)
	file, messages := worldFile(t, 60)
	dir := t.TempDir()
	key, rejects := filepath.Join(dir, "key"), filepath.Join(dir, "rejects")
	require.NoError(t, os.WriteFile(key, []byte(r.keys["motcua"]+"\n"), 0o600))
	push := func(more ...string) (int, string, string) {
		return call(t, append([]string{"push", "--url", r.api, "--key-file", key}, more...)...)
	}

	code, out, errs := push("--json", "--rejects", rejects, file)
	require.Zero(t, code, errs)
	var result pusher.Result
	require.NoError(t, json.Unmarshal([]byte(out), &result))
	require.EqualValues(t, messages, result.Messages)
	require.Positive(t, result.Rejected)
	text, err := os.ReadFile(rejects)
	require.NoError(t, err)
	require.GreaterOrEqual(t, strings.Count(string(text), "\n"), int(result.Rejected))
	r.settled(t)

	t.Run("rejects are an error only where that is asked for", func(t *testing.T) {
		code, out, errs := push("--strict", file)
		require.Equal(t, exitCodes[fault.Invalid], code)
		require.Contains(t, errs, "rejected")
		require.Contains(t, out, fmt.Sprintf("%d messages pushed", messages))
	})

	t.Run("standard input is a file", func(t *testing.T) {
		var out, errs bytes.Buffer
		env := func(name string) string { return map[string]string{"LIENTHONG_KEY": r.keys["motcua"]}[name] }
		code := run(context.Background(), []string{"push", "--url", r.api, "-"}, strings.NewReader("{\"xin\":\"chào\"}\n"), &out, &errs, env)
		require.Zero(t, code, errs.String())
		require.Contains(t, out.String(), "1 rejected")
	})

	t.Run("rows of CSV reach the adapter as objects", func(t *testing.T) {
		csv := filepath.Join(dir, "steps.csv")
		require.NoError(t, os.WriteFile(csv, []byte("MaHoSo;NguoiXuLy;ThoiDiemXuLy;NoiDungXuLy;TrangThai\n"+
			"H05.77-251103-0001;Trần Văn Bình;20251103083000;Tiếp nhận;2\n"), 0o600))
		code, out, errs := push(csv)
		require.Zero(t, code, errs)
		require.Contains(t, out, "1 accepted")
	})

	t.Run("a key that is none ends it", func(t *testing.T) {
		require.NoError(t, os.WriteFile(key, []byte("lt_nobody"), 0o600))
		code, _, errs := push(file)
		require.Equal(t, exitCodes[fault.Unauthorized], code)
		require.NotContains(t, errs, "lt_nobody")
	})
}

func TestPushBulkCommand(t *testing.T) {
	t.Parallel()
	pool, url := pgtest.Another(t)
	file, messages := worldFile(t, 1200)
	config := bulkConfig(t, url)
	rejects := filepath.Join(t.TempDir(), "rejects")
	bulk := []string{"push", "--bulk", "--config", config, "--source", "motcua", "--rejects", rejects, "--json", file}

	cmd := exec.Command(program, bulk...) // a real process, which a kill leaves in the middle of its work
	require.NoError(t, cmd.Start())
	require.Eventually(t, func() (begun bool) {
		require.NoError(t, pool.QueryRow(t.Context(), `SELECT EXISTS (SELECT FROM bulk_load)`).Scan(&begun))
		return begun
	}, time.Minute, time.Millisecond)
	require.NoError(t, cmd.Process.Kill())
	_ = cmd.Wait()

	code, out, errs := call(t, bulk...)
	require.Zero(t, code, errs)
	var result loaded
	require.NoError(t, json.Unmarshal([]byte(out), &result))
	require.EqualValues(t, messages, result.Messages)
	require.False(t, result.Before)
	require.Positive(t, result.Created["dossier"])
	var stored, marks int
	require.NoError(t, pool.QueryRow(t.Context(), `SELECT (SELECT count(*) FROM submission), (SELECT count(*) FROM change_inbox)`).Scan(&stored, &marks))
	require.Equal(t, messages, stored)
	require.Equal(t, 2, marks)
	first, err := os.ReadFile(rejects)
	require.NoError(t, err)
	require.GreaterOrEqual(t, int64(bytes.Count(first, []byte("\n"))), result.Rejected)

	t.Run("again it has nothing to do", func(t *testing.T) {
		code, out, errs := call(t, bulk...)
		require.Zero(t, code, errs)
		require.NoError(t, json.Unmarshal([]byte(out), &result))
		require.True(t, result.Before)
		text, err := os.ReadFile(rejects)
		require.NoError(t, err)
		require.Equal(t, string(first), string(text), "the rejects of the load stay")
	})

	t.Run("asked to, it loads once more and finds everything there", func(t *testing.T) {
		code, out, errs := call(t, append(bulk, "--again")...)
		require.Zero(t, code, errs)
		var again loaded
		require.NoError(t, json.Unmarshal([]byte(out), &again))
		require.Zero(t, again.Accepted)
		require.Equal(t, result.Rejected, again.Rejected)
	})

	t.Run("a load that was interrupted can be ended as it stands", func(t *testing.T) {
		_, err := pool.Exec(t.Context(), `UPDATE bulk_load SET state = 'running', ended_at = NULL WHERE id = $1`, result.Load)
		require.NoError(t, err)
		code, out, errs := call(t, "push", "--bulk", "--config", config, "--source", "motcua", "--abandon", config)
		require.Equal(t, exitCodes[fault.NotFound], code, out+errs)
		_, err = pool.Exec(t.Context(), `DELETE FROM snapshot_mark`)
		require.NoError(t, err)
		code, out, errs = call(t, "push", "--bulk", "--config", config, "--source", "motcua", "--abandon")
		require.Zero(t, code, errs)
		require.Contains(t, out, fmt.Sprintf("after %d messages", messages))
		require.NoError(t, pool.QueryRow(t.Context(), `SELECT count(*) FROM snapshot_mark`).Scan(&marks))
		require.Equal(t, 2, marks, "readers of the feed are told")
	})
}

func TestPushUsage(t *testing.T) {
	t.Parallel()
	file, _ := worldFile(t, 1)
	config := bulkConfig(t, "postgres://nobody@127.0.0.1:1/none")
	for name, args := range map[string][]string{
		"no file":                        {"push"},
		"a file that is not there":       {"push", "--key-file", file, filepath.Join(t.TempDir(), "none")},
		"no key":                         {"push", file},
		"a URL that is none":             {"push", "--key-file", file, "--url", "ftp://x", file},
		"a URL with a password":          {"push", "--key-file", file, "--url", "http://a:b@127.0.0.1:1", file},
		"a delimiter of several letters": {"push", "--key-file", file, "--delimiter", "ab", file},
		"a configuration without --bulk": {"push", "--key-file", file, "--config", config, file},
		"a bulk load of nobody":          {"push", "--bulk", "--config", config, file},
		"a bulk load of somebody else":   {"push", "--bulk", "--config", config, "--source", "hotich", file},
		"a bulk load of standard input":  {"push", "--bulk", "--config", config, "--source", "motcua", "-"},
		"a bulk load with a state file":  {"push", "--bulk", "--config", config, "--source", "motcua", "--state", "x", file},
	} {
		t.Run(name+" is a usage error", func(t *testing.T) {
			code, out, errs := call(t, args...)
			require.Equal(t, exitCodes[fault.Usage], code, out+errs)
		})
	}
}
