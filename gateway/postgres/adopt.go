package postgres

import (
	"context"
	"errors"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"

	"github.com/lienthong/lienthong/gateway"
	"github.com/lienthong/lienthong/internal/fault"
)

// BeginAdoption implements [gateway.OwnerStore]. Index: adoption_present_key.
func (s *Store) BeginAdoption(ctx context.Context, a gateway.Adoption, actor, reason string) (present gateway.Adoption, begun bool, err error) {
	const op = "postgres.BeginAdoption"
	if err := checkWords(op, actor, reason); err != nil {
		return a, false, err
	}
	if err := s.endAdoptions(ctx); err != nil {
		return a, false, fail(err, op)
	}
	begun, err = s.acting(ctx, op, operatorAction{actor: actor, action: "adopt", destination: a.Destination, operation: a.About(), reason: reason}, func(tx pgx.Tx) (bool, error) {
		tag, err := tx.Exec(ctx, `
			INSERT INTO adoption (id, destination, agency, procedure, began_at)
			VALUES ($1, $2, $3, $4, clock_timestamp())
			ON CONFLICT (destination) WHERE ended_at IS NULL DO NOTHING`, uuid.New(), a.Destination, a.Agency, a.Procedure)
		if err != nil {
			return false, err
		}
		if present, err = presentAdoption(ctx, tx, a.Destination); err != nil { // ours, or of who was faster
			return false, err
		}
		if present.Agency != a.Agency || present.Procedure != a.Procedure {
			return false, fault.New(fault.Conflict, op, "another adoption of "+a.Destination+" is under way")
		}
		return tag.RowsAffected() > 0, nil
	})
	return present, begun, err
}

// adoptionColumns count what is left by the lines of delivery_count.
const adoptionColumns = `
	SELECT id, destination, agency, procedure, chosen,
	       CASE WHEN ended_at IS NULL
	            THEN (SELECT coalesce(sum(n), 0)::bigint FROM delivery_count c WHERE c.destination = a.destination AND c.look = 'adopt') ELSE 0 END,
	       complete, paused, began_at, ended_at
	FROM adoption a`

func presentAdoption(ctx context.Context, tx pgx.Tx, destination string) (gateway.Adoption, error) {
	rows, err := tx.Query(ctx, adoptionColumns+` WHERE destination = $1 AND ended_at IS NULL`, destination)
	if err != nil {
		return gateway.Adoption{}, err
	}
	return pgx.CollectExactlyOneRow(rows, pgx.RowToStructByPos[gateway.Adoption])
}

// endAdoptions ends what has nothing left to look at. Index: delivery_marked_idx.
func (s *Store) endAdoptions(ctx context.Context) error {
	_, err := s.handle(ctx).Exec(ctx, `
		UPDATE adoption a SET ended_at = clock_timestamp()
		WHERE ended_at IS NULL AND complete
		  AND NOT EXISTS (SELECT FROM delivery d WHERE d.destination = a.destination AND d.look = 'adopt')`)
	return err
}

// ChooseAdopted implements [gateway.OwnerStore]. What is chosen is not due
// until it was looked at; what is being sent is looked at afterwards. Two who
// choose for one adoption wait for each other at its row.
// Indexes: adoption_pkey, delivery_pkey, entity_pkey, delivery_due_pkey.
func (s *Store) ChooseAdopted(ctx context.Context, id uuid.UUID) (complete bool, err error) {
	err = pgx.BeginFunc(ctx, s.pool, func(tx pgx.Tx) error {
		var destination, agency, procedure string
		var cursor uuid.UUID
		err := tx.QueryRow(ctx, `
			SELECT destination, agency, procedure, coalesce(cursor, '00000000-0000-0000-0000-000000000000'), complete OR ended_at IS NOT NULL
			FROM adoption WHERE id = $1 FOR UPDATE`, id).Scan(&destination, &agency, &procedure, &cursor, &complete)
		if err != nil || complete {
			return err
		}
		return tx.QueryRow(ctx, `
			WITH `+chunk+`,
			locked AS (
			    SELECT d.entity_id
			    FROM delivery d
			    JOIN chunk c ON c.entity_id = d.entity_id
			    JOIN entity e ON e.id = d.entity_id
			    WHERE d.destination = $1 AND d.state <> 'redacted' AND `+inScope+`
			    ORDER BY d.entity_id
			    FOR UPDATE OF d),
			chosen AS (
			    UPDATE delivery d SET look = 'adopt'
			    FROM locked
			    WHERE d.destination = $1 AND d.entity_id = locked.entity_id AND d.look IS DISTINCT FROM 'restore'
			    RETURNING d.entity_id),
			rested AS (
			    DELETE FROM delivery_due WHERE destination = $1 AND entity_id IN (SELECT entity_id FROM chosen))
			UPDATE adoption
			SET cursor = coalesce((SELECT entity_id FROM chunk ORDER BY entity_id DESC LIMIT 1), cursor),
			    chosen = chosen + (SELECT count(*) FROM chosen), complete = (SELECT count(*) FROM chunk) < $5
			WHERE id = $6
			RETURNING complete`, destination, agency, procedure, cursor, ownerChunk, id).Scan(&complete)
	})
	return complete, fail(err, "postgres.ChooseAdopted")
}

