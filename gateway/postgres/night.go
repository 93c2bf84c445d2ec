package postgres

import (
	"context"
	"time"

	"github.com/jackc/pgx/v5"

	"github.com/lienthong/lienthong/gateway"
)

// nightSQL adds up the lines of delivery_count. Since when a cause fails, and the newest of it, are the ends of delivery_failure_idx.
const nightSQL = `
	WITH counted AS MATERIALIZED (
	    SELECT destination, unit, state, shelf, CASE WHEN shelf <> '' THEN cause ELSE '' END AS cause, sum(n)::bigint AS n
	    FROM delivery_count
	    WHERE state NOT IN ('delivered', 'confirmed', 'redacted', 'shadow')
	    GROUP BY 1, 2, 3, 4, 5
	    HAVING sum(n) > 0),
	ends AS MATERIALIZED (
	    SELECT destination, shelf, cause,
	           (SELECT failed_at FROM delivery d
	            WHERE d.destination = p.destination AND d.shelf = p.shelf AND d.cause = p.cause AND d.shelf <> ''
	            ORDER BY failed_at LIMIT 1) AS first_at,
	           (SELECT failed_at FROM delivery d
	            WHERE d.destination = p.destination AND d.shelf = p.shelf AND d.cause = p.cause AND d.shelf <> ''
	            ORDER BY failed_at DESC LIMIT 1) AS last_at
	    FROM (SELECT DISTINCT destination, shelf, cause FROM counted WHERE shelf <> '') AS p)
	SELECT destination, unit, state, shelf, cause, n, coalesce(first_at, '0001-01-01'), coalesce(last_at, '0001-01-01')
	FROM counted
	LEFT JOIN ends USING (destination, shelf, cause)
	ORDER BY 1, 2, 3, 4, 5`

// legalSQL keeps the open deliveries of which due_at is an appointment. Where a delivery does not say whether it is one or
// a guess, since a version made it that did not say so yet, its dossier is read.
const legalSQL = `d.state NOT IN ('delivered', 'confirmed', 'redacted', 'shadow') AND d.legal IS DISTINCT FROM false
	      AND CASE WHEN d.legal THEN true
	               ELSE (SELECT coalesce(e.body ->> 'due_at', '') <> '' FROM entity e WHERE e.id = d.entity_id AND e.kind = 'dossier') END`

// dueSQL reads what may be due in two days alone, or was in the seven before. After an outage that may be a tenth of all that is
// open: it is counted as it comes, and the first of each bucket are asked of the index, so that nothing large is sorted.
// Indexes: delivery_deadline_idx, entity_pkey.
const dueSQL = `
	WITH counted AS MATERIALIZED (
	    SELECT d.destination,
	           CASE WHEN d.due_at < $1::timestamptz THEN 0 WHEN d.due_at < $1::timestamptz + interval '1 day' THEN 1 ELSE 2 END AS bucket,
	           count(*) AS alike
	    FROM delivery d
	    WHERE d.due_at >= $1::timestamptz - interval '7 days' AND d.due_at < $1::timestamptz + interval '2 days' AND ` + legalSQL + `
	    GROUP BY 1, 2)
	SELECT first.entity_id, first.key, counted.destination, first.due_at, first.state, first.cause, bucket, alike
	FROM counted
	CROSS JOIN LATERAL (
	    SELECT d.entity_id, d.key, d.due_at, d.state, d.cause
	    FROM delivery d
	    WHERE d.destination = counted.destination
	      AND d.due_at >= $1::timestamptz + (ARRAY[-7, 0, 1])[bucket + 1] * interval '1 day'
	      AND d.due_at < $1::timestamptz + bucket * interval '1 day' AND ` + legalSQL + `
	    ORDER BY d.due_at, d.key
	    LIMIT $2) AS first
	ORDER BY first.due_at, first.key`

// Night implements [gateway.HistoryStore]. Indexes: delivery_failure_idx,
// delivery_deadline_idx, entity_pkey, attempt_started_at_idx.
func (s *Store) Night(ctx context.Context, now time.Time) (gateway.Night, error) {
	const op = "postgres.Night"
	n := gateway.Night{Delivered: map[string]int{}, Due: []gateway.DueDossier{}, Overdue: map[string]int{}, DueToday: map[string]int{}, DueTomorrow: map[string]int{}}
	today := gateway.DayBounds(now)
	err := s.planned(ctx, nightSQL, func(rows pgx.Rows) (err error) {
		n.Open, err = pgx.CollectRows(rows, pgx.RowToStructByPos[gateway.OpenCount])
		return err
	})
	if err != nil {
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

// soon reads the deadlines of today and tomorrow, and those of the last days that were missed.
func (s *Store) soon(ctx context.Context, today time.Time, n *gateway.Night) error {
	var d gateway.DueDossier
	var bucket, alike int
	return s.planned(ctx, dueSQL, func(rows pgx.Rows) error {
		_, err := pgx.ForEachRow(rows, []any{&d.EntityID, &d.Number, &d.Destination, &d.DueAt, &d.State, &d.Cause, &bucket, &alike}, func() error {
			d.Agency = gateway.AgencyOf(d.Number)
			n.Due = append(n.Due, d)
			[]map[string]int{n.Overdue, n.DueToday, n.DueTomorrow}[bucket][d.Destination] = alike
			return nil
		})
		return err
	}, today, gateway.DueLimit)
}

// rateSQL counts what went well lately.
const rateSQL = `
	SELECT destination, count(*)
	FROM (SELECT DISTINCT destination, entity_id
	      FROM attempt
	      WHERE started_at > $1 AND started_at <= $2 AND outcome = 'delivered'
	        AND operation IN ('create', 'update', 'steps', 'status', 'retract')) AS accepted
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
