package postgres

import (
	"cmp"
	"context"
	"time"

	"github.com/jackc/pgx/v5"

	"github.com/lienthong/lienthong/gateway"
)

// unitSQL is [gateway.UnitOf] of a key.
const unitSQL = `(CASE WHEN key LIKE '%-%' AND key NOT LIKE '%/%' THEN split_part(key, '-', 1) ELSE '' END) COLLATE "C"`

// failureGroupsSQL counts from delivery_failure_idx alone, in its order where
// that is the grouping; the table is visited where its pages changed since the
// last vacuum. $2 to $4 filter, ” is all. Samples are the oldest of each group, which the index has first.
func failureGroupsSQL(by gateway.FailureGrouping) string {
	columns, group := `cause, '' AS unit`, `destination, shelf, cause`
	switch by {
	case gateway.ByDestination:
		columns, group = `'' AS cause, '' AS unit`, `destination, shelf`
	case gateway.ByUnit:
		columns, group = `'' AS cause, `+unitSQL+` AS unit`, `destination, shelf, `+unitSQL
	}
	return `
	WITH failing AS MATERIALIZED (
	    SELECT destination, shelf, ` + columns + `,
	           count(*) AS count,
	           count(*) FILTER (WHERE state IN ('queued', 'held', 'sending', 'unknown')) AS waiting,
	           min(failed_at) AS first_at, max(failed_at) AS last_at
	    FROM delivery
	    WHERE shelf <> '' AND ($2 = '' OR destination = $2) AND ($3 = '' OR shelf = $3) AND ($4 = '' OR cause = $4)
	    GROUP BY ` + group + `
	    ORDER BY count(*) DESC, ` + group + `
	    LIMIT $5)
	SELECT destination, shelf, cause, unit, count, waiting, first_at, last_at,
	       CASE $1 WHEN 'cause' THEN ARRAY(
	           SELECT key FROM delivery d
	           WHERE d.destination = failing.destination AND d.shelf = failing.shelf AND d.cause = failing.cause AND d.shelf <> ''
	           ORDER BY d.destination, d.shelf, d.cause, d.failed_at, d.entity_id
	           LIMIT $6) END AS samples
	FROM failing
	ORDER BY count DESC, destination, shelf, cause, unit`
}

// FailureGroups implements [gateway.FailureStore]. Index: delivery_failure_idx.
func (s *Store) FailureGroups(ctx context.Context, q gateway.FailureQuery) ([]gateway.FailureGroup, error) {
	const op = "postgres.FailureGroups"
	if err := q.Check(); err != nil {
		return nil, err
	}
	var groups []gateway.FailureGroup
	err := s.planned(ctx, failureGroupsSQL(q.By), func(rows pgx.Rows) (err error) {
		groups, err = pgx.CollectRows(rows, pgx.RowToStructByPos[gateway.FailureGroup])
		return err
	}, string(cmp.Or(q.By, gateway.ByCause)), q.Destination, string(q.Shelf), q.Cause,
		within(q.Limit, gateway.MaxFailureGroups), gateway.FailureSamples)
	return groups, fail(err, op)
}

const failuresSQL = `
	SELECT destination, entity_id, key, shelf, cause, state, failed_at
	FROM delivery
	WHERE shelf <> '' AND destination = $1 AND shelf = $2 AND cause = $3 AND (failed_at, entity_id) > ($4, $5)
	ORDER BY destination, shelf, cause, failed_at, entity_id
	LIMIT $6`

// Failures implements [gateway.FailureStore]. Index: delivery_failure_idx, whose order it follows.
func (s *Store) Failures(ctx context.Context, q gateway.FailureQuery) ([]gateway.Failure, error) {
	const op = "postgres.Failures"
	if err := q.Check(); err != nil {
		return nil, err
	}
	var all []gateway.Failure
	err := s.planned(ctx, failuresSQL, func(rows pgx.Rows) (err error) {
		all, err = pgx.CollectRows(rows, pgx.RowToStructByPos[gateway.Failure])
		return err
	}, q.Destination, string(q.Shelf), q.Cause, q.After.FailedAt, q.After.EntityID, within(q.Limit, gateway.MaxFailureGroups))
	return all, fail(err, op)
}

// within bounds the size of a page; what is not said is the most.
func within(limit, most int) int {
	if limit <= 0 || limit > most {
		return most
	}
	return limit
}

// zeroTime is nil for the zero time, which no timestamp column knows.
func zeroTime(t time.Time) *time.Time {
	if t.IsZero() {
		return nil
	}
	return &t
}

var _ gateway.FailureStore = (*Store)(nil)
