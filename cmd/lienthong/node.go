package main

import (
	"context"
	"log/slog"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgxpool"

	"github.com/lienthong/lienthong/gateway"
	"github.com/lienthong/lienthong/gateway/config"
	"github.com/lienthong/lienthong/gateway/httpapi"
	"github.com/lienthong/lienthong/gateway/postgres"
	"github.com/lienthong/lienthong/internal/fault"
	"github.com/lienthong/lienthong/jobs"
)

// node is one process of the gateway: everything built and connected, nothing started.
type node struct {
	visible
	name      string // unique among the processes that run
	pool      *pgxpool.Pool
	store     *postgres.Store
	sequencer *postgres.Sequencer
	committer *gateway.Committer
	breakers  *gateway.Breakers
	looks     *gateway.Reconciler // nil: this process only serves
	writers   *gateway.Writers
	runner    *jobs.Runner
	replayer  *gateway.Replayer // nil: this process does not work
	api       *httpapi.API      // nil: this process only works
	log       *slog.Logger
}

// nodeOptions say what a process does.
type nodeOptions struct {
	work     bool // bring destinations up to date
	noAPI    bool // take no pushes
	loopback bool // refuse destinations on other machines
}

// newNode builds the graph of a process. The pool is open afterwards; the caller closes it.
func newNode(ctx context.Context, c config.Config, o nodeOptions, log *slog.Logger, getenv func(string) string) (*node, error) {
	n := &node{name: nodeName()}
	n.log = log.With("node", n.name)
	if err := n.observe(ctx, getenv); err != nil {
		return nil, err
	}
	destinations, receivers, err := newDestinations(c, o, n.log, getenv)
	if err != nil {
		return nil, err
	}
	destinations = n.observer.Destinations(destinations)
	sources, err := newSources(c)
	if err != nil {
		return nil, err
	}
	if n.pool, err = openTracedPool(ctx, c.DatabaseURL, n.name, n.queryTracer()); err != nil {
		return nil, err
	}
	if err := n.connect(ctx, c, o, sources, destinations, receivers, getenv); err != nil {
		n.pool.Close()
		return nil, err
	}
	return n, nil
}

// openPool connects lazily. The process says its name to the database, so that
// pg_stat_activity shows who holds the sequencer's lock.
func openPool(ctx context.Context, url, name string) (*pgxpool.Pool, error) {
	return openTracedPool(ctx, url, name, nil)
}

func openTracedPool(ctx context.Context, url, name string, tracer pgx.QueryTracer) (*pgxpool.Pool, error) {
	c, err := pgxpool.ParseConfig(url)
	if err != nil {
		return nil, fault.New(fault.Usage, "main", "database_url is not a PostgreSQL connection string")
	}
	if c.ConnConfig.RuntimeParams["application_name"] == "" {
		c.ConnConfig.RuntimeParams["application_name"] = "lienthong " + name
	}
	// Two connections are held by the sequencer and one by River's listener.
	c.MaxConns = 24
	c.ConnConfig.Tracer = tracer
	c.AfterConnect = withoutJIT
	return pgxpool.NewWithConfig(ctx, c)
}

// withoutJIT keeps a server from compiling our statements, as PostgreSQL does unless told. They take
// milliseconds; compiled, the one that every call waits for took a second, and on a busy machine so long that
// nothing left at all: what it costs is guessed of tables of one row that nobody has counted yet.
// It is said after the start, since poolers do not take it as a parameter of the connection.
func withoutJIT(ctx context.Context, conn *pgx.Conn) error {
	_, err := conn.Exec(ctx, "SET jit = off")
	return err
}

