package postgres_test

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"
	"github.com/stretchr/testify/require"

	"github.com/lienthong/lienthong/gateway"
	"github.com/lienthong/lienthong/gateway/postgres"
	"github.com/lienthong/lienthong/schema"
)

// looked fills a database with looks of which one in ten found something, and their counters.
func looked(t *testing.T, b bundle, n int) {
	t.Helper()
	for _, sql := range []string{`
		INSERT INTO look (destination, entity_id, key, commune, agency, procedure, looked_at, class, found_at, shown, revision)
		SELECT 'dvcqg', gen_random_uuid(), 'D-' || i, 'xã ' || i % 100, 'sở ' || i % 20, '1.' || i % 300, now() - i * interval '1 s',
		       CASE WHEN i % 10 = 0 THEN (ARRAY['not_sent', 'sent_not_shown', 'foreign'])[1 + i / 10 % 3] ELSE '' END,
		       CASE WHEN i % 10 = 0 THEN now() - i * interval '1 s' END, sha256(i::text::bytea), 1
		FROM generate_series(1, $1::int) AS i`, `
		INSERT INTO agreement (dimension, destination, code, looked, differing)
		SELECT 'commune', destination, commune, count(*), count(*) FILTER (WHERE class <> '') FROM look WHERE $1 > 0 GROUP BY 2, 3`, `
		INSERT INTO agreement (dimension, destination, code, looked, differing)
		SELECT 'procedure', destination, procedure, count(*), count(*) FILTER (WHERE class <> '') FROM look WHERE $1 > 0 GROUP BY 2, 3`, `
		INSERT INTO delivery (destination, entity_id, key, slot, state, wanted_rev, due_at, created_at, updated_at, looked_at)
		SELECT 'dvcqg', entity_id, key, 0, 'delivered', 1, now(), now(), now() - interval '1 day', looked_at FROM look WHERE $1 > 0`,
	} {
		_, err := b.pool.Exec(t.Context(), sql, n)
		require.NoError(t, err)
	}
	for _, table := range []string{"look", "agreement", "delivery"} {
		_, err := b.pool.Exec(t.Context(), `ANALYZE `+table)
		require.NoError(t, err)
	}
}

func plan(t *testing.T, b bundle, sql string, args ...any) string {
	t.Helper()
	rows, err := b.pool.Query(t.Context(), `EXPLAIN `+sql, args...)
	require.NoError(t, err)
	lines, err := pgx.CollectRows(rows, pgx.RowTo[string])
	require.NoError(t, err)
	return strings.Join(lines, "\n")
}

