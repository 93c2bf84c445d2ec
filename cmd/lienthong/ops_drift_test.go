package main

import (
	"encoding/json"
	"testing"

	"github.com/google/uuid"
	"github.com/stretchr/testify/require"

	"github.com/lienthong/lienthong/internal/fault"
	"github.com/lienthong/lienthong/internal/pgtest"
	"github.com/lienthong/lienthong/schema"
)

// TestOpsDriftAndScore works on one dossier that the portal does not show.
func TestOpsDriftAndScore(t *testing.T) {
	t.Parallel()
	pool := pgtest.New(t)
	ops := func(want int, args ...string) string {
		t.Helper()
		code, out, errs := call(t, append(append([]string{"ops"}, args...), "--database-url", pgtest.URL(t))...)
		require.Equal(t, want, code, errs)
		return out
	}
	at, err := schema.ParseTime("20251103083000", schema.TimeCompact, nil)
	require.NoError(t, err)
	sealed, err := schema.SealBody(&schema.Dossier{
		Number: "H05.31-251103-0001", Procedure: schema.ProcedureRef{Code: "1.001193"}, Status: schema.Received, ReceivedAt: at,
		ProcessingUnit: "UBND phường Kinh Bắc", VNeID: true,
	})
	require.NoError(t, err)
	id := uuid.New()
	for _, sql := range []string{
		`INSERT INTO entity (id, kind, revision, hash, body, created_at, updated_at) VALUES ($1, 'dossier', 1, $2, $3::text::json, now(), now())`,
		`INSERT INTO delivery (destination, entity_id, key, slot, state, wanted_rev, due_at, created_at, updated_at)
		 SELECT 'dvcqg', $1, 'H05.31-251103-0001', 0, 'delivered', 1, now(), now(), now() WHERE $2::bytea IS NOT NULL AND $3::text <> ''`,
		`INSERT INTO look (destination, entity_id, key, commune, agency, procedure, looked_at, class, found_at, detail, shown, revision)
		 SELECT 'dvcqg', $1, 'H05.31-251103-0001', 'UBND phường Kinh Bắc', '', '1.001193', now(), 'sent_not_shown', now(), '{"absent":true}', $2, 1 WHERE $3::text <> ''`,
		`INSERT INTO identifier_binding (kind, scheme, value, entity_id, created_at)
		 SELECT 'dossier', 'dossier', 'H05.31-251103-0001', $1, now() WHERE $2::bytea IS NOT NULL AND $3::text <> ''`,
	} {
		_, err := pool.Exec(t.Context(), sql, id, sealed.Hash[:], string(sealed.JSON))
		require.NoError(t, err, sql)
	}

	require.Regexp(t, `dvcqg +sent_not_shown +H05\.31-251103-0001 +UBND phường Kinh Bắc +không thấy trên cổng`, ops(0, "drift"))
	require.Contains(t, ops(0, "drift", "--class", "foreign"), "Nothing was found")
	ops(exitCodes[fault.Usage], "drift", "--class", "weather")
	ops(exitCodes[fault.Usage], "drift", "repair", "portal_newer", "--yes", "--reason", "thử", "--actor", "an")

	out := ops(0, "drift", "repair", "sent_not_shown", "--reason", "đối soát", "--actor", "an")
	require.Contains(t, out, "sent_not_shown: 1 hồ sơ")
	require.Contains(t, out, "--yes")
	var due int
	require.NoError(t, pool.QueryRow(t.Context(), `SELECT count(*) FROM delivery_due`).Scan(&due))
	require.Zero(t, due, "it was only shown")
	require.Contains(t, ops(0, "drift", "repair", "sent_not_shown", "--reason", "đối soát", "--actor", "an", "--yes"), "đã xử lý 1")
	require.NoError(t, pool.QueryRow(t.Context(), `SELECT count(*) FROM delivery_due`).Scan(&due))
	require.Equal(t, 1, due)
	require.Contains(t, ops(0, "drift", "repair", "sent_not_shown", "--reason", "đối soát", "--actor", "an", "--yes"), "đang được gửi")
	require.Contains(t, ops(0, "actions"), "drift_repair")
	require.Contains(t, ops(0, "agreement"), "Nothing was looked at")

	var page scorePage
	require.NoError(t, json.Unmarshal([]byte(ops(0, "score", "--month", "2025-11", "--json")), &page))
	require.Len(t, page.Lines, 8)
	for _, l := range page.Lines {
		require.Equal(t, "UBND phường Kinh Bắc", l.Commune)
		switch l.Indicator {
		case "sync":
			require.NotEmpty(t, l.NotKnown)
			require.Nil(t, l.Percent)
		case "population":
			require.InDelta(t, 100, *l.Percent, 0)
		case "on_time":
			require.Nil(t, l.Percent, "nothing has ended")
		}
	}
	require.NotContains(t, ops(0, "score", "--month", "2025-12"), "Kinh Bắc")
	require.Contains(t, ops(0, "score", "--rules"), "second_supplement")
	ops(exitCodes[fault.Usage], "score", "--month", "hôm nay")

	ops(exitCodes[fault.Conflict], "release", "H05.31-251103-0001", "--reason", "xong", "--actor", "an")
	_, err = pool.Exec(t.Context(), `DELETE FROM delivery_due`)
	require.NoError(t, err)
	_, err = pool.Exec(t.Context(), `UPDATE delivery SET state = 'failed_data', shelf = 'source', cause = 'score.second_supplement'`)
	require.NoError(t, err)
	require.Contains(t, ops(0, "release", "h05.31-251103-0001", "--reason", "đã xác nhận", "--actor", "an"), "leaves for [dvcqg]")
	require.Contains(t, ops(0, "actions"), "score_release")
}
