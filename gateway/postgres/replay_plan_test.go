package postgres_test

import (
	"encoding/json"
	"strings"
	"testing"
	"time"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"
	"github.com/stretchr/testify/require"

	"github.com/lienthong/lienthong/gateway"
	"github.com/lienthong/lienthong/gateway/postgres"
)

// Every list of operators, and every step of a replay, finds its rows by the
// index that its comment names, and reads no large table whole.
func TestPlansOfOperations(t *testing.T) {
	b := setup(t)
	tx, err := b.pool.Begin(t.Context())
	require.NoError(t, err)
	defer func() { _ = tx.Rollback(t.Context()) }()
	for _, sql := range []string{`
		INSERT INTO delivery (destination, entity_id, key, slot, state, wanted_rev, due_at, shelf, cause, created_at, updated_at)
		SELECT 'dvcqg', gen_random_uuid(), 'H05.10-' || n, n % 1024, CASE WHEN n % 40 = 0 THEN 'failed_data' ELSE 'confirmed' END, 1, now(),
		       CASE WHEN n % 40 = 0 THEN 'source' ELSE '' END, CASE WHEN n % 40 = 0 THEN 'cause-' || n % 7 ELSE '' END, now(), now()
		FROM generate_series(1, 20000) AS n`, `
		INSERT INTO entity (id, kind, revision, hash, body, created_at, updated_at)
		SELECT entity_id, 'dossier', 1, decode(repeat('00', 32), 'hex'), '{}', now(), now() FROM delivery`, `
		INSERT INTO record (id, source, kind, local_id, entity_id, revision, hash, source_version, adapter_version, submission_id, first_at, updated_at, body, raw)
		SELECT entity_id, 'motcua', 'dossier', key, entity_id, 1, decode(repeat('00', 32), 'hex'), 0, 1, entity_id, now(), now(), '{}', '' FROM delivery`, `
		INSERT INTO replay_plan (id, created_at, expires_at, actor, reason, origin, selection, state, rate, total, eligible, credited_at)
		SELECT gen_random_uuid(), now() - make_interval(mins => n), now(), 'a', 'b', 'canonical', '{}', 'planned', 5, 0, 0, now()
		FROM generate_series(1, 2000) AS n`, `
		INSERT INTO replay_item (plan_id, ordinal, destination, entity_id, key, shelf, cause, failed_at, wanted_rev, outcome)
		SELECT (SELECT id FROM replay_plan LIMIT 1), row_number() OVER (), destination, entity_id, key, shelf, cause, failed_at, 1,
		       CASE WHEN slot % 500 = 0 THEN 'released' WHEN slot % 500 = 1 THEN 'waiting' ELSE 'delivered' END
		FROM delivery`, `
		INSERT INTO contact (id, scope, code, name, phone, valid_from)
		SELECT gen_random_uuid(), 'commune', 'H05.' || n, 'A', '1', '2025-07-01' FROM generate_series(1, 5000) AS n`,
		`ANALYZE delivery`, `ANALYZE delivery_count`, `ANALYZE entity`, `ANALYZE record`, `ANALYZE replay_plan`, `ANALYZE replay_item`, `ANALYZE contact`, `SET LOCAL plan_cache_mode = force_custom_plan`,
	} {
		_, err := tx.Exec(t.Context(), sql)
		require.NoError(t, err, sql)
	}
	var some uuid.UUID
	require.NoError(t, tx.QueryRow(t.Context(), `SELECT plan_id FROM replay_item LIMIT 1`).Scan(&some))
	now := time.Now()
	ids := []uuid.UUID{some}
	for name, q := range map[string]struct {
		sql     string
		args    []any
		indexes []string
	}{
		"groups":   {postgres.FailureGroupsSQL(gateway.ByCause), []any{"", "", "", 100, 5}, []string{"delivery_failure_idx (", "record_entity_idx ("}},
		"portals":  {postgres.FailureGroupsSQL(gateway.ByDestination), []any{"", "", "", 100}, []string{"delivery_failure_idx ("}},
		"communes": {postgres.FailureGroupsSQL(gateway.ByUnit), []any{"dvcqg", "source", "", 100}, []string{"delivery_unit_idx ("}},
		"failures": {postgres.FailuresSQL, []any{"dvcqg", "source", "cause-3", now, some, 100}, []string{"delivery_failure_idx (", "entity_id"}},
		"plans":    {postgres.ReplayPlansSQL, []any{now, some, 100}, []string{"replay_plan_created_idx ("}},
		"items":    {postgres.ReplayItemsSQL, []any{some, 100, 100}, []string{"replay_item_pkey ("}},
		"contacts": {postgres.ContactsSQL, []any{"commune", "H05.30", "A", now, now, 100}, []string{"contact_key ("}},
		"holders":  {postgres.HoldersSQL, []any{some}, []string{"replay_item_held_idx (", "replay_item_holds_key"}},
		"next":     {postgres.NextReplaySQL, []any{some, 100, 30, 50}, []string{"replay_item_waiting_idx (", "replay_item_released_idx ("}},
		"take":     {postgres.TakeReplaySQL, []any{some, 20.0, 500}, []string{"replay_plan_live_idx", "replay_item_released_idx"}},
		"settle":   {postgres.SettleReplaySQL, []any{some}, []string{"replay_item_released_idx (", "delivery_pkey ("}},
		"release": {postgres.ReleaseReplaySQL, []any{some, []string{"dvcqg"}, ids, []string{""}, []string{""}, some, true},
			[]string{"replay_item_delivery_key (", "delivery_pkey (", "entity_pkey ("}},
		"plan": {postgres.PlanReplaySQL, []any{some, "dvcqg", "", "cause-3", "", nil, nil, 1000}, []string{"delivery_failure_idx"}},
	} {
		t.Run(name, func(t *testing.T) {
			rows, err := tx.Query(t.Context(), `EXPLAIN (FORMAT JSON) `+q.sql, q.args...)
			require.NoError(t, err)
			plan, err := pgx.CollectExactlyOneRow(rows, pgx.RowTo[[]byte])
			require.NoError(t, err)
			var tree any
			require.NoError(t, json.Unmarshal(plan, &tree))
			all := strings.Join(walkPlan(tree, nil), "\n")
			if name != "plan" { // it may join all that fails with whole tables
				require.NotContains(t, all, "Seq Scan")
			}
			for _, index := range q.indexes {
				require.Contains(t, all, index)
			}
		})
	}
}