func TestPlansOfDriftLists(t *testing.T) {
	b := setup(t)
	looked(t, b, 20_000)
	for _, sql := range []string{`UPDATE look SET destination = 'sink' WHERE key LIKE 'D-%500'`, `VACUUM ANALYZE look`} {
		_, err := b.pool.Exec(t.Context(), sql)
		require.NoError(t, err)
	}
	cursor := gateway.DriftCursor{FoundAt: time.Now().Add(-time.Hour), EntityID: uuid.New()}
	for name, tc := range map[string]struct {
		query gateway.DriftQuery
		index string
	}{
		"all":                  {gateway.DriftQuery{Limit: 100}, "look_found_idx"},
		"a class":              {gateway.DriftQuery{Class: gateway.DriftForeign, Limit: 100}, "look_class_idx"},
		"a destination":        {gateway.DriftQuery{Destination: "sink", Limit: 100}, "look_destination_idx"},
		"a commune":            {gateway.DriftQuery{Commune: "xã 10", Limit: 100}, "look_place_idx"},
		"a class of a commune": {gateway.DriftQuery{Commune: "xã 10", Class: gateway.DriftForeign, Limit: 100}, "look_place_idx"},
		"the next page":        {gateway.DriftQuery{Class: gateway.DriftForeign, After: cursor, Limit: 100}, "look_class_idx"},
	} {
		sql, args := postgres.DriftsSQL(tc.query)
		explained := plan(t, b, sql, args...)
		require.Contains(t, explained, tc.index, name)
		require.NotContains(t, explained, "Seq Scan", name)
		sql, args = postgres.CountDriftSQL(tc.query, 1000)
		require.NotContains(t, plan(t, b, sql, args...), "Seq Scan", name)
	}
	for dimension, index := range map[string]string{"commune": "look_commune_idx", "agency": "look_agency_idx", "procedure": "look_procedure_idx"} {
		explained := plan(t, b, postgres.AgreementSQL(dimension), dimension)
		require.Contains(t, explained, index)
		require.NotContains(t, explained, "Seq Scan on look", explained)
	}
	explained := plan(t, b, postgres.NightlySQL, "dvcqg", false, time.Now(), 60.0, 20)
	require.Contains(t, explained, "delivery_look_idx")
	require.NotContains(t, explained, "Seq Scan on delivery ", explained)
	require.NotContains(t, explained, "Seq Scan on entity", explained)

	rare := []any{"not_sent", "", "xã 10", uuid.Nil, 100, uuid.New(), 2}
	explained = plan(t, b, postgres.RepairDriftSQL, rare...)
	require.Contains(t, explained, "look_place_idx", "a commune")
	require.NotContains(t, explained, "Seq Scan", explained)
	explained = plan(t, b, postgres.RepairDriftSQL, "not_sent", "dvcqg", "", uuid.New(), 1, nil, 2)
	require.Contains(t, explained, "look_pkey", "what the gateway repairs by itself")
	require.NotContains(t, explained, "Seq Scan", explained)
}

func TestDriftPagesAndAgreement(t *testing.T) {
	b := setup(t)
	looked(t, b, 1000)
	var all []gateway.Drift
	q := gateway.DriftQuery{Limit: 30}
	for range 10 {
		page, err := b.store.Drifts(t.Context(), q)
		require.NoError(t, err)
		if len(page) == 0 {
			break
		}
		all = append(all, page...)
		q.After = gateway.DriftCursor{FoundAt: page[len(page)-1].FoundAt, EntityID: page[len(page)-1].EntityID}
	}
	require.Len(t, all, 100)
	seen := map[uuid.UUID]bool{}
	for i, d := range all {
		require.False(t, seen[d.EntityID])
		seen[d.EntityID] = true
		require.False(t, i > 0 && d.FoundAt.Before(all[i-1].FoundAt), "oldest first")
	}
	n, err := b.store.CountDrift(t.Context(), gateway.DriftQuery{Commune: "xã 10"}, 5)
	require.NoError(t, err)
	require.Equal(t, 5, n, "counted up to a limit")
	lines, err := b.store.Agreement(t.Context(), "commune")
	require.NoError(t, err)
	require.Len(t, lines, 100)
	for _, l := range lines {
		require.NotNil(t, l.OldestLook)
		require.InDelta(t, 1-float64(l.Differing)/float64(l.Looked), l.Rate, 1e-9)
	}
	_, err = b.store.Agreement(t.Context(), "weather")
	require.Error(t, err)
}

// A sample draws from the whole of what is at rest.
func TestSampleDrawsFromAll(t *testing.T) {
	b := setup(t)
	looked(t, b, 300)
	seen := map[string]bool{}
	for range 200 {
		found, err := b.store.ToLook(t.Context(), gateway.LookQuery{Destination: "dvcqg", Sample: true, Settle: time.Minute, Limit: 1})
		require.NoError(t, err)
		require.Len(t, found, 1)
		seen[found[0].Wanted.Key] = true
	}
	require.Greater(t, len(seen), 100)
	none, err := b.store.ToLook(t.Context(), gateway.LookQuery{Destination: "dvcqg", Sample: true, Settle: 48 * time.Hour, Limit: 1})
	require.NoError(t, err)
	require.Empty(t, none, "what was touched just now may not be shown yet")
}

