package embedded

import (
	"bufio"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
)

// A program that is killed while it runs a durable cluster: the next one finds all that was committed.
func TestStartAfterKill(t *testing.T) {
	t.Parallel()
	dir := folder(t)
	program, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	cmd := exec.CommandContext(t.Context(), program, "run-cluster", dir)
	cmd.Stderr = os.Stderr
	stdin, err := cmd.StdinPipe()
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = stdin.Close() }()
	stdout, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	if line, err := bufio.NewReader(stdout).ReadString('\n'); err != nil || line != "running\n" {
		t.Fatalf("the child said %q, %v", line, err)
	}

	guest, err := New(Options{DataDir: dir})
	if err != nil {
		t.Fatal(err)
	}
	if err := guest.Start(t.Context()); err != nil {
		t.Fatalf("sharing: %v", err)
	}
	if guest.lock != nil || guest.process != nil {
		t.Error("the server of another program was not shared")
	}
	query(t, guest, "CREATE TABLE kept (n int)")
	query(t, guest, "INSERT INTO kept SELECT generate_series(1, 1000)")
	before, ok := readPostmaster(guest.state.data())
	if !ok {
		t.Fatal("no postmaster.pid")
	}
	if err := guest.Stop(t.Context()); err != nil {
		t.Fatal(err)
	}
	if !before.alive(guest.state.data()) {
		t.Fatal("stopping the guest stopped the host's server")
	}

	if err := cmd.Process.Kill(); err != nil {
		t.Fatal(err)
	}
	_ = cmd.Wait()
	next, err := New(Options{DataDir: dir})
	if err != nil {
		t.Fatal(err)
	}
	if err := next.Start(t.Context()); err != nil {
		t.Fatal(err)
	}
	if got := query(t, next, "SELECT count(*)::text FROM kept"); got != "1000" {
		t.Errorf("%s rows survived", got)
	}
	after, _ := readPostmaster(next.state.data())
	if next.adopted == 0 && after.pid == before.pid {
		t.Error("the old server still runs, but was not adopted")
	}
	if err := next.Stop(t.Context()); err != nil {
		t.Fatal(err)
	}
	if after.alive(next.state.data()) {
		t.Error("the server outlived Stop")
	}
}

// A server whose program is gone and that nobody told to end, as on systems whose kernel does not.
func TestAdoptOrphan(t *testing.T) {
	t.Parallel()
	c := cluster(t, Options{})
	if err := c.Stop(t.Context()); err != nil {
		t.Fatal(err)
	}
	if err := c.chooseAddress(t.Context()); err != nil {
		t.Fatal(err)
	}
	if err := c.state.write(); err != nil {
		t.Fatal(err)
	}
	err := c.account.run(t.Context(), filepath.Join(c.bin.Dir, "pg_ctl"), "start", "-w", "-s", "-D", c.state.data(),
		"-l", "/dev/null", "-o", "-c listen_addresses='' -c fsync=off -k "+c.state.Socket)
	if err != nil {
		t.Fatal(err)
	}
	orphan, _ := readPostmaster(c.state.data())
	heir := cluster(t, Options{DataDir: c.opts.DataDir})
	if heir.adopted != orphan.pid {
		t.Errorf("adopted %d, want %d", heir.adopted, orphan.pid)
	}
	query(t, heir, "SELECT 'works'")
	if err := heir.Stop(t.Context()); err != nil {
		t.Fatal(err)
	}
	if orphan.alive(c.state.data()) {
		t.Error("the adopted server outlived Stop")
	}
}

// After a restart of the machine the old process id may belong to anything; PostgreSQL itself refuses
// to start when it is another process of its own user.
func TestStaleProcessID(t *testing.T) {
	t.Parallel()
	c := cluster(t, Options{})
	pidfile := filepath.Join(c.state.data(), "postmaster.pid")
	text, err := os.ReadFile(pidfile)
	if err != nil {
		t.Fatal(err)
	}
	if err := c.Stop(t.Context()); err != nil {
		t.Fatal(err)
	}
	other := c.account.command(t.Context(), dieNow, "/bin/cat")
	stdin, err := other.StdinPipe()
	if err != nil {
		t.Fatal(err)
	}
	stranger, err := launch(other)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = stdin.Close(); <-stranger.done })
	_, rest, _ := strings.Cut(string(text), "\n")
	if err := os.WriteFile(pidfile, []byte(strconv.Itoa(stranger.pid)+"\n"+rest), 0o600); err != nil {
		t.Fatal(err)
	}
	if err := c.account.own(pidfile); err != nil {
		t.Fatal(err)
	}
	if err := c.Start(t.Context()); err != nil {
		t.Fatal(err)
	}
	if stranger.exited() {
		t.Error("the other process was ended")
	}
}

// initdb that was killed half way leaves something that must not be taken for a cluster.
func TestHalfMadeFolder(t *testing.T) {
	t.Parallel()
	c := unstarted(t, Options{})
	half := filepath.Join(c.opts.DataDir, "cluster", "data.new", "base")
	if err := os.MkdirAll(half, 0o700); err != nil {
		t.Fatal(err)
	}
	if err := c.Start(t.Context()); err != nil {
		t.Fatal(err)
	}
	query(t, c, "SELECT 'works'")
}
