package bench_test

import (
	"context"
	"flag"
	"maps"
	"slices"
	"testing"
	"time"

	"github.com/jackc/pgx/v5/pgxpool"
	"github.com/stretchr/testify/require"

	"github.com/lienthong/lienthong/gateway"
	"github.com/lienthong/lienthong/gateway/postgres"
	"github.com/lienthong/lienthong/schema"
)

var (
	opsDeliveries = flag.Int("ops.deliveries", 20_000, "dossiers of BenchmarkOpsLists; the figures are promised for 1000000")
	opsFailures   = flag.Int("ops.failures", 0, "of them, those that fail; 0: one in ten")
	opsLimit      = flag.Duration("ops.limit", 0, "fail where p95 of a list is over this; 0: only report")
)

// BenchmarkOpsLists fills the store by SQL and reports p50 and p95 of each list of
// operators in milliseconds, by the store's own methods, which commands and /v1/ops call. Each has to answer
// in 200. "dirty" is after every open delivery and every look was written anew and before any vacuum, as on the
// morning after an outage.
func BenchmarkOpsLists(b *testing.B) {
	if *opsFailures == 0 {
		*opsFailures = *opsDeliveries / 10
	}
	p := durable(b)
	began := time.Now()
	fillLists(b, p)
	b.Logf("filled in %s", time.Since(began).Round(time.Second))
	store := postgres.New(p)
	plan := planAll(b, store)
	began = time.Now()
	for more := true; more; {
		var err error
		more, err = store.FollowScore(b.Context(), true)
		require.NoError(b, err)
	}
	b.Logf("the score of all was counted in %s", time.Since(began).Round(time.Second))
	run(b, p, `VACUUM ANALYZE`)
	lists := listsOf(b.Context(), store, plan)
	for b.Loop() {
		reportLists(b, lists, "")
		run(b, p, `ALTER TABLE delivery SET (autovacuum_enabled = off)`)
		for _, sql := range []string{
			`UPDATE delivery SET updated_at = now() WHERE shelf <> '' OR state IN ('queued', 'shadow')`,
			`UPDATE look SET looked_at = now() WHERE class <> ''`,
			`UPDATE replay_item SET why = why`,
		} {
			run(b, p, sql)
		}
		reportLists(b, lists, "_dirty")
	}
	b.ReportMetric(0, "ns/op")
}

func reportLists(b *testing.B, lists map[string]func() error, when string) {
	b.Helper()
	for _, name := range slices.Sorted(maps.Keys(lists)) {
		took := make([]time.Duration, 60)
		for i := range took {
			began := time.Now()
			require.NoError(b, lists[name](), name)
			took[i] = time.Since(began)
		}
		slices.Sort(took)
		p50, p95 := took[len(took)/2], took[len(took)*95/100]
		b.ReportMetric(float64(p95.Microseconds())/1000, name+when+"_p95_ms")
		if *opsLimit > 0 && p95 > *opsLimit {
			b.Errorf("%s: p95 is %s", name+when, p95)
		}
		b.Logf("%-32s p50 %7.1f ms  p95 %7.1f ms", name+when, float64(p50.Microseconds())/1000, float64(p95.Microseconds())/1000)
	}
}