// The oldest look first, what was touched since before that, and what rests not among the open.
func TestOrderOfLooks(t *testing.T) {
	b := setup(t)
	looked(t, b, 4)
	_, err := b.pool.Exec(t.Context(), `UPDATE delivery SET looked_at = NULL WHERE key = 'D-2'`)
	require.NoError(t, err)
	_, err = b.pool.Exec(t.Context(), `UPDATE delivery SET resting = true WHERE key = 'D-4'`)
	require.NoError(t, err)
	keys := func(resting bool) (keys []string) {
		found, err := b.store.ToLook(t.Context(), gateway.LookQuery{Destination: "dvcqg", Resting: resting, Before: time.Now(), Limit: 10})
		require.NoError(t, err)
		for _, d := range found {
			keys = append(keys, d.Wanted.Key)
		}
		return keys
	}
	require.Equal(t, []string{"D-2", "D-3", "D-1"}, keys(false))
	require.Equal(t, []string{"D-4"}, keys(true))
}

// What somebody touched between the reading and the answer is looked at another
// time, and who has lost the lease writes nothing.
func TestLooksAreFenced(t *testing.T) {
	b := setup(t)
	looked(t, b, 2)
	lease := gateway.LaneLease{Destination: "dvcqg", Lane: gateway.Slots, Lanes: 1, Holder: uuid.New(), Node: "a"}
	taken, _, err := b.store.TakeLane(t.Context(), lease, time.Minute, 0)
	require.NoError(t, err)
	require.True(t, taken)
	found, err := b.store.ToLook(t.Context(), gateway.LookQuery{Destination: "dvcqg", Before: time.Now(), Limit: 2})
	require.NoError(t, err)
	require.Len(t, found, 2)
	look := func(i int) gateway.Look {
		return gateway.Look{Delivery: found[i].Delivery, Comparable: true, Difference: gateway.Difference{Class: gateway.DriftSentNotShown, Absent: true}}
	}
	_, err = b.pool.Exec(t.Context(), `UPDATE delivery SET wanted_rev = wanted_rev + 1 WHERE key = $1`, found[0].Wanted.Key)
	require.NoError(t, err)
	recorded, err := b.store.RecordLook(t.Context(), lease, look(0))
	require.NoError(t, err)
	require.False(t, recorded)
	recorded, err = b.store.RecordLook(t.Context(), lease, look(1))
	require.NoError(t, err)
	require.True(t, recorded)
	other := lease
	other.Holder = uuid.New()
	_, err = b.store.RecordLook(t.Context(), other, look(1))
	require.ErrorIs(t, err, gateway.ErrLaneLost)
	require.Equal(t, 1, b.count(t, `SELECT count(*) FROM look WHERE class = 'sent_not_shown'`))
	require.Equal(t, 1, b.count(t, `SELECT count(*) FROM journal_inbox WHERE lines LIKE '%"decision":"drift"%'`))
}

// What a restored database has of a delivery stays in doubt after a look that only
// compares: what that showed is nowhere in what the lane plans from, and a step could go twice.
func TestComparingEndsNoDoubtOfARestore(t *testing.T) {
	b := setup(t)
	b.push(t, dossier(t, 1, nil))
	for _, sql := range []string{`UPDATE delivery SET state = 'delivered'`, `DELETE FROM delivery_due`} {
		_, err := b.pool.Exec(t.Context(), sql)
		require.NoError(t, err)
	}
	require.NoError(t, only(b.store.DeclareRestored(t.Context(), gateway.Restoration{Epoch: 1, Actor: "node", Reason: "thử"})))
	require.NoError(t, only(b.store.ReleaseObserved(t.Context(), "dvcqg", "an", "thử")))

	lease := gateway.LaneLease{Destination: "dvcqg", Lane: gateway.Slots, Lanes: 1, Holder: uuid.New(), Node: "a"}
	_, _, err := b.store.TakeLane(t.Context(), lease, time.Minute, 0)
	require.NoError(t, err)
	found, err := b.store.ToLook(t.Context(), gateway.LookQuery{Destination: "dvcqg", Before: time.Now(), Limit: 1})
	require.NoError(t, err)
	require.Len(t, found, 1)
	recorded, err := b.store.RecordLook(t.Context(), lease, gateway.Look{Delivery: found[0].Delivery, Comparable: true})
	require.NoError(t, err)
	require.True(t, recorded)

	b.push(t, dossier(t, 1, func(d *schema.Dossier) { d.Applicant.Name = "Nguyễn Thị Hạnh Mới" }))
	lane := gateway.LaneLease{Destination: "dvcqg", Lanes: 1, Holder: uuid.New(), Node: "a"}
	claimed, err := b.store.ClaimDue(t.Context(), lane, 1, 0)
	require.NoError(t, err)
	require.Len(t, claimed, 1)
	require.True(t, claimed[0].Stale, "the lane looks before it plans")
}

