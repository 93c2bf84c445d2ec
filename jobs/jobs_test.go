package jobs_test

import (
	"context"
	"crypto/sha256"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5/pgxpool"
	"github.com/riverqueue/river"
	"github.com/riverqueue/river/riverdriver/riverpgxv5"
	"github.com/stretchr/testify/require"
	"go.uber.org/goleak"

	"github.com/lienthong/lienthong/gateway"
	"github.com/lienthong/lienthong/gateway/postgres"
	"github.com/lienthong/lienthong/internal/pgtest"
	"github.com/lienthong/lienthong/jobs"
	"github.com/lienthong/lienthong/schema"
)

// portal creates what it is sent and counts; it can be down.
type portal struct {
	mu      sync.Mutex
	created map[string]int
	calls   int
	down    bool
	block   chan struct{} // not nil: calls wait for it
	entered chan struct{}
}

func newPortal() *portal {
	return &portal{created: make(map[string]int), entered: make(chan struct{}, 1000)}
}

func (p *portal) Spec() gateway.DestinationSpec {
	return gateway.DestinationSpec{
		Code: "model", Receives: []schema.Kind{schema.KindDossier}, Batch: 5, Lanes: 4, Shows: gateway.ShowsTrail,
		Settle: 100 * time.Millisecond, Timeout: 2 * time.Second,
	}
}

func (p *portal) Plan(w gateway.Wanted, k gateway.Known) ([]gateway.PlannedCall, error) {
	if k.Exists {
		return nil, nil
	}
	return []gateway.PlannedCall{{Operation: gateway.OpCreate, Key: w.Key, Payload: [][]byte{w.Body}, HeaderHash: sha256.Sum256(w.Body)}}, nil
}

