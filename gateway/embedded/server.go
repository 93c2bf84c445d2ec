package embedded

import (
	"context"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"

	"github.com/lienthong/lienthong/internal/fault"
)

// settings returns the server's settings: ours, then those for volatile clusters, then the caller's.
func (c *Cluster) settings() map[string]string {
	s := map[string]string{
		"cluster_name": "lienthong", "timezone": "UTC", "log_timezone": "UTC",
		"max_connections": "200", "jit": "off",
		// Statements and the text of errors can hold personal values; both stay out of the log.
		"log_min_messages": "log", "log_min_error_statement": "panic", "log_statement": "none",
		"log_error_verbosity": "terse", // a DETAIL can quote the statement of a client that crashed
		"fsync":               "on", "synchronous_commit": "on", "full_page_writes": "on",
	}
	if c.opts.Volatile {
		maps.Copy(s, map[string]string{
			"fsync": "off", "synchronous_commit": "off", "full_page_writes": "off",
			"wal_level": "minimal", "max_wal_senders": "0", "min_wal_size": "8MB",
			"shared_buffers": "32MB", "log_checkpoints": "off",
		})
	}
	maps.Copy(s, c.opts.Settings)
	s["port"] = strconv.Itoa(c.state.Port)
	s["password_encryption"] = "scram-sha-256"
	s["unix_socket_directories"], s["listen_addresses"] = c.state.Socket, ""
	s["unix_socket_permissions"] = "0700"
	if c.state.Socket == "" {
		s["listen_addresses"] = "127.0.0.1"
	}
	return s
}

// launchServer starts the server until one start succeeds or the context ends. What passes is tried
// again: children of a killed server hold its shared memory for a moment, and a port can be taken
// between being found free and being used.
func (c *Cluster) launchServer(ctx context.Context) error {
	for {
		failure, err := c.launchOnce(ctx)
		if err == nil {
			return nil
		}
		passes := strings.Contains(failure, "is still in use") || strings.Contains(failure, "already exists") ||
			strings.Contains(failure, "Address already in use")
		if !passes || pause(ctx, 10*pollEvery) != nil {
			return err
		}
	}
}

// launchOnce starts the server and waits until it answers; on failure it returns what the server said.
func (c *Cluster) launchOnce(ctx context.Context) (failure string, err error) {
	const op = "embedded.launch"
	if err := c.chooseAddress(ctx); err != nil {
		return "", err
	}
	if err := c.state.write(); err != nil {
		return "", err
	}
	log, begin, err := c.openLog()
	if err != nil {
		return "", err
	}
	defer func() { _ = log.Close() }()
	onDeath := dieFast
	if c.opts.Volatile {
		onDeath = dieNow
	}
	args := []string{"-D", c.state.data()}
	settings := c.settings()
	for _, name := range slices.Sorted(maps.Keys(settings)) {
		args = append(args, "-c", name+"="+settings[name])
	}
	// The server outlives the context of its start.
	cmd := c.account.command(context.WithoutCancel(ctx), onDeath, filepath.Join(c.bin.Dir, "postgres"), args...)
	cmd.Stdout, cmd.Stderr = log, log
	child, err := launch(cmd)
	if err != nil {
		return "", fault.Wrap(err, fault.Unavailable, op)
	}
	if err := c.awaitReady(ctx, child); err != nil {
		child.signal(dieNow)
		<-child.done
		if !c.keepAddress {
			c.state.dropSocket()
		}
		failure = c.readLog(begin)
		return failure, &fault.Error{
			Code: fault.Unavailable, Op: op, Err: err,
			Msg: "the private PostgreSQL did not start: " + lastLines(failure, 4),
		}
	}
	c.process, c.logBegin = child, begin
	return "", nil
}

// chooseAddress makes a new socket folder, or finds a free loopback port.
func (c *Cluster) chooseAddress(ctx context.Context) error {
	if c.keepAddress {
		return nil
	}
	c.state.dropSocket()
	dir, err := c.makeSocket(ctx)
	if err != nil {
		return err
	}
	c.state.Socket, c.state.Port = dir, socketPort
	if dir != "" {
		return nil
	}
	port, err := freePort()
	c.state.Port = int(port)
	return err
}

// awaitReady waits until the child says that it is ready and takes our password.
func (c *Cluster) awaitReady(ctx context.Context, child *process) error {
	const op = "embedded.awaitReady"
	for {
		if child.exited() {
			return fault.New(fault.Unavailable, op, "the server exited")
		}
		if p, ok := readPostmaster(c.state.data()); ok && p.pid == child.pid && p.ready {
			switch err := c.state.probe(ctx); {
			case err == nil:
				return nil
			case hasSQLState(err, "28P01"):
				return fault.New(fault.Unavailable, op, "the server does not take the password in "+stateFile)
			}
		}
		if err := pause(ctx, pollEvery); err != nil {
			return fault.Wrap(err, fault.Unavailable, op)
		}
	}
}

// Stop ends the server: clients are cut off, a checkpoint is written. When the context ends first,
// the server is killed and recovers at its next start. A server that belongs to another program
// goes on running.
func (c *Cluster) Stop(ctx context.Context) error {
	c.mu.Lock()
	defer c.mu.Unlock()
	if !c.running {
		return nil
	}
	c.running = false
	if c.lock == nil {
		return nil // shared
	}
	var err error
	if c.process != nil {
		err = c.stopChild(ctx)
	} else {
		err = c.stopAdopted(ctx)
	}
	c.state.dropSocket()
	c.homeLock.release()
	c.lock.release()
	c.process, c.logBegin, c.adopted, c.lock, c.homeLock = nil, 0, 0, nil, nil
	return err
}

func (c *Cluster) stopChild(ctx context.Context) error {
	c.process.signal(dieFast)
	select {
	case <-c.process.done:
		return nil
	case <-ctx.Done():
	}
	c.process.signal(dieNow)
	<-c.process.done // the server kills its own children after five seconds and follows
	return fault.Wrap(context.Cause(ctx), fault.Unavailable, "embedded.Stop")
}

func (c *Cluster) stopAdopted(ctx context.Context) error {
	p := postmaster{pid: c.adopted}
	if !p.alive(c.state.data()) {
		return nil
	}
	signal(p.pid, dieFast)
	for p.alive(c.state.data()) {
		if err := pause(ctx, pollEvery); err != nil {
			signal(p.pid, dieNow)
			return fault.Wrap(err, fault.Unavailable, "embedded.Stop")
		}
	}
	return nil
}

// openLog opens the server's log and says where this run begins. A long one is put aside first.
func (c *Cluster) openLog() (*os.File, int64, error) {
	const op, enough = "embedded.openLog", 8 << 20
	path := filepath.Join(c.opts.DataDir, logFile)
	if info, err := os.Stat(path); err == nil && info.Size() > enough {
		_ = os.Rename(path, path+".old")
	}
	file, err := os.OpenFile(path, os.O_CREATE|os.O_APPEND|os.O_WRONLY, 0o600)
	if err != nil {
		return nil, 0, fault.Wrap(err, fault.Unavailable, op)
	}
	info, err := file.Stat()
	if err != nil {
		_ = file.Close()
		return nil, 0, fault.Wrap(err, fault.Unavailable, op)
	}
	return file, info.Size(), nil
}

// readLog returns what the server wrote since begin.
func (c *Cluster) readLog(begin int64) string {
	text, err := os.ReadFile(filepath.Join(c.opts.DataDir, logFile))
	if err != nil || begin > int64(len(text)) {
		return ""
	}
	return string(text[begin:])
}
