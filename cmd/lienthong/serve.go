package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"os/signal"
	"syscall"

	"github.com/lienthong/lienthong/internal/fault"
)

type serveCmd struct {
	nodeFlags
	Work bool `help:"Also work on deliveries."`
}

// nodeFlags are common to everything that runs a node.
type nodeFlags struct {
	Config     string `help:"Configuration file." required:"" type:"path" placeholder:"FILE"`
	Loopback   bool   `help:"Refuse destinations that are not on this machine." hidden:""`
	WithParent bool   `help:"End when standard input closes." hidden:""`
}

// Run serves until the context ends.
func (c *serveCmd) Run(ctx context.Context, s *streams) error {
	return c.run(ctx, s, nodeOptions{work: c.Work, loopback: c.Loopback})
}

// run opens the database, runs a node until the context ends, and closes the database last.
func (f nodeFlags) run(ctx context.Context, s *streams, o nodeOptions) (err error) {
	outliveReaders()
	ctx, cancel := untilClosed(ctx, f.WithParent, s.in)
	defer cancel()
	settings, err := loadConfig(f.Config, s)
	if err != nil {
		return err
	}
	db, err := openDatabase(ctx, settings, s)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, db.Close(ctx)) }()
	settings.DatabaseURL = db.URL()
	n, err := newNode(ctx, settings, o, newLogger(s.err, s.getenv), s.getenv)
	if err != nil {
		return err
	}
	defer n.pool.Close()
	listener, err := n.announce(settings.Listen, s.out)
	if err != nil {
		return err
	}
	return db.Cause(ctx, n.run(ctx, listener, db.Died))
}

// announce opens the API's address and says which one it is; a node without API says its name.
func (n *node) announce(address string, out io.Writer) (net.Listener, error) {
	if n.api == nil {
		_, err := fmt.Fprintf(out, "node %s\n", n.name)
		return nil, err
	}
	listener, err := net.Listen("tcp", address)
	if err != nil {
		return nil, &fault.Error{Code: fault.Usage, Op: "serve", Msg: "cannot listen there", Err: err}
	}
	_, err = fmt.Fprintf(out, "api http://%s\n", listener.Addr())
	return listener, err
}

// outliveReaders lets a stop come to its end when whoever read the output is
// gone: Ctrl-C ends the tee of "lienthong serve | tee log" as well, and the next
// line would kill the program in the middle of its calls.
func outliveReaders() { signal.Ignore(syscall.SIGPIPE) }

// untilClosed ends the context when the pipe to the parent closes, so that no
// child outlives it and works beside its successor.
func untilClosed(ctx context.Context, follow bool, stdin io.Reader) (context.Context, context.CancelFunc) {
	ctx, cancel := context.WithCancel(ctx)
	if follow {
		go func() {
			_, _ = io.Copy(io.Discard, stdin)
			cancel()
		}()
	}
	return ctx, cancel
}
