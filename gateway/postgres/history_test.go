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
	"github.com/lienthong/lienthong/internal/fault"
	"github.com/lienthong/lienthong/schema"
)

var createBreaker = gateway.BreakerKey{Destination: "dvcqg", Operation: gateway.OpCreate}

// trip opens a breaker for a cause.
func (b bundle) trip(t *testing.T, key gateway.BreakerKey, cause string) {
	t.Helper()
	_, granted, err := b.store.MoveBreaker(t.Context(), gateway.BreakerMove{
		Key: key, From: []gateway.BreakerState{gateway.BreakerClosed, gateway.BreakerHalfOpen}, To: gateway.BreakerOpen, OpenFor: time.Minute, Reason: "failure_rate", Cause: cause, Node: "n1"})
	require.NoError(t, err)
	require.True(t, granted)
}

func TestHistoryOfBreakers(t *testing.T) {
	b := setup(t)
	b.trip(t, createBreaker, "dvcqg.http.503:words of theirs")
	_, err := b.store.ForceBreaker(t.Context(), gateway.Order{Key: gateway.SwitchKey("dvcqg"), State: gateway.BreakerOpen, Actor: "an.nguyen", Reason: "bảo trì"})
	require.NoError(t, err)

	t.Run("what stands goes back to its beginning", func(t *testing.T) {
		history, err := b.store.Transitions(t.Context(), time.Now().Add(time.Hour))
		require.NoError(t, err)
		require.Len(t, history, 2)
		require.Equal(t, []string{"open", "dvcqg.http.503", "n1", "failure_rate"}, []string{history[0].To, history[0].Cause, history[0].Who, history[0].Reason})
		require.Equal(t, []string{"forced_open", "an.nguyen", "bảo trì"}, []string{history[1].To, history[1].Who, history[1].Reason})
		all := gateway.Outages(history)
		require.Len(t, all, 2)
		require.Nil(t, all[0].To)
	})

	t.Run("what is over by then is not told", func(t *testing.T) {
		_, err := b.store.ForceBreaker(t.Context(), gateway.Order{Key: gateway.SwitchKey("dvcqg"), Actor: "an.nguyen", Reason: "xong"})
		require.NoError(t, err)
		history, err := b.store.Transitions(t.Context(), time.Now().Add(time.Hour))
		require.NoError(t, err)
		require.Len(t, history, 1)
		require.Equal(t, gateway.OpCreate, history[0].Key.Operation)
		history, err = b.store.Transitions(t.Context(), time.Now().Add(-time.Hour))
		require.NoError(t, err)
		require.Len(t, history, 3)
	})

	t.Run("each change is in the journal, without words", func(t *testing.T) {
		var lines string
		require.NoError(t, b.pool.QueryRow(t.Context(), `SELECT string_agg(lines, E'\n' ORDER BY seq) FROM journal_inbox`).Scan(&lines))
		require.Equal(t, 3, strings.Count(lines, `"kind":"breaker"`))
		require.Contains(t, lines, `"from":"closed","to":"open","cause":"dvcqg.http.503"`)
		require.NotContains(t, lines, "words of theirs")
		require.NotContains(t, lines, "an.nguyen")
	})

	t.Run("it is let go in time", func(t *testing.T) {
		n, err := b.store.ForgetTransitions(t.Context(), time.Now().Add(-time.Hour))
		require.NoError(t, err)
		require.Zero(t, n)
		n, err = b.store.ForgetTransitions(t.Context(), time.Now().Add(time.Hour))
		require.NoError(t, err)
		require.Equal(t, 3, n)
	})
}

// call notes a call for one entity.
func (b bundle) called(t *testing.T, entity uuid.UUID, ago time.Duration, op, outcome, shelf, cause string, status int) {
	t.Helper()
	_, err := b.pool.Exec(t.Context(), `
		INSERT INTO attempt (id, started_at, ended_at, destination, entity_id, key, operation, entity_rev, outcome, shelf, cause, http_status, node)
		VALUES (gen_random_uuid(), now() - $2::interval, now() - $2::interval + interval '1 s', 'dvcqg', $1, 'k', $3, 1, $4, $5, $6, $7, 'n1')`,
		entity, ago, op, outcome, shelf, cause, status)
	require.NoError(t, err)
}

