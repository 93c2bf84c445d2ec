package postgres

import (
	"context"
	"time"

	"github.com/jackc/pgx/v5"

	"github.com/lienthong/lienthong/gateway"
)

// TakeLane implements [gateway.LaneStore]. Index: lane_pkey.
func (s *Store) TakeLane(ctx context.Context, l gateway.LaneLease, length, settle time.Duration) (bool, time.Duration, error) {
	const op = "postgres.TakeLane"
	var taken bool
	var wait float64
	err := s.pool.QueryRow(ctx, `
		WITH took AS (
		    INSERT INTO lane AS l (destination, lane, holder, lease_until)
		    VALUES ($1, $2, $3, clock_timestamp() + make_interval(secs => $4))
		    ON CONFLICT (destination, lane) DO UPDATE
		    SET holder = EXCLUDED.holder, lease_until = EXCLUDED.lease_until
		    WHERE l.lease_until <= clock_timestamp()
		    RETURNING true)
		SELECT EXISTS (SELECT FROM took),
		       coalesce((SELECT extract(epoch FROM lease_until - clock_timestamp())::float8
		                 FROM lane WHERE destination = $1 AND lane = $2), 0)`,
		l.Destination, l.Lane, l.Holder, length.Seconds()).Scan(&taken, &wait)
	if err != nil || !taken {
		return false, seconds(wait), fail(err, op)
	}
	return true, 0, fail(s.orphan(ctx, l, settle), op)
}

// orphan turns what an earlier holder left in the middle of a call into
// unknown: bytes may have left. The attempt is written down as the dead holder's. Index: delivery_sending_idx.
func (s *Store) orphan(ctx context.Context, l gateway.LaneLease, settle time.Duration) error {
	_, err := s.pool.Exec(ctx, `
		WITH locked AS (
		    SELECT destination, entity_id, key, operation, attempt_id, wanted_rev, updated_at, sending, action_id
		    FROM delivery
		    WHERE destination = $1 AND state = 'sending' AND slot % $3::int = $2::int
		    ORDER BY entity_id
		    FOR UPDATE),
		cut AS (
		    UPDATE delivery d
		    SET state = 'unknown', cut_at = now(), retry_at = now() + make_interval(secs => $4),
		        verify_at = now() + make_interval(secs => $4), tries = d.tries + 1,
		        sending = (locked.sending::jsonb - 'evidence')::json,
		        failed_at = CASE WHEN (d.shelf, d.cause) = ('destination', 'worker.lost') THEN d.failed_at ELSE now() END,
		        shelf = 'destination', cause = 'worker.lost', problem = '', updated_at = now()
		    FROM locked
		    WHERE d.destination = locked.destination AND d.entity_id = locked.entity_id
		    RETURNING d.entity_id),
		settled AS (
		    DELETE FROM delivery_due
		    WHERE destination = $1 AND entity_id IN (SELECT entity_id FROM cut)),
		noted AS (
		    INSERT INTO journal_inbox (count, lines)
		    SELECT count(*), string_agg(`+orphanLine+`, E'\n' ORDER BY entity_id)
		    FROM locked
		    WHERE attempt_id IS NOT NULL
		    HAVING count(*) > 0)
		INSERT INTO attempt (id, started_at, ended_at, destination, entity_id, key, operation, entity_rev,
		                     outcome, shelf, cause, http_status, body_sha256, evidence, node, run_id, action_id, header_hash, step_keys)
		SELECT attempt_id, coalesce((sending ->> 'at')::timestamptz, updated_at), now(), destination, entity_id, key, operation, wanted_rev,
		       'unknown', 'gateway', 'worker.lost', 0, decode(sending ->> 'sha256', 'hex'), decode(sending ->> 'evidence', 'base64'),
		       coalesce(sending ->> 'node', $5), (sending ->> 'run')::uuid, action_id,
		       decode(sending ->> 'hash', 'base64'), CASE WHEN sending -> 'steps' IS NOT NULL THEN ARRAY(SELECT json_array_elements_text(sending -> 'steps')) END
		FROM locked
		WHERE attempt_id IS NOT NULL`,
		l.Destination, l.Lane, l.Lanes, settle.Seconds(), l.Node)
	return err
}

