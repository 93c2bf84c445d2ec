// Package jobs runs lanes with River, and is the only package that does.
//
//	runner, err := jobs.New(jobs.Config{Pool: pool, Lanes: lane, Due: store, …})
//	ingestor.Waker = runner        // after a commit: these lanes have work
//	err = runner.Run(ctx)          // works until ctx ends, then lets calls finish
//
// There is one job per lane of a destination, and a queue per destination. A
// job says nothing but whose turn it is: what is to be done stands in the
// deliveries, and every job may be lost. Three things start a lane:
//
//   - a wake after a commit ([Runner.Wake]), gathered so that a burst of pushes costs one statement;
//   - the end of a run: its own next time, or work that came while it ran, which River's unique
//     insert could not record;
//   - a sweep each few seconds, for whatever a killed process left behind.
//
// A lane job never returns an error and never inserts itself: it completes or
// it snoozes.
package jobs

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgxpool"
	"github.com/riverqueue/river"
	"github.com/riverqueue/river/riverdriver/riverpgxv5"
	"golang.org/x/sync/errgroup"

	"github.com/lienthong/lienthong/gateway"
)

// Times of River. The timeout bounds one run of a lane; the rescue must be
// later, and both hold for every job of the client.
const (
	JobTimeout     = 20 * time.Second
	rescueAfter    = 21 * time.Second
	fetchPoll      = 5 * time.Second // LISTEN is what wakes; this is for a lost notification
	fetchCooldown  = 5 * time.Millisecond
	keepCompleted  = 5 * time.Minute // nobody asks a lane's job what it did
	wakeInterval   = 50 * time.Millisecond
	sweepBusy      = 1500 * time.Millisecond
	sweepIdle      = 3 * time.Second // also how late an idle process may see that a killed one left work
	stopTimeout    = JobTimeout + 5*time.Second
	wakeTimeout    = 5 * time.Second
	startAgain     = time.Second
	sendingPoll    = 500 * time.Millisecond
	abandonedAfter = 3 * time.Second // a job that took no lane for so long, or
	leaseOver      = time.Second     // whose lane nobody has held for so long, has lost its worker
)

// Drainer works on one lane of one destination; [gateway.Lane] does.
type Drainer interface {
	Drain(ctx context.Context, destination string, lane int) (gateway.Next, error)
}

// Config is what a runner is made of.
type Config struct {
	Pool         *pgxpool.Pool // direct, not through a transaction pooler: LISTEN needs a session
	Lanes        Drainer       // nil: this process wakes lanes but works on none
	Due          gateway.DueStore
	Destinations []gateway.DestinationSpec
	Sending      func() bool                            // whether this process may work now; nil: always. Then another site takes no lane from the one that sends
	Held         func(destination string) time.Duration // how long breakers, kill switches and windows hold a destination; nil: never
	Node         string                                 // name of this process, unique among the running ones, at most 100 bytes
	Logger       *slog.Logger                           // nil: slog.Default
}

// Runner works on lanes while Run does, which is once. It is a [gateway.Waker] from the start.
type Runner struct {
	pool   *pgxpool.Pool
	client *river.Client[pgx.Tx]
	lanes  Drainer
	due    gateway.DueStore
	specs  map[string]gateway.DestinationSpec
	held   func(string) time.Duration
	sends  func() bool
	log    *slog.Logger
	agenda *agenda
	stop   chan struct{} // closed when runs are to end after their current call
}

