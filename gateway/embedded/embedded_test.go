package embedded

import (
	"context"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"

	"github.com/lienthong/lienthong/internal/fault"
)

func TestCluster(t *testing.T) {
	t.Parallel()

	t.Run("New touches nothing", func(t *testing.T) {
		t.Parallel()
		dir := folder(t)
		if _, err := New(Options{DataDir: dir}); err != nil {
			t.Fatal(err)
		}
		if _, err := os.Stat(dir); err == nil {
			t.Error("the data folder was made")
		}
		if _, err := New(Options{}); fault.CodeOf(err) != fault.Usage {
			t.Errorf("without a data folder: %v", err)
		}
	})

	t.Run("an empty folder becomes a durable cluster that asks for a password", func(t *testing.T) {
		t.Parallel()
		c, err := New(Options{DataDir: folder(t)})
		if err != nil {
			t.Fatal(err)
		}
		if err := c.Start(t.Context()); err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() { _ = c.Stop(context.Background()) })
		for _, setting := range []string{"fsync", "synchronous_commit", "full_page_writes"} {
			if got := query(t, c, "SHOW "+setting); got != "on" {
				t.Errorf("%s is %s", setting, got)
			}
		}
		if got := query(t, c, "SHOW server_encoding"); got != "UTF8" {
			t.Errorf("encoding %s", got)
		}
		refuses(t, c)
	})

	t.Run("keeps its data over a stop, and leaves no socket behind", func(t *testing.T) {
		t.Parallel()
		c := cluster(t, Options{})
		query(t, c, "CREATE TABLE kept (n int)")
		socket := c.state.Socket
		if err := c.Stop(t.Context()); err != nil {
			t.Fatal(err)
		}
		if _, err := os.Stat(socket); err == nil {
			t.Error("the socket's folder is still there")
		}
		if got := c.URL("postgres"); got != "" {
			t.Error("a stopped cluster has an address")
		}
		if err := c.Start(t.Context()); err != nil {
			t.Fatal(err)
		}
		query(t, c, "SELECT count(*)::text FROM kept")
	})

	t.Run("listens on loopback when told to, still with a password", func(t *testing.T) {
		t.Parallel()
		c := cluster(t, Options{TCP: true})
		if got := query(t, c, "SHOW listen_addresses"); got != "127.0.0.1" {
			t.Errorf("listens on %q", got)
		}
		refuses(t, c)
	})

	t.Run("makes a database once", func(t *testing.T) {
		t.Parallel()
		c := cluster(t, Options{})
		for range 2 {
			if err := c.CreateDatabase(t.Context(), `odd "name"`); err != nil {
				t.Fatal(err)
			}
		}
		conn, err := pgx.Connect(t.Context(), c.URL(`odd "name"`))
		if err != nil {
			t.Fatal(err)
		}
		_ = conn.Close(t.Context())
	})

	t.Run("goes on in a folder that was moved", func(t *testing.T) {
		t.Parallel()
		c := cluster(t, Options{})
		query(t, c, "CREATE TABLE kept (n int)")
		if err := c.Stop(t.Context()); err != nil {
			t.Fatal(err)
		}
		moved := c.opts.DataDir + "-moved"
		if err := os.Rename(c.opts.DataDir, moved); err != nil {
			t.Fatal(err)
		}
		query(t, cluster(t, Options{DataDir: moved}), "SELECT count(*)::text FROM kept")
	})

	t.Run("does not write what clients say into its log", func(t *testing.T) {
		t.Parallel()
		c := cluster(t, Options{})
		conn, err := pgx.Connect(t.Context(), c.URL("postgres"))
		if err != nil {
			t.Fatal(err)
		}
		defer func() { _ = conn.Close(context.Background()) }()
		if _, err := conn.Exec(t.Context(), "SELECT 'canary-001'::int", pgx.QueryExecModeSimpleProtocol); err == nil {
			t.Fatal("the bad statement passed")
		}
		if err := c.Stop(t.Context()); err != nil {
			t.Fatal(err)
		}
		text, err := os.ReadFile(filepath.Join(c.opts.DataDir, logFile))
		if err != nil || !strings.Contains(string(text), "ready to accept connections") {
			t.Fatalf("no log: %v", err)
		}
		if strings.Contains(string(text), "canary") {
			t.Error("the log repeats the statement")
		}
	})
}