// LeaveLane implements [gateway.LaneStore]. Indexes: lane_pkey, delivery_due_rank_idx, delivery_retry_idx, delivery_verify_idx.
func (s *Store) LeaveLane(ctx context.Context, l gateway.LaneLease) (time.Duration, error) {
	var wait *float64
	err := s.pool.QueryRow(ctx, `
		WITH gone AS (
		    UPDATE lane SET lease_until = clock_timestamp()
		    WHERE destination = $1 AND lane = $2 AND holder = $4)
		SELECT CASE
		    WHEN EXISTS (SELECT FROM delivery_due WHERE destination = $1 AND slot % $3::int = $2::int) THEN 0
		    ELSE extract(epoch FROM least(
		        (SELECT retry_at FROM delivery
		         WHERE destination = $1 AND retry_at IS NOT NULL AND slot % $3::int = $2::int
		         ORDER BY retry_at LIMIT 1),
		        (SELECT verify_at FROM delivery
		         WHERE destination = $1 AND verify_at IS NOT NULL AND slot % $3::int = $2::int AND state = 'delivered'
		         ORDER BY verify_at LIMIT 1)) - now())::float8
		END`,
		l.Destination, l.Lane, l.Lanes, l.Holder).Scan(&wait)
	switch {
	case err != nil:
		return 0, fail(err, "postgres.LeaveLane")
	case wait == nil:
		return -1, nil
	}
	return max(seconds(*wait), 0), nil
}

// DueSlots implements [gateway.DueStore]. What a dead worker left in the middle of a call is work too.
// Indexes: delivery_due_rank_idx, delivery_retry_idx, delivery_verify_idx, delivery_marked_idx, delivery_sending_idx, lane_pkey.
func (s *Store) DueSlots(ctx context.Context, destination string, lanes, limit int) ([]int, error) {
	rows, err := s.pool.Query(ctx, `
		SELECT DISTINCT slot::int FROM (
		    (SELECT slot FROM delivery_due WHERE destination = $1 ORDER BY rank LIMIT $2)
		    UNION ALL
		    (SELECT slot FROM delivery WHERE destination = $1 AND retry_at <= now() ORDER BY retry_at LIMIT $2)
		    UNION ALL
		    (SELECT slot FROM delivery WHERE destination = $1 AND verify_at <= now() AND state = 'delivered'
		     ORDER BY verify_at LIMIT $2)
		    UNION ALL
		    (SELECT slot FROM delivery WHERE destination = $1 AND look IS NOT NULL AND coalesce(retry_at <= now(), true)
		         AND (look <> 'adopt' OR NOT EXISTS (SELECT FROM adoption WHERE destination = $1 AND paused AND ended_at IS NULL))
		     LIMIT $2)
		    UNION ALL
		    (SELECT slot FROM delivery WHERE destination = $1 AND state = 'sending' AND NOT EXISTS (
		         SELECT FROM lane
		         WHERE lane.destination = $1 AND lane.lane = delivery.slot % $3::int AND lane.lease_until > now())
		     LIMIT $2)) due`, destination, limit, lanes)
	if err != nil {
		return nil, fail(err, "postgres.DueSlots")
	}
	slots, err := pgx.CollectRows(rows, pgx.RowTo[int])
	return slots, fail(err, "postgres.DueSlots")
}

// LaneDue implements [gateway.DueStore]. Indexes: delivery_due_rank_idx, delivery_retry_idx, delivery_verify_idx.
func (s *Store) LaneDue(ctx context.Context, destination string, lane, lanes int) (bool, error) {
	var due bool
	err := s.pool.QueryRow(ctx, `
		SELECT EXISTS (SELECT FROM delivery_due WHERE destination = $1 AND slot % $3::int = $2::int)
		    OR EXISTS (SELECT FROM delivery WHERE destination = $1 AND retry_at <= now() AND slot % $3::int = $2::int)
		    OR EXISTS (SELECT FROM delivery WHERE destination = $1 AND verify_at <= now() AND state = 'delivered'
		               AND slot % $3::int = $2::int)`, destination, lane, lanes).Scan(&due)
	return due, fail(err, "postgres.LaneDue")
}

