package postgres

import (
	"context"
	"errors"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"

	"github.com/lienthong/lienthong/gateway"
	"github.com/lienthong/lienthong/internal/fault"
)

// Retract implements [gateway.RetractStore]. Locks are taken in the order of
// ingest: entities by id, then deliveries.
func (s *Store) Retract(ctx context.Context, r gateway.Retraction) (gateway.Retracted, error) {
	const op = "postgres.Retract"
	if err := checkRetraction(r); err != nil {
		return gateway.Retracted{}, err
	}
	var out gateway.Retracted
	err := s.within(ctx, func(tx pgx.Tx) error {
		held, err := lockRetracted(ctx, tx, r)
		if err != nil {
			return err
		}
		out = gateway.Retracted{Revision: held.revision}
		changed, err := held.apply(ctx, tx, r)
		if err != nil || !changed {
			return err
		}
		out.Revision, out.Changed = held.revision+1, true
		out.Due, err = renew(ctx, tx, r, out.Revision)
		return err
	})
	return out, fail(err, op)
}

func checkRetraction(r gateway.Retraction) error {
	const op = "postgres.Retract"
	if err := checkOrder(gateway.Order{Actor: r.Actor, Reason: r.Reason}); err != nil {
		return err
	}
	switch {
	case r.Into == r.EntityID:
		return fault.New(fault.Invalid, op, "an entity is not merged into itself")
	case r.Into != uuid.Nil && (r.Destination != "" || r.Undo):
		return fault.New(fault.Invalid, op, "a merge is for all destinations, and is not undone here")
	}
	return nil
}

// retracted is an entity as a retraction finds it.
type retracted struct {
	revision  int64
	withdrawn bool
	into      *uuid.UUID
}

// lockRetracted locks the entity and its successor by id. Index: entity_pkey.
func lockRetracted(ctx context.Context, tx pgx.Tx, r gateway.Retraction) (held retracted, err error) {
	const op = "postgres.Retract"
	rows, err := tx.Query(ctx, `
		SELECT id, revision, withdrawn_at IS NOT NULL, merged_into
		FROM entity
		WHERE id IN ($1, $2) AND kind = $3 AND revision > 0
		ORDER BY id
		FOR UPDATE`, r.EntityID, r.Into, string(r.Kind))
	if err != nil {
		return held, err
	}
	found := make(map[uuid.UUID]retracted, 2)
	var id uuid.UUID
	var one retracted
	_, err = pgx.ForEachRow(rows, []any{raw(&id), &one.revision, &one.withdrawn, &one.into}, func() error {
		found[id] = one
		one.into = nil
		return nil
	})
	held, known := found[r.EntityID]
	switch successor, ok := found[r.Into]; {
	case err != nil:
		return held, err
	case !known || r.Into != uuid.Nil && !ok:
		return held, fault.New(fault.NotFound, op, "there is no such entity")
	case held.into != nil && (r.Into == uuid.Nil || *held.into != r.Into):
		return held, &fault.Error{Code: fault.Conflict, Op: op, Msg: "the entity was merged before", Problems: []fault.Problem{{
			Code: "entity.merged", Detail: "Thực thể đã được gộp vào thực thể khác.", DetailEN: "The entity was merged into another one.",
		}}}
	case successor.into != nil || successor.withdrawn:
		return held, fault.New(fault.Conflict, op, "the successor is gone itself")
	}
	return held, nil
}

// apply writes what the retraction says, and reports whether that was anything new. Indexes: entity_pkey, delivery_pkey.
func (h retracted) apply(ctx context.Context, tx pgx.Tx, r gateway.Retraction) (bool, error) {
	query, args := `
		UPDATE entity SET withdrawn_at = CASE WHEN $2 THEN NULL ELSE now() END
		WHERE id = $1 AND (withdrawn_at IS NULL) <> $2`, []any{r.EntityID, r.Undo}
	switch {
	case r.Into != uuid.Nil:
		query, args = `UPDATE entity SET merged_into = $2 WHERE id = $1 AND merged_into IS NULL`, []any{r.EntityID, r.Into}
	case r.Destination != "":
		query, args = `
		UPDATE delivery SET withheld_at = CASE WHEN $2 THEN NULL ELSE now() END
		WHERE destination = $3 AND entity_id = $1 AND (withheld_at IS NULL) <> $2`, append(args, r.Destination)
	}
	tag, err := tx.Exec(ctx, query, args...)
	if err != nil || tag.RowsAffected() > 0 || r.Destination == "" {
		return tag.RowsAffected() > 0, err
	}
	var told bool
	err = tx.QueryRow(ctx, `SELECT true FROM delivery WHERE destination = $1 AND entity_id = $2`, r.Destination, r.EntityID).Scan(&told)
	if errors.Is(err, pgx.ErrNoRows) {
		return false, fault.New(fault.NotFound, "postgres.Retract", "the destination was never told of it")
	}
	return false, err
}

// renew gives the entity a new revision, tells the feed, keeps the action and
// has every destination compared anew. Deliveries keep their clock by the rules
// of [ingestion.writeDeliveries]. Index: entity_pkey.
func renew(ctx context.Context, tx pgx.Tx, r gateway.Retraction, revision int64) ([]gateway.LaneKey, error) {
	action, err := act(ctx, tx, operatorAction{
		actor: r.Actor, action: string(r.Action()), destination: r.Destination, operation: string(gateway.OpRetract), reason: r.Reason, entity: &r.EntityID,
	})
	if err != nil {
		return nil, err
	}
	kind := gateway.RetractType(r.Kind)
	if r.Undo || r.Destination != "" { // the feed's readers may still have it
		kind = gateway.ChangeType(r.Kind, revision)
	}
	batch := &pgx.Batch{}
	batch.Queue(`UPDATE entity SET revision = $2, updated_at = now() WHERE id = $1`, r.EntityID, revision)
	batch.Queue(`
		INSERT INTO change_inbox (entity_id, entity_kind, entity_revision, type, recorded_at)
		VALUES ($1, $2, $3, $4, now())`, r.EntityID, string(r.Kind), revision, kind)
	if err := tx.SendBatch(ctx, batch).Close(); err != nil {
		return nil, err
	}
	return renewDeliveries(ctx, tx, r.EntityID, revision, action)
}

// renewDeliveries walks the few destinations, since delivery_pkey begins with
// them. Indexes: delivery_pkey, delivery_due_pkey.
func renewDeliveries(ctx context.Context, tx pgx.Tx, entity uuid.UUID, revision int64, action uuid.UUID) ([]gateway.LaneKey, error) {
	rows, err := tx.Query(ctx, `
		WITH RECURSIVE `+knownDestinations+`,
		wanted AS (
		    UPDATE delivery d
		    SET wanted_rev = $2, wanted_at = now(), action_id = $3, updated_at = now(),
		        `+cleanSlate+`
		    FROM known
		    WHERE d.destination = known.destination AND d.entity_id = $1
		    RETURNING d.destination, d.entity_id, d.slot, d.state, d.due_at, d.retry_at)
		INSERT INTO delivery_due (destination, entity_id, slot, rank)
		SELECT destination, entity_id, slot, `+rankSQL+`
		FROM wanted
		CROSS JOIN (SELECT now() AS since) AS entry
		`+dueSooner, entity, revision, action)
	return laneKeys(rows, err)
}

var _ gateway.RetractStore = (*Store)(nil)
