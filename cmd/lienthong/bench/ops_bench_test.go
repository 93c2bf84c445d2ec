package bench_test

import (
	"context"
	"flag"
	"slices"
	"testing"
	"time"

	"github.com/jackc/pgx/v5/pgxpool"
	"github.com/stretchr/testify/require"

	"github.com/lienthong/lienthong/gateway"
	"github.com/lienthong/lienthong/gateway/postgres"
)

var (
	opsDeliveries = flag.Int("ops.deliveries", 1_000_000, "deliveries of BenchmarkOpsLists")
	opsFailures   = flag.Int("ops.failures", 100_000, "of them, those that fail")
)

// BenchmarkOpsLists fills the store by SQL and reports p95 of each list of
// operators, in milliseconds. Each has to answer in 200. "dirty" is after every failing row was written
// anew and before any vacuum, as on the morning after an outage.
func BenchmarkOpsLists(b *testing.B) {
	p := durable(b)
	fillDeliveries(b, p)
	store := postgres.New(p)
	ctx := context.Background()
	plan := planAll(b, store)
	run(b, p, `VACUUM ANALYZE delivery`)
	run(b, p, `ANALYZE replay_item`)
	lists := map[string]func() error{
		"failures_by_cause":       func() error { return groups(ctx, store, gateway.ByCause) },
		"failures_by_destination": func() error { return groups(ctx, store, gateway.ByDestination) },
		"failures_by_commune":     func() error { return groups(ctx, store, gateway.ByUnit) },
		"failures_of_a_cause": func() error {
			_, err := store.Failures(ctx, gateway.FailureQuery{Destination: "dvcqg", Shelf: gateway.ShelfSource, Cause: "cause-3", Limit: 100})
			return err
		},
		"replay_plans": func() error { _, err := store.ReplayPlans(ctx, gateway.ReplayCursor{}, 100); return err },
		"replay_items": func() error { _, err := store.ReplayItems(ctx, plan.ID, 50_000, 100); return err },
		"replay_plan":  func() error { _, err := store.ReplayPlan(ctx, plan.ID); return err },
		"contacts":     func() error { _, err := store.Contacts(ctx, time.Now(), gateway.ContactCursor{}, 100); return err },
	}
	for b.Loop() {
		for name, list := range lists {
			ms := p95(b, list)
			b.ReportMetric(ms, name+"_ms")
			b.Logf("%s: p95 %.1f ms", name, ms)
		}
		run(b, p, `UPDATE delivery SET updated_at = now() WHERE shelf <> ''`)
		for _, name := range []string{"failures_by_cause", "failures_by_commune", "failures_of_a_cause"} {
			b.ReportMetric(p95(b, lists[name]), name+"_dirty_ms")
		}
	}
	b.ReportMetric(0, "ns/op")
}

func groups(ctx context.Context, store *postgres.Store, by gateway.FailureGrouping) error {
	_, err := gateway.ReportFailures(ctx, store, store, gateway.FailureQuery{By: by, Limit: 100}, time.Now())
	return err
}

func p95(b *testing.B, list func() error) float64 {
	b.Helper()
	took := make([]time.Duration, 20)
	for i := range took {
		began := time.Now()
		require.NoError(b, list())
		took[i] = time.Since(began)
	}
	slices.Sort(took)
	return float64(took[len(took)*95/100].Microseconds()) / 1000
}

// fillDeliveries makes dossiers of 130 communes, of which some fail for thirty causes on all shelves.
func fillDeliveries(b *testing.B, p *pgxpool.Pool) {
	b.Helper()
	_, err := p.Exec(context.Background(), `
		INSERT INTO delivery (destination, entity_id, key, slot, state, wanted_rev, due_at, shelf, cause, failed_at, created_at, updated_at)
		SELECT 'dvcqg', gen_random_uuid(), format('H05.%s-251103-%s', 10 + n % 130, n), n % 1024,
		       CASE WHEN n % $2 = 0 THEN 'failed_data' ELSE 'confirmed' END, 1, now() + make_interval(mins => n % 10000),
		       CASE WHEN n % $2 = 0 THEN (ARRAY['source', 'gateway', 'destination'])[1 + n / $2 % 3] ELSE '' END,
		       CASE WHEN n % $2 = 0 THEN 'cause-' || n / $2 % 30 ELSE '' END, now() - make_interval(secs => n % 50000), now(), now()
		FROM generate_series(1, $1::int) AS n`, *opsDeliveries, *opsDeliveries / *opsFailures)
	require.NoError(b, err)
	run(b, p, `
		INSERT INTO entity (id, kind, revision, hash, body, created_at, updated_at)
		SELECT entity_id, 'dossier', 1, decode(repeat('00', 32), 'hex'), '{}', now(), now() FROM delivery`)
	run(b, p, `
		INSERT INTO contact (id, scope, code, name, phone, valid_from)
		SELECT gen_random_uuid(), 'commune', 'H05.' || n, 'A', '0900000000', '2025-07-01' FROM generate_series(10, 139) AS n`)
	run(b, p, `VACUUM ANALYZE`)
}

func planAll(b *testing.B, store *postgres.Store) gateway.ReplayPlan {
	b.Helper()
	began := time.Now()
	plan, err := store.PlanReplay(context.Background(), gateway.ReplayRequest{
		Selection: gateway.ReplaySelection{Destination: "dvcqg"}, Actor: "bench", Reason: "bench",
	})
	require.NoError(b, err)
	require.Equal(b, *opsFailures, plan.Total)
	b.Logf("a plan of %d deliveries was made in %s", plan.Total, time.Since(began).Round(time.Millisecond))
	return plan
}
