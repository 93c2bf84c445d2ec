package jobs_test

import (
	"context"
	"log/slog"
	"testing"
	"time"

	"github.com/jackc/pgx/v5/pgxpool"
	"github.com/riverqueue/river"
	"github.com/riverqueue/river/riverdriver/riverpgxv5"
	"github.com/stretchr/testify/require"

	"github.com/lienthong/lienthong/gateway"
	"github.com/lienthong/lienthong/gateway/postgres"
	"github.com/lienthong/lienthong/internal/pgtest"
	"github.com/lienthong/lienthong/jobs"
)

// swept tells of each sweep.
type swept struct {
	gateway.DueStore
	done chan struct{}
}

func (s swept) DueSlots(ctx context.Context, destination string, lanes, limit int) ([]int, error) {
	slots, err := s.DueStore.DueSlots(ctx, destination, lanes, limit)
	select {
	case s.done <- struct{}{}:
	default:
	}
	return slots, err
}

// A process that found nothing to do a moment ago takes over soon after the
// lease of a killed one has ended: not at the pace of its idle sweeps.
func TestTakeoverByAnIdleProcess(t *testing.T) {
	const lease, within = time.Second, 5 * time.Second
	pool, p := pgtest.New(t), newPortal()
	store := postgres.New(pool)
	watch := swept{DueStore: store, done: make(chan struct{}, 1)}
	run(t, pool, p, watch)
	<-watch.done // nothing was due
	want(t, pool, 0, 10)
	killed(t, pool, p.Spec().Lanes, lease)
	ended := time.Now().Add(lease)
	eventually(t, "all delivered", func() bool { n, _ := p.count(); return n == 10 })
	require.Less(t, time.Since(ended), within)
}

// run starts a process with another due store; it stops with the test.
func run(t *testing.T, pool *pgxpool.Pool, p *portal, due gateway.DueStore) {
	t.Helper()
	store, quiet, all := postgres.New(pool), slog.New(slog.DiscardHandler), []gateway.Destination{p}
	breakers, err := gateway.NewBreakers(gateway.BreakersConfig{Store: store, Destinations: all, Node: "idle", Logger: quiet})
	require.NoError(t, err)
	lane, err := gateway.NewLane(gateway.LaneConfig{Store: store, Breakers: breakers, Destinations: all, Node: "idle", Logger: quiet})
	require.NoError(t, err)
	runner, err := jobs.New(jobs.Config{
		Pool: pool, Lanes: lane, Due: due, Destinations: []gateway.DestinationSpec{p.Spec()}, Held: lane.Held, Node: "idle", Logger: quiet,
	})
	require.NoError(t, err)
	ctx, cancel := context.WithCancel(context.Background())
	ended := make(chan error, 1)
	go func() { ended <- runner.Run(ctx) }()
	t.Cleanup(func() { cancel(); require.NoError(t, <-ended) })
}

// killed leaves every lane as a process does that is killed in a call: its job runs, its lease has some time left.
func killed(t *testing.T, pool *pgxpool.Pool, lanes int, lease time.Duration) {
	t.Helper()
	client, err := river.NewClient(riverpgxv5.New(pool), &river.Config{})
	require.NoError(t, err)
	tx, err := pool.Begin(t.Context())
	require.NoError(t, err)
	defer func() { _ = tx.Rollback(context.Background()) }()
	for n := range lanes {
		_, err := client.InsertTx(t.Context(), tx, jobs.LaneArgs{Destination: "model", Lane: n}, nil)
		require.NoError(t, err)
		_, err = tx.Exec(t.Context(), `
			INSERT INTO lane (destination, lane, holder, lease_until) VALUES ('model', $1, gen_random_uuid(), now() + $2::interval)`, n, lease)
		require.NoError(t, err)
	}
	_, err = tx.Exec(t.Context(), `
		UPDATE river_job SET state = 'running', attempt = 1, attempted_at = now() - interval '6 s', attempted_by = '{dead}'`)
	require.NoError(t, err)
	require.NoError(t, tx.Commit(t.Context()))
}
