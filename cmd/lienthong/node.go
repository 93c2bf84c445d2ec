package main

import (
	"context"
	"crypto/rand"
	"encoding/hex"
	"log/slog"
	"os"
	"time"

	"github.com/jackc/pgx/v5/pgxpool"

	"github.com/lienthong/lienthong/adapters"
	"github.com/lienthong/lienthong/adapters/all"
	"github.com/lienthong/lienthong/gateway"
	"github.com/lienthong/lienthong/gateway/config"
	"github.com/lienthong/lienthong/gateway/httpapi"
	"github.com/lienthong/lienthong/gateway/portal"
	"github.com/lienthong/lienthong/gateway/portal/dvcqg"
	"github.com/lienthong/lienthong/gateway/postgres"
	"github.com/lienthong/lienthong/internal/fault"
	"github.com/lienthong/lienthong/jobs"
	"github.com/lienthong/lienthong/schema"
)

// node is one process of the gateway: everything built and connected, nothing started.
type node struct {
	pool      *pgxpool.Pool
	store     *postgres.Store
	sequencer *postgres.Sequencer
	committer *gateway.Committer
	breakers  *gateway.Breakers
	runner    *jobs.Runner
	api       *httpapi.API
	log       *slog.Logger
}

// nodeOptions say what a process does.
type nodeOptions struct {
	work     bool // bring destinations up to date
	loopback bool // refuse destinations on other machines
}

// newNode builds the graph of a process. The pool is open afterwards; the caller closes it.
func newNode(ctx context.Context, c config.Config, o nodeOptions, log *slog.Logger, getenv func(string) string) (*node, error) {
	n := &node{log: log}
	destinations, receivers, err := newDestinations(c, o, log, getenv)
	if err != nil {
		return nil, err
	}
	sources, err := newSources(c)
	if err != nil {
		return nil, err
	}
	if n.pool, err = openPool(ctx, c.DatabaseURL); err != nil {
		return nil, err
	}
	if err := n.connect(ctx, c, o, sources, destinations, receivers, getenv); err != nil {
		n.pool.Close()
		return nil, err
	}
	return n, nil
}

func openPool(ctx context.Context, url string) (*pgxpool.Pool, error) {
	c, err := pgxpool.ParseConfig(url)
	if err != nil {
		return nil, fault.New(fault.Usage, "main", "database_url is not a PostgreSQL connection string")
	}
	// Two connections are held by the sequencer and one by River's listener.
	c.MaxConns = 24
	return pgxpool.NewWithConfig(ctx, c)
}

func (n *node) connect(
	ctx context.Context, c config.Config, o nodeOptions, sources []gateway.Source,
	destinations []gateway.Destination, receivers []gateway.Receiver, getenv func(string) string,
) error {
	name := nodeName()
	n.store = postgres.New(n.pool).WithReceivers(receivers...)
	n.sequencer = postgres.NewSequencer(n.store, n.log)
	if err := n.addKeys(ctx, c, getenv); err != nil {
		return err
	}
	if err := n.newWorkers(c, o, name, destinations); err != nil {
		return err
	}
	ingestor := gateway.NewIngestor(gateway.IngestorOptions{
		Sources: sources, Store: n.store, Waker: n.runner, Feed: n.sequencer, Logger: n.log,
	})
	n.committer = gateway.NewCommitter(ingestor)
	var err error
	n.api, err = httpapi.New(httpapi.Options{
		Ingestor: ingestor, Committer: n.committer, Feed: gateway.NewFeed(n.store), Read: n.store, Access: n.store,
		Logger: n.log, Version: version(),
	})
	return err
}

