package postgres

import (
	"context"
	"time"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"

	"github.com/lienthong/lienthong/gateway"
)

// writeDeliveries tells every destination that wants a changed entity. What is
// being sent, or has an unknown outcome, or waits for its destination, keeps
// its own clock; what was refused for its data is due again with a clean
// slate, since the data are new. What is due already moves up when its deadline
// does. Indexes: delivery_pkey, delivery_due_pkey.
func (in *ingestion) writeDeliveries(ctx context.Context) error {
	fresh, d := in.wanted()
	if err := in.copyDeliveries(ctx, fresh); err != nil || len(d.entities) == 0 {
		return err
	}
	rows, err := in.tx.Query(ctx, `
		WITH planned AS (
		    INSERT INTO delivery AS d (destination, entity_id, key, slot, state, wanted_rev, wanted_at, due_at, legal, created_at, updated_at)
		    SELECT destination, entity_id, key, slot, 'queued', wanted_rev, $7, due_at, legal, $7, $7
		    FROM unnest($1::text[], $2::uuid[], $3::text[], $4::smallint[], $5::bigint[], $6::timestamptz[], $8::boolean[])
		         AS w (destination, entity_id, key, slot, wanted_rev, due_at, legal)
		    ORDER BY destination, entity_id
		    ON CONFLICT (destination, entity_id) DO UPDATE
		    SET wanted_rev = EXCLUDED.wanted_rev, wanted_at = EXCLUDED.wanted_at, due_at = EXCLUDED.due_at, legal = EXCLUDED.legal, updated_at = EXCLUDED.updated_at,
		        `+cleanSlate+`
		    RETURNING d.destination, d.entity_id, d.slot, d.state, d.due_at, d.retry_at)
		INSERT INTO delivery_due (destination, entity_id, slot, rank)
		SELECT destination, entity_id, slot, `+rankSQL+`
		FROM planned
		CROSS JOIN (SELECT $7::timestamptz AS since) AS entry
		`+dueSooner,
		d.destinations, d.entities, d.keys, d.slots, d.revisions, d.dueAt, in.now, d.legal)
	if err != nil {
		return err
	}
	var k gateway.LaneKey
	_, err = pgx.ForEachRow(rows, []any{&k.Destination, &k.Slot}, func() error {
		in.due[k] = struct{}{}
		return nil
	})
	return err
}

// copyDeliveries writes those of new entities, which nobody else can know of yet.
func (in *ingestion) copyDeliveries(ctx context.Context, fresh []wantedRow) error {
	rows, due := newCopy(10, len(fresh), 121), newCopy(4, len(fresh), 48)
	for i := range fresh {
		w := &fresh[i]
		in.due[gateway.LaneKey{Destination: w.destination, Slot: int(w.slot)}] = struct{}{}
		rows.row()
		rows.text(w.destination)
		rows.uuid(w.entity)
		rows.text(w.key)
		rows.int16(w.slot)
		rows.text(string(gateway.StateQueued))
		rows.int64(w.revision)
		rows.time(w.dueAt)
		rows.boolean(w.legal)
		rows.time(in.now)
		rows.time(in.now)
		due.row()
		due.text(w.destination)
		due.uuid(w.entity)
		due.int16(w.slot)
		due.float64(gateway.Rank(w.dueAt, in.now))
	}
	err := rows.send(ctx, in.tx, "delivery", "destination, entity_id, key, slot, state, wanted_rev, due_at, legal, created_at, updated_at")
	if err != nil {
		return err
	}
	return due.send(ctx, in.tx, "delivery_due", "destination, entity_id, slot, rank")
}

// wantedRow is one delivery.
type wantedRow struct {
	destination, key string
	entity           uuid.UUID
	slot             int16
	revision         int64
	dueAt            time.Time
	legal            bool // dueAt is an appointment
}

// wantedRows is a set of deliveries as columns.
type wantedRows struct {
	destinations, keys []string
	entities           uuids
	slots              []int16
	revisions          []int64
	dueAt              []time.Time
	legal              []bool
}

func (r *wantedRows) add(w wantedRow) {
	r.destinations, r.entities = append(r.destinations, w.destination), append(r.entities, w.entity)
	r.keys, r.slots = append(r.keys, w.key), append(r.slots, w.slot)
	r.revisions, r.dueAt = append(r.revisions, w.revision), append(r.dueAt, w.dueAt)
	r.legal = append(r.legal, w.legal)
}

// wanted returns the deliveries of new entities and those of entities that may have one.
func (in *ingestion) wanted() (fresh []wantedRow, known wantedRows) {
	for _, e := range in.dirty {
		for _, r := range in.store.receivers {
			key, due, ok := r.Deliverable(e.id, e.body, in.now)
			if !ok {
				continue
			}
			w := wantedRow{
				destination: r.Code, key: key, entity: e.id, slot: int16(gateway.SlotOf(key)), revision: e.revision, dueAt: due,
				legal: gateway.Appointed(e.body),
			}
			if e.isNew {
				fresh = append(fresh, w)
			} else {
				known.add(w)
			}
		}
	}
	return fresh, known
}
