package postgres

import (
	"context"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"

	"github.com/lienthong/lienthong/gateway"
	"github.com/lienthong/lienthong/internal/fault"
)

// mostOwnRepairs is how often the gateway by itself repairs one difference: what stays after that is for people.
const mostOwnRepairs = 2

// RepairDrift implements [gateway.LookStore] and [gateway.DriftStore]. Nothing is
// sent from here: the delivery is due, is looked up by its lane, and is planned from what
// that shows. What moves already, waits for its source, was put aside, or is written by another system stays as it is.
// Ordering it twice has one effect: what is due is not eligible.
func (s *Store) RepairDrift(ctx context.Context, o gateway.DriftOrder) (gateway.DriftDone, error) {
	const op = "postgres.RepairDrift"
	var done gateway.DriftDone
	switch {
	case o.Actor == "" && o.Entity == uuid.Nil:
		return done, fault.New(fault.Invalid, op, "who says so is missing")
	case !o.Accept && !o.Class.Sends():
		return done, fault.New(fault.Invalid, op, "the portal is ahead: nothing may be written there; ask the source, or accept")
	}
	if o.Actor != "" {
		if err := checkWords(op, o.Actor, o.Reason); err != nil {
			return done, err
		}
	}
	err := s.within(ctx, func(tx pgx.Tx) error {
		var action *uuid.UUID
		if o.Actor != "" {
			id, err := keepDriftAction(ctx, tx, o)
			if err != nil {
				return err
			}
			action, done.ActionID = &id, id
		}
		if o.Accept {
			return acceptDrift(ctx, tx, o, &done)
		}
		return repairDrift(ctx, tx, o, action, &done)
	})
	return done, fail(err, op)
}

// keepDriftAction writes who ordered it, and why.
func keepDriftAction(ctx context.Context, tx pgx.Tx, o gateway.DriftOrder) (uuid.UUID, error) {
	action := "drift_repair"
	if o.Accept {
		action = "drift_accept"
	}
	about := string(o.Class)
	if o.Commune != "" {
		about += ", commune " + o.Commune
	}
	return act(ctx, tx, operatorAction{actor: o.Actor, action: action, destination: o.Destination, operation: about, reason: o.Reason})
}

// aboutDrift keeps the rows of look that an order is about. Indexes: look_place_idx, look_class_idx, or look_pkey for one entity.
const aboutDrift = `l.class <> '' AND NOT l.accepted AND l.class = $1 AND ($2 = '' OR l.destination = $2) AND ($3 = '' OR l.commune = $3)
	      AND ($4::uuid = '00000000-0000-0000-0000-000000000000' OR l.entity_id = $4)`

// notRepairableSQL says of a look l, its delivery d and its entity e why it is not repaired; ” where it is. What was
// delivered since that look may agree by now: the next look tells, and until then it is in nobody's way.
const notRepairableSQL = `CASE
	    WHEN d.state = 'failed_data' THEN 'data'
	    WHEN d.state = 'parked' THEN 'parked'
	    WHEN d.state = 'shadow' OR ` + foreignSQL + ` THEN '` + gateway.WhyForeign + `'
	    WHEN d.look IS NOT NULL THEN '` + gateway.WhyLook + `'
	    WHEN d.state NOT IN ('delivered', 'confirmed', 'failed_destination', 'failed_gateway') THEN 'moving'
	    WHEN d.state IN ('delivered', 'confirmed') AND d.looked_at IS NULL AND d.updated_at > l.looked_at THEN '` + gateway.WhySince + `'
	    WHEN $6::uuid IS NULL AND l.repairs >= $7 THEN 'tried'
	    ELSE '' END`

// acceptDrift takes note: it is listed again when either side changes. It counts as a difference all the same.
func acceptDrift(ctx context.Context, tx pgx.Tx, o gateway.DriftOrder, done *gateway.DriftDone) error {
	rows, err := tx.Query(ctx, `
		WITH picked AS (
		    SELECT destination, entity_id FROM look l
		    WHERE `+aboutDrift+`
		    ORDER BY found_at, entity_id
		    LIMIT $5
		    FOR UPDATE)
		UPDATE look l SET accepted = true
		FROM picked
		WHERE l.destination = picked.destination AND l.entity_id = picked.entity_id AND NOT l.accepted
		RETURNING l.destination, l.entity_id, l.revision`,
		string(o.Class), o.Destination, o.Commune, o.Entity, o.Limit)
	if err != nil {
		return err
	}
	var lines []string
	var destination string
	var entity uuid.UUID
	var revision int64
	_, err = pgx.ForEachRow(rows, []any{&destination, raw(&entity), &revision}, func() error {
		lines = append(lines, driftLine("drift_accept", destination, entity, revision, o.Class, o.Class))
		return nil
	})
	if done.Done = len(lines); err != nil {
		return err
	}
	return note(ctx, tx, lines...)
}

