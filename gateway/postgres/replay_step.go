package postgres

import (
	"context"
	"errors"
	"time"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"

	"github.com/lienthong/lienthong/gateway"
	"github.com/lienthong/lienthong/internal/journal"
)

// replayFlight bounds what of a plan is due and not answered yet by one destination, in seconds of its
// rate: a plan that is paused or cancelled during an outage has not already poured itself out, and what it
// has for another destination does not wait for the end of that.
const (
	replayFlight    = 30
	replayFlightMin = 50
	replayMostAtOne = 500
)

// takeReplaySQL leases a live plan and counts what it may release by its rate. A paused one of which nothing is on its
// way has nothing to do: some that somebody forgot would take most turns from one that runs.
// Indexes: replay_plan_live_idx, replay_item_released_idx.
const takeReplaySQL = `
	UPDATE replay_plan p
	SET holder = $1, lease_until = clock_timestamp() + make_interval(secs => $2),
	    credit = least(credit + rate * extract(epoch FROM clock_timestamp() - credited_at), greatest(rate, 1)), credited_at = clock_timestamp()
	WHERE id = (
	    SELECT id FROM replay_plan
	    WHERE state IN ('running', 'paused') AND lease_until <= clock_timestamp()
	      AND (state = 'running' OR EXISTS (SELECT FROM replay_item i WHERE i.plan_id = replay_plan.id AND i.outcome = 'released'))
	    ORDER BY lease_until
	    LIMIT 1
	    FOR UPDATE SKIP LOCKED)
	RETURNING id, origin, state, greatest(least(floor(credit), $3), 0)::int`

// TakeReplayTurn implements [gateway.ReplayStore].
func (s *Store) TakeReplayTurn(ctx context.Context, holder uuid.UUID, length time.Duration) (t gateway.ReplayTurn, ok bool, err error) {
	err = s.pool.QueryRow(ctx, takeReplaySQL, holder, length.Seconds(), replayMostAtOne).
		Scan(raw(&t.Plan), &t.Origin, &t.State, &t.Allow)
	if errors.Is(err, pgx.ErrNoRows) {
		return t, false, nil
	}
	return t, err == nil, fail(err, "postgres.TakeReplayTurn")
}

// settleReplaySQL ends items whose delivery came to rest. Released ones were made queued: what is failed has failed anew.
// What turned out to be somebody else's, or was adopted meanwhile, was not sent by the plan and will not be.
// Indexes: replay_item_released_idx, delivery_pkey.
const settleReplaySQL = `
	WITH settled AS (
	    SELECT d.destination, d.entity_id, d.state, d.cause,
	           CASE WHEN d.state = 'redacted' THEN '` + gateway.WhyRedacted + `'
	                WHEN d.state = 'shadow' THEN '` + gateway.WhyForeign + `'
	                WHEN d.cause LIKE 'adopted.%' THEN '` + gateway.WhyAdopted + `'
	                WHEN d.look = 'adopt' AND d.state = 'queued' THEN '` + gateway.WhyLook + `'
	                ELSE '' END AS skipped
	    FROM replay_item i
	    JOIN delivery d ON d.destination = i.destination AND d.entity_id = i.entity_id
	    WHERE i.plan_id = $1 AND i.outcome = 'released'
	      AND (d.state IN ('delivered', 'confirmed', 'redacted', 'parked', 'shadow') OR d.state LIKE 'failed%' OR d.look = 'adopt' AND d.state = 'queued'))
	UPDATE replay_item i
	SET outcome = CASE WHEN s.skipped <> '' THEN 'skipped' WHEN s.state IN ('delivered', 'confirmed') THEN 'delivered' ELSE 'failed' END,
	    why = CASE WHEN s.skipped <> '' THEN s.skipped WHEN s.state IN ('delivered', 'confirmed') THEN '' ELSE s.cause END,
	    settled_at = now(), holds = false
	FROM settled s
	WHERE i.plan_id = $1 AND i.outcome = 'released' AND s.destination = i.destination AND s.entity_id = i.entity_id`

// SettleReplay implements [gateway.ReplayStore].
func (s *Store) SettleReplay(ctx context.Context, plan uuid.UUID) error {
	err := s.planned(ctx, settleReplaySQL, func(rows pgx.Rows) error {
		rows.Close()
		return rows.Err()
	}, plan)
	return fail(err, "postgres.SettleReplay")
}

