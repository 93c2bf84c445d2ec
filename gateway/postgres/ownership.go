package postgres

import (
	"context"
	"time"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"

	"github.com/lienthong/lienthong/gateway"
	"github.com/lienthong/lienthong/internal/fault"
)

// ownerChunk is how many deliveries one statement looks through.
const ownerChunk = 5000

// SetOwner implements [gateway.OwnerStore]. Rule and action are one transaction. A rule that
// says so already is not written again. Index: ownership_pkey.
func (s *Store) SetOwner(ctx context.Context, o gateway.OwnerOrder) (bool, error) {
	const op = "postgres.SetOwner"
	if err := o.Check(); err != nil {
		return false, err
	}
	if err := checkWords(op, o.Actor, o.Reason); err != nil {
		return false, err
	}
	return s.acting(ctx, op, operatorAction{actor: o.Actor, action: o.Action(), destination: o.Destination, operation: o.About(), reason: o.Reason},
		func(tx pgx.Tx) (bool, error) {
			args := []any{o.Destination, o.Agency, o.Procedure, day(o.From)}
			if o.Withdraw {
				tag, err := tx.Exec(ctx, `
					DELETE FROM ownership
					WHERE destination = $1 AND agency = $2 AND procedure = $3 AND from_date = coalesce($4::date, '-infinity')`, args...)
				if err == nil && tag.RowsAffected() == 0 {
					return false, withdrawnBefore(ctx, tx, o)
				}
				return err == nil, err
			}
			tag, err := tx.Exec(ctx, `
				INSERT INTO ownership (destination, agency, procedure, from_date, owner, actor, reason, updated_at)
				VALUES ($1, $2, $3, coalesce($4::date, '-infinity'), $5, $6, $7, clock_timestamp())
				ON CONFLICT (destination, agency, procedure, from_date) DO UPDATE
				SET owner = EXCLUDED.owner, actor = EXCLUDED.actor, reason = EXCLUDED.reason, updated_at = EXCLUDED.updated_at
				WHERE ownership.owner <> EXCLUDED.owner`,
				append(args, string(o.Owner), o.Actor, o.Reason)...)
			return tag.RowsAffected() > 0, err
		})
}

// withdrawnBefore wants that a rule was taken back once: who was cut off behind that goes on with its shadows. It reads
// the orders that were ever given, a few thousand.
func withdrawnBefore(ctx context.Context, tx pgx.Tx, o gateway.OwnerOrder) error {
	var before bool
	err := tx.QueryRow(ctx, `
		SELECT EXISTS (SELECT FROM operator_action WHERE action = 'own' AND destination = $1 AND operation = $2)`, o.Destination, o.About()).Scan(&before)
	if err == nil && !before {
		err = fault.New(fault.NotFound, "postgres.SetOwner", "there is no such rule, nor was one taken back")
	}
	return err
}

// day is the day of a scope, NULL for whenever.
func day(t time.Time) *string {
	if t.IsZero() {
		return nil
	}
	text := t.Format(time.DateOnly)
	return &text
}

// acting does something and keeps that it was done, in one transaction. Where it
// stood like that already nothing was done, and nothing is kept.
func (s *Store) acting(ctx context.Context, op string, a operatorAction, do func(pgx.Tx) (bool, error)) (changed bool, err error) {
	err = s.within(ctx, func(tx pgx.Tx) error {
		if changed, err = do(tx); err != nil || !changed {
			return err
		}
		return told(ctx, tx, a)
	})
	return changed && err == nil, fail(err, op)
}

// inScope keeps deliveries of a scope; $2 is the agency, $3 the procedure, ” for any.
const inScope = `($2 = '' OR e.body ->> 'receiving_agency' = $2) AND ($3 = '' OR e.body -> 'procedure' ->> 'code' = $3)`

// chunk is the next deliveries of a destination after the entity $4, whatever they are.
const chunk = `
	chunk AS (
	    SELECT entity_id FROM delivery
	    WHERE destination = $1 AND entity_id > $4
	    ORDER BY entity_id
	    LIMIT $5)`

// lockedLooks are the deliveries of a destination with the mark $2, locked by id as ingest and lanes do.
const lockedLooks = `
	locked AS (
	    SELECT entity_id FROM delivery
	    WHERE destination = $1 AND look = $2
	    ORDER BY entity_id
	    FOR UPDATE)`

// unlooked is the mark of a delivery d that loses the one it has: a shadow that was not compared yet is to be compared.
const unlooked = `CASE WHEN d.state = 'shadow' AND d.cause = 'shadow.unseen' THEN 'compare' END`

