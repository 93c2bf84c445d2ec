package demo

import (
	"bufio"
	"context"
	"fmt"
	"io"
	"os"
	"os/exec"
	"slices"
	"strings"
	"syscall"
	"time"

	"github.com/lienthong/lienthong/gateway/config"
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

// stopTime is how long a child may take to end in good order: longer than a server lets its last requests run.
const stopTime = 45 * time.Second

// startChild starts a child and waits until it has told the given things.
func startChild(ctx context.Context, name, program, logFile string, tell []string, args ...string) (*child, error) {
	log, err := os.OpenFile(logFile, os.O_CREATE|os.O_APPEND|os.O_WRONLY, 0o600)
	if err != nil {
		return nil, err
	}
	defer func() { _ = log.Close() }()
	c := &child{name: name, cmd: exec.Command(program, args...), told: map[string]string{}, ended: make(chan struct{})}
	c.cmd.Stderr, c.cmd.Env = log, childEnvironment(os.Environ())
	separate(c.cmd)
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

// childEnvironment leaves out what would stand above the child's configuration:
// a variable that was set for another gateway must not lead it to that one's database.
func childEnvironment(environment []string) []string {
	return slices.DeleteFunc(environment, func(pair string) bool {
		name, _, _ := strings.Cut(pair, "=")
		return slices.Contains(config.Variables(), name)
	})
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

// died returns an error, with what to do about it, when the child ends before the context does.
func (c *child) died(ctx context.Context, advice string) error {
	select {
	case <-ctx.Done():
		return nil
	case <-c.ended:
		return fault.New(fault.Unavailable, "demo", fmt.Sprintf("the %s ended in the middle of the run (%v); %s", c.name, c.err, advice))
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
