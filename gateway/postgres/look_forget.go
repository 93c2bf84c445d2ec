package postgres

import (
	"cmp"
	"context"
	"slices"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"

	"github.com/lienthong/lienthong/gateway"
)

// forgetLooks takes back what was said about what nobody looks at any more, such as what was withdrawn or is another's
// to write: else it differed for ever, and no repair could help. Indexes: look_pkey, agreement_pkey.
func forgetLooks(ctx context.Context, tx pgx.Tx, destination string, entities ...uuid.UUID) error {
	rows, err := tx.Query(ctx, `
		DELETE FROM look WHERE destination = $1 AND entity_id = ANY ($2)
		RETURNING entity_id, revision, class, commune, agency, procedure`, destination, entities)
	if err != nil {
		return err
	}
	var gone []lookRow
	var lines []string
	var entity uuid.UUID
	var revision int64
	was := lookRow{known: true}
	_, err = pgx.ForEachRow(rows, []any{raw(&entity), &revision, &was.class, &was.places.Commune, &was.places.Agency, &was.places.Procedure}, func() error {
		if gone = append(gone, was); was.class != gateway.DriftNone {
			lines = append(lines, driftLine("drift", destination, entity, revision, was.class, gateway.DriftNone))
		}
		return nil
	})
	if err != nil || len(gone) == 0 {
		return err
	}
	if err := note(ctx, tx, lines...); err != nil {
		return err
	}
	return uncount(ctx, tx, destination, gone)
}

// uncount goes through the counters dimension by dimension as count does, and by code, so that no two who do it wait for each other.
func uncount(ctx context.Context, tx pgx.Tx, destination string, gone []lookRow) error {
	batch := &pgx.Batch{}
	for i, dimension := range gateway.Dimensions() {
		slices.SortFunc(gone, func(a, b lookRow) int { return cmp.Compare(a.codes()[i], b.codes()[i]) })
		for _, was := range gone {
			batch.Queue(uncountSQL, dimension, destination, was.codes()[i], was.differs())
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
