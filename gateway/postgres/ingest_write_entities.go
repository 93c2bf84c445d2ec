package postgres

import (
	"bytes"
	"context"
	"slices"
	"time"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"

	"github.com/lienthong/lienthong/gateway"
)

// writeEntities stores golden bodies, who mentions whom, and the changes for the feed.
func (in *ingestion) writeEntities(ctx context.Context) error {
	in.dirty = in.dirtyEntities()
	dirty := in.dirty
	if err := in.insertEntities(ctx, dirty); err != nil {
		return err
	}
	if err := in.updateEntities(ctx, dirty); err != nil {
		return err
	}
	if err := in.writeMentions(ctx); err != nil {
		return err
	}
	return in.insertChanges(ctx, dirty)
}

// dirtyEntities returns what changed, by id, with its next revision.
func (in *ingestion) dirtyEntities() []*entityState {
	var dirty []*entityState
	for _, e := range in.entities {
		if e.dirty {
			e.revision++
			dirty = append(dirty, e)
		}
	}
	slices.SortFunc(dirty, func(a, b *entityState) int { return bytes.Compare(a.id[:], b.id[:]) })
	return dirty
}

func (in *ingestion) insertEntities(ctx context.Context, dirty []*entityState) error {
	var rows [][]any
	for _, e := range dirty {
		if e.isNew {
			rows = append(rows, []any{e.id, string(e.kind), e.revision, e.sealed.Hash[:], e.sealed.JSON, in.now, in.now})
		}
	}
	if len(rows) == 0 {
		return nil
	}
	_, err := in.tx.CopyFrom(ctx, pgx.Identifier{"entity"},
		[]string{"id", "kind", "revision", "hash", "body", "created_at", "updated_at"}, pgx.CopyFromRows(rows))
	return err
}

// updateEntities relies on entity_pkey; the rows are locked already.
func (in *ingestion) updateEntities(ctx context.Context, dirty []*entityState) error {
	var ids []uuid.UUID
	var revisions []int64
	var hashes [][]byte
	var bodies []string
	for _, e := range dirty {
		if !e.isNew {
			ids, revisions = append(ids, e.id), append(revisions, e.revision)
			hashes, bodies = append(hashes, e.sealed.Hash[:]), append(bodies, string(e.sealed.JSON))
		}
	}
	if len(ids) == 0 {
		return nil
	}
	_, err := in.tx.Exec(ctx, `
		UPDATE entity
		SET revision = e.revision, hash = e.hash, body = e.body::json, updated_at = $5
		FROM unnest($1::uuid[], $2::bigint[], $3::bytea[], $4::text[]) AS e (id, revision, hash, body)
		WHERE entity.id = e.id`, ids, revisions, hashes, bodies, in.now)
	return err
}

// writeMentions replaces the mentions of changed records.
func (in *ingestion) writeMentions(ctx context.Context) error {
	var replaced, doubtful []uuid.UUID
	var rows [][]any
	for _, st := range in.changed {
		if st.exists {
			replaced = append(replaced, st.id)
		}
		if st.inReview {
			doubtful = append(doubtful, st.id)
		}
		for i, m := range st.mentions {
			entity := &m.entityID
			if m.entityID == uuid.Nil {
				entity = nil
			}
			rows = append(rows, []any{st.id, int16(i), m.Role, string(m.Kind), entity, m.ground})
		}
	}
	if len(replaced) > 0 { // Index: mention_pkey.
		if _, err := in.tx.Exec(ctx, `DELETE FROM mention WHERE record_id = ANY ($1)`, replaced); err != nil {
			return err
		}
	}
	if len(doubtful) > 0 { // Index: record_pkey.
		if _, err := in.tx.Exec(ctx, `UPDATE record SET in_review = true WHERE id = ANY ($1)`, doubtful); err != nil {
			return err
		}
	}
	if len(rows) == 0 {
		return nil
	}
	_, err := in.tx.CopyFrom(ctx, pgx.Identifier{"mention"},
		[]string{"record_id", "ordinal", "role", "kind", "entity_id", "ground"}, pgx.CopyFromRows(rows))
	return err
}

