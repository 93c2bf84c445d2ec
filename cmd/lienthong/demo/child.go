package demo

import (
	"bufio"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"os"
	"os/exec"
	"strings"
	"syscall"
	"time"

	"github.com/lienthong/lienthong/internal/fault"
)

// child is a process of the same program. It ends when the pipe to its
// standard input closes, which the kernel does if the parent is killed.
type child struct {
	name  string
	cmd   *exec.Cmd
	stdin io.Closer
	told  map[string]string // what it said on standard output: "api http://…"
	ended chan struct{}
	err   error
}

// stopTime is how long a child may take to end in good order.
const stopTime = 20 * time.Second

// startChild starts a child and waits until it has told the given things.
func startChild(ctx context.Context, name, program, logFile string, tell []string, args ...string) (*child, error) {
	log, err := os.OpenFile(logFile, os.O_CREATE|os.O_APPEND|os.O_WRONLY, 0o600)
	if err != nil {
		return nil, err
	}
	defer func() { _ = log.Close() }()
	c := &child{name: name, cmd: exec.Command(program, args...), told: map[string]string{}, ended: make(chan struct{})}
	c.cmd.Stderr = log
	if c.stdin, err = c.cmd.StdinPipe(); err != nil {
		return nil, err
	}
	stdout, err := c.cmd.StdoutPipe()
	if err != nil {
		return nil, err
	}
	if err := c.cmd.Start(); err != nil {
		return nil, err
	}
	told := make(chan struct{})
	go c.wait(stdout, tell, told)
	select {
	case <-told:
		return c, nil
	case <-c.ended:
		return nil, fault.New(fault.Unavailable, "demo", fmt.Sprintf("the %s did not start; see %s", name, logFile))
	case <-ctx.Done():
		c.stop()
		return nil, ctx.Err()
	}
}

// wait reads what the child says until it ends.
func (c *child) wait(stdout io.Reader, tell []string, told chan<- struct{}) {
	defer close(c.ended)
	lines := bufio.NewScanner(stdout)
	missing := len(tell)
	for lines.Scan() {
		words := strings.Fields(lines.Text())
		if len(words) != 2 || missing == 0 {
			continue
		}
		for _, name := range tell {
			if _, known := c.told[name]; name == words[0] && !known {
				c.told[name] = words[1]
				if missing--; missing == 0 {
					close(told)
				}
			}
		}
	}
	c.err = c.cmd.Wait()
}

// died returns an error when the child ends before the context does.
func (c *child) died(ctx context.Context) error {
	select {
	case <-ctx.Done():
		return nil
	case <-c.ended:
		return fault.New(fault.Unavailable, "demo", fmt.Sprintf("the %s ended in the middle of the run (%v); go on with --resume", c.name, c.err))
	}
}

// stop ends the child in good order, or by force when it takes too long.
func (c *child) stop() {
	if c == nil {
		return
	}
	_ = c.cmd.Process.Signal(syscall.SIGTERM)
	_ = c.stdin.Close()
	select {
	case <-c.ended:
	case <-time.After(stopTime):
		_ = c.cmd.Process.Kill()
		<-c.ended
	}
}

// peakMemory returns the most resident memory that the child has had, 0 where the system does not tell.
func (c *child) peakMemory() int64 {
	status, err := os.ReadFile(fmt.Sprintf("/proc/%d/status", c.cmd.Process.Pid))
	if err != nil {
		return 0
	}
	var kib int64
	for line := range strings.Lines(string(status)) {
		if n, _ := fmt.Sscanf(line, "VmHWM: %d kB", &kib); n == 1 {
			return kib << 10
		}
	}
	return 0
}

// startChildren starts the portal, unless one runs elsewhere, and the gateway.
func (r *run) startChildren(ctx context.Context) (err error) {
	portalURL := r.PortalURL
	if portalURL == "" {
		r.portal, err = startChild(ctx, "portal", r.Program, r.folder.path("portal.log"), []string{"portal", "admin"},
			"simulate", "portal", "--with-parent", "--listen", "127.0.0.1:0", "--admin", "127.0.0.1:0", "--log", r.folder.run.PortalLog,
			"--lookup", r.folder.run.Lookup, "--settle", settle.String(), "--session-ttl", "30m", "--seed", fmt.Sprint(r.Seed))
		if err != nil {
			return err
		}
		portalURL, r.admin = r.portal.told["portal"], strings.TrimSuffix(r.portal.told["admin"], "/state")
	}
	if err := r.folder.configure(r.databaseURL, portalURL); err != nil {
		return err
	}
	args := []string{"serve", "--work", "--with-parent", "--config", r.folder.path(configFile)}
	if !r.AllowRemote {
		args = append(args, "--loopback")
	}
	if r.gateway, err = startChild(ctx, "gateway", r.Program, r.folder.path("gateway.log"), []string{"api"}, args...); err != nil {
		return err
	}
	return r.notePIDs()
}

// notePIDs writes down who is who, for those who want to kill one of them.
func (r *run) notePIDs() error {
	pids := map[string]int{"parent": os.Getpid(), "gateway": r.gateway.cmd.Process.Pid}
	if r.portal != nil {
		pids["portal"] = r.portal.cmd.Process.Pid
	}
	data, err := json.Marshal(pids)
	if err != nil {
		return err
	}
	return os.WriteFile(r.folder.path(pidFile), data, 0o600)
}

func (r *run) stopChildren() {
	r.gateway.stop()
	r.portal.stop()
}