// A repair leaves alone what only its source, or who put it aside, can let go; what
// the gateway repairs by itself it repairs twice at most.
func TestRepairsLeaveSomeAlone(t *testing.T) {
	b := setup(t)
	looked(t, b, 50) // five differ: D-10 to D-50
	for key, state := range map[string]string{"D-10": "failed_data", "D-20": "parked", "D-30": "unknown"} {
		_, err := b.pool.Exec(t.Context(), `UPDATE delivery SET state = $2, cut_at = now() WHERE key = $1`, key, state)
		require.NoError(t, err)
	}
	_, err := b.pool.Exec(t.Context(), `UPDATE look SET class = 'sent_not_shown' WHERE class <> ''`)
	require.NoError(t, err)
	order := gateway.DriftOrder{Class: gateway.DriftSentNotShown, Actor: "an.nguyen", Reason: "thử", Limit: 100}
	done, err := b.store.RepairDrift(t.Context(), order)
	require.NoError(t, err)
	require.Equal(t, 2, done.Done)
	require.Equal(t, map[string]int{"data": 1, "parked": 1, "moving": 1}, done.Left)
	again, err := b.store.RepairDrift(t.Context(), order)
	require.NoError(t, err)
	require.Zero(t, again.Done, "one effect")
	require.Equal(t, 2, b.count(t, `SELECT count(*) FROM delivery WHERE state = 'queued' AND operation = 'lookup' AND action_id IS NOT NULL`))
	require.Equal(t, 2, b.count(t, `SELECT count(*) FROM delivery_due`))
	require.Equal(t, 2, b.count(t, `SELECT count(*) FROM operator_action WHERE action = 'drift_repair' AND destination = '*'`))

	var entity uuid.UUID
	require.NoError(t, b.pool.QueryRow(t.Context(), `SELECT entity_id FROM delivery WHERE key = 'D-40'`).Scan(&entity))
	for i := range 3 {
		_, err = b.pool.Exec(t.Context(), `DELETE FROM delivery_due`)
		require.NoError(t, err)
		_, err = b.pool.Exec(t.Context(), `UPDATE delivery SET state = 'delivered' WHERE key = 'D-40'`)
		require.NoError(t, err)
		own, err := b.store.RepairDrift(t.Context(), gateway.DriftOrder{Class: gateway.DriftSentNotShown, Destination: "dvcqg", Entity: entity, Limit: 1})
		require.NoError(t, err)
		require.Equal(t, i < 2, own.Done == 1, fmt.Sprint(i))
	}
	_, err = b.store.RepairDrift(t.Context(), gateway.DriftOrder{Class: gateway.DriftPortalNewer, Actor: "an", Reason: "thử", Limit: 1})
	require.Error(t, err)
}

