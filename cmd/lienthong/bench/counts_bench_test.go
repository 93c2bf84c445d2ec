package bench_test

import (
	"context"
	"slices"
	"sync"
	"testing"
	"time"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5/pgxpool"
	"github.com/stretchr/testify/require"
	"golang.org/x/sync/errgroup"

	"github.com/lienthong/lienthong/gateway"
	"github.com/lienthong/lienthong/gateway/postgres"
)

// BenchmarkCounts measures what the counts of lists cost who writes: calls of sixteen
// lanes, and pushes, each in turn with the triggers and their indexes and without them.
// "more" is by how much it is slower with them, in percent, by the lower quartile: others who share the machine only slow things down.
func BenchmarkCounts(b *testing.B) {
	p := durable(b)
	store := postgres.New(p)
	b.Run("calls", func(b *testing.B) {
		for b.Loop() {
			compare(b, p, func() []time.Duration { return callAll(b, p, store) })
		}
	})
	b.Run("pushes", func(b *testing.B) {
		s, t := serve(b, p, forgetful), newDossiers(8_000)
		for b.Loop() {
			compare(b, p, func() []time.Duration {
				empty(b, p)
				return []time.Duration{measure(func() { s.push(b, t) }).clock}
			})
		}
	})
}

// compare runs work five times each, in turn.
func compare(b *testing.B, p *pgxpool.Pool, work func() []time.Duration) {
	b.Helper()
	var with, without []time.Duration
	for range 5 {
		run(b, p, `ALTER TABLE delivery DISABLE TRIGGER USER`)
		run(b, p, `DROP INDEX IF EXISTS delivery_deadline_idx, delivery_unit_idx, delivery_waiting_idx, delivery_unknown_idx`)
		without = append(without, work()...)
		run(b, p, `ALTER TABLE delivery ENABLE TRIGGER USER`)
		run(b, p, `CREATE INDEX delivery_unit_idx ON delivery (destination, shelf, delivery_unit(key), failed_at) WHERE shelf <> ''`)
		run(b, p, `CREATE INDEX delivery_deadline_idx ON delivery (due_at)
			WHERE state NOT IN ('delivered', 'confirmed', 'redacted', 'shadow') AND legal IS DISTINCT FROM false`)
		run(b, p, `CREATE INDEX delivery_waiting_idx ON delivery (destination, wanted_at) WHERE state = 'queued'`)
		run(b, p, `CREATE INDEX delivery_unknown_idx ON delivery (destination, wanted_at) WHERE state = 'unknown'`)
		with = append(with, work()...)
	}
	slices.Sort(with)
	slices.Sort(without)
	on, off := with[len(with)/4], without[len(without)/4]
	b.ReportMetric(float64(off.Microseconds())/1000, "without_ms")
	b.ReportMetric(float64(on.Microseconds())/1000, "with_ms")
	b.ReportMetric(100*(on.Seconds()/off.Seconds()-1), "more_%")
	b.ReportMetric(0, "ns/op")
}

const (
	callLanes = 16
	callEach  = 50 // deliveries of a call
	callsMade = 10 // of a lane
)

// callAll lets each lane make its calls, one in five of which is refused, and returns how long BeginCall and RecordCall took together.
func callAll(b *testing.B, p *pgxpool.Pool, store *postgres.Store) (took []time.Duration) {
	b.Helper()
	empty(b, p)
	run(b, p, `TRUNCATE attempt, lane`)
	_, err := p.Exec(b.Context(), `
		WITH made AS (
		    INSERT INTO delivery (destination, entity_id, key, slot, state, wanted_rev, due_at, legal, created_at, updated_at)
		    SELECT 'dvcqg', gen_random_uuid(), format('H05.%s-251103-%s', 10 + n % 130, n), n % $1::int, 'queued', 1, now() + n * interval '1 s', true, now(), now()
		    FROM generate_series(1, $2::int) AS n
		    RETURNING destination, entity_id, slot)
		INSERT INTO delivery_due (destination, entity_id, slot, rank) SELECT destination, entity_id, slot, 2e10 + slot FROM made`,
		callLanes, callLanes*callEach*callsMade)
	require.NoError(b, err)
	run(b, p, `VACUUM ANALYZE delivery`)
	var m sync.Mutex
	var g errgroup.Group
	for lane := range callLanes {
		g.Go(func() error {
			lease := gateway.LaneLease{Destination: "dvcqg", Lane: lane, Lanes: callLanes, Holder: uuid.New(), Node: "bench"}
			if _, _, err := store.TakeLane(b.Context(), lease, time.Minute, time.Minute); err != nil {
				return err
			}
			for n := range callsMade {
				one, err := callOnce(b.Context(), store, lease, n%5 == 0)
				if err != nil {
					return err
				}
				m.Lock()
				took = append(took, one)
				m.Unlock()
			}
			return nil
		})
	}
	require.NoError(b, g.Wait())
	require.Len(b, took, callLanes*callsMade)
	return took
}

func callOnce(ctx context.Context, store *postgres.Store, lease gateway.LaneLease, refused bool) (time.Duration, error) {
	due, err := store.ClaimDue(ctx, lease, callEach, 0)
	if err != nil {
		return 0, err
	}
	call := gateway.CallRecord{Attempt: uuid.New(), Started: time.Now(), Ended: time.Now()}
	began := time.Now()
	if _, err := store.BeginCall(ctx, lease, time.Minute, gateway.BeginCall{Attempt: call.Attempt, Operation: gateway.OpCreate, Deliveries: due}); err != nil {
		return 0, err
	}
	changes := make([]gateway.DeliveryUpdate, len(due))
	for i := range due {
		d := due[i]
		d.Attempt, d.State = call.Attempt, gateway.StateDelivered
		changes[i] = gateway.DeliveryUpdate{Delivery: d, Settled: true, Outcome: &gateway.Outcome{Kind: gateway.Delivered}, Called: gateway.OpCreate}
		if refused {
			changes[i].Delivery.State, changes[i].Delivery.Cause, changes[i].Shelf = gateway.StateFailedData, "dvcqg.refused", gateway.ShelfSource
			changes[i].Outcome = &gateway.Outcome{Kind: gateway.RefusedData, Shelf: gateway.ShelfSource, Cause: "dvcqg.refused"}
		}
	}
	_, err = store.RecordCall(ctx, lease, call, changes)
	return time.Since(began), err
}
