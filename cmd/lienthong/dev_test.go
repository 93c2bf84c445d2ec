package main

import (
	"bytes"
	"encoding/json"
	"io"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/lienthong/lienthong/internal/fault"
)

// world is one start of lienthong dev.
type devWorld struct {
	*process
	dir  string
	page string
}

// startDev starts it and reads the page up to its last line.
func startDev(t *testing.T, dir string, args ...string) devWorld {
	t.Helper()
	p := launchQuietly(t, append([]string{"dev", "--data-dir", dir}, args...)...)
	var page strings.Builder
	for !strings.Contains(page.String(), "Ctrl-C") {
		line, err := p.out.ReadString('\n')
		require.NoError(t, err, "%s%s", page.String(), p.errs)
		page.WriteString(line)
	}
	return devWorld{process: p, dir: dir, page: page.String()}
}

// curl is what the page tells people to type.
var curl = regexp.MustCompile(`curl -H "Authorization: Bearer \$\(cat (\S+)\)" (?:-H 'Content-Type: (\S+)' --data-binary @(\S+) )?'?(http[^'\s]+)'?\n`)

// finish runs the built program to its end.
func finish(t *testing.T, args ...string) (code int, stderr string) {
	t.Helper()
	cmd := exec.Command(program, args...)
	var errs bytes.Buffer
	cmd.Stderr = &errs
	_ = cmd.Run()
	return cmd.ProcessState.ExitCode(), errs.String()
}

// typeIn does what the n-th curl of the page would do, and returns the answer.
func (d devWorld) typeIn(t *testing.T, n int) string {
	t.Helper()
	found := curl.FindAllStringSubmatch(d.page, -1)
	require.Len(t, found, 2, d.page)
	key, err := os.ReadFile(found[n][1])
	require.NoError(t, err)
	method, body := http.MethodGet, []byte(nil)
	if file := found[n][3]; file != "" {
		method = http.MethodPost
		body, err = os.ReadFile(file)
		require.NoError(t, err)
	}
	request, err := http.NewRequestWithContext(t.Context(), method, found[n][4], bytes.NewReader(body))
	require.NoError(t, err)
	request.Header.Set("Authorization", "Bearer "+strings.TrimSpace(string(key)))
	if found[n][2] != "" {
		request.Header.Set("Content-Type", found[n][2])
	}
	response, err := http.DefaultClient.Do(request)
	require.NoError(t, err)
	defer func() { _ = response.Body.Close() }()
	answer, err := io.ReadAll(response.Body)
	require.NoError(t, err)
	require.Equal(t, http.StatusOK, response.StatusCode, string(answer))
	return string(answer)
}

// next returns the number of the first generated push that is not acknowledged.
func (d devWorld) next(t *testing.T) int {
	t.Helper()
	data, err := os.ReadFile(filepath.Join(d.dir, "dev.json"))
	require.NoError(t, err)
	var state struct{ Next int }
	require.NoError(t, json.Unmarshal(data, &state))
	return state.Next
}

func TestDev(t *testing.T) {
	t.Parallel()
	dir := filepath.Join(openDir(t), "data")
	first := startDev(t, dir, "--listen", "127.0.0.1:0", "--rate", "200")
	require.Contains(t, first.typeIn(t, 0), `"verdict":"accepted"`)
	require.Contains(t, first.typeIn(t, 0), `"verdict":"unchanged"`)
	require.Contains(t, first.typeIn(t, 1), `"specversion":"1.0"`)

	t.Run("a second one keeps out of the folder", func(t *testing.T) {
		code, errs := finish(t, "dev", "--data-dir", dir, "--listen", "127.0.0.1:0")
		require.Equal(t, exitCodes[fault.Conflict], code)
		require.Contains(t, errs, "another lienthong dev runs")
	})
	t.Run("and so does a demo", func(t *testing.T) {
		code, errs := finish(t, "demo", "--data-dir", dir)
		require.Equal(t, exitCodes[fault.Usage], code)
		require.Contains(t, errs, "lienthong dev")
	})
	require.Eventually(t, func() bool { return first.next(t) > 20 }, startTime, 20*time.Millisecond, "made-up messages are pushed")
	require.NoError(t, first.cmd.Process.Kill())
	reached := first.next(t)

	second := startDev(t, dir, "--listen", "127.0.0.1:0", "--rate", "200")
	require.GreaterOrEqual(t, second.next(t), reached)
	require.Contains(t, second.typeIn(t, 0), `"verdict":"unchanged"`, "what was stored before the kill is there")
	require.Eventually(t, func() bool { return second.next(t) > reached+20 }, startTime, 20*time.Millisecond, "it goes on")
	require.Zero(t, second.end(t, os.Interrupt.(syscall.Signal)), "Ctrl-C ends it well: %s", second.errs)
	require.NoFileExists(t, postmasterFile(t, dir), "PostgreSQL is stopped")
	require.Regexp(t, `(?s)stopping: .*stopped; the same command goes on\n$`, second.errs.String())
	require.NotContains(t, second.errs.String(), "refused")
}

func TestDevWithOwnConfiguration(t *testing.T) {
	t.Parallel()
	g := prepare(t, "embedded")
	d := startDev(t, g.dir, "--config", g.file, "--no-traffic", "--quiet")
	require.Contains(t, d.page, g.config.Destinations[0].URL+" (dvcqg)", "a portal that answers is not simulated")
	require.Contains(t, d.typeIn(t, 0), `"verdict":"accepted"`)
	require.Eventually(t, func() bool { return len(g.portal.State().Calls) > 0 }, startTime, 20*time.Millisecond, "it gets the dossier")
	require.Zero(t, d.end(t, os.Interrupt.(syscall.Signal)))
	require.Equal(t, 1, d.next(t), "nothing was made up")
}

func TestDevRefuses(t *testing.T) {
	t.Parallel()
	for name, args := range map[string][]string{
		"another machine":                      {"dev", "--portal-url", "http://203.0.113.7/x"},
		"made-up messages for another machine": {"dev", "--portal-url", "http://203.0.113.7/x", "--allow-remote", "--rate", "1"},
		"a negative rate":                      {"dev", "--rate=-1"},
		"a configuration that leads far away":  {"dev", "--config", farAway(t)},
		"a configuration that cannot be read":  {"dev", "--config", "none.yaml"},
	} {
		t.Run(name, func(t *testing.T) {
			code, errs := finish(t, args...)
			require.Equal(t, exitCodes[fault.Usage], code, errs)
			require.Equal(t, 1, strings.Count(errs, "\n"), errs)
		})
	}
}

func farAway(t *testing.T) string {
	t.Helper()
	g := prepare(t, "embedded")
	g.config.Destinations[0].URL = "https://203.0.113.7/forward"
	g.write(t)
	return g.file
}
