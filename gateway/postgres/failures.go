package postgres

import (
	"cmp"
	"context"
	"time"

	"github.com/jackc/pgx/v5"

	"github.com/lienthong/lienthong/gateway"
)

// failureGroupsSQL adds up the lines of delivery_count, some thousand whatever
// fails. When the oldest and the newest of a group began to fail is asked of the two ends of an index: by cause of
// delivery_failure_idx, by unit of delivery_unit_idx. Samples are the oldest, which delivery_failure_idx
// has first. $1 to $3 filter, ” is all.
func failureGroupsSQL(by gateway.FailureGrouping) string {
	group, cause, unit := `destination, shelf, cause`, `cause`, `''`
	const oldest = ` FROM delivery d
	           WHERE d.destination = failing.destination AND d.shelf = failing.shelf AND d.cause = failing.cause AND d.shelf <> ''
	           ORDER BY d.destination, d.shelf, d.cause, d.failed_at, d.entity_id
	           LIMIT `
	samples := `ARRAY(SELECT key` + oldest + `$5)`
	problem := `coalesce((SELECT problem` + oldest + `1), '')`
	sources := `ARRAY(
	           SELECT DISTINCT r.source
	           FROM (SELECT entity_id` + oldest + `$5) AS sample
	           JOIN record r ON r.entity_id = sample.entity_id
	           ORDER BY 1)`
	probe, alike := `destination, shelf, cause`, `d.cause = p.cause`
	switch by {
	case gateway.ByDestination:
		group, cause, samples, problem, sources = `destination, shelf`, `''`, `NULL::text[]`, `''`, `NULL::text[]`
	case gateway.ByUnit:
		group, cause, unit, samples, problem, sources = `destination, shelf, unit`, `''`, `unit`, `NULL::text[]`, `''`, `NULL::text[]`
		probe, alike = `destination, shelf, unit`, `delivery_unit(d.key) = p.unit AND ($3 = '' OR d.cause = $3)`
	}
	const of = `FROM delivery d WHERE d.destination = p.destination AND d.shelf = p.shelf AND d.shelf <> '' AND `
	return `
	WITH counted AS MATERIALIZED (
	    SELECT destination, shelf, cause, unit, state, sum(n) AS n
	    FROM delivery_count
	    WHERE shelf <> '' AND ($1 = '' OR destination = $1) AND ($2 = '' OR shelf = $2) AND ($3 = '' OR cause = $3)
	    GROUP BY destination, shelf, cause, unit, state
	    HAVING sum(n) > 0),
	failing AS MATERIALIZED (
	    SELECT ` + group + `, sum(n)::bigint AS count, coalesce(sum(n) FILTER (WHERE state = 'queued'), 0)::bigint AS waiting
	    FROM counted
	    GROUP BY ` + group + `
	    ORDER BY sum(n) DESC, ` + group + `
	    LIMIT $4),
	ends AS MATERIALIZED (
	    SELECT ` + group + `,
	           min((SELECT d.failed_at ` + of + alike + ` ORDER BY d.failed_at LIMIT 1)) AS first_at,
	           max((SELECT d.failed_at ` + of + alike + ` ORDER BY d.failed_at DESC LIMIT 1)) AS last_at
	    FROM (SELECT DISTINCT ` + probe + ` FROM counted JOIN failing USING (` + group + `)) AS p
	    GROUP BY ` + group + `)
	SELECT destination, shelf, ` + cause + ` AS cause, ` + unit + ` AS unit, count, waiting, first_at, last_at,
	       ` + samples + ` AS samples, ` + problem + ` AS problem, ` + sources + ` AS sources
	FROM failing
	JOIN ends USING (` + group + `)
	WHERE first_at IS NOT NULL
	ORDER BY count DESC, 1, 2, 3, 4`
}

// FailureGroups implements [gateway.FailureStore]. Indexes: delivery_failure_idx, delivery_unit_idx, record_entity_idx.
func (s *Store) FailureGroups(ctx context.Context, q gateway.FailureQuery) ([]gateway.FailureGroup, error) {
	const op = "postgres.FailureGroups"
	if err := q.Check(); err != nil {
		return nil, err
	}
	args := []any{q.Destination, string(q.Shelf), q.Cause, within(q.Limit, gateway.MaxFailureGroups)}
	if by := cmp.Or(q.By, gateway.ByCause); by == gateway.ByCause {
		args = append(args, gateway.FailureSamples)
	}
	var groups []gateway.FailureGroup
	err := s.planned(ctx, failureGroupsSQL(q.By), func(rows pgx.Rows) (err error) {
		groups, err = pgx.CollectRows(rows, pgx.RowToStructByPos[gateway.FailureGroup])
		return err
	}, args...)
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
