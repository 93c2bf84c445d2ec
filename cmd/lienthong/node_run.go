package main

import (
	"context"
	"errors"
	"net"
	"time"

	"golang.org/x/sync/errgroup"

	"github.com/lienthong/lienthong/gateway/httpapi"
	"github.com/lienthong/lienthong/gateway/postgres"
	"github.com/lienthong/lienthong/migrations"
)

// run works until the context ends, then stops in order: intake first, then
// what commits the last requests, then the lanes with what they have in
// flight, then what numbers the feed. A node without API has no listener. What
// it needs ends it too, by ending itself.
func (n *node) run(ctx context.Context, listener net.Listener, needs ...stage) error {
	stages := needs
	if n.api != nil {
		serve := func(ctx context.Context) error {
			return httpapi.NewServer(n.api, httpapi.ServerOptions{Logger: n.log}).Run(ctx, listener)
		}
		stages = append(stages, serve, n.committer.Run)
	}
	return inOrder(ctx, append(stages, n.runner.Run, n.behind)...)
}

// stage works until its context ends.
type stage func(context.Context) error

// inOrder runs stages side by side. When the context ends, or the first of
// them does, it stops them one after the other.
func inOrder(ctx context.Context, stages ...stage) error {
	ended := make(chan int, len(stages))
	errs := make([]error, len(stages))
	stop := make([]context.CancelFunc, len(stages))
	done := make([]chan struct{}, len(stages))
	for i, work := range stages {
		var own context.Context
		own, stop[i] = context.WithCancel(context.WithoutCancel(ctx))
		done[i] = make(chan struct{})
		go func() {
			defer close(done[i])
			errs[i] = work(own)
			ended <- i
		}()
	}
	select {
	case <-ctx.Done():
	case <-ended:
	}
	for i := range stages {
		stop[i]()
		<-done[i]
	}
	return errors.Join(errs...)
}

// behind is what others rely on to their end: the feed's numbers, the breakers, the house, what is seen of it.
func (n *node) behind(ctx context.Context) error {
	g, ctx := errgroup.WithContext(ctx)
	g.Go(func() error { return n.sequencer.Run(ctx) })
	if n.breakers != nil {
		g.Go(func() error { return n.breakers.Run(ctx) })
		g.Go(func() error { return n.writers.Run(ctx) })
	}
	if n.looks != nil {
		g.Go(func() error { return n.looks.Run(ctx) })
	}
	g.Go(func() error { return n.keepHouse(ctx) })
	g.Go(func() error { return n.keepCounts(ctx) })
	if n.replayer != nil {
		g.Go(func() error { return n.replayer.Run(ctx) })
	}
	g.Go(func() error { return n.watch.Run(ctx) })
	g.Go(func() error { return n.tracing.Run(ctx) })
	g.Go(func() error { return n.serveApart(ctx) })
	return g.Wait()
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
		if err == nil {
			_, err = n.store.ForgetTransitions(ctx, time.Now().Add(-postgres.HistoryRetention))
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