// Pressing implements [gateway.DueStore]. Indexes: delivery_due_rank_idx, delivery_retry_idx, delivery_verify_idx, delivery_marked_idx, delivery_sending_idx.
func (s *Store) Pressing(ctx context.Context, destination string) (bool, error) {
	var due bool
	err := s.pool.QueryRow(ctx, `
		SELECT EXISTS (SELECT FROM delivery_due WHERE destination = $1)
		    OR EXISTS (SELECT FROM delivery WHERE destination = $1 AND retry_at <= now())
		    OR EXISTS (SELECT FROM delivery WHERE destination = $1 AND verify_at <= now() AND state = 'delivered')
		    OR EXISTS (SELECT FROM delivery WHERE destination = $1 AND look = 'restore')
		    OR EXISTS (SELECT FROM delivery WHERE destination = $1 AND look = 'adopt' AND coalesce(retry_at <= now(), true))
		       AND NOT EXISTS (SELECT FROM adoption WHERE destination = $1 AND paused AND ended_at IS NULL)
		    OR EXISTS (SELECT FROM delivery WHERE destination = $1 AND state = 'sending')`, destination).Scan(&due)
	return due, fail(err, "postgres.Pressing")
}

// LaneIdle implements [gateway.DueStore]. A lane that nobody ever held is idle for a day. Index: lane_pkey.
func (s *Store) LaneIdle(ctx context.Context, destination string, lane int) (time.Duration, error) {
	var idle float64
	err := s.pool.QueryRow(ctx, `
		SELECT coalesce((SELECT extract(epoch FROM clock_timestamp() - lease_until)::float8
		                 FROM lane WHERE destination = $1 AND lane = $2), 86400)`, destination, lane).Scan(&idle)
	return seconds(idle), fail(err, "postgres.LaneIdle")
}

// SyncStatus implements [gateway.SyncStatusReader]. It reads the whole of delivery.
func (s *Store) SyncStatus(ctx context.Context) ([]gateway.SyncStatus, error) {
	const op = "postgres.SyncStatus"
	rows, err := s.pool.Query(ctx, `
		SELECT destination, state, count(*),
		       min(updated_at) FILTER (WHERE state NOT IN ('delivered', 'confirmed', 'redacted', 'shadow')),
		       (SELECT count(*) FROM delivery_due due WHERE due.destination = d.destination)
		FROM delivery d
		GROUP BY destination, state
		ORDER BY destination, state`)
	if err != nil {
		return nil, fail(err, op)
	}
	var all []gateway.SyncStatus
	var destination, state string
	var n, due int
	var oldest *time.Time
	_, err = pgx.ForEachRow(rows, []any{&destination, &state, &n, &oldest, &due}, func() error {
		if len(all) == 0 || all[len(all)-1].Destination != destination {
			all = append(all, gateway.SyncStatus{Destination: destination, Counts: make(map[gateway.SyncState]int), Due: due})
		}
		last := &all[len(all)-1]
		last.Counts[gateway.SyncState(state)] = n
		if oldest != nil && (last.OldestAt.IsZero() || oldest.Before(last.OldestAt)) {
			last.OldestAt = *oldest
		}
		return nil
	})
	return all, fail(err, op)
}

// seconds turns seconds of the database into a duration.
func seconds(s float64) time.Duration { return time.Duration(s * float64(time.Second)) }

// lost reports whether a statement found that the lane is somebody else's.
func lost(held bool) error {
	if held {
		return nil
	}
	return gateway.ErrLaneLost
}

var (
	_ gateway.LaneStore        = (*Store)(nil)
	_ gateway.DueStore         = (*Store)(nil)
	_ gateway.SyncStatusReader = (*Store)(nil)
)