func (p *portal) Send(ctx context.Context, _ gateway.Operation, calls []gateway.PlannedCall) []gateway.Outcome {
	p.entered <- struct{}{}
	if p.block != nil {
		select {
		case <-p.block:
		case <-ctx.Done():
		}
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	p.calls++
	outcomes := make([]gateway.Outcome, len(calls))
	for i, c := range calls {
		if outcomes[i].Kind = gateway.Delivered; p.down {
			outcomes[i] = gateway.Outcome{Kind: gateway.Unavailable, Whole: true, Cause: "refused"}
			continue
		}
		p.created[c.Key]++
	}
	return outcomes
}

func (p *portal) Lookup(_ context.Context, key string) (gateway.Known, gateway.Outcome) {
	p.mu.Lock()
	defer p.mu.Unlock()
	switch {
	case p.down:
		return gateway.Known{}, gateway.Outcome{Kind: gateway.Unavailable}
	case p.created[key] > 0:
		return gateway.Known{Exists: true, TrailSeen: true}, gateway.Outcome{Kind: gateway.Found}
	}
	return gateway.Known{}, gateway.Outcome{Kind: gateway.Absent}
}

// set reads or changes the portal safely.
func (p *portal) set(f func()) {
	p.mu.Lock()
	defer p.mu.Unlock()
	f()
}

func (p *portal) count() (dossiers, calls int) {
	p.mu.Lock()
	defer p.mu.Unlock()
	return len(p.created), p.calls
}

// process is one process: a runner with lanes and breakers of its own.
type process struct {
	*jobs.Runner
	breakers *gateway.Breakers
	stop     func()
}

func startProcess(t *testing.T, pool *pgxpool.Pool, node string, p *portal) *process {
	t.Helper()
	store, log := postgres.New(pool), slog.New(slog.DiscardHandler)
	destinations := []gateway.Destination{p}
	var runner *jobs.Runner
	breakers, err := gateway.NewBreakers(gateway.BreakersConfig{
		Store: store, Destinations: destinations, Node: node, Logger: log, Freed: func(code string) { runner.Free(code) },
		Options: gateway.BreakerOptions{RampCalls: 2, MinCalls: 3, OpenFor: 300 * time.Millisecond, PollBusy: 50 * time.Millisecond, PollIdle: 200 * time.Millisecond, ProbeGrace: 100 * time.Millisecond},
	})
	require.NoError(t, err)
	lane, err := gateway.NewLane(gateway.LaneConfig{
		Store: store, Breakers: breakers, Destinations: destinations, Node: node, Logger: log,
		Schedule: gateway.Schedule{Base: 20 * time.Millisecond, Cap: 100 * time.Millisecond},
	})
	require.NoError(t, err)
	runner, err = jobs.New(jobs.Config{
		Pool: pool, Lanes: lane, Due: store, Destinations: []gateway.DestinationSpec{p.Spec()}, Held: lane.Held, Node: node, Logger: log,
	})
	require.NoError(t, err)
	ctx, cancel := context.WithCancel(context.Background())
	var all sync.WaitGroup
	all.Go(func() { require.NoError(t, runner.Run(ctx)) })
	all.Go(func() { require.NoError(t, breakers.Run(ctx)) })
	stop := sync.OnceFunc(func() { cancel(); all.Wait() })
	t.Cleanup(stop)
	return &process{Runner: runner, breakers: breakers, stop: stop}
}

// want stores new dossiers as ingest does and returns their lanes.
func want(t *testing.T, pool *pgxpool.Pool, from, to int) []gateway.LaneKey {
	t.Helper()
	var due []gateway.LaneKey
	for i := from; i < to; i++ {
		key, id := fmt.Sprint("D-", i), uuid.New()
		_, err := pool.Exec(context.Background(), `
			WITH e AS (
			    INSERT INTO entity (id, kind, revision, hash, body, created_at, updated_at)
			    VALUES ($1, 'dossier', 1, sha256('x'), '{}', now(), now())),
			d AS (
			    INSERT INTO delivery (destination, entity_id, key, slot, state, wanted_rev, due_at, created_at, updated_at)
			    VALUES ('model', $1, $2, $3, 'queued', 1, now(), now(), now()))
			INSERT INTO delivery_due (destination, entity_id, slot, rank) VALUES ('model', $1, $3, 0)`,
			id, key, gateway.SlotOf(key))
		require.NoError(t, err)
		due = append(due, gateway.LaneKey{Destination: "model", Slot: gateway.SlotOf(key)})
	}
	return due
}

func eventually(t *testing.T, what string, f func() bool) {
	t.Helper()
	require.Eventually(t, f, 20*time.Second, 5*time.Millisecond, what)
}

func TestRunnerDelivers(t *testing.T) {
	pool := pgtest.New(t)
	p := newPortal()
	a := startProcess(t, pool, "node-a", p)
	for i := range 20 { // pushes that come while lanes run must not be lost
		a.Wake(t.Context(), want(t, pool, i*10, i*10+10))
	}
	eventually(t, "all delivered", func() bool { n, _ := p.count(); return n == 200 })
	started := time.Now()
	a.Wake(t.Context(), want(t, pool, 200, 201))
	eventually(t, "a single push", func() bool { n, _ := p.count(); return n == 201 })
	require.Less(t, time.Since(started), 3*time.Second, "without waiting for a poll")
	a.stop()
	var inserted int
	require.NoError(t, pool.QueryRow(t.Context(), `SELECT count(*) FROM river_job`).Scan(&inserted))
	require.Less(t, inserted, 150, "a burst is not a job per push")
	for key, n := range p.created {
		require.Equal(t, 1, n, key)
	}
}

func TestRunnerFindsWhatNobodyWoke(t *testing.T) {
	pool := pgtest.New(t)
	p := newPortal()
	want(t, pool, 0, 30)
	startProcess(t, pool, "node-a", p)
	eventually(t, "all delivered", func() bool { n, _ := p.count(); return n == 30 })
}

// A process whose database is away in the moment of its start works when it is back.
func TestRunnerOutlivesAnAbsentDatabase(t *testing.T) {
	pool := pgtest.New(t)
	want(t, pool, 0, 5)
	var refused atomic.Int32
	config := pool.Config()
	dial := config.ConnConfig.DialFunc
	config.ConnConfig.DialFunc = func(ctx context.Context, network, address string) (net.Conn, error) {
		if refused.Add(1) <= 6 {
			return nil, errors.New("no database here")
		}
		return dial(ctx, network, address)
	}
	late, err := pgxpool.NewWithConfig(t.Context(), config)
	require.NoError(t, err)
	t.Cleanup(late.Close)
	p := newPortal()
	startProcess(t, late, "node-a", p)
	eventually(t, "all delivered", func() bool { n, _ := p.count(); return n == 5 })
	require.Greater(t, refused.Load(), int32(6))
}

// A process that only takes pushes wakes the lanes of one that works.
func TestWakingWithoutWorking(t *testing.T) {
	pool := pgtest.New(t)
	p := newPortal()
	runner, err := jobs.New(jobs.Config{
		Pool: pool, Due: postgres.New(pool), Destinations: []gateway.DestinationSpec{p.Spec()}, Node: "serve", Logger: slog.New(slog.DiscardHandler),
	})
	require.NoError(t, err)
	ctx, cancel := context.WithCancel(t.Context())
	done := make(chan error)
	go func() { done <- runner.Run(ctx) }()
	due := want(t, pool, 0, 50)
	for range 20 {
		runner.Wake(t.Context(), due)
	}
	lanes := func() (n int) {
		require.NoError(t, pool.QueryRow(t.Context(), `SELECT count(*) FROM river_job WHERE state = 'available'`).Scan(&n))
		return n
	}
	eventually(t, "one job for each lane", func() bool { return lanes() == p.Spec().Lanes })
	cancel()
	require.NoError(t, <-done)
	startProcess(t, pool, "work", p)
	eventually(t, "all delivered", func() bool { n, _ := p.count(); return n == 50 })
}

func TestTwoRunnersSendOnce(t *testing.T) {
	pool := pgtest.New(t)
	p := newPortal()
	a, b := startProcess(t, pool, "node-a", p), startProcess(t, pool, "node-b", p)
	for i := range 30 {
		due := want(t, pool, i*10, i*10+10)
		a.Wake(t.Context(), due)
		b.Wake(t.Context(), due)
	}
	eventually(t, "all delivered", func() bool { n, _ := p.count(); return n == 300 })
	a.stop()
	b.stop()
	for key, n := range p.created {
		require.Equal(t, 1, n, key)
	}
}

func TestRunnerThroughAnOutage(t *testing.T) {
	pool := pgtest.New(t)
	p := newPortal()
	p.down = true
	a := startProcess(t, pool, "node-a", p)
	a.Wake(t.Context(), want(t, pool, 0, 100))
	eventually(t, "the breaker opens", func() bool {
		var open bool
		require.NoError(t, pool.QueryRow(t.Context(), `SELECT EXISTS (SELECT FROM breaker_transition WHERE to_state = 'open')`).Scan(&open))
		return open
	})
	eventually(t, "probes", func() bool { _, calls := p.count(); return calls > 5 })
	var touched int
	require.NoError(t, pool.QueryRow(t.Context(), `SELECT count(*) FROM delivery WHERE tries > 0`).Scan(&touched))
	require.Less(t, touched, 60, "an outage is not a failure per delivery")
	p.set(func() { p.down = false })
	eventually(t, "all delivered", func() bool { n, _ := p.count(); return n == 100 })
	a.stop()
	for key, n := range p.created {
		require.Equal(t, 1, n, key)
	}
}

// TestPauseAndResume holds two processes. A lane that is paused sleeps for minutes; it is not its sleep that ends the pause.
func TestPauseAndResume(t *testing.T) {
	pool := pgtest.New(t)
	store, p := postgres.New(pool), newPortal()
	a, b := startProcess(t, pool, "node-a", p), startProcess(t, pool, "node-b", p)
	order := gateway.Order{Key: gateway.SwitchKey("model"), State: gateway.BreakerOpen, Actor: "an", Reason: "maintenance"}
	_, err := store.ForceBreaker(t.Context(), order)
	require.NoError(t, err)
	paused := func() bool { return a.breakers.Paused("model") && b.breakers.Paused("model") }
	eventually(t, "both have heard", paused)
	b.stop() // else it would wake what a let sleep
	a.Wake(t.Context(), want(t, pool, 0, 50))
	asleep := func() (n int) {
		require.NoError(t, pool.QueryRow(t.Context(), `
			SELECT count(*) FROM river_job WHERE state = 'scheduled' AND scheduled_at > now() + interval '1 min'`).Scan(&n))
		return n
	}
	due, err := store.DueSlots(t.Context(), "model", 4, 100)
	require.NoError(t, err)
	require.NotEmpty(t, due)
	client, err := river.NewClient(riverpgxv5.New(pool), &river.Config{})
	require.NoError(t, err)
	for n := range p.Spec().Lanes { // as a process that takes pushes alone wakes them
		_, err := client.Insert(t.Context(), jobs.LaneArgs{Destination: "model", Lane: n}, nil)
		require.NoError(t, err)
	}
	eventually(t, "every lane has come and gone to sleep", func() bool { return asleep() == p.Spec().Lanes })
	_, calls := p.count()
	require.Zero(t, calls)
	order.State = ""
	_, err = store.ForceBreaker(t.Context(), order)
	require.NoError(t, err)
	eventually(t, "all delivered", func() bool { n, _ := p.count(); return n == 50 })
	a.stop()
	for key, n := range p.created {
		require.Equal(t, 1, n, key)
	}
}

func TestStopFinishesTheCall(t *testing.T) {
	pool := pgtest.New(t)
	p := newPortal()
	p.block = make(chan struct{})
	a := startProcess(t, pool, "node-a", p)
	a.Wake(t.Context(), want(t, pool, 0, 1))
	<-p.entered
	stopped := make(chan struct{})
	go func() { a.stop(); close(stopped) }()
	close(p.block)
	<-stopped
	var state string
	require.NoError(t, pool.QueryRow(t.Context(), `SELECT state FROM delivery`).Scan(&state))
	require.Equal(t, "delivered", state)
}

// A killed process leaves its job running and its lane leased; the next one goes on
// without waiting for River's rescue.
func TestRunnerAfterKill(t *testing.T) {
	pool := pgtest.New(t)
	p := newPortal()
	due := want(t, pool, 0, 10)
	client, err := river.NewClient(riverpgxv5.New(pool), &river.Config{})
	require.NoError(t, err)
	for n := range p.Spec().Lanes {
		_, err := client.Insert(t.Context(), jobs.LaneArgs{Destination: "model", Lane: n}, nil)
		require.NoError(t, err)
	}
	_, err = pool.Exec(t.Context(), `
		UPDATE river_job SET state = 'running', attempt = 1, attempted_at = now() - interval '6 s', attempted_by = '{dead}'`)
	require.NoError(t, err)
	_, err = pool.Exec(t.Context(), `UPDATE delivery SET state = 'sending', attempt_id = gen_random_uuid(), operation = 'create', sending = '{}' WHERE key = 'D-0'`)
	require.NoError(t, err)
	a := startProcess(t, pool, "node-a", p)
	a.Wake(t.Context(), due)
	eventually(t, "all delivered", func() bool { n, _ := p.count(); return n == 10 })
	a.stop()
	var running, unknown, substitutes int
	require.NoError(t, pool.QueryRow(t.Context(), `SELECT count(*) FROM river_job WHERE attempted_by = '{dead}' AND state = 'running'`).Scan(&running))
	require.Equal(t, 4, running, "the dead jobs were not what worked")
	require.NoError(t, pool.QueryRow(t.Context(), `SELECT count(*) FROM river_job WHERE args ? 'in_place_of'`).Scan(&substitutes))
	require.Positive(t, substitutes)
	require.NoError(t, pool.QueryRow(t.Context(), `SELECT count(*) FROM attempt WHERE outcome = 'unknown' AND cause = 'worker.lost'`).Scan(&unknown))
	require.Equal(t, 1, unknown)
}

// The server of pgtest outlives the tests; nothing of ours may.
func TestMain(m *testing.M) {
	goleak.VerifyTestMain(m, goleak.IgnoreAnyFunction("github.com/lienthong/lienthong/gateway/embedded.supervise"))
}
