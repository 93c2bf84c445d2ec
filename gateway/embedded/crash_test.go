package embedded

import (
	"context"
	"testing"
)

// A server that is killed in the middle of its work is back at the same address, with all that was committed.
func TestCrash(t *testing.T) {
	t.Parallel()
	c, err := New(Options{DataDir: folder(t)})
	if err != nil {
		t.Fatal(err)
	}
	if err := c.Crash(t.Context()); err == nil {
		t.Error("a server that does not run was killed")
	}
	if err := c.Start(t.Context()); err != nil {
		t.Fatal(err)
	}
	defer func() { _ = c.Stop(context.Background()) }()
	address := c.URL("postgres")
	before, _ := readPostmaster(c.state.data())
	query(t, c, "CREATE TABLE kept (n int)")
	query(t, c, "INSERT INTO kept SELECT generate_series(1, 1000)")
	for range 2 {
		if err := c.Crash(t.Context()); err != nil {
			t.Fatal(err)
		}
		if c.URL("postgres") != address {
			t.Fatal("the address has changed")
		}
		if got := query(t, c, "SELECT count(*)::text FROM kept"); got != "1000" {
			t.Fatalf("%s rows of 1000 are there", got)
		}
	}
	if after, _ := readPostmaster(c.state.data()); after.pid == before.pid {
		t.Error("the server was not killed")
	}
}
