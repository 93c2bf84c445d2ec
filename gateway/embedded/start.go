package embedded

import (
	"context"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"time"

	"github.com/lienthong/lienthong/internal/fault"
)

const (
	startTimeout = time.Minute // crash recovery included, when the context sets no earlier end
	pollEvery    = 10 * time.Millisecond
)

// Start brings the server up and returns when it answers. A server that another program runs over
// the same folder is shared; one whose program was killed is waited for while it ends, or adopted
// when it goes on. The context bounds the start, not the life of the server.
func (c *Cluster) Start(ctx context.Context) error {
	const op = "embedded.Start"
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.running {
		return nil
	}
	ctx, cancel := context.WithTimeout(ctx, startTimeout)
	defer cancel()
	// Others may enter, so that the server's user reaches its own folder inside.
	if err := os.MkdirAll(c.opts.DataDir, 0o711); err != nil {
		return fault.Wrap(err, fault.Unavailable, op)
	}
	for {
		lock, err := tryLock(filepath.Join(c.opts.DataDir, lockFile))
		if err != nil {
			return err
		}
		if lock != nil {
			return c.startLocked(ctx, lock)
		}
		if c.share(ctx) {
			return nil
		}
		if err := pause(ctx, pollEvery); err != nil {
			return &fault.Error{
				Code: fault.Unavailable, Op: op, Err: err,
				Msg: "another program holds the data folder, but its server does not answer: " + c.opts.DataDir,
			}
		}
	}
}

// share uses the server that the holder of the lock runs.
func (c *Cluster) share(ctx context.Context) bool {
	s, err := readState(c.opts.DataDir)
	if err != nil || s.Port == 0 || s.probe(ctx) != nil {
		return false
	}
	c.state, c.running = s, true
	c.log.Info("sharing the running private PostgreSQL of another program", "data_dir", c.opts.DataDir)
	return true
}

// startLocked starts or adopts the server as its only owner.
func (c *Cluster) startLocked(ctx context.Context, lock *fileLock) (err error) {
	defer func() {
		if err != nil {
			lock.release()
		}
	}()
	if err := c.settle(ctx); err != nil {
		return err
	}
	adopted, err := c.awaitPredecessor(ctx)
	if err != nil {
		return err
	}
	if adopted == 0 {
		if c.bin, err = c.binaries(ctx); err != nil {
			return err
		}
		if err := c.ensureData(ctx); err != nil {
			return err
		}
		if err := c.launchServer(ctx); err != nil {
			return err
		}
	}
	if c.state.Home != "" {
		c.homeLock = lockFolder(c.state.Home)
	}
	c.adopted, c.lock, c.running = adopted, lock, true
	return nil
}

// awaitPredecessor deals with the server of a program that was killed: it waits until a dying one
// is gone and returns the process id of one that lives on; 0 means that the folder is free.
func (c *Cluster) awaitPredecessor(ctx context.Context) (int, error) {
	data := c.state.data()
	for seen := 0; ; {
		p, ok := readPostmaster(data)
		if !ok {
			return 0, nil
		}
		if !p.alive(data) {
			// PostgreSQL itself would refuse to start when its old process id belongs to somebody else now.
			_ = os.Remove(filepath.Join(data, "postmaster.pid"))
			return 0, nil
		}
		// More than once: one that was just told to end may still answer for a moment.
		if c.state.Port != 0 && c.state.probe(ctx) == nil {
			if seen++; seen > 3 {
				c.log.Info("adopted the private PostgreSQL of a program that ended", "data_dir", c.opts.DataDir, "pid", p.pid)
				return p.pid, nil
			}
		}
		if err := pause(ctx, 5*pollEvery); err != nil {
			return 0, &fault.Error{
				Code: fault.Unavailable, Op: "embedded.awaitPredecessor", Err: err,
				Msg: "a server that is not ours runs over the data folder, process " + strconv.Itoa(p.pid),
			}
		}
	}
}

// binaries finds the version that the data folder was made with, else the newest.
func (c *Cluster) binaries(ctx context.Context) (Binaries, error) {
	data := c.state.data()
	if c.opts.CopyFrom != "" {
		if origin, err := readState(c.opts.CopyFrom); err == nil {
			data = origin.data()
		}
	}
	major := 0
	if text, err := os.ReadFile(filepath.Join(data, "PG_VERSION")); err == nil {
		major, _ = strconv.Atoi(strings.TrimSpace(string(text)))
	}
	b, err := FindBinaries(ctx, c.opts.Getenv, major)
	if err != nil && c.opts.Fetch != nil && c.opts.Getenv("PG_BINDIR") == "" {
		return c.opts.Fetch.obtain(ctx, c.account, major, c.log)
	}
	return b, err
}

// pause waits, or returns early with the reason why the context ended.
func pause(ctx context.Context, d time.Duration) error {
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-timer.C:
		return nil
	case <-ctx.Done():
		return context.Cause(ctx)
	}
}
