package postgres

import (
	"cmp"
	"context"
	"slices"
)

// A load meets somebody else's insert of the same thing so rarely that it does
// without ON CONFLICT: rows are copied, and a broken UNIQUE runs the part again.

// writeRecords copies new records in the order of their keys and brings the
// others forward. Indexes: record_key, record_pkey.
func (b *bulkPart) writeRecords(ctx context.Context) error {
	var known recordRows
	var advanced, fresh []*recordState
	size := 0
	for _, k := range sortedKeys(b.records) {
		switch st := b.records[k]; {
		case st.newest == nil && st.advance:
			advanced = append(advanced, st)
		case st.newest == nil:
		case st.exists:
			known.add(st)
		default:
			fresh = append(fresh, st)
			size += len(st.newest.Sealed.JSON) + len(st.newest.Raw) + len(st.key.ID)
		}
	}
	if err := b.copyRecords(ctx, fresh, size); err != nil {
		return err
	}
	if err := b.updateRecords(ctx, &known); err != nil {
		return err
	}
	if err := b.advanceRecords(ctx, advanced); err != nil {
		return err
	}
	return b.insertRevisions(ctx)
}

// fixedSize is about what the columns of fixed size of a record take.
const fixedSize = 160

func (b *bulkPart) copyRecords(ctx context.Context, fresh []*recordState, size int) error {
	if len(fresh) == 0 {
		return nil
	}
	rows := newCopy(15, len(fresh), fixedSize+size/len(fresh))
	for _, st := range fresh {
		rows.row()
		rows.uuid(st.id)
		rows.text(st.key.Source)
		rows.text(string(st.key.Kind))
		rows.text(st.key.ID)
		rows.uuid(st.entityID)
		rows.int64(st.held.Revision)
		rows.bytes(st.held.Hash[:])
		rows.int64(st.held.Version)
		if st.held.EventTime.IsZero() {
			rows.null()
		} else {
			rows.time(st.held.EventTime)
		}
		rows.int32(int32(st.from.AdapterVersion))
		rows.uuid(st.from.ID)
		rows.time(b.now)
		rows.time(b.now)
		rows.bytes(st.newest.Sealed.JSON)
		rows.bytes(st.newest.Raw)
	}
	return rows.send(ctx, b.tx, "record", `id, source, kind, local_id, entity_id, revision, hash, source_version, event_time,
		adapter_version, submission_id, first_at, updated_at, body, raw`)
}

// writeBindings copies new bindings in the order of their keys. Index: identifier_binding_pkey.
func (b *bulkPart) writeBindings(ctx context.Context) error {
	if len(b.fresh) == 0 {
		return nil
	}
	slices.SortFunc(b.fresh, func(x, y bindingKey) int {
		return cmp.Or(cmp.Compare(x.kind, y.kind), cmp.Compare(x.scheme, y.scheme), cmp.Compare(x.value, y.value))
	})
	rows := newCopy(5, len(b.fresh), 96)
	for _, k := range b.fresh {
		rows.row()
		rows.text(string(k.kind))
		rows.text(string(k.scheme))
		rows.text(k.value)
		rows.uuid(b.bindings[k])
		rows.time(b.now)
	}
	return rows.send(ctx, b.tx, "identifier_binding", "kind, scheme, value, entity_id, created_at")
}
