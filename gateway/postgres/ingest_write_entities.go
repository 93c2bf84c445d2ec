package postgres

import (
	"bytes"
	"context"
	"slices"

	"github.com/google/uuid"

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
	rows := newCopy(7, len(dirty), 1024)
	for _, e := range dirty {
		if !e.isNew {
			continue
		}
		rows.row()
		rows.uuid(e.id)
		rows.text(string(e.kind))
		rows.int64(e.revision)
		rows.bytes(e.sealed.Hash[:])
		rows.bytes(e.sealed.JSON)
		rows.time(in.now)
		rows.time(in.now)
	}
	return rows.send(ctx, in.tx, "entity", "id, kind, revision, hash, body, created_at, updated_at")
}

// updateEntities relies on entity_pkey; the rows are locked already.
func (in *ingestion) updateEntities(ctx context.Context, dirty []*entityState) error {
	var ids uuids
	var revisions []int64
	var hashes, bodies byteas
	for _, e := range dirty {
		if !e.isNew {
			ids, revisions = append(ids, e.id), append(revisions, e.revision)
			hashes, bodies = append(hashes, e.sealed.Hash[:]), append(bodies, e.sealed.JSON)
		}
	}
	if len(ids) == 0 {
		return nil
	}
	_, err := in.tx.Exec(ctx, `
		UPDATE entity
		SET revision = e.revision, hash = e.hash, body = e.body, updated_at = $5
		FROM unnest($1::uuid[], $2::bigint[], $3::bytea[], $4::json[]) AS e (id, revision, hash, body)
		WHERE entity.id = e.id`, ids, revisions, hashes, bodies, in.now)
	return err
}

// writeMentions replaces the mentions of changed records.
func (in *ingestion) writeMentions(ctx context.Context) error {
	var replaced, doubtful uuids
	rows := newCopy(6, 2*len(in.changed), 64)
	for _, st := range in.changed {
		if st.exists {
			replaced = append(replaced, st.id)
		}
		if st.inReview {
			doubtful = append(doubtful, st.id)
		}
		for i := range st.mentions {
			m := &st.mentions[i]
			rows.row()
			rows.uuid(st.id)
			rows.int16(int16(i))
			rows.text(m.Role)
			rows.text(string(m.Kind))
			if m.entityID == uuid.Nil {
				rows.null()
			} else {
				rows.uuid(m.entityID)
			}
			rows.text(m.ground)
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
	return rows.send(ctx, in.tx, "mention", "record_id, ordinal, role, kind, entity_id, ground")
}

// insertChanges appends unnumbered; the sequencer gives positions after the commit.
func (in *ingestion) insertChanges(ctx context.Context, dirty []*entityState) error {
	if len(dirty) == 0 {
		return nil
	}
	in.moved = true
	rows := newCopy(5, len(dirty), 72)
	for _, e := range dirty {
		rows.row()
		rows.uuid(e.id)
		rows.text(string(e.kind))
		rows.int64(e.revision)
		rows.text(gateway.ChangeType(e.kind, e.revision))
		rows.time(in.now)
	}
	return rows.send(ctx, in.tx, "change_inbox", "entity_id, entity_kind, entity_revision, type, recorded_at")
}