// listsOf are all lists of operators.
func listsOf(ctx context.Context, store *postgres.Store, plan gateway.ReplayPlan) map[string]func() error {
	groups := func(by gateway.FailureGrouping, cause string) func() error {
		return func() error {
			_, err := gateway.ReportFailures(ctx, store, store, gateway.FailureQuery{By: by, Cause: cause, Limit: 100}, time.Now())
			return err
		}
	}
	drift := func(q gateway.DriftQuery) func() error {
		return func() error {
			q.Limit = 100
			if _, err := store.Drifts(ctx, q); err != nil {
				return err
			}
			_, err := store.CountDrift(ctx, q, 10_000)
			return err
		}
	}
	lists := map[string]func() error{
		"failures_by_cause":            groups(gateway.ByCause, ""),
		"failures_by_destination":      groups(gateway.ByDestination, ""),
		"failures_by_commune":          groups(gateway.ByUnit, ""),
		"failures_by_commune_of_cause": groups(gateway.ByUnit, "cause-3"),
		"failures_of_a_cause": func() error {
			_, err := store.Failures(ctx, gateway.FailureQuery{Destination: "dvcqg", Shelf: gateway.ShelfSource, Cause: "cause-3", Limit: 100})
			return err
		},
		"morning": func() error {
			now := time.Now()
			history, err := store.Transitions(ctx, now.Add(-14*time.Hour))
			if err != nil {
				return err
			}
			night, err := store.Night(ctx, now)
			_ = gateway.MorningOf(now.Add(-14*time.Hour), now, history, night, nil)
			return err
		},
		"journey":       func() error { _, err := store.DossierJourney(ctx, "H05.11-251103-1"); return err },
		"score":         func() error { _, err := store.ScoreCounts(ctx, "2026-11", ""); return err },
		"score_one":     func() error { _, err := store.ScoreCounts(ctx, "2026-11", "H05.11"); return err },
		"backlog":       func() error { _, err := store.Backlog(ctx); return err },
		"repairs":       func() error { _, err := store.RepairVitals(ctx); return err },
		"ownership":     func() error { _, err := store.Writing(ctx, gateway.Mark{}); return err },
		"shadows":       func() error { _, err := store.Shadows(ctx); return err },
		"adoptions":     func() error { _, err := store.Adoptions(ctx, 50); return err },
		"breakers":      func() error { _, err := store.Breakers(ctx); return err },
		"actions":       func() error { _, err := store.OperatorActions(ctx, 100); return err },
		"drift":         drift(gateway.DriftQuery{}),
		"drift_class":   drift(gateway.DriftQuery{Class: gateway.DriftForeign}),
		"drift_commune": drift(gateway.DriftQuery{Commune: "H05.11"}),
		"drift_sink":    drift(gateway.DriftQuery{Destination: "sink"}),
		"replay_plans":  func() error { _, err := store.ReplayPlans(ctx, gateway.ReplayCursor{}, 100); return err },
		"replay_items":  func() error { _, err := store.ReplayItems(ctx, plan.ID, plan.Total/2, 100); return err },
		"replay_plan":   func() error { _, err := store.ReplayPlan(ctx, plan.ID); return err },
		"contacts":      func() error { _, err := store.Contacts(ctx, time.Now(), gateway.ContactCursor{}, 100); return err },
	}
	for _, dimension := range gateway.Dimensions() {
		lists["agreement_"+dimension] = func() error { _, err := store.Agreement(ctx, dimension); return err }
	}
	return lists
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

// fillLists makes dossiers of 130 communes, of which some fail for thirty causes on all shelves, twice as many wait, and
// one in fifty is another's to write; one in ten looks found something.
func fillLists(b *testing.B, p *pgxpool.Pool) {
	b.Helper()
	_, err := p.Exec(context.Background(), `
		INSERT INTO delivery (destination, entity_id, key, slot, state, wanted_rev, due_at, legal, shelf, cause, failed_at, look, created_at, updated_at)
		SELECT 'dvcqg', gen_random_uuid(), format('H05.%s-251103-%s', 10 + n % 130, n), n % 1024,
		       CASE n % $2 WHEN 0 THEN 'failed_data' WHEN 1 THEN 'queued' WHEN 2 THEN 'queued' ELSE CASE WHEN n % 50 = 7 THEN 'shadow' ELSE 'confirmed' END END,
		       1, now() + make_interval(mins => n % 43200 - 10080), n % 3 > 0,
		       CASE WHEN n % $2 = 0 THEN (ARRAY['source', 'gateway', 'destination'])[1 + n / $2 % 3] ELSE '' END,
		       CASE WHEN n % $2 = 0 THEN 'cause-' || n / $2 % 30 WHEN n % 50 = 7 THEN 'shadow.same' WHEN n % 50 = 9 THEN 'adopted.same' ELSE '' END,
		       now() - make_interval(secs => n % 50000), CASE WHEN n % 20 = 11 THEN 'adopt' END, now(), now()
		FROM generate_series(1, $1::int) AS n`, *opsDeliveries, *opsDeliveries / *opsFailures)
	require.NoError(b, err)
	_, err = p.Exec(context.Background(), `
		INSERT INTO entity (id, kind, revision, hash, body, created_at, updated_at)
		SELECT entity_id, 'dossier', 1, decode(repeat('00', 32), 'hex'), replace(replace($1, 'H05.10', split_part(key, '-', 1)), '-0001', '-' || split_part(key, '-', 3))::json, now(), now()
		FROM delivery`, listedBody(b))
	require.NoError(b, err)
	for _, sql := range []string{`
		INSERT INTO identifier_binding (kind, scheme, value, entity_id, created_at)
		SELECT 'dossier', 'dossier', key, entity_id, now() FROM delivery`, `
		INSERT INTO record (id, source, kind, local_id, entity_id, revision, hash, source_version, adapter_version, submission_id, first_at, updated_at, body, raw)
		SELECT entity_id, 'motcua', 'dossier', key, entity_id, 1, decode(repeat('00', 32), 'hex'), 0, 1, entity_id, now() - interval '1 h', now(), '{}', '' FROM delivery`, `
		INSERT INTO record_revision (record_id, revision, hash, arrived_at, submission_id)
		SELECT entity_id, 1, decode(repeat('00', 32), 'hex'), now() - interval '1 h', entity_id FROM delivery`, `
		INSERT INTO delivery_due (destination, entity_id, slot, rank) SELECT destination, entity_id, slot, 0 FROM delivery WHERE state = 'queued'`, `
		INSERT INTO attempt (id, started_at, ended_at, destination, entity_id, key, operation, entity_rev, outcome, shelf, cause, http_status, node)
		SELECT gen_random_uuid(), at, at, destination, entity_id, key, 'create', 1, 'delivered', '', '', 200, 'n1'
		FROM (SELECT destination, entity_id, key, now() - row_number() OVER () * interval '20 ms' AS at FROM delivery) AS called ORDER BY at`, `
		INSERT INTO look (destination, entity_id, key, commune, agency, procedure, looked_at, class, found_at, shown, revision)
		SELECT CASE WHEN slot % 100 = 0 THEN 'sink' ELSE destination END, entity_id, key, split_part(key, '-', 1), 'H05.' || slot % 20, '1.' || slot % 300,
		       now() - slot * interval '1 min', CASE WHEN slot % 10 = 0 THEN (ARRAY['not_sent', 'sent_not_shown', 'foreign'])[1 + slot / 10 % 3] ELSE '' END,
		       CASE WHEN slot % 10 = 0 THEN now() - slot * interval '1 min' END, sha256(key::bytea), 1 FROM delivery`, `
		INSERT INTO agreement (dimension, destination, code, looked, differing)
		SELECT d.name, destination, CASE d.name WHEN 'commune' THEN commune WHEN 'agency' THEN agency ELSE procedure END, count(*), count(*) FILTER (WHERE class <> '')
		FROM look, (VALUES ('commune'), ('agency'), ('procedure')) AS d (name) GROUP BY 1, 2, 3`, `
		INSERT INTO operator_action (id, at, actor, action, destination, operation, reason)
		SELECT gen_random_uuid(), now() - n * interval '10 min', 'an', 'pause', 'dvcqg', 'all', 'x' FROM generate_series(1, 20000) AS n`, `
		INSERT INTO breaker (destination, operation, state, updated_at) VALUES ('dvcqg', 'create', 'closed', now())`, `
		INSERT INTO breaker_transition (id, at, destination, operation, node, from_state, to_state, reason)
		SELECT gen_random_uuid(), now() - n * interval '1 h', 'dvcqg', 'create', 'n', 'closed', CASE WHEN n % 2 = 0 THEN 'open' ELSE 'closed' END, 'x' FROM generate_series(1, 5000) AS n`, `
		INSERT INTO adoption (id, destination, agency, procedure, began_at) VALUES (gen_random_uuid(), 'dvcqg', '', '', now())`, `
		INSERT INTO contact (id, scope, code, name, phone, valid_from)
		SELECT gen_random_uuid(), 'commune', 'H05.' || n, 'A', '0900000000', '2025-07-01' FROM generate_series(10, 139) AS n`,
		`VACUUM ANALYZE`,
	} {
		run(b, p, sql)
	}
}

// listedBody is the golden body of a dossier with its steps.
func listedBody(b *testing.B) string {
	b.Helper()
	at, err := schema.ParseTime("20261103083000", schema.TimeCompact, nil)
	require.NoError(b, err)
	d := &schema.Dossier{
		Number: "H05.10-251103-0001", Procedure: schema.ProcedureRef{Code: "1.001193", Name: "Thủ tục đăng ký khai sinh"}, Status: schema.Received,
		Applicant: schema.Applicant{Kind: schema.Citizen, Name: "Nguyễn Thị Hạnh"}, ReceivedAt: at, DueAt: at, ReceivingAgency: "H05.10", VNeID: true,
	}
	sealed, err := schema.SealBody(d)
	require.NoError(b, err)
	return string(sealed.JSON)
}
