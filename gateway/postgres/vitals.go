package postgres

import (
	"context"
	"strconv"
	"time"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"

	"github.com/lienthong/lienthong/gateway"
)

// backlogSQL adds up the lines of delivery_count, in which what is called or in doubt counts as
// queued, and takes those few from it. The oldest is the end of an index.
const backlogSQL = `
	WITH calling AS MATERIALIZED (
	    SELECT destination, state, count(*) AS n, min(wanted_at) AS oldest FROM delivery WHERE state = 'sending' GROUP BY 1, 2
	    UNION ALL
	    SELECT destination, state, count(*) AS n, min(wanted_at) AS oldest FROM delivery WHERE state = 'unknown' GROUP BY 1, 2),
	counted AS MATERIALIZED (
	    SELECT destination, state, sum(n)::bigint AS n
	    FROM (SELECT destination, state, n FROM delivery_count
	          WHERE state NOT IN ('delivered', 'confirmed', 'redacted', 'shadow')
	          UNION ALL
	          SELECT destination, 'queued', -n FROM calling) AS told
	    GROUP BY 1, 2
	    HAVING sum(n) > 0)
	SELECT destination, state, n, extract(epoch FROM now() - oldest)::float8
	FROM (SELECT destination, state, n, oldest FROM calling
	      UNION ALL
	      SELECT destination, state, n,
	             CASE WHEN state = 'queued'
	                  THEN (SELECT wanted_at FROM delivery d WHERE d.destination = counted.destination AND d.state = 'queued' ORDER BY wanted_at LIMIT 1)
	             END
	      FROM counted) AS backlog
	ORDER BY destination, state`

// Backlog implements [gateway.VitalsStore]. Indexes: delivery_waiting_idx, delivery_sending_idx, delivery_unknown_idx.
func (s *Store) Backlog(ctx context.Context) ([]gateway.Backlog, error) {
	const op = "postgres.Backlog"
	rows, err := s.pool.Query(ctx, backlogSQL)
	if err != nil {
		return nil, fail(err, op)
	}
	var all []gateway.Backlog
	var destination, state string
	var n int
	var oldest *float64
	_, err = pgx.ForEachRow(rows, []any{&destination, &state, &n, &oldest}, func() error {
		if len(all) == 0 || all[len(all)-1].Destination != destination {
			all = append(all, gateway.Backlog{Destination: destination, Counts: make(map[gateway.SyncState]int)})
		}
		last := &all[len(all)-1]
		last.Counts[gateway.SyncState(state)] = n
		if oldest != nil {
			last.Oldest = max(last.Oldest, seconds(*oldest))
		}
		return nil
	})
	return all, fail(err, op)
}

// OpenReviews implements [gateway.VitalsStore]. Index: review_open_idx.
func (s *Store) OpenReviews(ctx context.Context) (gateway.OpenReviews, error) {
	var r gateway.OpenReviews
	var oldest float64
	err := s.pool.QueryRow(ctx, `
		SELECT count(*), coalesce(extract(epoch FROM now() - min(opened_at)), 0)::float8
		FROM review
		WHERE closed_at IS NULL`).Scan(&r.Count, &oldest)
	r.Oldest = max(seconds(oldest), 0)
	return r, fail(err, "postgres.OpenReviews")
}

// FeedLag implements [gateway.VitalsStore]. Index: change_inbox_pkey.
func (s *Store) FeedLag(ctx context.Context) (time.Duration, error) {
	var lag float64
	err := s.pool.QueryRow(ctx, `
		SELECT coalesce((SELECT extract(epoch FROM now() - recorded_at) FROM change_inbox ORDER BY seq LIMIT 1), 0)::float8`).Scan(&lag)
	return max(seconds(lag), 0), fail(err, "postgres.FeedLag")
}

// Partitions implements [gateway.VitalsStore]. It reads the catalogue, so that
// a new table needs no line here; of a DEFAULT partition it reads the first rows alone.
func (s *Store) Partitions(ctx context.Context) ([]gateway.PartitionStatus, error) {
	const op = "postgres.Partitions"
	rows, err := s.pool.Query(ctx, `
		SELECT p.relname AS table, coalesce(d.relname, '') AS rest,
		       coalesce(12 * (left(last.month, 4)::int - extract(year FROM today)::int)
		                + right(last.month, 2)::int - extract(month FROM today)::int, -1)::int AS ahead
		FROM (SELECT now() AT TIME ZONE 'UTC' AS today) AS clock, pg_partitioned_table t
		JOIN pg_class p ON p.oid = t.partrelid
		LEFT JOIN pg_class d ON d.oid = t.partdefid
		LEFT JOIN LATERAL (
		    SELECT max(substring(c.relname FROM '_(\d{6})$')) AS month
		    FROM pg_inherits i
		    JOIN pg_class c ON c.oid = i.inhrelid
		    WHERE i.inhparent = p.oid) AS last ON true
		WHERE p.relnamespace = current_schema()::regnamespace AND t.partstrat = 'r'
		ORDER BY p.relname`)
	if err != nil {
		return nil, fail(err, op)
	}
	var all []gateway.PartitionStatus
	var table, rest string
	var ahead int
	batch := &pgx.Batch{}
	_, err = pgx.ForEachRow(rows, []any{&table, &rest, &ahead}, func() error {
		i := len(all)
		all = append(all, gateway.PartitionStatus{Table: table, MonthsAhead: ahead})
		if rest != "" {
			batch.Queue(`SELECT count(*) FROM (SELECT FROM ` + pgx.Identifier{rest}.Sanitize() + ` LIMIT ` +
				strconv.Itoa(gateway.PartitionCountLimit) + `) AS counted`).QueryRow(func(row pgx.Row) error { return row.Scan(&all[i].DefaultRows) })
		}
		return nil
	})
	if err != nil || batch.Len() == 0 {
		return all, fail(err, op)
	}
	return all, fail(s.pool.SendBatch(ctx, batch).Close(), op)
}

// SourceTimes implements [gateway.VitalsStore]. Index: record_entity_idx.
func (s *Store) SourceTimes(ctx context.Context, entities []uuid.UUID) (map[uuid.UUID]gateway.SourceTime, error) {
	const op = "postgres.SourceTimes"
	rows, err := s.pool.Query(ctx, `
		SELECT entity_id, max(coalesce(event_time, updated_at)), max(updated_at)
		FROM record
		WHERE entity_id = ANY ($1)
		GROUP BY entity_id`, entities)
	if err != nil {
		return nil, fail(err, op)
	}
	times := make(map[uuid.UUID]gateway.SourceTime, len(entities))
	var id uuid.UUID
	var t gateway.SourceTime
	_, err = pgx.ForEachRow(rows, []any{&id, &t.Happened, &t.Arrived}, func() error {
		times[id] = t
		return nil
	})
	return times, fail(err, op)
}

var _ gateway.VitalsStore = (*Store)(nil)
