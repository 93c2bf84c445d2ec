package postgres

import (
	"cmp"
	"context"
	"slices"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"

	"github.com/lienthong/lienthong/gateway"
)

// forgottenLook is what a look said.
type forgottenLook struct {
	EntityID                   uuid.UUID
	Revision                   int64
	Class                      gateway.DriftClass
	Commune, Agency, Procedure string
}

// forgetLooks takes back what was said about what nobody looks at any more, such as what was withdrawn or is another's
// to write: else it differed for ever, and no repair could help. Indexes: look_pkey, agreement_pkey.
func forgetLooks(ctx context.Context, tx pgx.Tx, destination string, entities ...uuid.UUID) error {
	rows, err := tx.Query(ctx, `
		DELETE FROM look WHERE destination = $1 AND entity_id = ANY ($2)
		RETURNING entity_id, revision, class, commune, agency, procedure`, destination, entities)
	if err != nil {
		return err
	}
	gone, err := pgx.CollectRows(rows, pgx.RowToStructByPos[forgottenLook])
	if err != nil || len(gone) == 0 {
		return err
	}
	var lines []string
	for _, g := range gone {
		if g.Class != gateway.DriftNone {
			lines = append(lines, driftLine("drift", destination, g.EntityID, g.Revision, g.Class, gateway.DriftNone))
		}
	}
	if len(lines) > 0 {
		if err := note(ctx, tx, lines...); err != nil {
			return err
		}
	}
	return uncount(ctx, tx, destination, gone)
}

// uncount goes through the counters dimension by dimension as count does, and by code, so that no two who do it wait for each other.
func uncount(ctx context.Context, tx pgx.Tx, destination string, gone []forgottenLook) error {
	batch := &pgx.Batch{}
	for i, dimension := range gateway.Dimensions() {
		code := func(g forgottenLook) string { return [...]string{g.Commune, g.Agency, g.Procedure}[i] }
		slices.SortFunc(gone, func(a, b forgottenLook) int { return cmp.Compare(code(a), code(b)) })
		for _, g := range gone {
			differs := lookRow{class: g.Class}.differs()
			batch.Queue(uncountSQL, dimension, destination, code(g), differs)
		}
	}
	return tx.SendBatch(ctx, batch).Close()
}

const uncountSQL = `
	UPDATE agreement SET looked = looked - 1, differing = differing - $4
	WHERE dimension = $1 AND destination = $2 AND code = $3`

// forgetShadows takes back what was said of deliveries that became shadows just now: the reconciliation does not look at those.
func (s *Store) forgetShadows(ctx context.Context, destination string, changes []gateway.DeliveryUpdate, recorded map[uuid.UUID]bool) error {
	var shadows []uuid.UUID
	for i := range changes {
		if d := &changes[i].Delivery; d.State == gateway.StateShadow && changes[i].Was != gateway.StateShadow && recorded[d.Wanted.EntityID] {
			shadows = append(shadows, d.Wanted.EntityID)
		}
	}
	if len(shadows) == 0 {
		return nil
	}
	return s.within(ctx, func(tx pgx.Tx) error { return forgetLooks(ctx, tx, destination, shadows...) })
}
