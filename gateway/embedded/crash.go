package embedded

import (
	"context"

	"github.com/lienthong/lienthong/internal/fault"
)

// Crash kills the server as it stands (SIGKILL, no checkpoint), starts it again
// at the same address and returns when it answers. Every client is cut off;
// what was committed is there. It is for those who prove that their program
// lives through it. Only the program that started the server can.
func (c *Cluster) Crash(ctx context.Context) error {
	const op = "embedded.Crash"
	c.mu.Lock()
	defer c.mu.Unlock()
	if !c.running || c.process == nil {
		return fault.New(fault.Unavailable, op, "the server was not started by this program")
	}
	ctx, cancel := context.WithTimeout(ctx, startTimeout)
	defer cancel()
	_ = c.process.cmd.Process.Kill() // one that is gone already is no error
	<-c.process.done
	c.process, c.keepAddress = nil, true
	defer func() { c.keepAddress = false }()
	if err := c.launchServer(ctx); err != nil {
		c.running = false
		c.state.dropSocket()
		c.homeLock.release()
		c.lock.release()
		c.lock, c.homeLock = nil, nil
		return fault.Wrap(err, fault.Unavailable, op)
	}
	return nil
}
