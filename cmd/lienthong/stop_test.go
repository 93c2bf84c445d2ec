package main

import (
	"bufio"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/lienthong/lienthong/gateway/config"
	"github.com/lienthong/lienthong/internal/fault"
)

// killPostgres kills the private PostgreSQL below a folder, as a system does that is out of memory.
func killPostgres(t *testing.T, dir string) {
	t.Helper()
	text, err := os.ReadFile(postmasterFile(t, dir))
	require.NoError(t, err)
	first, _, _ := strings.Cut(string(text), "\n")
	pid, err := strconv.Atoi(first)
	require.NoError(t, err)
	require.NoError(t, syscall.Kill(pid, syscall.SIGKILL))
}

// interruptible is a demo that stands in the middle of its work; what it says from then on comes out of rest.
func interruptible(t *testing.T, dir string) (cmd *exec.Cmd, rest func() (code int, said string)) {
	t.Helper()
	cmd = exec.Command(program, append(append([]string{}, small...), "--data-dir", dir)...)
	progress, err := cmd.StderrPipe()
	require.NoError(t, err)
	require.NoError(t, cmd.Start())
	t.Cleanup(func() { _ = cmd.Process.Kill() })
	lines := bufio.NewScanner(progress)
	for lines.Scan() && !strings.Contains(lines.Text(), "trouble:") {
		continue
	}
	return cmd, func() (int, string) {
		var said strings.Builder
		for lines.Scan() {
			said.WriteString(lines.Text() + "\n")
		}
		_ = cmd.Wait()
		return cmd.ProcessState.ExitCode(), said.String()
	}
}

func TestAnInterruptedDemoSaysHowToGoOn(t *testing.T) {
	t.Parallel()
	dir := filepath.Join(openDir(t), "data")
	cmd, rest := interruptible(t, dir)

	t.Run("meanwhile nobody else works in its folder", func(t *testing.T) {
		for _, args := range [][]string{{"demo", "--resume", "--dossiers", "150", "--data-dir", dir}, {"audit", "--data-dir", dir}} {
			code, errs := finish(t, args...)
			require.Equal(t, exitCodes[fault.Conflict], code, errs)
			require.Contains(t, errs, "still running")
		}
	})

	require.NoError(t, cmd.Process.Signal(os.Interrupt))
	code, said := rest()
	require.Equal(t, exitCodes[fault.Unavailable], code)
	for _, success := range []string{"up to date", "healthy again", "checking", "everything is pushed"} {
		require.NotContains(t, said, success)
	}
	require.NoFileExists(t, postmasterFile(t, dir), "PostgreSQL is stopped")
	lines := strings.Split(strings.TrimSpace(said), "\n")
	_, command, ok := strings.Cut(lines[len(lines)-1], "stopped; go on with: lienthong ")
	require.True(t, ok, said)
	code, errs := finish(t, strings.Fields(command)...)
	require.Zero(t, code, errs)
}

func TestADeadDatabaseEndsIt(t *testing.T) {
	t.Parallel()
	requireTold := func(t *testing.T, code int, said string) {
		t.Helper()
		require.Equal(t, exitCodes[fault.Unavailable], code, said)
		require.Contains(t, said, "the private PostgreSQL ended (signal: killed)")
	}
	t.Run("demo", func(t *testing.T) {
		t.Parallel()
		dir := filepath.Join(openDir(t), "data")
		_, rest := interruptible(t, dir)
		killPostgres(t, dir)
		code, said := rest()
		requireTold(t, code, said)
		result, code := demonstrate(t, dir, nil, "--resume")
		require.NotNil(t, result)
		requireAgreed(t, result)
		require.Zero(t, code)
	})
	t.Run("dev", func(t *testing.T) {
		t.Parallel()
		d := startDev(t, filepath.Join(openDir(t), "data"), "--listen", "127.0.0.1:0", "--rate", "50")
		killPostgres(t, d.dir)
		requireTold(t, d.end(t, 0), d.errs.String())
	})
	for _, args := range [][]string{{"serve", "--work"}, {"serve"}, {"work"}} {
		t.Run(strings.Join(args, " "), func(t *testing.T) {
			t.Parallel()
			g := prepare(t, config.Embedded)
			p := launch(t, append(args, "--config", g.file)...)
			killPostgres(t, g.dir)
			requireTold(t, p.end(t, 0), p.errs.String())
		})
	}
}