// What cannot be repaired, or was repaired and is not looked at again yet, stands before the rest and holds it up not:
// an order of three repairs three, and the next one the next.
func TestRepairsPassOverWhatCannotBeRepaired(t *testing.T) {
	b := setup(t)
	looked(t, b, 100) // ten differ, D-100 for longest
	for _, sql := range []string{
		`UPDATE look SET class = 'not_sent' WHERE class <> ''`,
		`UPDATE delivery SET state = 'failed_data' WHERE key IN ('D-100', 'D-90', 'D-80', 'D-70')`,
	} {
		_, err := b.pool.Exec(t.Context(), sql)
		require.NoError(t, err)
	}
	repair := func() gateway.DriftDone {
		done, err := b.store.RepairDrift(t.Context(), gateway.DriftOrder{Class: gateway.DriftNotSent, Actor: "an.nguyen", Reason: "thử", Limit: 3})
		require.NoError(t, err)
		return done
	}
	done := repair()
	require.Equal(t, 3, done.Done, "what its source has to correct is not among the three")
	require.Equal(t, map[string]int{"data": 4}, done.Left)
	require.Equal(t, []string{"D-40", "D-50", "D-60"}, b.texts(t, `SELECT key FROM delivery WHERE state = 'queued' ORDER BY key`), "the oldest first")

	// As a lane leaves them: the next look of reconciliation may be a day away.
	for _, sql := range []string{`DELETE FROM delivery_due`, `UPDATE delivery SET state = 'delivered', looked_at = NULL, updated_at = now() WHERE state = 'queued'`} {
		_, err := b.pool.Exec(t.Context(), sql)
		require.NoError(t, err)
	}
	done = repair()
	require.Equal(t, 3, done.Done, "the next three")
	require.Equal(t, map[string]int{"data": 4, gateway.WhySince: 3}, done.Left)
	require.Zero(t, repair().Done, "one effect")
}

// What an operator takes note of is in the journal, dossier by dossier.
func TestAcceptedDriftIsInTheJournal(t *testing.T) {
	b := setup(t)
	looked(t, b, 30)
	_, err := b.pool.Exec(t.Context(), `UPDATE look SET class = 'foreign' WHERE class <> ''`)
	require.NoError(t, err)
	order := gateway.DriftOrder{Class: gateway.DriftForeign, Accept: true, Actor: "an.nguyen", Reason: "đã hỏi", Limit: 2}
	done, err := b.store.RepairDrift(t.Context(), order)
	require.NoError(t, err)
	require.Equal(t, 2, done.Done)
	var noted []string
	for _, line := range b.waiting(t) {
		if strings.Contains(line, `"decision":"drift_accept"`) {
			noted = append(noted, line)
		}
	}
	require.Len(t, noted, 2)
	for _, entity := range b.texts(t, `SELECT entity_id::text FROM look WHERE accepted`) {
		require.Contains(t, noted[0]+noted[1], entity)
	}
	order.Limit = 10
	done, err = b.store.RepairDrift(t.Context(), order)
	require.NoError(t, err)
	require.Equal(t, 1, done.Done, "noted is noted")
}

// What the guard keeps back is shown as held, with the reason in words, and so is what left with a warning.
func TestJourneyShowsTheGuard(t *testing.T) {
	b := setup(t)
	b.push(t, dossier(t, 1, nil))
	_, err := b.pool.Exec(t.Context(), `
		UPDATE delivery SET state = 'failed_data', shelf = 'source', cause = 'score.second_supplement', warnings = '{late}'`)
	require.NoError(t, err)
	j, err := b.store.Journey(t.Context(), gateway.RecordKey{Source: "motcua", Kind: "dossier", ID: number(1)})
	require.NoError(t, err)
	last := j.Events[len(j.Events)-2:]
	require.Equal(t, []string{"delivery", "held", "score.second_supplement"}, []string{last[0].What, last[0].Detail, last[0].Cause})
	require.Contains(t, last[0].Problem, "lần thứ hai")
	require.Equal(t, []string{"warning", "score.late"}, []string{last[1].What, last[1].Cause})
	require.Contains(t, last[1].Problem, "trễ hạn")
}