// nextReplaySQL passes over destinations that have enough to answer. Indexes: replay_item_waiting_idx, whose order it
// follows, replay_item_released_idx, replay_plan_pkey.
const nextReplaySQL = `
	WITH most AS MATERIALIZED (
	    SELECT greatest(rate * $3, $4) AS n FROM replay_plan WHERE id = $1),
	flying AS MATERIALIZED (
	    SELECT destination, count(*) AS n FROM replay_item
	    WHERE plan_id = $1 AND outcome = 'released'
	    GROUP BY destination),
	next AS (
	    SELECT destination, entity_id, ordinal
	    FROM replay_item
	    WHERE plan_id = $1 AND outcome = 'waiting'
	      AND destination <> ALL (ARRAY(SELECT f.destination FROM flying f, most WHERE f.n >= most.n))
	    ORDER BY ordinal
	    LIMIT $2)
	SELECT i.destination, i.entity_id
	FROM (SELECT *, row_number() OVER (PARTITION BY destination ORDER BY ordinal) AS nth FROM next) AS i
	CROSS JOIN most
	LEFT JOIN flying f ON f.destination = i.destination
	WHERE coalesce(f.n, 0) + i.nth <= most.n
	ORDER BY i.ordinal`

// NextReplayItems implements [gateway.ReplayStore].
func (s *Store) NextReplayItems(ctx context.Context, plan uuid.UUID, limit int) ([]gateway.ReplayItem, error) {
	rows, err := s.pool.Query(ctx, nextReplaySQL, plan, limit, replayFlight, replayFlightMin)
	if err != nil {
		return nil, fail(err, "postgres.NextReplayItems")
	}
	items, err := pgx.CollectRows(rows, pgx.RowToStructByPos[gateway.ReplayItem])
	return items, fail(err, "postgres.NextReplayItems")
}

// releaseReplaySQL locks the deliveries by id as ingest does, judges them as
// they stand then, and makes due what is eligible. What a reading anew has made
// due already bears the action too. What the destination is known to have stays as
// it is: the lane sends the difference. Indexes: delivery_pkey, entity_pkey, replay_item_delivery_key, delivery_due_pkey.
const releaseReplaySQL = `
	WITH asked AS (
	    SELECT i.destination, i.entity_id, i.shelf, i.cause, i.wanted_rev, a.skip, a.compared
	    FROM unnest($2::text[], $3::uuid[], $4::text[], $5::text[]) AS a (destination, entity_id, skip, compared)
	    JOIN replay_item i ON i.plan_id = $1 AND i.destination = a.destination AND i.entity_id = a.entity_id AND i.outcome = 'waiting'),
	locked AS (
	    SELECT d.destination, d.entity_id, d.state, d.retry_at, d.withheld_at, d.cause, d.shelf, d.wanted_rev, d.look
	    FROM delivery d
	    WHERE (d.destination, d.entity_id) IN (SELECT destination, entity_id FROM asked)
	    ORDER BY d.destination, d.entity_id
	    FOR UPDATE OF d),
	judged AS (
	    SELECT i.destination, i.entity_id, i.compared,
	           CASE WHEN i.skip <> '' THEN i.skip
	                WHEN d.state = 'queued' AND d.wanted_rev > i.wanted_rev AND $7 AND d.look IS NULL AND NOT ` + foreignSQL + ` THEN ''
	                ELSE ` + notEligibleSQL + ` END AS why
	    FROM asked i
	    LEFT JOIN locked d ON d.destination = i.destination AND d.entity_id = i.entity_id
	    LEFT JOIN entity e ON e.id = i.entity_id),
	written AS (
	    UPDATE delivery d
	    SET state = 'queued', tries = 0, retry_at = NULL, shelf = '', cause = '', problem = '', action_id = $6, updated_at = now()
	    FROM judged j
	    WHERE j.why = '' AND d.destination = j.destination AND d.entity_id = j.entity_id
	    RETURNING d.destination, d.entity_id, d.slot, d.due_at),
	due AS (
	    INSERT INTO delivery_due (destination, entity_id, slot, rank)
	    SELECT destination, entity_id, slot, ` + rankSQL + `
	    FROM written
	    CROSS JOIN (SELECT now() AS since) AS entry
	    ON CONFLICT (destination, entity_id) DO NOTHING),
	told AS (
	    UPDATE replay_item i
	    SET outcome = CASE j.why WHEN '' THEN 'released' ELSE 'skipped' END, why = j.why, compared = j.compared, holds = j.why = '',
	        released_at = CASE j.why WHEN '' THEN now() END, settled_at = CASE j.why WHEN '' THEN NULL ELSE now() END
	    FROM judged j
	    WHERE i.plan_id = $1 AND i.destination = j.destination AND i.entity_id = j.entity_id)
	SELECT destination, slot FROM written`