// New checks the configuration. It starts nothing and asks nothing of the database.
func New(c Config) (*Runner, error) {
	if c.Pool == nil || c.Due == nil || c.Node == "" {
		return nil, fmt.Errorf("jobs.New: a pool, a due store and a node name are needed")
	}
	r := &Runner{
		pool: c.Pool, lanes: c.Lanes, due: c.Due, held: c.Held, sends: c.Sending, log: c.Logger,
		specs: make(map[string]gateway.DestinationSpec), agenda: newAgenda(),
	}
	if r.log == nil {
		r.log = slog.Default()
	}
	if r.held == nil {
		r.held = func(string) time.Duration { return 0 }
	}
	if r.sends == nil {
		r.sends = func() bool { return true }
	}
	workers := river.NewWorkers()
	if err := river.AddWorkerSafely(workers, &laneWorker{runner: r}); err != nil {
		return nil, fmt.Errorf("jobs.New: %w", err)
	}
	config := &river.Config{
		ID: c.Node, Workers: workers, Logger: r.log,
		JobTimeout: JobTimeout, RescueStuckJobsAfter: rescueAfter,
		FetchPollInterval: fetchPoll, FetchCooldown: fetchCooldown, CompletedJobRetentionPeriod: keepCompleted,
	}
	for _, spec := range c.Destinations {
		r.specs[spec.Code] = spec
		if c.Lanes != nil {
			if config.Queues == nil {
				config.Queues = make(map[string]river.QueueConfig)
			}
			config.Queues[spec.Code] = river.QueueConfig{MaxWorkers: spec.Lanes}
		}
	}
	client, err := river.NewClient(riverpgxv5.New(c.Pool), config)
	if err != nil {
		return nil, fmt.Errorf("jobs.New: %w", err)
	}
	r.client = client
	return r, nil
}

// Run works until ctx ends. Calls to destinations that run then are finished
// and recorded, and their lanes handed to whoever comes next.
func (r *Runner) Run(ctx context.Context) error {
	if r.lanes == nil || len(r.specs) == 0 {
		return r.wakeLoop(ctx)
	}
	group, running := errgroup.WithContext(ctx)
	group.Go(func() error { return r.wakeLoop(running) })
	group.Go(func() error {
		for pauseUntil(running, r.sends) {
			if err := r.session(running); err != nil {
				return err
			}
		}
		return nil
	})
	return group.Wait()
}

// pauseUntil waits for something to be true; false: the context has ended.
func pauseUntil(ctx context.Context, holds func() bool) bool {
	for ctx.Err() == nil && !holds() {
		pause(ctx, sendingPoll, nil)
	}
	return ctx.Err() == nil
}

// session works for as long as this process may, or ctx lasts.
func (r *Runner) session(ctx context.Context) error {
	r.stop = make(chan struct{})
	events, unsubscribe := r.client.SubscribeConfig(&river.SubscribeConfig{
		ChanSize: 10_000, Kinds: []river.EventKind{river.EventKindJobCompleted, river.EventKindJobSnoozed, river.EventKindJobFailed},
	})
	defer unsubscribe()
	if !r.start(ctx) {
		return nil
	}
	group, running := errgroup.WithContext(ctx)
	group.Go(func() error { return r.sweepLoop(running) })
	group.Go(func() error { return r.eventLoop(running, events) })
	group.Go(func() error {
		pauseUntil(running, func() bool { return !r.sends() })
		return errSent
	})
	err := group.Wait()
	if errors.Is(err, errSent) {
		err = nil
	}
	close(r.stop)
	stopping, cancel := context.WithTimeout(context.WithoutCancel(ctx), stopTimeout)
	defer cancel()
	if stopped := r.client.Stop(stopping); stopped != nil {
		r.log.WarnContext(ctx, "lanes did not stop in time", "err", stopped)
		hard, cancel := context.WithTimeout(context.WithoutCancel(ctx), stopTimeout)
		defer cancel()
		return r.client.StopAndCancel(hard)
	}
	return err
}

// errSent ends a session of a process that may not work any more.
var errSent = errors.New("jobs: another site sends")

// start starts River's client until that succeeds: it asks the database first,
// which may be away for a moment, and no moment of it may end a process that
// has promised to serve. false: the context has ended.
func (r *Runner) start(ctx context.Context) bool {
	for ctx.Err() == nil {
		err := r.client.Start(context.WithoutCancel(ctx))
		if err == nil {
			return true
		}
		r.log.WarnContext(ctx, "lanes not started", "err", err)
		pause(ctx, startAgain, nil)
	}
	return false
}

var _ gateway.Waker = (*Runner)(nil)
