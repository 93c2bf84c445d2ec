package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"time"

	"golang.org/x/sync/errgroup"

	"github.com/lienthong/lienthong/gateway/config"
	"github.com/lienthong/lienthong/gateway/httpapi"
	"github.com/lienthong/lienthong/gateway/postgres"
	"github.com/lienthong/lienthong/internal/fault"
	"github.com/lienthong/lienthong/migrations"
)

// Run serves until the context ends.
func (c *serveCmd) Run(ctx context.Context, s *streams) error {
	ctx, cancel := untilClosed(ctx, c.WithParent, s.in)
	defer cancel()
	settings, err := config.Load(c.Config, s.getenv)
	if err != nil {
		return err
	}
	log := newLogger(s.err, s.getenv)
	n, err := newNode(ctx, settings, nodeOptions{work: c.Work, loopback: c.Loopback}, log, s.getenv)
	if err != nil {
		return err
	}
	defer n.pool.Close()
	listener, err := net.Listen("tcp", settings.Listen)
	if err != nil {
		return &fault.Error{Code: fault.Usage, Op: "serve", Msg: "cannot listen there", Err: err}
	}
	if _, err := fmt.Fprintf(s.out, "api http://%s\n", listener.Addr()); err != nil {
		return err
	}
	return n.run(ctx, listener)
}

// run works until the context ends, then stops in order: intake first, then
// the lanes with what they have in flight, then what numbers the feed.
func (n *node) run(ctx context.Context, listener net.Listener) error {
	g, ctx := errgroup.WithContext(ctx)
	back, stopBack := context.WithCancel(context.WithoutCancel(ctx)) // ends when intake and lanes have
	defer stopBack()
	behind, _ := errgroup.WithContext(back)
	behind.Go(func() error { return n.sequencer.Run(back) })
	if n.breakers != nil {
		behind.Go(func() error { return n.breakers.Run(back) })
	}
	behind.Go(func() error { return n.keepHouse(back) })

	intake, stopIntake := context.WithCancel(context.WithoutCancel(ctx))
	g.Go(func() error {
		defer stopIntake()
		return httpapi.NewServer(n.api, httpapi.ServerOptions{Logger: n.log}).Run(ctx, listener)
	})
	committed := make(chan struct{})
	g.Go(func() error {
		defer close(committed)
		return n.committer.Run(intake) // commits what the last requests wait for
	})
	g.Go(func() error {
		working, stopWorking := context.WithCancel(context.WithoutCancel(ctx))
		defer stopWorking()
		go func() {
			select {
			case <-committed:
			case <-ctx.Done():
				<-committed
			}
			stopWorking()
		}()
		return n.runner.Run(working)
	})
	err := g.Wait()
	stopBack()
	return errors.Join(err, behind.Wait())
}

// houseInterval is how often a node looks after what grows.
const houseInterval = 6 * time.Hour

// keepHouse makes next months' partitions and forgets old answers, on any node: doing it twice does nothing.
func (n *node) keepHouse(ctx context.Context) error {
	tick := time.NewTicker(houseInterval)
	defer tick.Stop()
	for {
		_, err := migrations.EnsurePartitions(ctx, n.pool, time.Now(), 3)
		if err == nil {
			_, err = n.store.ForgetAnswers(ctx, time.Now().Add(-postgres.AnswerRetention))
		}
		if err != nil && ctx.Err() == nil {
			n.log.WarnContext(ctx, "housekeeping failed", "err", err)
		}
		select {
		case <-ctx.Done():
			return nil
		case <-tick.C:
		}
	}
}

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
