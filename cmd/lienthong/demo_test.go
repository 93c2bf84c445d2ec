package main

import (
	"bufio"
	"bytes"
	"encoding/json"
	"errors"
	"flag"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/lienthong/lienthong/cmd/lienthong/audit"
	"github.com/lienthong/lienthong/cmd/lienthong/demo"
)

var allKills = flag.Bool("kills", false, "kill every process at every named point, not only at a few")

// small are the arguments of a run that takes seconds.
var small = []string{"demo", "--dossiers", "150", "--spread", "4s", "--json"}

// demonstrate runs the built program and returns its result. When kill is not
// nil it is called once with each line of progress.
func demonstrate(t *testing.T, dir string, kill func(line string), more ...string) (*demo.Result, int) {
	t.Helper()
	cmd := exec.Command(program, append(append([]string{}, small...), append(more, "--data-dir", dir)...)...)
	var out bytes.Buffer
	cmd.Stdout = &out
	progress, err := cmd.StderrPipe()
	require.NoError(t, err)
	require.NoError(t, cmd.Start())
	var said strings.Builder
	for lines := bufio.NewScanner(progress); lines.Scan(); {
		said.WriteString(lines.Text() + "\n")
		if kill != nil {
			kill(lines.Text())
		}
	}
	err = cmd.Wait()
	var exit *exec.ExitError
	if err != nil && !errors.As(err, &exit) {
		require.NoError(t, err)
	}
	if code := cmd.ProcessState.ExitCode(); code != 0 {
		t.Logf("exit %d after:\n%s", code, said.String())
		if out.Len() == 0 {
			return nil, code
		}
	}
	var result demo.Result
	require.NoError(t, json.Unmarshal(out.Bytes(), &result), said.String())
	return &result, cmd.ProcessState.ExitCode()
}

func requireAgreed(t *testing.T, r *demo.Result) {
	t.Helper()
	for _, c := range r.Report.Checks {
		require.Zero(t, c.Violations, "%s: %v", c.ID, c.Examples)
		require.Positive(t, c.Checked, c.ID)
	}
	require.True(t, r.OK)
}

func TestDemo(t *testing.T) {
	t.Parallel()
	dir := filepath.Join(t.TempDir(), "data")
	result, code := demonstrate(t, dir, nil)
	require.Zero(t, code)
	requireAgreed(t, result)
	require.Greater(t, result.Report.Attempts, result.Report.Effects, "the troubles cost attempts")
	require.Equal(t, 150, result.Report.Dossiers)

	t.Run("the same folder is not used for another run", func(t *testing.T) {
		code, _, errs := call(t, append(append([]string{}, small...), "--data-dir", dir)...)
		require.NotZero(t, code)
		require.Contains(t, errs, "--resume")
	})

	log := filepath.Join(dir, "portal.jsonl")
	whole, err := os.ReadFile(log)
	require.NoError(t, err)
	for name, change := range map[string]func([]string, int) []string{
		"removed": func(lines []string, i int) []string { return append(lines[:i:i], lines[i+1:]...) },
		"doubled": func(lines []string, i int) []string { return append(lines[:i+1:i+1], lines[i:]...) },
	} {
		t.Run("the checker notices one stored effect "+name, func(t *testing.T) {
			lines := strings.SplitAfter(string(whole), "\n")
			require.NoError(t, os.WriteFile(log, []byte(strings.Join(change(lines, lastStep(t, lines)), "")), 0o600))
			code, out, _ := call(t, "audit", "--data-dir", dir, "--json")
			require.NotZero(t, code)
			var report audit.Report
			require.NoError(t, json.Unmarshal([]byte(out), &report))
			require.False(t, report.OK())
		})
	}
	require.NoError(t, os.WriteFile(log, whole, 0o600))
	code, _, errs := call(t, "audit", "--data-dir", dir)
	require.Zero(t, code, errs)
}

// lastStep returns the line of a step that was stored alone.
func lastStep(t *testing.T, lines []string) int {
	t.Helper()
	for i := len(lines) - 1; i >= 0; i-- {
		if strings.Contains(lines[i], `"kind":"step"`) && strings.Contains(lines[i], `"of":1,`) {
			return i
		}
	}
	t.Fatal("the portal stored no step alone")
	return -1
}

// TestDemoSurvivesKills kills one process of a run at a named point, for good,
// goes on in the same folder and asks the checker.
func TestDemoSurvivesKills(t *testing.T) {
	points := []string{
		"trouble: stored, then the answer is lost", "trouble: cut first, applied later", "trouble: calls hang",
		"trouble: connections are refused", "the portal is healthy again", "draining",
	}
	type kill struct{ victim, point string }
	kills := []kill{{"gateway", points[0]}, {"portal", points[1]}, {"parent", points[2]}}
	if *allKills {
		kills = nil
		for _, victim := range []string{"gateway", "portal", "parent"} {
			for _, point := range points {
				kills = append(kills, kill{victim, point})
			}
		}
	}
	for _, k := range kills {
		t.Run(k.victim+" killed at "+k.point, func(t *testing.T) {
			t.Parallel()
			dir := filepath.Join(t.TempDir(), "data")
			killed := false
			_, code := demonstrate(t, dir, func(line string) {
				if !killed && strings.Contains(line, "  "+k.point) {
					killed = true
					require.NoError(t, syscall.Kill(pidOf(t, dir, k.victim), syscall.SIGKILL))
				}
			})
			require.True(t, killed, "the run never came to that point")
			require.NotZero(t, code, "a run that lost a process does not succeed")
			result, code := demonstrate(t, dir, nil, "--resume")
			require.NotNil(t, result)
			requireAgreed(t, result)
			require.Zero(t, code)
		})
	}
}

func pidOf(t *testing.T, dir, victim string) int {
	t.Helper()
	data, err := os.ReadFile(filepath.Join(dir, "pids.json"))
	require.NoError(t, err)
	pids := map[string]int{}
	require.NoError(t, json.Unmarshal(data, &pids))
	require.NotZero(t, pids[victim], strconv.Quote(victim))
	return pids[victim]
}
