package postgres_test

import (
	"encoding/json"
	"strings"
	"testing"
	"time"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgxpool"
	"github.com/stretchr/testify/require"

	"github.com/lienthong/lienthong/gateway"
	"github.com/lienthong/lienthong/gateway/postgres"
	"github.com/lienthong/lienthong/internal/pgtest"
)

// A backlog comes within minutes, before any statistics tell of it. A call must
// find the few deliveries that it carries one by one all the same.
func TestPlansOfLanesBeforeStatistics(t *testing.T) {
	b := setup(t)
	tx, err := b.pool.Begin(t.Context())
	require.NoError(t, err)
	defer func() { _ = tx.Rollback(t.Context()) }()
	for _, sql := range []string{`SET LOCAL plan_cache_mode = force_custom_plan`, `
		CREATE TABLE other (LIKE delivery INCLUDING ALL) WITH (autovacuum_enabled = off)`, `
		INSERT INTO other (destination, entity_id, key, slot, state, wanted_rev, due_at, created_at, updated_at)
		SELECT 'dvcqg', gen_random_uuid(), 'D-' || n, n % 1024, 'queued', 1, now(), now(), now() FROM generate_series(1, 20000) AS n`,
	} {
		_, err = tx.Exec(t.Context(), sql)
		require.NoError(t, err)
	}
	some := []uuid.UUID{uuid.New(), uuid.New()}
	for name, one := range map[string]struct {
		sql  string
		args []any
	}{
		"begin": {postgres.BeginSQL, []any{
			"dvcqg", 1, uuid.New(), 10.0, uuid.New(), "create", some, some, []int64{1, 1}, []string{"{}", "{}"}, "default", int64(1), int64(1), make([]byte, 32),
		}},
		"record": {postgres.RecordSQL, []any{
			"dvcqg", 1, uuid.New(), `[{"entity_id":"` + some[0].String() + `"}]`, uuid.New(), time.Now(), time.Now(), "a", some,
		}},
	} {
		sql := strings.NewReplacer("FROM delivery d", "FROM other d", "UPDATE delivery d", "UPDATE other d").Replace(one.sql)
		require.Contains(t, sql, "FROM other d", name)
		rows, err := tx.Query(t.Context(), `EXPLAIN (FORMAT JSON) `+sql, one.args...)
		require.NoError(t, err, name)
		plan, err := pgx.CollectExactlyOneRow(rows, pgx.RowTo[[]byte])
		require.NoError(t, err, name)
		var tree any
		require.NoError(t, json.Unmarshal(plan, &tree))
		seen := 0
		for _, scan := range walkPlan(tree, nil) {
			if strings.Contains(scan, "other_pkey") {
				seen++
				require.Contains(t, scan, "entity_id", name)
			}
		}
		require.Equal(t, 2, seen, "%s: locked and written\n%s", name, plan)
	}
}

// A connection that met an empty table must not keep the plan for it.
func TestLanesKeepNoPlans(t *testing.T) {
	config, err := pgxpool.ParseConfig(pgtest.URL(t))
	require.NoError(t, err)
	config.MaxConns = 1
	config.ConnConfig.RuntimeParams["plan_cache_mode"] = "force_generic_plan" // every other plan is kept from the first use on
	b := setup(t)
	b.push(t, dossier(t, 1, nil))
	pool, err := pgxpool.NewWithConfig(t.Context(), config)
	require.NoError(t, err)
	defer pool.Close()
	store := postgres.New(pool)

	lease := gateway.LaneLease{Destination: "dvcqg", Lane: 0, Lanes: 1, Holder: uuid.New(), Node: "a"}
	taken, _, err := store.TakeLane(t.Context(), lease, time.Minute, 0)
	require.NoError(t, err)
	require.True(t, taken)
	claimed, err := store.ClaimDue(t.Context(), lease, 10, 0)
	require.NoError(t, err)
	require.Len(t, claimed, 1)
	attempt := uuid.New()
	marked, err := store.BeginCall(t.Context(), lease, time.Minute, gateway.BeginCall{Attempt: attempt, Operation: gateway.OpCreate, Deliveries: claimed})
	require.NoError(t, err)
	require.Len(t, marked, 1)
	d := claimed[0]
	d.Attempt, d.State = attempt, gateway.StateDelivered
	recorded, err := store.RecordCall(t.Context(), lease, gateway.CallRecord{Attempt: attempt, Started: time.Now(), Ended: time.Now()},
		[]gateway.DeliveryUpdate{{Delivery: d, Outcome: &gateway.Outcome{Kind: gateway.Delivered}, Called: gateway.OpCreate}})
	require.NoError(t, err)
	require.Len(t, recorded, 1)

	for _, sql := range []string{postgres.ClaimSQL, postgres.BeginSQL, postgres.RecordSQL} {
		var kept, anew int
		require.NoError(t, pool.QueryRow(t.Context(), `SELECT generic_plans, custom_plans FROM pg_prepared_statements WHERE statement = $1`, sql).Scan(&kept, &anew))
		require.Zero(t, kept, sql)
		require.Positive(t, anew, sql)
	}
}

// What can still be in time goes first, nearest deadline first; then what may just
// be, farthest first; then what has missed its own; then the rest. A claim of five hundred takes them the other way round.
func TestClaimOrder(t *testing.T) {
	b := setup(t)
	var ids []string
	for i, rank := range []string{
		`extract(epoch FROM now()) + 3600`, `extract(epoch FROM now()) + 7200`, `extract(epoch FROM now()) + 1200`,
		`extract(epoch FROM now()) + 900`, `extract(epoch FROM now()) - 7200`, `3e10`, `4e10`,
	} {
		b.push(t, dossier(t, i, nil))
		_, err := b.pool.Exec(t.Context(), `
			UPDATE delivery_due q SET rank = `+rank+` FROM delivery d
			WHERE d.entity_id = q.entity_id AND d.key = $1`, number(i))
		require.NoError(t, err)
		ids = append(ids, number(i))
	}
	lease := gateway.LaneLease{Destination: "dvcqg", Lane: 0, Lanes: 1, Holder: uuid.New(), Node: "a"}
	seen := map[string]int{}
	for range 60 {
		claimed, err := b.store.ClaimDue(t.Context(), lease, 6, 30*time.Minute)
		require.NoError(t, err)
		var keys []string
		for _, d := range claimed {
			keys = append(keys, d.Wanted.Key)
		}
		seen[strings.Join(keys, " ")]++
	}
	usual := seen[strings.Join(ids[:6], " ")]
	other := seen[strings.Join(append(ids[:1:1], ids[2:]...), " ")]
	require.Equal(t, 60, usual+other, seen)
	require.Greater(t, usual, 45)
}