// newWorkers builds breakers, lanes and their runner. A process that does not work still wakes those that do.
func (n *node) newWorkers(c config.Config, o nodeOptions, name string, destinations []gateway.Destination) error {
	var err error
	runner := jobs.Config{Pool: n.pool, Due: n.store, Node: name, Logger: n.log}
	for _, d := range destinations {
		runner.Destinations = append(runner.Destinations, d.Spec())
	}
	if o.work {
		n.breakers, err = gateway.NewBreakers(gateway.BreakersConfig{
			Store: n.store, Destinations: destinations, Node: name, Options: breakerOptions(c), Logger: n.log,
		})
		if err != nil {
			return err
		}
		lane, err := gateway.NewLane(gateway.LaneConfig{
			Store: n.store, Breakers: n.breakers, Destinations: destinations, Schedule: schedule(c), Node: name,
			Budget: jobs.JobTimeout, Logger: n.log,
		})
		if err != nil {
			return err
		}
		runner.Lanes, runner.Held = lane, n.breakers.Held
	}
	n.runner, err = jobs.New(runner)
	return err
}

// breakerOptions and schedule are of the process; the first destination that says something decides.
func breakerOptions(c config.Config) gateway.BreakerOptions {
	for _, d := range c.Destinations {
		if b := d.Breaker; b != (config.Breaker{}) {
			return gateway.BreakerOptions{
				OpenFor: time.Duration(b.OpenFor), Window: time.Duration(b.Window), MinCalls: b.MinCalls, SlowCall: time.Duration(b.SlowCall),
			}
		}
	}
	return gateway.BreakerOptions{}
}

func schedule(c config.Config) gateway.Schedule {
	for _, d := range c.Destinations {
		if d.RetryCap > 0 {
			return gateway.Schedule{Cap: time.Duration(d.RetryCap)}
		}
	}
	return gateway.Schedule{}
}

// nodeName is unique among the processes that run: host, process and chance.
func nodeName() string {
	host, err := os.Hostname()
	if err != nil || len(host) > 40 {
		host = "node"
	}
	chance := make([]byte, 4)
	_, _ = rand.Read(chance) // never fails
	return host + "-" + hex.EncodeToString(chance)
}

// addKeys lets each source use the key of its file or variable.
func (n *node) addKeys(ctx context.Context, c config.Config, getenv func(string) string) error {
	for _, s := range c.Sources {
		key, err := config.Secret(s.KeyFile, s.KeyEnv, getenv)
		if err != nil {
			return err
		}
		if err := n.store.AddKey(ctx, s.Code, key); err != nil {
			return err
		}
	}
	return nil
}

func newSources(c config.Config) ([]gateway.Source, error) {
	registry := all.Registry()
	var sources []gateway.Source
	for _, s := range c.Sources {
		spec, err := registry.Get(s.Adapter)
		if err != nil {
			return nil, err
		}
		adapter, err := spec.New(adapters.Config{Province: c.Province})
		if err != nil {
			return nil, err
		}
		sources = append(sources, gateway.Source{Code: s.Code, Spec: spec, Adapter: adapter})
	}
	return sources, nil
}

func newDestinations(c config.Config, o nodeOptions, log *slog.Logger, getenv func(string) string) ([]gateway.Destination, []gateway.Receiver, error) {
	var destinations []gateway.Destination
	var receivers []gateway.Receiver
	for _, d := range c.Destinations {
		password, err := config.Secret(d.PasswordFile, d.PasswordEnv, getenv)
		if err != nil {
			return nil, nil, err
		}
		kinds := make([]schema.Kind, 0, len(d.Receives))
		for _, k := range d.Receives {
			kinds = append(kinds, schema.Kind(k))
		}
		destination, err := dvcqg.New(dvcqg.Config{
			Code: d.Code, URL: d.URL, DstCode: d.DstCode, DstCodeIn: d.DstCodeIn, Agency: d.Agency, Username: d.Username,
			Password: portal.Secret(password), Lookup: gateway.LookupMode(d.Lookup), Settle: time.Duration(d.Settle),
			Timeout: time.Duration(d.Timeout), Lanes: d.Lanes, Batch: d.Batch, Receives: kinds, AllowRemote: !o.loopback,
		}, dvcqg.Deps{Logger: log})
		if err != nil {
			return nil, nil, err
		}
		spec := destination.Spec()
		destinations = append(destinations, destination)
		receivers = append(receivers, gateway.Receiver{Code: spec.Code, Receives: spec.Receives})
	}
	return destinations, receivers, nil
}