func (n *node) connect(
	ctx context.Context, c config.Config, o nodeOptions, sources []gateway.Source,
	destinations []gateway.Destination, receivers []gateway.Receiver, getenv func(string) string,
) error {
	shapes := shapesOf(c)
	n.store = postgres.New(n.pool).WithReceivers(receivers...).WithDestinations(specsOf(destinations)...).
		WithMaintenance(func(now time.Time) []string { return gateway.Maintained(shapes, now) })
	key, err := journalKey(c, getenv)
	if err != nil {
		return err
	}
	public, err := trusted(nil, c, getenv)
	if err != nil {
		return err
	}
	n.sequencer = postgres.NewSequencer(n.store, n.log).WithSealer(postgres.NewSealer(n.store, key, n.log))
	if err := n.watchStore(n.store, c, destinations); err != nil {
		return err
	}
	if err := n.newWorkers(c, o, destinations, getenv); err != nil {
		return err
	}
	if err := n.newReplayer(c, o, sources, destinations, getenv); err != nil {
		return err
	}
	if o.noAPI {
		return nil
	}
	if err := n.addKeys(ctx, c, getenv); err != nil {
		return err
	}
	ingestor := gateway.NewIngestor(gateway.IngestorOptions{
		Sources: sources, Store: n.observer.IngestStore(n.store), Waker: n.runner, Feed: n.sequencer, Key: key, Logger: n.log,
	})
	n.committer = gateway.NewCommitter(ingestor)
	n.api, err = httpapi.New(n.shown(httpapi.Options{
		Ingestor: ingestor, Committer: n.committer, Feed: gateway.NewFeed(n.store), Read: n.store, Journal: n.store, Sealed: n.store, Drift: n.store, Key: key, Trusted: public, Access: n.store, Replays: n.store,
		Ops: &httpapi.Ops{
			Store: n.store, Destinations: declaredBy(shapes, destinations), Node: n.name,
			Walk: walker{destinations: c.Destinations, store: n.store, options: o, wait: answerTime, getenv: getenv}.to,
		},
		Owners: &httpapi.Owners{Store: n.store, Shows: showsOf(destinations)},
		Logger: n.log, Version: version(), ClientAddr: httpapi.ClientAddr(c.Proxies()),
	}))
	return err
}

// newWorkers builds breakers, lanes and their runner. A process that does not work still wakes those that do.
func (n *node) newWorkers(c config.Config, o nodeOptions, destinations []gateway.Destination, getenv func(string) string) error {
	var err error
	shapes := shapesOf(c)
	runner := jobs.Config{Pool: n.pool, Due: n.store, Node: n.name, Logger: n.log}
	runner.Destinations = specsOf(destinations)
	if o.work {
		n.breakers, err = gateway.NewBreakers(gateway.BreakersConfig{
			Store: n.observer.BreakerStore(n.store), Destinations: destinations, Node: n.name, Each: breakerOptionsOf(c), Shapes: shapes,
			Changed: n.store.BreakersChanged, Freed: func(code string) { n.runner.Free(code) }, Logger: n.log,
		})
		if err != nil {
			return err
		}
		n.writers, err = gateway.NewWriters(gateway.WritersConfig{
			Store: n.store, Site: c.SiteName(), Node: n.name, Memory: memoryOf(c), Changed: n.store.BreakersChanged, Logger: n.log,
		})
		if err != nil {
			return err
		}
		evidence, err := newEvidence(c, n.store, getenv)
		if err != nil {
			return err
		}
		lane, err := gateway.NewLane(gateway.LaneConfig{
			Store: n.observer.LaneStore(n.store), Breakers: n.breakers, Destinations: destinations, Schedules: schedulesOf(c), Node: n.name,
			Shapes: shapes, Budgets: n.store, Budget: jobs.JobTimeout, Vault: gateway.NewVault(evidence), Writers: n.writers, LookRates: c.LookRates(), Guards: guardsOf(c), Logger: n.log,
		})
		if err != nil {
			return err
		}
		n.looks, err = gateway.NewReconciler(gateway.ReconcilerConfig{
			Lane: lane, Store: n.store, Due: n.store, Plans: plansOf(c), Logger: n.log,
			Waker: waker(func(ctx context.Context, due []gateway.LaneKey) { n.runner.Wake(ctx, due) }),
		})
		if err != nil {
			return err
		}
		runner.Lanes, runner.Held, runner.Sending = n.observer.Drainer(lane), lane.Held, n.writers.Sending
	}
	n.runner, err = jobs.New(runner)
	return err
}
