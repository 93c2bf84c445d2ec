package postgres

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"time"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"

	"github.com/lienthong/lienthong/gateway"
	"github.com/lienthong/lienthong/internal/fault"
)

// foreignSQL says of a delivery d and its entity e whether another system writes
// it, as [gateway.Writers] decide: the most specific rule that holds for it, of
// several days the latest. Without rules the body is not read. Index: ownership_pkey.
const foreignSQL = `coalesce((
	        SELECT o.owner <> 'gateway'
	        FROM ownership o
	        WHERE o.destination = d.destination
	          AND (o.agency = '' OR e.kind = 'dossier' AND o.agency = e.body ->> 'receiving_agency')
	          AND (o.procedure = '' OR e.kind = 'dossier' AND o.procedure = e.body -> 'procedure' ->> 'code')
	          AND (o.from_date = '-infinity'
	               OR e.kind = 'dossier' AND nullif(e.body ->> 'received_at', '')::timestamptz >= o.from_date::timestamp AT TIME ZONE 'Asia/Ho_Chi_Minh')
	        ORDER BY o.procedure <> '' DESC, o.agency <> '' DESC, o.from_date DESC
	        LIMIT 1), false)`

// notEligibleSQL says of a delivery d, its entity e and an item i why it is not
// replayed; ” where it is. What waits for its own next attempt is eligible: it is brought forward.
const notEligibleSQL = `CASE
	    WHEN d.entity_id IS NULL THEN '` + gateway.WhyMissing + `'
	    WHEN d.state = 'redacted' THEN '` + gateway.WhyRedacted + `'
	    WHEN e.merged_into IS NOT NULL OR e.withdrawn_at IS NOT NULL OR d.withheld_at IS NOT NULL THEN '` + gateway.WhyWithdrawn + `'
	    WHEN d.state IN ('delivered', 'confirmed') THEN '` + gateway.WhyDelivered + `'
	    WHEN d.state = 'shadow' THEN '` + gateway.WhyForeign + `'
	    WHEN d.state IN ('sending', 'unknown') THEN '` + gateway.WhyUnknown + `'
	    WHEN d.state = 'parked' THEN '` + gateway.WhyParked + `'
	    WHEN d.look IS NOT NULL THEN '` + gateway.WhyLook + `'
	    WHEN ` + foreignSQL + ` THEN '` + gateway.WhyForeign + `'
	    WHEN d.state IN ('queued', 'held') AND d.retry_at IS NULL THEN '` + gateway.WhyDue + `'
	    WHEN d.cause <> i.cause OR d.shelf <> i.shelf THEN '` + gateway.WhyCause + `'
	    WHEN d.cause = 'create.unknown' THEN '` + gateway.WhyPerson + `'
	    ELSE '' END`

// planSQL makes the items of a plan: what fails now and fits, soonest deadline
// first, each with why it cannot be replayed. Indexes: delivery_failure_idx, delivery_pkey, entity_pkey, replay_item_holds_key.
const planSQL = `
	WITH failing AS (
	    SELECT destination, entity_id, shelf, cause, failed_at
	    FROM delivery
	    WHERE shelf <> '' AND ($2 = '' OR destination = $2) AND ($3 = '' OR shelf = $3) AND ($4 = '' OR cause = $4)
	      AND ($5 = '' OR delivery_unit(key) = $5)
	      AND failed_at >= coalesce($6, '-infinity'::timestamptz) AND failed_at < coalesce($7, 'infinity'::timestamptz)
	    LIMIT $8),
	judged AS (
	    SELECT i.destination, i.entity_id, d.key, i.shelf, i.cause, i.failed_at, d.wanted_rev, d.due_at, h.plan_id AS held_by,
	           ` + notEligibleSQL + ` AS why
	    FROM failing i
	    JOIN delivery d ON d.destination = i.destination AND d.entity_id = i.entity_id
	    LEFT JOIN entity e ON e.id = i.entity_id
	    LEFT JOIN replay_item h ON h.holds AND h.destination = i.destination AND h.entity_id = i.entity_id)
	INSERT INTO replay_item (plan_id, ordinal, destination, entity_id, key, shelf, cause, failed_at, wanted_rev, outcome, why, held_by)
	SELECT $1, row_number() OVER (ORDER BY due_at, destination, entity_id), destination, entity_id, key, shelf, cause, failed_at, wanted_rev,
	       CASE WHEN why = '' AND held_by IS NULL THEN 'waiting' ELSE 'ineligible' END,
	       CASE WHEN why = '' AND held_by IS NOT NULL THEN '` + gateway.WhyHeld + `' ELSE why END, held_by
	FROM judged`

const planColumns = `id, created_at, expires_at, actor, reason, origin, selection::text,
	CASE WHEN state = 'planned' AND expires_at <= now() THEN 'expired' ELSE state END, rate, total, eligible, oldest_at, started_at, ended_at`

func toPlan(row pgx.CollectableRow) (p gateway.ReplayPlan, err error) {
	var selection string
	var oldest, started, ended *time.Time
	err = row.Scan(raw(&p.ID), &p.CreatedAt, &p.ExpiresAt, &p.Actor, &p.Reason, &p.Origin, &selection, &p.State, &p.Rate, &p.Total, &p.Eligible,
		&oldest, &started, &ended)
	if err != nil {
		return p, err
	}
	p.OldestAt, p.StartedAt, p.EndedAt = orZero(oldest), orZero(started), orZero(ended)
	return p, json.Unmarshal([]byte(selection), &p.Selection)
}

func orZero(t *time.Time) time.Time {
	if t == nil {
		return time.Time{}
	}
	return *t
}

