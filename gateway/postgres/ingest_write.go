package postgres

import (
	"context"
	"time"
)

// writeRecords inserts new records sorted and brings the others forward.
func (in *ingestion) writeRecords(ctx context.Context) error {
	return in.storeRecords(ctx, func(ctx context.Context, fresh []*recordState) error {
		var rows recordRows
		for _, st := range fresh {
			rows.add(st)
		}
		return in.insertRecords(ctx, &rows)
	})
}

// storeRecords lets insert store the new records, sorted by key, and brings the others forward.
func (in *ingestion) storeRecords(ctx context.Context, insert func(context.Context, []*recordState) error) error {
	var known recordRows
	var advanced, fresh []*recordState
	for _, k := range sortedKeys(in.records) {
		switch st := in.records[k]; {
		case st.newest == nil && st.advance:
			advanced = append(advanced, st)
		case st.newest == nil:
		case st.exists:
			known.add(st)
		default:
			fresh = append(fresh, st)
		}
	}
	if err := insert(ctx, fresh); err != nil {
		return err
	}
	if err := in.updateRecords(ctx, &known); err != nil {
		return err
	}
	if err := in.advanceRecords(ctx, advanced); err != nil {
		return err
	}
	return in.insertRevisions(ctx)
}

// recordRows is a set of records as columns.
type recordRows struct {
	ids, entities, submissions uuids
	sources, kinds, localIDs   []string
	revisions, versions        []int64
	hashes, raws, bodies       byteas
	eventTimes                 []*time.Time
	adapterVersions            []int32
}

func (r *recordRows) add(st *recordState) {
	r.ids, r.entities = append(r.ids, st.id), append(r.entities, st.entityID)
	r.submissions = append(r.submissions, st.from.ID)
	r.sources, r.kinds = append(r.sources, st.key.Source), append(r.kinds, string(st.key.Kind))
	r.localIDs = append(r.localIDs, st.key.ID)
	r.revisions, r.versions = append(r.revisions, st.held.Revision), append(r.versions, st.held.Version)
	r.hashes, r.raws = append(r.hashes, st.held.Hash[:]), append(r.raws, st.newest.Raw)
	r.eventTimes = append(r.eventTimes, orNil(st.held.EventTime))
	r.adapterVersions = append(r.adapterVersions, int32(st.from.AdapterVersion))
	r.bodies = append(r.bodies, st.newest.Sealed.JSON)
}

func orNil(t time.Time) *time.Time {
	if t.IsZero() {
		return nil
	}
	return &t
}

// insertRecords relies on record_key: a record that appeared meanwhile means another run.
func (in *ingestion) insertRecords(ctx context.Context, r *recordRows) error {
	if len(r.ids) == 0 {
		return nil
	}
	tag, err := in.tx.Exec(ctx, `
		INSERT INTO record (id, source, kind, local_id, entity_id, revision, hash, source_version, event_time,
		                    adapter_version, submission_id, first_at, updated_at, body, raw)
		SELECT id, source, kind, local_id, entity_id, revision, hash, source_version, event_time,
		       adapter_version, submission_id, $13, $13, body, raw
		FROM unnest($1::uuid[], $2::text[], $3::text[], $4::text[], $5::uuid[], $6::bigint[], $7::bytea[], $8::bigint[],
		            $9::timestamptz[], $10::integer[], $11::uuid[], $12::json[], $14::bytea[])
		     AS r (id, source, kind, local_id, entity_id, revision, hash, source_version,
		           event_time, adapter_version, submission_id, body, raw)
		ON CONFLICT (source, kind, local_id) DO NOTHING`,
		r.ids, r.sources, r.kinds, r.localIDs, r.entities, r.revisions, r.hashes, r.versions,
		r.eventTimes, r.adapterVersions, r.submissions, r.bodies, in.now, r.raws)
	if err != nil {
		return err
	}
	if int(tag.RowsAffected()) != len(r.ids) {
		return errRace
	}
	return nil
}

// updateRecords relies on record_pkey; the rows are locked already.
func (in *ingestion) updateRecords(ctx context.Context, r *recordRows) error {
	if len(r.ids) == 0 {
		return nil
	}
	_, err := in.tx.Exec(ctx, `
		UPDATE record
		SET revision = r.revision, hash = r.hash, source_version = r.source_version, event_time = r.event_time,
		    adapter_version = r.adapter_version, submission_id = r.submission_id, updated_at = $9,
		    body = r.body, raw = r.raw, in_review = false
		FROM unnest($1::uuid[], $2::bigint[], $3::bytea[], $4::bigint[], $5::timestamptz[], $6::integer[], $7::uuid[],
		            $8::json[], $10::bytea[])
		     AS r (id, revision, hash, source_version, event_time, adapter_version, submission_id, body, raw)
		WHERE record.id = r.id`,
		r.ids, r.revisions, r.hashes, r.versions, r.eventTimes, r.adapterVersions, r.submissions, r.bodies, in.now, r.raws)
	return err
}

// advanceRecords remembers a newer version or event time of unchanged content.
func (in *ingestion) advanceRecords(ctx context.Context, states []*recordState) error {
	if len(states) == 0 {
		return nil
	}
	var ids uuids
	var versions []int64
	var times []*time.Time
	for _, st := range states {
		ids, versions, times = append(ids, st.id), append(versions, st.held.Version), append(times, orNil(st.held.EventTime))
	}
	_, err := in.tx.Exec(ctx, `
		UPDATE record
		SET source_version = greatest(record.source_version, r.source_version),
		    event_time = greatest(record.event_time, r.event_time)
		FROM unnest($1::uuid[], $2::bigint[], $3::timestamptz[]) AS r (id, source_version, event_time)
		WHERE record.id = r.id`, ids, versions, times)
	return err
}

func (in *ingestion) insertRevisions(ctx context.Context) error {
	if len(in.changed) == 0 {
		return nil
	}
	rows := newCopy(5, len(in.changed), 80)
	for _, st := range in.changed {
		for i := range st.revisions {
			rev := &st.revisions[i]
			rows.row()
			rows.uuid(st.id)
			rows.int64(rev.revision)
			rows.bytes(rev.hash[:])
			rows.time(in.now)
			rows.uuid(rev.submission)
		}
	}
	return rows.send(ctx, in.tx, "record_revision", "record_id, revision, hash, arrived_at, submission_id")
}