// insertChanges appends unnumbered; the sequencer gives positions after the commit.
func (in *ingestion) insertChanges(ctx context.Context, dirty []*entityState) error {
	if len(dirty) == 0 {
		return nil
	}
	in.moved = true
	rows := make([][]any, 0, len(dirty))
	for _, e := range dirty {
		rows = append(rows, []any{e.id, string(e.kind), e.revision, gateway.ChangeType(e.kind, e.revision), in.now})
	}
	_, err := in.tx.CopyFrom(ctx, pgx.Identifier{"change_inbox"},
		[]string{"entity_id", "entity_kind", "entity_revision", "type", "recorded_at"}, pgx.CopyFromRows(rows))
	return err
}

// writeDeliveries tells every destination that wants a changed entity. What is
// being sent, or has an unknown outcome, or waits for its destination, keeps
// its own clock; what was refused for its data is due again with a clean
// slate, since the data are new. What is due already moves up when its deadline
// does. Indexes: delivery_pkey, delivery_due_pkey.
func (in *ingestion) writeDeliveries(ctx context.Context) error {
	d := in.wanted()
	if len(d.entities) == 0 {
		return nil
	}
	rows, err := in.tx.Query(ctx, `
		WITH planned AS (
		    INSERT INTO delivery AS d (destination, entity_id, key, slot, state, wanted_rev, due_at, created_at, updated_at)
		    SELECT destination, entity_id, key, slot, 'queued', wanted_rev, due_at, $7, $7
		    FROM unnest($1::text[], $2::uuid[], $3::text[], $4::smallint[], $5::bigint[], $6::timestamptz[])
		         AS w (destination, entity_id, key, slot, wanted_rev, due_at)
		    ORDER BY destination, entity_id
		    ON CONFLICT (destination, entity_id) DO UPDATE
		    SET wanted_rev = EXCLUDED.wanted_rev, due_at = EXCLUDED.due_at, updated_at = EXCLUDED.updated_at,
		        state = CASE WHEN d.state IN ('delivered', 'confirmed', 'failed_data', 'failed_gateway', 'parked')
		                     THEN 'queued' ELSE d.state END,
		        shelf = CASE WHEN d.state IN ('failed_data', 'failed_gateway', 'parked') THEN '' ELSE d.shelf END,
		        cause = CASE WHEN d.state IN ('failed_data', 'failed_gateway', 'parked') THEN '' ELSE d.cause END,
		        problem = CASE WHEN d.state IN ('failed_data', 'failed_gateway', 'parked') THEN '' ELSE d.problem END,
		        tries = CASE WHEN d.state IN ('failed_data', 'failed_gateway', 'parked') THEN 0 ELSE d.tries END,
		        retry_at = CASE WHEN d.state IN ('failed_data', 'failed_gateway', 'parked') THEN NULL ELSE d.retry_at END
		    RETURNING d.destination, d.entity_id, d.slot, d.state, d.due_at, d.retry_at)
		INSERT INTO delivery_due (destination, entity_id, slot, rank)
		SELECT destination, entity_id, slot, extract(epoch FROM due_at) + 24 * extract(epoch FROM $7::timestamptz)
		FROM planned
		WHERE state = 'queued' AND retry_at IS NULL
		ON CONFLICT (destination, entity_id) DO UPDATE
		SET rank = EXCLUDED.rank
		WHERE delivery_due.rank > EXCLUDED.rank
		RETURNING destination, slot`,
		d.destinations, d.entities, d.keys, d.slots, d.revisions, d.dueAt, in.now)
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

// wantedRows is a set of deliveries as columns.
type wantedRows struct {
	destinations, keys []string
	entities           []uuid.UUID
	slots              []int16
	revisions          []int64
	dueAt              []time.Time
}

func (in *ingestion) wanted() wantedRows {
	var w wantedRows
	for _, e := range in.dirty {
		key, due, ok := gateway.Deliverable(e.body, in.now)
		if !ok {
			continue
		}
		for _, r := range in.store.receivers {
			if !r.Wants(e.kind) {
				continue
			}
			w.destinations, w.entities = append(w.destinations, r.Code), append(w.entities, e.id)
			w.keys, w.slots = append(w.keys, key), append(w.slots, int16(gateway.SlotOf(key)))
			w.revisions, w.dueAt = append(w.revisions, e.revision), append(w.dueAt, due)
		}
	}
	return w
}