func onePlan(ctx context.Context, tx querier, sql string, args ...any) (gateway.ReplayPlan, error) {
	rows, err := tx.Query(ctx, sql, args...)
	if err != nil {
		return gateway.ReplayPlan{}, err
	}
	p, err := pgx.CollectExactlyOneRow(rows, toPlan)
	if errors.Is(err, pgx.ErrNoRows) {
		return p, fault.New(fault.NotFound, "postgres.ReplayPlan", "there is no such plan")
	}
	return p, err
}

// querier is a pool or a transaction.
type querier interface {
	Query(ctx context.Context, sql string, args ...any) (pgx.Rows, error)
}

// PlanReplay implements [gateway.ReplayPlans]. A plan is read at one moment and
// holds nothing until it is started. Indexes: those of planSQL, replay_plan_request_key_key.
func (s *Store) PlanReplay(ctx context.Context, r gateway.ReplayRequest) (gateway.ReplayPlan, error) {
	const op = "postgres.PlanReplay"
	if err := r.Check(); err != nil {
		return gateway.ReplayPlan{}, err
	}
	if err := checkWords(op, r.Actor, r.Reason); err != nil {
		return gateway.ReplayPlan{}, err
	}
	var plan gateway.ReplayPlan
	err := pgx.BeginFunc(ctx, s.pool, func(tx pgx.Tx) (err error) {
		if _, err = tx.Exec(ctx, planAnew); err != nil {
			return err
		}
		if plan.ID, err = s.newPlan(ctx, tx, r); err != nil || plan.ID == uuid.Nil {
			if err == nil {
				plan, err = plannedBefore(ctx, tx, r)
			}
			return err
		}
		if err = fillPlan(ctx, tx, plan.ID, r.Selection); err != nil {
			return err
		}
		if _, err = act(ctx, tx, operatorAction{
			actor: r.Actor, action: "replay_plan", destination: r.Selection.Destination, operation: planOperation(plan.ID), reason: r.Reason}); err != nil {
			return err
		}
		plan, err = onePlan(ctx, tx, `
			UPDATE replay_plan p
			SET total = i.items, eligible = i.waiting, oldest_at = i.since
			FROM (SELECT count(*) AS items, count(*) FILTER (WHERE outcome = 'waiting') AS waiting,
			             min(failed_at) FILTER (WHERE outcome = 'waiting') AS since
			      FROM replay_item WHERE plan_id = $1) i
			WHERE p.id = $1
			RETURNING `+planColumns, plan.ID)
		return err
	})
	return plan, fail(err, op)
}

// newPlan returns the nil id where the request has had its plan.
func (s *Store) newPlan(ctx context.Context, tx pgx.Tx, r gateway.ReplayRequest) (id uuid.UUID, err error) {
	if id, err = uuid.NewV7(); err != nil {
		return id, err
	}
	var key *string
	var hash []byte
	if r.Key != "" {
		key, hash = &r.Key, r.Hash[:]
	}
	tag, err := tx.Exec(ctx, `
		INSERT INTO replay_plan (id, created_at, expires_at, actor, reason, origin, selection, state, rate, total, eligible, credited_at,
		                         request_key, request_hash)
		VALUES ($1, now(), now() + make_interval(secs => $2), $3, $4, $5, $6, 'planned', $7, 0, 0, now(), $8, $9)
		ON CONFLICT (request_key) DO NOTHING`,
		id, r.Expires.Seconds(), r.Actor, r.Reason, string(r.Origin), encode(r.Selection), r.Rate, key, hash)
	if err != nil || tag.RowsAffected() == 0 {
		return uuid.Nil, err
	}
	return id, nil
}

func plannedBefore(ctx context.Context, tx pgx.Tx, r gateway.ReplayRequest) (gateway.ReplayPlan, error) {
	var hash []byte
	err := tx.QueryRow(ctx, `SELECT request_hash FROM replay_plan WHERE request_key = $1`, r.Key).Scan(&hash)
	if err == nil && !bytes.Equal(hash, r.Hash[:]) {
		err = fault.New(fault.KeyReused, "postgres.PlanReplay", "the idempotency key was used for another request")
	}
	if err != nil {
		return gateway.ReplayPlan{}, err
	}
	return onePlan(ctx, tx, `SELECT `+planColumns+` FROM replay_plan WHERE request_key = $1`, r.Key)
}

func fillPlan(ctx context.Context, tx pgx.Tx, id uuid.UUID, q gateway.ReplaySelection) error {
	tag, err := tx.Exec(ctx, planSQL, id, q.Destination, string(q.Shelf), q.Cause, q.Unit, zeroTime(q.Since), zeroTime(q.Until), gateway.MaxReplayItems+1)
	if err == nil && tag.RowsAffected() > gateway.MaxReplayItems {
		return fault.New(fault.TooLarge, "postgres.PlanReplay", "more than 200000 deliveries fit: narrow the plan by commune or time")
	}
	return err
}

func planOperation(id uuid.UUID) string { return "replay/" + id.String() }

// ReplayPlans implements [gateway.ReplayPlans]. Index: replay_plan_created_idx.
func (s *Store) ReplayPlans(ctx context.Context, before gateway.ReplayCursor, limit int) ([]gateway.ReplayPlan, error) {
	const op = "postgres.ReplayPlans"
	rows, err := s.pool.Query(ctx, replayPlansSQL, zeroTime(before.CreatedAt), before.ID, within(limit, 1000))
	if err != nil {
		return nil, fail(err, op)
	}
	plans, err := pgx.CollectRows(rows, toPlan)
	return plans, fail(err, op)
}

const replayPlansSQL = `
	SELECT ` + planColumns + `
	FROM replay_plan
	WHERE (created_at, id) < (coalesce($1, 'infinity'::timestamptz), $2)
	ORDER BY created_at DESC, id DESC
	LIMIT $3`

var _ gateway.ReplayPlans = (*Store)(nil)
