package postgres

import (
	"context"
	"time"

	"github.com/jackc/pgx/v5"

	"github.com/lienthong/lienthong/gateway"
)

// openSQL are the deliveries that are not done, from the few rows that the
// partial indexes hold: what is asked costs next to nothing while nothing is left to do.
const openSQL = `
	    SELECT destination, entity_id FROM delivery_due
	    UNION
	    SELECT destination, entity_id FROM delivery WHERE retry_at IS NOT NULL
	    UNION
	    SELECT destination, entity_id FROM delivery WHERE state = 'sending'
	    UNION
	    SELECT destination, entity_id FROM delivery WHERE shelf <> ''`

// nightSQL counts what is open. A delivery's due_at is a guess where the dossier has no
// appointment: only what its body says is a legal deadline. The number begins with the agency's code.
const nightSQL = `
	WITH open AS (` + openSQL + `),
	told AS (
	    SELECT d.destination, coalesce(substring(d.key FROM '^([0-9A-Z]+(\.[0-9A-Z]+)+)-'), '') AS agency, d.state, d.shelf, d.cause, d.updated_at,
	           CASE WHEN e.id IS NULL OR coalesce(e.body ->> 'due_at', '') = '' THEN ''
	                WHEN d.due_at < $1::timestamptz THEN 'past' WHEN d.due_at < $1::timestamptz + interval '1 day' THEN 'today' ELSE 'tomorrow' END AS day
	    FROM open
	    JOIN delivery d ON d.destination = open.destination AND d.entity_id = open.entity_id
	    LEFT JOIN entity e ON e.id = CASE WHEN d.due_at < $1::timestamptz + interval '2 days' THEN d.entity_id END AND e.kind = 'dossier'
	    WHERE d.state NOT IN ('delivered', 'confirmed', 'redacted'))
	SELECT destination, agency, state, shelf, cause, day, count(*), min(updated_at), max(updated_at)
	FROM told
	GROUP BY destination, agency, state, shelf, cause, day
	ORDER BY destination, agency, state, shelf, cause, day`

const dueSQL = `
	WITH open AS (` + openSQL + `)
	SELECT d.entity_id, d.key, d.destination, coalesce(substring(d.key FROM '^([0-9A-Z]+(\.[0-9A-Z]+)+)-'), ''), d.due_at, d.state, d.cause
	FROM open
	JOIN delivery d ON d.destination = open.destination AND d.entity_id = open.entity_id
	JOIN entity e ON e.id = d.entity_id AND e.kind = 'dossier'
	WHERE d.state NOT IN ('delivered', 'confirmed', 'redacted') AND d.due_at >= $1::timestamptz AND d.due_at < $1::timestamptz + interval '2 days'
	  AND coalesce(e.body ->> 'due_at', '') <> ''
	ORDER BY d.due_at, d.key
	LIMIT $2`

// Night implements [gateway.HistoryStore]. Indexes: delivery_due_pkey, delivery_retry_idx,
// delivery_sending_idx, delivery_shelf_idx, delivery_pkey, entity_pkey, attempt_started_at_idx.
func (s *Store) Night(ctx context.Context, now time.Time) (gateway.Night, error) {
	const op = "postgres.Night"
	n := gateway.Night{Delivered: map[string]int{}, Due: []gateway.DueDossier{}}
	today := gateway.DayBounds(now)
	rows, err := s.pool.Query(ctx, nightSQL, today)
	if err != nil {
		return n, fail(err, op)
	}
	if n.Open, err = pgx.CollectRows(rows, pgx.RowToStructByPos[gateway.OpenCount]); err != nil {
		return n, fail(err, op)
	}
	if rows, err = s.pool.Query(ctx, dueSQL, today, gateway.DueLimit); err != nil {
		return n, fail(err, op)
	}
	due, err := pgx.CollectRows(rows, pgx.RowToStructByPos[gateway.DueDossier])
	if err != nil {
		return n, fail(err, op)
	}
	n.Due = append(n.Due, due...)
	return n, fail(s.rates(ctx, now, n.Delivered), op)
}

// rateSQL counts what went well lately.
const rateSQL = `
	SELECT destination, count(DISTINCT entity_id)
	FROM attempt
	WHERE started_at > $1 AND started_at <= $2 AND outcome = 'delivered' AND operation IN ('create', 'update', 'steps', 'status', 'retract')
	GROUP BY destination`

func (s *Store) rates(ctx context.Context, now time.Time, into map[string]int) error {
	rows, err := s.pool.Query(ctx, rateSQL, now.Add(-gateway.RateSpan), now)
	if err != nil {
		return err
	}
	var code string
	var count int
	_, err = pgx.ForEachRow(rows, []any{&code, &count}, func() error {
		into[code] = count
		return nil
	})
	return err
}

var _ gateway.HistoryStore = (*Store)(nil)