func TestDossierJourney(t *testing.T) {
	b := setup(t)
	b.store.WithDestinations(gateway.DestinationSpec{Code: "dvcqg", Shows: gateway.ShowsTrail, Lanes: 1, Batch: 1})
	results := b.push(t, dossier(t, 1, nil), dossier(t, 2, nil), step(t, "hotich", 1, "20251103152000", schema.Completed, ""))
	b.trip(t, createBreaker, "dvcqg.http.503")
	b.trip(t, gateway.BreakerKey{Destination: "other", Operation: gateway.OpCreate}, "other.timeout")
	b.called(t, *results[0].EntityID, 0, "create", "unavailable", "destination", "dvcqg.http.503", 503)
	j, err := b.store.DossierJourney(t.Context(), number(1))
	require.NoError(t, err)
	require.Equal(t, *results[0].EntityID, j.EntityID)
	what := map[string]int{}
	for _, e := range j.Events {
		what[e.What]++
	}
	require.Equal(t, map[string]int{"revision": 2, "attempt": 1, "delivery": 1, "breaker": 1}, what, "records of two sources, nothing of other destinations")
	require.Len(t, j.Outages, 1)
	require.Contains(t, j.Blame()[0].VI, "cầu dao mở từ ")
	require.Contains(t, j.Blame()[0].VI, "(HTTP 503), chưa nhận (đang được giữ lại)")
	_, err = b.store.DossierJourney(t.Context(), number(99))
	require.Equal(t, fault.NotFound, fault.CodeOf(err))
}

func TestNight(t *testing.T) {
	b := setup(t)
	now := time.Now()
	due := func(i int, after time.Duration) gateway.PreparedRecord {
		return dossier(t, i, func(d *schema.Dossier) {
			d.DueAt = schema.Time{}
			if after != 0 {
				d.DueAt = schema.TimeOf(gateway.DayBounds(now).Add(after))
			}
		})
	}
	results := b.push(t, due(1, 30*time.Hour), due(2, 23*time.Hour), due(3, 0), due(4, -48*time.Hour), due(5, 100*time.Hour), due(6, 22*time.Hour), due(7, -200*time.Hour))
	_, err := b.pool.Exec(t.Context(), `UPDATE delivery SET state = 'failed_data', shelf = 'source', cause = 'plan.field.required' WHERE key = $1`, number(1))
	require.NoError(t, err)
	_, err = b.pool.Exec(t.Context(), `WITH gone AS (DELETE FROM delivery_due WHERE entity_id = $1) UPDATE delivery SET state = 'delivered' WHERE entity_id = $1`, *results[5].EntityID)
	require.NoError(t, err)
	b.called(t, *results[5].EntityID, time.Minute, "create", "delivered", "", "", 200)
	b.called(t, *results[5].EntityID, time.Minute, "steps", "delivered", "", "", 200)
	b.called(t, *results[4].EntityID, time.Hour, "create", "delivered", "", "", 200)
	b.called(t, *results[4].EntityID, time.Minute, "lookup", "delivered", "", "", 200)

	n, err := b.store.Night(t.Context(), now)
	require.NoError(t, err)
	require.Equal(t, map[string]int{"dvcqg": 1}, n.Delivered, "an entity counts once, and not what is long ago")
	open := 0
	for _, c := range n.Open {
		require.Equal(t, "H05.31", c.Agency)
		open += c.Count
	}
	require.Equal(t, 6, open)
	require.Equal(t, []map[string]int{{"dvcqg": 1}, {"dvcqg": 1}, {"dvcqg": 1}}, []map[string]int{n.Overdue, n.DueToday, n.DueTomorrow}, "what has no appointment has no legal deadline")
	require.Len(t, n.Due, 3)
	require.Equal(t, []string{number(4), number(2), number(1)}, []string{n.Due[0].Number, n.Due[1].Number, n.Due[2].Number})
	require.Equal(t, gateway.StateFailedData, n.Due[2].State)

	_, err = b.pool.Exec(t.Context(), `UPDATE delivery SET legal = NULL`)
	require.NoError(t, err)
	again, err := b.store.Night(t.Context(), now)
	require.NoError(t, err)
	require.Equal(t, n.Due, again.Due, "where the delivery does not say it, the dossier does")
	_, err = b.pool.Exec(t.Context(), `UPDATE delivery SET state = 'shadow', shelf = '', cause = 'shadow.same'`)
	require.NoError(t, err)
	again, err = b.store.Night(t.Context(), now)
	require.NoError(t, err)
	require.Empty(t, again.Open, "what another writes waits for nobody here")
	require.Empty(t, again.Due)
}

