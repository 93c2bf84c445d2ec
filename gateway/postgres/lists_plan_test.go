package postgres_test

import (
	"strings"
	"testing"
	"time"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"
	"github.com/stretchr/testify/require"

	"github.com/lienthong/lienthong/gateway"
	"github.com/lienthong/lienthong/gateway/postgres"
)

// listed fills a transaction with 40,000 dossiers of which one in forty is open, due over sixty days.
func listed(t *testing.T, b bundle) pgx.Tx {
	t.Helper()
	tx, err := b.pool.Begin(t.Context())
	require.NoError(t, err)
	t.Cleanup(func() { _ = tx.Rollback(t.Context()) })
	for _, sql := range []string{`
		INSERT INTO delivery (destination, entity_id, key, slot, state, wanted_rev, due_at, legal, shelf, cause, look, created_at, updated_at)
		SELECT 'dvcqg', gen_random_uuid(), 'H05.' || n % 130 || '-251103-' || n, n % 1024,
		       CASE WHEN n % 80 = 0 THEN 'failed_data' WHEN n % 80 = 1 THEN 'queued' WHEN n % 80 = 2 THEN 'shadow' ELSE 'confirmed' END, 1,
		       now() + n % 1440 * interval '1 h', CASE WHEN n % 7 > 0 THEN true END,
		       CASE WHEN n % 80 = 0 THEN 'source' ELSE '' END, CASE WHEN n % 80 = 0 THEN 'cause-' || n % 7 ELSE '' END,
		       CASE WHEN n % 80 = 3 THEN 'adopt' END, now(), now()
		FROM generate_series(1, 40000) AS n`, `
		INSERT INTO entity (id, kind, revision, hash, body, created_at, updated_at)
		SELECT entity_id, 'dossier', 1, decode(repeat('00', 32), 'hex'), '{"due_at":"x"}', now(), now() FROM delivery`, `
		INSERT INTO record (id, source, kind, local_id, entity_id, revision, hash, source_version, adapter_version, submission_id, first_at, updated_at, body, raw)
		SELECT entity_id, 'motcua', 'dossier', key, entity_id, 1, decode(repeat('00', 32), 'hex'), 0, 1, entity_id, now(), now(), '{}', '' FROM delivery`, `
		INSERT INTO record_revision (record_id, revision, hash, arrived_at, submission_id)
		SELECT entity_id, 1, decode(repeat('00', 32), 'hex'), now(), entity_id FROM delivery`, `
		INSERT INTO attempt (id, started_at, ended_at, destination, entity_id, key, operation, entity_rev, outcome, shelf, cause, http_status, node)
		SELECT gen_random_uuid(), now(), now(), destination, entity_id, key, 'create', 1, 'delivered', '', '', 200, 'n1' FROM delivery`, `
		INSERT INTO change (position, recorded_at, entity_id, entity_kind, entity_revision, type)
		SELECT row_number() OVER (), now(), entity_id, 'dossier', 1, 'x' FROM delivery`, `
		INSERT INTO operator_action (id, at, actor, action, destination, operation, reason)
		SELECT gen_random_uuid(), now() - n * interval '1 min', 'an', 'pause', 'dvcqg', 'all', 'x' FROM generate_series(1, 20000) AS n`, `
		INSERT INTO score_count (month, commune, indicator, good, counted)
		SELECT '20' || 10 + m || '-11', 'H05.' || c, 'online', 1, 2 FROM generate_series(1, 80) AS m, generate_series(1, 130) AS c`, `
		INSERT INTO adoption (id, destination, agency, procedure, began_at) VALUES (gen_random_uuid(), 'dvcqg', '', '', now())`,
		`ANALYZE delivery`, `ANALYZE delivery_count`, `ANALYZE entity`, `ANALYZE record`, `ANALYZE record_revision`, `ANALYZE attempt`,
		`ANALYZE change`, `ANALYZE operator_action`, `ANALYZE score_count`, `ANALYZE adoption`, `SET LOCAL plan_cache_mode = force_custom_plan`,
	} {
		_, err := tx.Exec(t.Context(), sql)
		require.NoError(t, err, sql)
	}
	return tx
}

// Every other list of operators: what is large is read by the index that the comment
// of the query names, and never whole.
func TestPlansOfLists(t *testing.T) {
	b := setup(t)
	tx := listed(t, b)
	var some uuid.UUID
	require.NoError(t, tx.QueryRow(t.Context(), `SELECT entity_id FROM delivery LIMIT 1`).Scan(&some))
	none := []string{}
	month := time.Now().UTC().Format("_200601") // where all of it is
	for name, one := range map[string]struct {
		sql     string
		args    []any
		indexes []string
	}{
		"night":         {postgres.NightSQL, nil, []string{"delivery_failure_idx"}},
		"backlog":       {postgres.BacklogSQL, nil, []string{"delivery_count", "delivery_waiting_idx", "delivery_sending_idx", "delivery_unknown_idx"}},
		"due":           {postgres.DueSQL, []any{gateway.DayBounds(time.Now()), gateway.DueLimit}, []string{"delivery_deadline_idx", "entity_pkey"}},
		"shadows":       {postgres.ShadowsSQL, nil, []string{"delivery_count"}},
		"adoptions":     {postgres.AdoptionsSQL, []any{50}, []string{"delivery_count"}},
		"journey":       {postgres.DossierSQL, []any{some, none, none, none, []bool{}}, []string{"record_entity_idx", "record_revision_pkey", "entity_id_started_at_idx", "delivery_pkey"}},
		"actions":       {postgres.ActionsSQL, []any{100}, []string{"operator_action_at_idx"}},
		"score":         {postgres.ScoreCountsSQL, []any{"2025-11", ""}, []string{"score_count_pkey"}},
		"score, one":    {postgres.ScoreCountsSQL, []any{"2025-11", "H05.7"}, []string{"score_count_pkey"}},
		"score, scan":   {postgres.ScoreScanSQL, []any{some, 500}, []string{"entity_live_idx"}},
		"score, follow": {postgres.ScoreChangesSQL, []any{int64(39_900), 500}, []string{"entity_kind_position_idx"}},
	} {
		rows, err := tx.Query(t.Context(), `EXPLAIN `+one.sql, one.args...)
		require.NoError(t, err, name)
		lines, err := pgx.CollectRows(rows, pgx.RowTo[string])
		require.NoError(t, err, name)
		plan := strings.Join(lines, "\n")
		for _, index := range one.indexes {
			require.Contains(t, plan, index, name)
		}
		for _, large := range []string{"delivery d", "delivery\n", "delivery ", "entity", "record", "operator_action", "score_count", "attempt" + month, "change" + month} {
			require.NotContains(t, plan, "Seq Scan on "+large, name)
		}
	}
}
