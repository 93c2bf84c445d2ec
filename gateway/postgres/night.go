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

// nightSQL counts what is open, without reading what entities say.
const nightSQL = `
	WITH open AS (` + openSQL + `)
	SELECT d.destination, split_part(d.key, '-', 1), d.state, d.shelf, d.cause, count(*), min(d.updated_at), max(d.updated_at)
	FROM open
	JOIN delivery d ON d.destination = open.destination AND d.entity_id = open.entity_id
	WHERE d.state NOT IN ('delivered', 'confirmed', 'redacted')
	GROUP BY 1, 2, 3, 4, 5
	ORDER BY 1, 2, 3, 4, 5`

// dueSQL reads the bodies of what may be due in two days alone: a delivery's due_at is a guess where the
// dossier has no appointment, and only what its body says is a legal deadline.
const dueSQL = `
	WITH open AS (` + openSQL + `),
	legal AS (
	    SELECT d.entity_id, d.key, d.destination, d.due_at, d.state, d.cause, d.due_at < $1::timestamptz + interval '1 day' AS today
	    FROM open
	    JOIN delivery d ON d.destination = open.destination AND d.entity_id = open.entity_id
	    JOIN entity e ON e.id = d.entity_id AND e.kind = 'dossier'
	    WHERE d.state NOT IN ('delivered', 'confirmed', 'redacted')
	      AND d.due_at >= $1::timestamptz AND d.due_at < $1::timestamptz + interval '2 days' AND coalesce(e.body ->> 'due_at', '') <> ''),
	counted AS (
	    SELECT legal.*, row_number() OVER (PARTITION BY destination, today ORDER BY due_at, key) AS nth,
	           count(*) OVER (PARTITION BY destination, today) AS alike
	    FROM legal)
	SELECT entity_id, key, destination, due_at, state, cause, today, alike
	FROM counted
	WHERE nth <= $2
	ORDER BY due_at, key`

// Night implements [gateway.HistoryStore]. Indexes: delivery_due_pkey, delivery_retry_idx,
// delivery_sending_idx, delivery_shelf_idx, delivery_pkey, entity_pkey, attempt_started_at_idx.
func (s *Store) Night(ctx context.Context, now time.Time) (gateway.Night, error) {
	const op = "postgres.Night"
	n := gateway.Night{Delivered: map[string]int{}, Due: []gateway.DueDossier{}, DueToday: map[string]int{}, DueTomorrow: map[string]int{}}
	today := gateway.DayBounds(now)
	rows, err := s.pool.Query(ctx, nightSQL)
	if err != nil {
		return n, fail(err, op)
	}
	if n.Open, err = pgx.CollectRows(rows, pgx.RowToStructByPos[gateway.OpenCount]); err != nil {
		return n, fail(err, op)
	}
	for i := range n.Open {
		n.Open[i].Agency = gateway.AgencyOf(n.Open[i].Agency)
	}
	if err := s.soon(ctx, today, &n); err != nil {
		return n, fail(err, op)
	}
	return n, fail(s.rates(ctx, now, n.Delivered), op)
}

// soon reads the deadlines of today and tomorrow.
func (s *Store) soon(ctx context.Context, today time.Time, n *gateway.Night) error {
	rows, err := s.pool.Query(ctx, dueSQL, today, gateway.DueLimit)
	if err != nil {
		return err
	}
	var d gateway.DueDossier
	var first bool
	var alike int
	_, err = pgx.ForEachRow(rows, []any{&d.EntityID, &d.Number, &d.Destination, &d.DueAt, &d.State, &d.Cause, &first, &alike}, func() error {
		d.Agency = gateway.AgencyOf(d.Number)
		n.Due = append(n.Due, d)
		into := n.DueTomorrow
		if first {
			into = n.DueToday
		}
		into[d.Destination] = alike
		return nil
	})
	return err
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