func TestLastCalls(t *testing.T) {
	b := setup(t)
	entity := uuid.New()
	c, err := b.store.LastCalls(t.Context(), "dvcqg", time.Now().Add(-time.Hour))
	require.NoError(t, err)
	require.Zero(t, c)
	b.called(t, entity, 2*time.Hour, "create", "unknown", "destination", "dvcqg.timeout", 0)
	b.called(t, entity, 3*time.Minute, "create", "refused", "source", "dvcqg.refused:x", 200)
	b.called(t, entity, 2*time.Minute, "create", "unavailable", "destination", "dvcqg.http.502", 502)
	b.called(t, entity, time.Minute, "create", "unavailable", "destination", "dvcqg.http.503", 503)
	b.called(t, entity, 30*time.Second, "create", "unavailable", "gateway", "dvcqg.login.refused:x", 200)
	b.called(t, entity, 0, "create", "unknown", "gateway", "worker.lost", 0)
	c, err = b.store.LastCalls(t.Context(), "dvcqg", time.Now().Add(-time.Hour))
	require.NoError(t, err)
	require.Equal(t, []any{1, 3, "dvcqg.login.refused:x", 200}, []any{c.Good, c.Bad, c.BadCause, c.BadStatus}, "a refused login is no good call")
	require.True(t, c.LastBad.After(*c.LastGood))
}

// What the morning asks must not read the calls of a whole month.
func TestPlansOfTheMorning(t *testing.T) {
	b := setup(t)
	tx, err := b.pool.Begin(t.Context())
	require.NoError(t, err)
	defer func() { _ = tx.Rollback(t.Context()) }()
	for _, sql := range []string{
		`INSERT INTO attempt (id, started_at, ended_at, destination, entity_id, key, operation, entity_rev, outcome, shelf, cause, http_status, node)
		 SELECT gen_random_uuid(), t, t, 'dvcqg', gen_random_uuid(), 'k', 'create', 1, 'delivered', '', '', 200, 'n1'
		 FROM generate_series(now() - interval '30000 s', now(), interval '1 s') AS t`,
		`INSERT INTO breaker (destination, operation, state, updated_at) VALUES ('dvcqg', 'create', 'closed', now())`,
		`INSERT INTO breaker_transition (id, at, destination, operation, node, from_state, to_state, reason)
		 SELECT gen_random_uuid(), now() - n * interval '1 min', 'dvcqg', 'create', 'n', 'closed', 'closed', '' FROM generate_series(1, 20000) AS n`,
		`ANALYZE attempt`, `ANALYZE breaker_transition`, `ANALYZE breaker`,
	} {
		_, err = tx.Exec(t.Context(), sql)
		require.NoError(t, err)
	}
	now := time.Now()
	month := now.UTC().Format("attempt_200601") // where the calls of now are
	for name, one := range map[string]struct {
		sql   string
		args  []any
		index string
		table string
	}{
		"rate":        {postgres.RateSQL, []any{now.Add(-10 * time.Minute), now.Add(time.Minute)}, "started_at", "Seq Scan on " + month},
		"calls":       {postgres.LastCallsSQL, []any{"dvcqg", now.Add(-time.Hour)}, "started_at", "Seq Scan on " + month},
		"transitions": {postgres.TransitionsSQL, []any{now.Add(-time.Hour), now.Add(-1000 * time.Hour)}, "breaker_transition_", "Seq Scan on breaker_transition"},
	} {
		rows, err := tx.Query(t.Context(), `EXPLAIN `+one.sql, one.args...)
		require.NoError(t, err, name)
		lines, err := pgx.CollectRows(rows, pgx.RowTo[string])
		require.NoError(t, err, name)
		plan := strings.Join(lines, "\n")
		require.Contains(t, plan, one.index, name)
		require.NotContains(t, plan, one.table, "%s\n%s", name, plan)
	}
}
