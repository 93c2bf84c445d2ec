package pgtest

import (
	"bufio"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

func TestKilledTestBinaryLeavesNothing(t *testing.T) {
	t.Parallel()
	program, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	cmd := exec.CommandContext(t.Context(), program, "run-until-killed")
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
	line, err := bufio.NewReader(stdout).ReadString('\n')
	if err != nil {
		t.Fatal(err)
	}
	dir := strings.TrimSpace(line)
	if _, err := os.Stat(filepath.Join(dir, "cluster", "data", "postmaster.pid")); err != nil {
		t.Fatalf("no server runs in %s: %v", dir, err)
	}
	if err := cmd.Process.Kill(); err != nil {
		t.Fatal(err)
	}
	_ = cmd.Wait()
	tick := time.NewTicker(10 * time.Millisecond)
	defer tick.Stop()
	deadline := time.After(20 * time.Second)
	for {
		if _, err := os.Stat(dir); os.IsNotExist(err) {
			return
		}
		select {
		case <-tick.C:
		case <-deadline:
			t.Fatalf("%s is still there", dir)
		}
	}
}

func TestSweep(t *testing.T) {
	t.Parallel()
	root := t.TempDir()
	folder := func(name string, age time.Duration) string {
		dir := filepath.Join(root, name)
		if err := os.Mkdir(dir, 0o755); err != nil {
			t.Fatal(err)
		}
		then := time.Now().Add(-age)
		if err := os.Chtimes(dir, then, then); err != nil {
			t.Fatal(err)
		}
		return dir
	}
	touch := func(path string) {
		if err := os.WriteFile(path, nil, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	dead, busy, young := folder("run-dead", 0), folder("run-busy", 0), folder("run-young", 0)
	touch(filepath.Join(dead, "owner.lock"))
	touch(filepath.Join(young, "owner.lock"))
	held, err := lock(filepath.Join(busy, "owner.lock"))
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = held.Close() }()
	hourAgo := time.Now().Add(-time.Hour)
	for _, dir := range []string{dead, busy} { // making the lock made them young again
		if err := os.Chtimes(dir, hourAgo, hourAgo); err != nil {
			t.Fatal(err)
		}
	}
	old, used, inUse := folder("prepared-old", 72*time.Hour), folder("prepared-used", time.Hour), folder("prepared-locked", 72*time.Hour)
	touch(old + ".lock")
	touch(used + ".lock")
	building, err := lock(inUse + ".lock")
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = building.Close() }()

	sweep(root)
	for dir, want := range map[string]bool{dead: false, busy: true, young: true, old: false, used: true, inUse: true} {
		if _, err := os.Stat(dir); (err == nil) != want {
			t.Errorf("%s: there %t, want %t", filepath.Base(dir), err == nil, want)
		}
	}
}

// A prepared folder is used again only while everything that it was made from is the same.
func TestFingerprint(t *testing.T) {
	t.Parallel()
	november := time.Date(2025, 11, 30, 23, 59, 0, 0, time.UTC)
	first, err := fingerprint(t.Context(), november)
	if err != nil {
		t.Fatal(err)
	}
	again, err := fingerprint(t.Context(), november.AddDate(0, 0, -20))
	if err != nil || again != first {
		t.Errorf("the same month: %s, then %s, %v", first, again, err)
	}
	december, err := fingerprint(t.Context(), november.Add(time.Minute))
	if err != nil || december == first {
		t.Errorf("the next month has other partitions but the same fingerprint, %v", err)
	}
}
