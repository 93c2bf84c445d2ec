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
func (b *bulkPart) writeRecords(ctx context.Context) error { return b.storeRecords(ctx, b.copyRecords) }

// fixedSize is about what the columns of fixed size of a record take.
const fixedSize = 160

func (b *bulkPart) copyRecords(ctx context.Context, fresh []*recordState) error {
	if len(fresh) == 0 {
		return nil
	}
	size := 0
	for _, st := range fresh {
		size += len(st.newest.Sealed.JSON) + len(st.newest.Raw) + len(st.key.ID)
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