// ReleaseReplay implements [gateway.ReplayStore].
func (s *Store) ReleaseReplay(ctx context.Context, holder, plan uuid.UUID, items []gateway.ReplayRelease) ([]gateway.LaneKey, error) {
	var destinations, skips, compared []string
	var ids uuids
	for _, it := range items {
		destinations, ids = append(destinations, it.Destination), append(ids, it.EntityID)
		skips, compared = append(skips, it.Skip), append(compared, it.Compared)
	}
	var due []gateway.LaneKey
	err := pgx.BeginFunc(ctx, s.pool, func(tx pgx.Tx) error {
		if _, err := tx.Exec(ctx, planAnew); err != nil {
			return err
		}
		var action uuid.UUID
		var origin gateway.ReplayOrigin
		err := tx.QueryRow(ctx, `
			UPDATE replay_plan
			SET credit = greatest(credit - $3, 0)
			WHERE id = $1 AND holder = $2 AND state = 'running' AND lease_until > clock_timestamp()
			RETURNING action_id, origin`, plan, holder, len(items)).Scan(raw(&action), &origin)
		if errors.Is(err, pgx.ErrNoRows) {
			return nil // paused, cancelled or somebody else's by now
		}
		if err != nil {
			return err
		}
		rows, err := tx.Query(ctx, releaseReplaySQL, plan, destinations, ids, skips, compared, action, origin == gateway.FromRaw)
		if err != nil {
			return err
		}
		if due, err = pgx.CollectRows(rows, pgx.RowToStructByPos[gateway.LaneKey]); err != nil || len(due) == 0 {
			return err
		}
		return note(ctx, tx, releaseLine(plan, action, len(due)))
	})
	return due, fail(err, "postgres.ReleaseReplay")
}

// releaseLine says that a plan made deliveries due; each call that follows has a line of its own.
func releaseLine(plan, action uuid.UUID, count int) string {
	return journal.NewLine(journal.Action, time.Now(), plan).Text("action", "replay_release").ID("by", action).Int("count", int64(count)).String()
}

// endReplaySQL ends a plan of which nothing waits and nothing is on its way. Index: replay_plan_pkey.
const endReplaySQL = `
	UPDATE replay_plan p
	SET lease_until = clock_timestamp() + make_interval(secs => $3), holder = NULL,
	    state = CASE WHEN rest.open THEN p.state ELSE 'done' END, ended_at = CASE WHEN rest.open THEN NULL ELSE now() END
	FROM (SELECT EXISTS (SELECT FROM replay_item WHERE plan_id = $1 AND outcome = 'waiting')
	          OR EXISTS (SELECT FROM replay_item WHERE plan_id = $1 AND outcome = 'released') AS open) AS rest
	WHERE p.id = $1 AND p.holder = $2 AND p.state IN ('running', 'paused')
	RETURNING p.state = 'done', p.action_id`

// EndReplayTurn implements [gateway.ReplayStore].
func (s *Store) EndReplayTurn(ctx context.Context, holder, plan uuid.UUID, pause time.Duration) error {
	err := pgx.BeginFunc(ctx, s.pool, func(tx pgx.Tx) error {
		var done bool
		var action uuid.UUID
		err := tx.QueryRow(ctx, endReplaySQL, plan, holder, pause.Seconds()).Scan(&done, raw(&action))
		if errors.Is(err, pgx.ErrNoRows) || err == nil && !done {
			return nil
		}
		if err != nil {
			return err
		}
		return note(ctx, tx, journal.NewLine(journal.Action, time.Now(), plan).Text("action", "replay_done").ID("by", action).String())
	})
	return fail(err, "postgres.EndReplayTurn")
}

var _ gateway.ReplayStore = (*Store)(nil)