// Reconsider implements [gateway.OwnerStore]. The day of a scope is left to the
// lanes, which decide anew in any case. Indexes: delivery_pkey, entity_pkey, delivery_due_pkey.
func (s *Store) Reconsider(ctx context.Context, scope gateway.Scope, after uuid.UUID) (n int64, next uuid.UUID, err error) {
	var seen int64
	var last *uuid.UUID
	err = s.pool.QueryRow(ctx, `
		WITH `+chunk+`,
		locked AS (
		    SELECT d.entity_id
		    FROM delivery d
		    JOIN chunk c ON c.entity_id = d.entity_id
		    JOIN entity e ON e.id = d.entity_id
		    WHERE d.destination = $1 AND d.state = 'shadow' AND `+inScope+`
		    ORDER BY d.entity_id
		    FOR UPDATE OF d),
		woken AS (
		    UPDATE delivery d
		    SET state = 'queued', operation = 'lookup', cause = '', retry_at = NULL, updated_at = now(),
		        look = CASE WHEN look = 'compare' THEN NULL ELSE look END
		    FROM locked
		    WHERE d.destination = $1 AND d.entity_id = locked.entity_id
		    RETURNING d.entity_id, d.slot, d.due_at),
		due AS (
		    INSERT INTO delivery_due (destination, entity_id, slot, rank)
		    SELECT $1, entity_id, slot, `+rankSQL+`
		    FROM woken
		    CROSS JOIN (SELECT now() AS since) AS entry
		    ON CONFLICT (destination, entity_id) DO NOTHING)
		SELECT (SELECT count(*) FROM woken), (SELECT count(*) FROM chunk), (SELECT entity_id FROM chunk ORDER BY entity_id DESC LIMIT 1)`,
		scope.Destination, scope.Agency, scope.Procedure, after, ownerChunk).Scan(&n, &seen, &last)
	if err == nil && seen == ownerChunk {
		next = *last
	}
	return n, next, fail(err, "postgres.Reconsider")
}

// shadowsSQL adds up the lines of delivery_count, some thousand.
const shadowsSQL = `
	SELECT destination, cause, state, sum(n)::bigint
	FROM delivery_count
	WHERE state = 'shadow' OR cause LIKE 'adopted.%'
	GROUP BY destination, cause, state
	HAVING sum(n) > 0
	ORDER BY destination, cause, state`

// Shadows implements [gateway.OwnerStore].
func (s *Store) Shadows(ctx context.Context) ([]gateway.Shadow, error) {
	const op = "postgres.Shadows"
	rows, err := s.pool.Query(ctx, shadowsSQL)
	if err != nil {
		return nil, fail(err, op)
	}
	all, err := pgx.CollectRows(rows, pgx.RowToStructByPos[gateway.Shadow])
	return all, fail(err, op)
}

// TakeSite implements [gateway.OwnerStore].
func (s *Store) TakeSite(ctx context.Context, site, actor, reason string) (bool, error) {
	const op = "postgres.TakeSite"
	if err := checkWords(op, actor, reason); err != nil {
		return false, err
	}
	return s.acting(ctx, op, operatorAction{actor: actor, action: "take_site", operation: "site " + site, reason: reason}, func(tx pgx.Tx) (bool, error) {
		tag, err := tx.Exec(ctx, `
			UPDATE site_lease SET site = $1, node = '', taken_at = clock_timestamp(), seen_at = clock_timestamp()
			WHERE site <> $1`, site)
		return tag.RowsAffected() > 0, err
	})
}

// ReleaseObserved implements [gateway.OwnerStore]. Indexes: observation_pkey, delivery_marked_idx.
func (s *Store) ReleaseObserved(ctx context.Context, destination, actor, reason string) (bool, error) {
	const op = "postgres.ReleaseObserved"
	if err := checkWords(op, actor, reason); err != nil {
		return false, err
	}
	return s.acting(ctx, op, operatorAction{actor: actor, action: "observed", destination: destination, reason: reason}, func(tx pgx.Tx) (bool, error) {
		tag, err := tx.Exec(ctx, `
			UPDATE observation SET ended_at = clock_timestamp() WHERE destination = $1 AND ended_at IS NULL`, destination)
		if err != nil {
			return false, err
		}
		if tag.RowsAffected() == 0 {
			var once bool
			err := tx.QueryRow(ctx, `SELECT EXISTS (SELECT FROM observation WHERE destination = $1)`, destination).Scan(&once)
			if err == nil && !once {
				err = fault.New(fault.NotFound, op, "nothing to "+destination+" waits for looks, or ever did")
			}
			return false, err
		}
		_, err = tx.Exec(ctx, `
			WITH `+lockedLooks+`
			UPDATE delivery d SET look = `+unlooked+` FROM locked
			WHERE d.destination = $1 AND d.entity_id = locked.entity_id`, destination, string(gateway.LookRestore))
		return true, err
	})
}

var _ gateway.OwnerStore = (*Store)(nil)