// repairDriftSQL repairs the oldest that can be repaired, as many as the order says: what cannot, and stands before
// them, is counted and holds up nothing. Deliveries are locked by id, as ingest does, and judged again.
// Indexes: those of aboutDrift, delivery_pkey, entity_pkey, ownership_pkey, delivery_due_pkey.
const repairDriftSQL = `
	WITH judged AS (
	    SELECT l.destination, l.entity_id, l.found_at, l.revision, ` + notRepairableSQL + ` AS why
	    FROM look l
	    JOIN delivery d ON d.destination = l.destination AND d.entity_id = l.entity_id
	    LEFT JOIN entity e ON e.id = l.entity_id
	    WHERE ` + aboutDrift + `),
	picked AS (
	    SELECT destination, entity_id, revision, why
	    FROM (SELECT *, count(*) FILTER (WHERE why = '') OVER (ORDER BY found_at, entity_id, destination) - CASE why WHEN '' THEN 1 ELSE 0 END AS before FROM judged) AS ranked
	    WHERE before < $5),
	locked AS (
	    SELECT d.destination, d.entity_id, d.slot, d.due_at, picked.revision, ` + notRepairableSQL + ` AS why
	    FROM picked
	    JOIN look l ON l.destination = picked.destination AND l.entity_id = picked.entity_id
	    JOIN delivery d ON d.destination = picked.destination AND d.entity_id = picked.entity_id
	    LEFT JOIN entity e ON e.id = d.entity_id
	    WHERE picked.why = ''
	    ORDER BY d.destination, d.entity_id
	    FOR UPDATE OF d),
	renewed AS (
	    UPDATE delivery d
	    SET state = 'queued', operation = 'lookup', action_id = $6, tries = 0, shelf = '', cause = '', problem = '',
	        retry_at = NULL, updated_at = now()
	    FROM locked
	    WHERE locked.why = '' AND d.destination = locked.destination AND d.entity_id = locked.entity_id),
	counted AS (
	    UPDATE look l SET repairs = l.repairs + CASE WHEN $6::uuid IS NULL THEN 1 ELSE 0 END
	    FROM locked
	    WHERE locked.why = '' AND l.destination = locked.destination AND l.entity_id = locked.entity_id),
	due AS (
	    INSERT INTO delivery_due (destination, entity_id, slot, rank)
	    SELECT destination, entity_id, slot, ` + rankSQL + `
	    FROM locked
	    CROSS JOIN (SELECT now() AS since) AS entry
	    WHERE why = ''
	    ON CONFLICT (destination, entity_id) DO NOTHING)
	SELECT destination, entity_id, slot::int, revision, why, 1 FROM locked
	UNION ALL
	SELECT '', '00000000-0000-0000-0000-000000000000', 0, 0, why, count(*)::int FROM picked WHERE why <> '' GROUP BY why`

func repairDrift(ctx context.Context, tx pgx.Tx, o gateway.DriftOrder, action *uuid.UUID, done *gateway.DriftDone) error {
	if _, err := tx.Exec(ctx, planAnew); err != nil {
		return err
	}
	rows, err := tx.Query(ctx, repairDriftSQL, string(o.Class), o.Destination, o.Commune, o.Entity, o.Limit, action, mostOwnRepairs)
	if err != nil {
		return err
	}
	var lines []string
	var k gateway.LaneKey
	var entity uuid.UUID
	var revision int64
	var why string
	var n int
	_, err = pgx.ForEachRow(rows, []any{&k.Destination, raw(&entity), &k.Slot, &revision, &why, &n}, func() error {
		if why != "" {
			if done.Left == nil {
				done.Left = map[string]int{}
			}
			done.Left[why] += n
			return nil
		}
		done.Done++
		done.Due = append(done.Due, k)
		lines = append(lines, driftLine("drift_repair", k.Destination, entity, revision, "", o.Class))
		return nil
	})
	if err != nil {
		return err
	}
	return note(ctx, tx, lines...)
}
