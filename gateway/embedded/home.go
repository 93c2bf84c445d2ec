package embedded

import (
	"context"
	"crypto/rand"
	"encoding/json"
	"errors"
	"io/fs"
	"os"
	"path/filepath"

	"github.com/lienthong/lienthong/internal/fault"
)

const (
	stateFile   = "cluster.json" // in DataDir: where the cluster lives and how to reach it
	lockFile    = "cluster.lock" // in DataDir: held by the program that runs the server
	logFile     = "postgres.log" // in DataDir: what the server says
	variableTmp = "/var/tmp"     // survives a restart of the machine
	longestPath = 103            // bytes of a socket's path: 107 on Linux, 103 on BSD and macOS
	socketName  = ".s.PGSQL.5432"
	socketPort  = 5432 // only part of the socket's name
)

// state is what DataDir/cluster.json holds. The file is readable by its owner alone, because of the password.
type state struct {
	Home     string `json:"home,omitempty"`   // folder of the cluster when the server's user cannot enter DataDir; empty: in DataDir
	Password string `json:"password"`         // of the one role
	Socket   string `json:"socket,omitempty"` // folder of the socket; empty: loopback TCP
	Port     int    `json:"port,omitempty"`

	dir string // DataDir, from which the state was read
}

// home is the folder of the cluster. One inside DataDir is not written down, so that DataDir can be moved.
func (s state) home() string {
	if s.Home != "" {
		return s.Home
	}
	return filepath.Join(s.dir, "cluster")
}

// data is the folder that PostgreSQL calls its data directory.
func (s state) data() string { return filepath.Join(s.home(), "data") }

// readState returns a state without password where there is none yet.
func readState(dir string) (state, error) {
	s := state{dir: dir}
	text, err := os.ReadFile(filepath.Join(dir, stateFile))
	if errors.Is(err, fs.ErrNotExist) {
		return s, nil
	}
	if err == nil {
		err = json.Unmarshal(text, &s)
	}
	return s, fault.Wrap(err, fault.Unavailable, "embedded.readState")
}

// write replaces the state file in one step, so that a reader never sees half of it.
func (s state) write() error {
	const op = "embedded.writeState"
	text, err := json.MarshalIndent(s, "", "  ")
	if err != nil {
		return fault.Wrap(err, fault.Internal, op)
	}
	fresh := filepath.Join(s.dir, stateFile+".new")
	if err := os.WriteFile(fresh, append(text, '\n'), 0o600); err != nil {
		return fault.Wrap(err, fault.Unavailable, op)
	}
	return fault.Wrap(os.Rename(fresh, filepath.Join(s.dir, stateFile)), fault.Unavailable, op)
}

// settle reads the state or decides it on first use: the folder of the cluster and the password.
func (c *Cluster) settle(ctx context.Context) error {
	const op = "embedded.settle"
	s, err := readState(c.opts.DataDir)
	if err != nil {
		return err
	}
	if s.Password != "" {
		if _, err := os.Stat(s.home()); err != nil {
			return &fault.Error{Code: fault.Unavailable, Op: op, Err: err, Msg: "the cluster of " + c.opts.DataDir +
				" is gone; remove " + filepath.Join(c.opts.DataDir, stateFile) + " to begin with an empty one"}
		}
		if !c.account.owns(s.home()) {
			return fault.New(fault.Unavailable, op, "the cluster in "+s.home()+" belongs to another user than the one that would run it")
		}
		c.state = s
		return nil
	}
	if _, err := os.Stat(s.data()); err == nil {
		return fault.New(fault.Unavailable, op, "there is a cluster in "+s.home()+" but no "+stateFile+
			" with its password beside it; restore the file, or remove the cluster to begin with an empty one")
	}
	if s.Home, err = c.makeHome(ctx); err != nil {
		return err
	}
	s.Password = rand.Text()
	if c.opts.CopyFrom != "" { // a copied cluster keeps the password it was made with
		origin, err := readState(c.opts.CopyFrom)
		if err != nil {
			return err
		}
		s.Password = origin.Password
	}
	c.state = s
	return s.write()
}

// makeHome makes the folder of the cluster inside DataDir and returns "", or makes one in the
// system's variable temp folder and returns its name when the server's user cannot enter DataDir (a
// checkout below a home that only root may enter).
func (c *Cluster) makeHome(ctx context.Context) (string, error) {
	const op = "embedded.makeHome"
	home := filepath.Join(c.opts.DataDir, "cluster")
	if err := os.MkdirAll(home, 0o700); err != nil {
		return "", fault.Wrap(err, fault.Unavailable, op)
	}
	if err := c.account.own(home); err != nil {
		return "", fault.Wrap(err, fault.Unavailable, op)
	}
	if c.account.canWrite(ctx, home) {
		return "", nil
	}
	if err := ctx.Err(); err != nil {
		return "", fault.Wrap(err, fault.Unavailable, op)
	}
	_ = os.Remove(home)
	home, err := os.MkdirTemp(variableTmp, "lienthong-cluster-")
	if err != nil {
		return "", fault.Wrap(err, fault.Unavailable, op)
	}
	if err := c.account.own(home); err != nil {
		return "", fault.Wrap(err, fault.Unavailable, op)
	}
	if !c.account.canWrite(ctx, home) {
		return "", fault.New(fault.Unavailable, op, "the server's user can write neither to the data folder nor below "+variableTmp)
	}
	c.log.Warn("the server's user cannot enter the data folder, so the cluster lives elsewhere",
		"data_dir", c.opts.DataDir, "cluster_dir", home)
	return home, nil
}

// makeSocket makes the private folder of the socket. It stands directly below a temp folder since
// the path of a socket is short; an empty name means that none is short enough and TCP is used.
func (c *Cluster) makeSocket(ctx context.Context) (string, error) {
	const op = "embedded.makeSocket"
	if c.opts.TCP {
		return "", nil
	}
	for _, parent := range []string{os.TempDir(), "/tmp", variableTmp} {
		if len(filepath.Join(parent, "lienthong-4294967295", socketName)) > longestPath {
			continue
		}
		dir, err := os.MkdirTemp(parent, "lienthong-") // 0700
		if err != nil {
			continue
		}
		if err := c.account.own(dir); err != nil {
			return "", fault.Wrap(err, fault.Unavailable, op)
		}
		if c.account.canWrite(ctx, dir) {
			return dir, nil
		}
		_ = os.Remove(dir)
	}
	return "", nil
}

// dropSocket removes the socket's folder with what a killed server left in it.
func (s state) dropSocket() {
	if s.Socket == "" {
		return
	}
	for _, name := range []string{socketName, socketName + ".lock"} {
		_ = os.Remove(filepath.Join(s.Socket, name))
	}
	_ = os.Remove(s.Socket)
}