// refuses checks that a wrong password does not open the cluster.
func refuses(t *testing.T, c *Cluster) {
	t.Helper()
	for _, user := range []*url.Userinfo{url.User(superuser), url.UserPassword(superuser, "wrong"), url.User("postgres")} {
		address, err := url.Parse(c.URL("postgres"))
		if err != nil {
			t.Fatal("the address cannot be read")
		}
		address.User = user
		conn, err := pgx.Connect(t.Context(), address.String())
		if err == nil {
			_ = conn.Close(t.Context())
			t.Errorf("%s got in", user)
		} else if !hasSQLState(err, "28P01", "28000") {
			t.Errorf("%s: %v", user, err)
		}
	}
}

func TestStartFails(t *testing.T) {
	t.Parallel()

	t.Run("with the server's own words", func(t *testing.T) {
		t.Parallel()
		c := unstarted(t, Options{Settings: map[string]string{"shared_buffers": "plenty"}})
		err := c.Start(t.Context())
		if err == nil || !strings.Contains(err.Error(), "shared_buffers") {
			t.Errorf("got %v", err)
		}
		if _, err := os.Stat(c.state.Socket); err == nil {
			t.Error("the socket's folder is still there")
		}
	})

	t.Run("when its context ends, and leaves no server", func(t *testing.T) {
		t.Parallel()
		c := unstarted(t, Options{})
		ctx, cancel := context.WithTimeout(t.Context(), time.Millisecond)
		defer cancel()
		if err := c.Start(ctx); err == nil {
			t.Fatal("started within a millisecond")
		}
		if _, running := readPostmaster(c.state.data()); running {
			t.Error("a server is running")
		}
		if err := c.Start(t.Context()); err != nil {
			t.Errorf("the next start: %v", err)
		}
	})

	t.Run("rather than begin anew when the password is lost", func(t *testing.T) {
		t.Parallel()
		c := cluster(t, Options{})
		if err := c.Stop(t.Context()); err != nil {
			t.Fatal(err)
		}
		if err := os.Remove(filepath.Join(c.opts.DataDir, stateFile)); err != nil {
			t.Fatal(err)
		}
		if c.state.Home != "" {
			t.Fatal("the cluster lives elsewhere; this test wants it in its data folder")
		}
		if err := c.Start(t.Context()); err == nil || !strings.Contains(err.Error(), stateFile) {
			t.Errorf("got %v", err)
		}
	})
}

// A root-only folder above the data folder, as below root's home.
func TestUnreachableDataFolder(t *testing.T) {
	t.Parallel()
	dir := filepath.Join(folder(t), "data")
	if err := os.MkdirAll(dir, 0o700); err != nil {
		t.Fatal(err)
	}
	if err := os.Chmod(filepath.Dir(dir), 0o700); err != nil {
		t.Fatal(err)
	}
	c := cluster(t, Options{DataDir: dir})
	if !c.account.drop {
		// Not root: the server runs as ourselves and reaches whatever we reach.
		if c.state.Home != "" {
			t.Errorf("the cluster lives in %s without need", c.state.Home)
		}
		return
	}
	if !strings.HasPrefix(c.state.Home, variableTmp+"/") {
		t.Fatalf("the cluster lives in %q", c.state.home())
	}
	if err := c.Stop(t.Context()); err != nil {
		t.Fatal(err)
	}
	again := cluster(t, Options{DataDir: dir})
	if again.state.Home != c.state.Home {
		t.Errorf("the second start went to %s instead of %s", again.state.Home, c.state.Home)
	}
	if err := again.Stop(t.Context()); err != nil {
		t.Fatal(err)
	}
	if err := os.RemoveAll(c.state.Home); err != nil {
		t.Fatal(err)
	}
	if err := again.Start(t.Context()); err == nil || !strings.Contains(err.Error(), "is gone") {
		t.Errorf("a cluster that was lost: %v", err)
	}
}
