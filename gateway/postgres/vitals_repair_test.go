package postgres_test

import (
	"encoding/json"
	"strings"
	"testing"

	"github.com/jackc/pgx/v5"
	"github.com/stretchr/testify/require"

	"github.com/lienthong/lienthong/gateway"
	"github.com/lienthong/lienthong/gateway/postgres"
)

func TestRepairVitals(t *testing.T) {
	b := setup(t)
	empty, err := b.store.RepairVitals(t.Context())
	require.NoError(t, err)
	require.Empty(t, empty.Agreement)
	require.Zero(t, empty.Drift[gateway.DriftForeign]+empty.Replays[gateway.ReplayRunning])

	tx, err := b.pool.Begin(t.Context())
	require.NoError(t, err)
	defer func() { _ = tx.Rollback(t.Context()) }()
	fill := []string{`
		INSERT INTO delivery (destination, entity_id, key, slot, state, wanted_rev, due_at, look, created_at, updated_at)
		SELECT CASE WHEN n % 2 = 0 THEN 'dvcqg' ELSE 'kho' END, gen_random_uuid(), 'H05.10-' || n, n % 1024, 'confirmed', 1, now(),
		       CASE WHEN n <= 12000 AND n % 2 = 0 THEN 'adopt' WHEN n <= 15 THEN 'compare' END, now(), now()
		FROM generate_series(1, 24000) AS n`, `
		INSERT INTO look (destination, entity_id, key, commune, agency, procedure, looked_at, class, found_at, shown, revision, accepted)
		SELECT destination, entity_id, key, '', '', '', now(), CASE WHEN slot < 10 THEN 'foreign' ELSE '' END, CASE WHEN slot < 10 THEN now() END, sha256('x'), 1, slot = 0
		FROM delivery`, `
		INSERT INTO agreement (destination, dimension, code, looked, differing)
		SELECT 'dvcqg', d, 'c' || n, 100, CASE n WHEN 1 THEN 5 ELSE 0 END FROM generate_series(1, 10) AS n, unnest(ARRAY['commune', 'agency']) AS d`, `
		INSERT INTO replay_plan (id, created_at, expires_at, actor, reason, origin, selection, state, rate, total, eligible, credited_at, ended_at, action_id, started_at)
		SELECT gen_random_uuid(), now(), now(), 'a', 'b', 'canonical', '{}', CASE n WHEN 1 THEN 'running' WHEN 2 THEN 'paused' ELSE 'done' END, 5, 0, 0, now(),
		       CASE WHEN n > 2 THEN now() END, gen_random_uuid(), now()
		FROM generate_series(1, 2000) AS n`,
		`ANALYZE delivery`, `ANALYZE look`, `ANALYZE replay_plan`, `ANALYZE agreement`}
	for _, sql := range fill {
		_, err := tx.Exec(t.Context(), sql)
		require.NoError(t, err, sql)
	}
	_, err = tx.Exec(t.Context(), postgres.ByIndex)
	require.NoError(t, err)
	looks := []string{"restore", "adopt", "compare"}
	for name, q := range map[string]struct {
		sql   string
		args  []any
		index string
	}{
		"drift":  {postgres.DriftingSQL, []any{[]string{"foreign", "not_sent"}, 10_000}, "look_class_idx"},
		"looks":  {postgres.LookingSQL, []any{looks, 10_000}, "delivery_marked_idx"},
		"replay": {postgres.ReplayingSQL, nil, "replay_plan_live_idx"},
	} {
		t.Run(name+" are counted by an index", func(t *testing.T) {
			rows, err := tx.Query(t.Context(), `EXPLAIN (FORMAT JSON) `+q.sql, q.args...)
			require.NoError(t, err)
			plan, err := pgx.CollectExactlyOneRow(rows, pgx.RowTo[[]byte])
			require.NoError(t, err)
			var tree any
			require.NoError(t, json.Unmarshal(plan, &tree))
			all := strings.Join(walkPlan(tree, nil), "\n")
			require.NotContains(t, all, "Seq Scan")
			require.Contains(t, all, q.index)
		})
	}
	require.NoError(t, tx.Commit(t.Context()))

	v, err := b.store.RepairVitals(t.Context())
	require.NoError(t, err)
	require.Equal(t, []gateway.AgreementLine{{Destination: "dvcqg", Looked: 1000, Differing: 5, Rate: 0.995}}, v.Agreement)
	require.Equal(t, b.count(t, `SELECT count(*) FROM look WHERE class = 'foreign' AND NOT accepted`), v.Drift[gateway.DriftForeign])
	require.Positive(t, v.Drift[gateway.DriftForeign])
	require.Equal(t, map[gateway.ReplayState]int{gateway.ReplayRunning: 1, gateway.ReplayPaused: 1}, v.Replays)
	require.Equal(t, 6000, v.Looks[gateway.LookKey{Destination: "dvcqg", Look: gateway.LookAdopt}])
	require.Equal(t, 8, v.Looks[gateway.LookKey{Destination: "kho", Look: gateway.LookCompare}])
	require.Zero(t, v.Looks[gateway.LookKey{Destination: "kho", Look: gateway.LookRestore}])
}
