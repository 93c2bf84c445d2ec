package embedded

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"sync"
	"testing"

	"github.com/jackc/pgx/v5"
)

// TestMain lets the test binary play two other programs: the child that downloads, and a program
// that runs a cluster until it is killed.
func TestMain(m *testing.M) {
	if len(os.Args) > 1 {
		switch os.Args[1] {
		case "fetch-child":
			os.Exit(report(FetchChild(context.Background(), os.Stdin)))
		case "run-cluster":
			os.Exit(report(runCluster(os.Args[2])))
		}
	}
	code := m.Run()
	if dir := prepared.dir; dir != "" {
		_ = os.RemoveAll(dir)
	}
	os.Exit(code)
}

func report(err error) int {
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		return 1
	}
	return 0
}

// runCluster starts a cluster, says so, and waits for its standard input to close.
func runCluster(dir string) error {
	ctx := context.Background()
	cluster, err := New(Options{DataDir: dir})
	if err != nil {
		return err
	}
	if err := cluster.Start(ctx); err != nil {
		return err
	}
	fmt.Println("running")
	_, err = io.Copy(io.Discard, os.Stdin)
	return errors.Join(err, cluster.Stop(ctx))
}

// folder returns the name of a folder to be, where the server's user can reach it; t.TempDir is
// closed to others.
func folder(t *testing.T) string {
	t.Helper()
	dir, err := reachable()
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = os.RemoveAll(dir) })
	return filepath.Join(dir, "data")
}

// reachable makes a folder that all may enter, in memory where it can: durable clusters wait for the disk.
func reachable() (string, error) {
	dir, err := os.MkdirTemp("/dev/shm", "lienthong-test-")
	if err != nil {
		dir, err = os.MkdirTemp("", "lienthong-test-")
	}
	if err != nil {
		return "", err
	}
	return dir, os.Chmod(dir, 0o755)
}

// prepared is a stopped cluster that most tests copy, since initdb takes a second.
var prepared struct {
	once sync.Once
	dir  string
	err  error
}

func preparedFolder(t *testing.T) string {
	t.Helper()
	prepared.once.Do(func() {
		ctx := context.Background()
		if prepared.dir, prepared.err = reachable(); prepared.err != nil {
			return
		}
		var cluster *Cluster
		if cluster, prepared.err = New(Options{DataDir: prepared.dir, Volatile: true}); prepared.err == nil {
			prepared.err = errors.Join(cluster.Start(ctx), cluster.Stop(ctx))
		}
	})
	if prepared.err != nil {
		t.Fatal(prepared.err)
	}
	return prepared.dir
}

// cluster returns a running copy that is stopped when the test ends.
func cluster(t *testing.T, opts Options) *Cluster {
	t.Helper()
	c := unstarted(t, opts)
	if err := c.Start(t.Context()); err != nil {
		t.Fatal(err)
	}
	return c
}

func unstarted(t *testing.T, opts Options) *Cluster {
	t.Helper()
	if opts.DataDir == "" {
		opts.DataDir = folder(t)
	}
	opts.Volatile, opts.CopyFrom = true, preparedFolder(t)
	c, err := New(opts)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := c.Stop(context.Background()); err != nil {
			t.Error(err)
		}
		if c.state.Home != "" {
			_ = os.RemoveAll(c.state.Home)
		}
	})
	return c
}

// query runs one statement on the database postgres and returns its one value as text.
func query(t *testing.T, c *Cluster, sql string) string {
	t.Helper()
	conn, err := pgx.Connect(t.Context(), c.URL("postgres"))
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = conn.Close(context.Background()) }()
	rows, err := conn.Query(t.Context(), sql, pgx.QueryExecModeSimpleProtocol)
	if err != nil {
		t.Fatal(err)
	}
	values, err := pgx.CollectRows(rows, pgx.RowTo[string])
	if err != nil {
		t.Fatal(err)
	}
	if len(values) == 0 {
		return ""
	}
	return values[0]
}
