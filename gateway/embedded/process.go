package embedded

import (
	"bytes"
	"context"
	"os"
	"os/exec"
	"runtime"
	"strings"

	"github.com/lienthong/lienthong/internal/fault"
)

// process is a child that runs until it exits or is stopped.
type process struct {
	pid  int
	cmd  *exec.Cmd
	done chan struct{} // closed when the child is gone
}

// launch starts a long-running child. The goroutine keeps its thread as long as the child lives,
// because on Linux "stop when the parent dies" means the parent's thread.
func launch(cmd *exec.Cmd) (*process, error) {
	p := &process{cmd: cmd, done: make(chan struct{})}
	started := make(chan error, 1)
	go supervise(cmd, started, p.done)
	if err := <-started; err != nil {
		return nil, err
	}
	p.pid = cmd.Process.Pid
	return p, nil
}

// supervise owns the child until it is gone.
func supervise(cmd *exec.Cmd, started chan<- error, done chan<- struct{}) {
	runtime.LockOSThread()
	defer runtime.UnlockOSThread()
	defer close(done)
	err := cmd.Start()
	started <- err
	if err == nil {
		_ = cmd.Wait() // how a server ended stands in its log
	}
}

// signal tells the child to end; one that is gone already is no error.
func (p *process) signal(sig deathSignal) { _ = p.cmd.Process.Signal(sig) }

// exited reports whether the child is gone.
func (p *process) exited() bool {
	select {
	case <-p.done:
		return true
	default:
		return false
	}
}

// command prepares a child of the account: own process group, stopped by the kernel when we die
// (where it can), a working folder that everybody can enter, and none of our environment, which may
// hold secrets and settings of another server.
func (a account) command(ctx context.Context, deathSignal deathSignal, name string, args ...string) *exec.Cmd {
	cmd := exec.CommandContext(ctx, name, args...)
	cmd.Dir = "/"
	cmd.SysProcAttr = a.attributes(deathSignal)
	cmd.Env = []string{"LC_ALL=C", "TZ=UTC", "PATH=/usr/local/bin:/usr/bin:/bin", "HOME=/"}
	for _, key := range []string{"LD_LIBRARY_PATH", "DYLD_LIBRARY_PATH"} {
		if value, ok := os.LookupEnv(key); ok {
			cmd.Env = append(cmd.Env, key+"="+value)
		}
	}
	return cmd
}

// run starts a short child of the account, waits for it, and returns the end of what it printed when it fails.
func (a account) run(ctx context.Context, name string, args ...string) error {
	runtime.LockOSThread()
	defer runtime.UnlockOSThread()
	cmd := a.command(ctx, dieNow, name, args...)
	var out bytes.Buffer
	cmd.Stdout, cmd.Stderr = &out, &out
	if err := cmd.Run(); err != nil {
		return &fault.Error{Code: fault.Unavailable, Op: "embedded.run", Msg: lastLines(out.String(), 5), Err: err}
	}
	return nil
}

// canWrite tries, as the account, to make a folder in dir.
func (a account) canWrite(ctx context.Context, dir string) bool {
	const script = `cd -- "$1" && d=".probe-$$" && mkdir -- "$d" && rmdir -- "$d"`
	return a.run(ctx, "/bin/sh", "-c", script, "sh", dir) == nil
}

func lastLines(text string, n int) string {
	lines := strings.Split(strings.TrimSpace(text), "\n")
	return strings.Join(lines[max(0, len(lines)-n):], "; ")
}