// SteerAdoption implements [gateway.OwnerStore]. What a cancelled one has not
// looked at is due as before. Indexes: adoption_present_key, delivery_marked_idx.
func (s *Store) SteerAdoption(ctx context.Context, destination, action, actor, reason string) (bool, error) {
	const op = "postgres.SteerAdoption"
	if err := checkWords(op, actor, reason); err != nil {
		return false, err
	}
	steer, known := map[string]string{
		"adopt_pause": `SET paused = true`, "adopt_resume": `SET paused = false`, "adopt_cancel": `SET ended_at = clock_timestamp()`,
	}[action]
	if !known {
		return false, fault.New(fault.Invalid, op, "an adoption is paused, resumed or cancelled")
	}
	return s.acting(ctx, op, operatorAction{actor: actor, action: action, destination: destination, reason: reason}, func(tx pgx.Tx) (bool, error) {
		present, err := presentAdoption(ctx, tx, destination)
		if errors.Is(err, pgx.ErrNoRows) {
			err = fault.New(fault.NotFound, op, "no adoption of "+destination+" is under way")
		}
		if err != nil {
			return false, err
		}
		tag, err := tx.Exec(ctx, `UPDATE adoption `+steer+` WHERE id = $1 AND ended_at IS NULL AND ($2 = 'adopt_cancel' OR paused <> ($2 = 'adopt_pause'))`,
			present.ID, action)
		if err != nil || tag.RowsAffected() == 0 || action != "adopt_cancel" {
			return tag.RowsAffected() > 0, err
		}
		return true, freeAdopted(ctx, tx, destination)
	})
}

// freeAdopted makes due what was marked and not looked at; a shadow that was not compared yet is marked for that again.
func freeAdopted(ctx context.Context, tx pgx.Tx, destination string) error {
	_, err := tx.Exec(ctx, `
		WITH `+lockedLooks+`,
		freed AS (
		    UPDATE delivery d SET look = `+unlooked+` FROM locked
		    WHERE d.destination = $1 AND d.entity_id = locked.entity_id
		    RETURNING d.entity_id, d.slot, d.due_at, d.state, d.retry_at)
		INSERT INTO delivery_due (destination, entity_id, slot, rank)
		SELECT $1, entity_id, slot, `+rankSQL+`
		FROM freed
		CROSS JOIN (SELECT now() AS since) AS entry
		WHERE state = 'queued' AND retry_at IS NULL
		ON CONFLICT (destination, entity_id) DO NOTHING`, destination, string(gateway.LookAdopt))
	return err
}

// Adoptions implements [gateway.OwnerStore]. The table has a row for each that ever was.
func (s *Store) Adoptions(ctx context.Context, limit int) ([]gateway.Adoption, error) {
	const op = "postgres.Adoptions"
	if err := s.endAdoptions(ctx); err != nil {
		return nil, fail(err, op)
	}
	rows, err := s.pool.Query(ctx, adoptionColumns+` ORDER BY began_at DESC LIMIT $1`, limit)
	if err != nil {
		return nil, fail(err, op)
	}
	all, err := pgx.CollectRows(rows, pgx.RowToStructByPos[gateway.Adoption])
	return all, fail(err, op)
}
