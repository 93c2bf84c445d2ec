package embedded

import (
	"context"
	"slices"
	"strings"
	"syscall"
	"testing"

	"github.com/lienthong/lienthong/internal/fault"
)

// later calls Died beside the test and returns where its answer comes.
func later(ctx context.Context, c *Cluster) <-chan error {
	told := make(chan error, 1)
	go func() { told <- c.Died(ctx) }()
	return told
}

func requireDeath(t *testing.T, err error, words ...string) {
	t.Helper()
	if fault.CodeOf(err) != fault.Unavailable {
		t.Fatalf("told %v", err)
	}
	for _, word := range words {
		if !strings.Contains(err.Error(), word) {
			t.Errorf("%q is not in: %v", word, err)
		}
	}
}

func TestDied(t *testing.T) {
	t.Parallel()

	t.Run("a killed server is noticed, by who shares it too", func(t *testing.T) {
		t.Parallel()
		c := cluster(t, Options{})
		sharer, err := New(Options{DataDir: c.opts.DataDir})
		if err != nil {
			t.Fatal(err)
		}
		if err := sharer.Start(t.Context()); err != nil {
			t.Fatal(err)
		}
		ours, theirs := later(t.Context(), c), later(t.Context(), sharer)
		signal(c.process.pid, syscall.SIGKILL)
		requireDeath(t, <-ours, "killed", logFile)
		requireDeath(t, <-theirs, "gone", logFile)
		if err := c.Stop(t.Context()); err != nil {
			t.Fatal(err)
		}
		if err := c.Start(t.Context()); err != nil {
			t.Fatalf("it does not recover: %v", err)
		}
		query(t, c, "SELECT 'there'")
	})

	t.Run("one that somebody else stops says so in its log", func(t *testing.T) {
		t.Parallel()
		c := cluster(t, Options{})
		told := later(t.Context(), c)
		signal(c.process.pid, dieFast)
		requireDeath(t, <-told, "received fast shutdown request", "database system is shut down")
	})

	t.Run("an end that was asked for is no death", func(t *testing.T) {
		t.Parallel()
		c := cluster(t, Options{})
		stopped := later(t.Context(), c)
		ctx, cancel := context.WithCancel(t.Context())
		cancelled := later(ctx, c)
		cancel()
		if err := <-cancelled; err != nil {
			t.Error(err)
		}
		if err := c.Stop(t.Context()); err != nil {
			t.Fatal(err)
		}
		if err := <-stopped; err != nil {
			t.Error(err)
		}
		if err := c.Died(t.Context()); err != nil {
			t.Error("one that does not run:", err)
		}
	})
}

func TestLastOfEnd(t *testing.T) {
	t.Parallel()
	const log = `2026-07-01 01:02:03.456 UTC [7] LOG:  database system was shut down at 2026-07-01 01:00:00 UTC
2026-07-01 01:02:03.460 UTC [1] LOG:  database system is ready to accept connections
2026-07-01 01:02:04.000 UTC [9] ERROR:  what somebody typed
2026-07-01 01:02:05.000 UTC [9] PANIC:  could not write to file "pg_wal/xlogtemp.9": No space left on device
2026-07-01 01:02:06.000 UTC [1] LOG:  server process (PID 9) was terminated by signal 6: Aborted
	a line that goes on
2026-07-01 01:02:06.100 UTC [5] FATAL:  terminating connection due to administrator command
2026-07-01 01:02:07.000 UTC [8] LOG:  checkpoint starting: time
2026-07-01 01:02:08.000 UTC [1] LOG:  aborting startup due to startup process failure
`
	want := []string{
		`PANIC: could not write to file "pg_wal/xlogtemp.9": No space left on device`,
		"LOG: server process (PID 9) was terminated by signal 6: Aborted", "LOG: aborting startup due to startup process failure",
	}
	if got := lastOfEnd([]byte(log)); !slices.Equal(got, want) {
		t.Errorf("%q", got)
	}
}
