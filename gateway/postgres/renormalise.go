package postgres

import (
	"context"
	"errors"
	"time"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"

	"github.com/lienthong/lienthong/gateway"
)

// OldRecords implements [gateway.RenormaliseStore]. Index: record_pkey, whose
// order it follows; the other conditions filter.
func (s *Store) OldRecords(ctx context.Context, source string, version int, since time.Time, after uuid.UUID, limit int) ([]gateway.StoredMessage, error) {
	rows, err := s.pool.Query(ctx, `
		SELECT id, source, submission_id, updated_at, '', raw, adapter_version
		FROM record
		WHERE id > $4 AND source = $1 AND adapter_version < $2 AND updated_at >= $3
		ORDER BY id
		LIMIT $5`, source, version, since, after, limit)
	return storedMessages(rows, err, "postgres.OldRecords")
}

// OldRefusals implements [gateway.RenormaliseStore]. Index: submission_pkey, by
// partition; the ids hold their time.
func (s *Store) OldRefusals(ctx context.Context, source string, version int, since time.Time, after uuid.UUID, limit int) ([]gateway.StoredMessage, error) {
	rows, err := s.pool.Query(ctx, `
		SELECT id, source, id, received_at, content_type, raw, adapter_version
		FROM submission
		WHERE id > $4 AND source = $1 AND adapter_version < $2 AND received_at >= $3
		      AND (code <> '' OR result::text LIKE '%"rejected"%')
		ORDER BY id
		LIMIT $5`, source, version, since, after, limit)
	return storedMessages(rows, err, "postgres.OldRefusals")
}

// MarkReread implements [gateway.RenormaliseStore]. What a message was answered
// stays as it was; that it is refused no more is taken from it. The ids' times
// find the partitions. Index: submission_pkey.
func (s *Store) MarkReread(ctx context.Context, messages []gateway.StoredMessage, version int, taken map[uuid.UUID]bool) error {
	var ids uuids
	var times []time.Time
	var cleared []bool
	for _, m := range messages {
		ids, times, cleared = append(ids, m.Submission), append(times, m.ReceivedAt), append(cleared, taken[m.Submission])
	}
	_, err := s.pool.Exec(ctx, `
		UPDATE submission
		SET adapter_version = $4, code = CASE WHEN m.taken THEN '' ELSE code END
		FROM unnest($1::uuid[], $2::timestamptz[], $3::boolean[]) AS m (id, received_at, taken)
		WHERE submission.id = m.id AND submission.received_at = m.received_at`, ids, times, cleared, version)
	return fail(err, "postgres.MarkReread")
}

func storedMessages(rows pgx.Rows, err error, op string) ([]gateway.StoredMessage, error) {
	if err != nil {
		return nil, fail(err, op)
	}
	messages, err := pgx.CollectRows(rows, func(row pgx.CollectableRow) (m gateway.StoredMessage, err error) {
		err = row.Scan(raw(&m.Cursor), &m.Source, raw(&m.Submission), &m.ReceivedAt, &m.ContentType, &m.Raw, &m.AdapterVersion)
		return m, err
	})
	return messages, fail(err, op)
}

// Renormalise implements [gateway.RenormaliseStore]: the stages of a push, but
// for the submissions, which are there already.
func (s *Store) Renormalise(ctx context.Context, units []gateway.Unit, dry bool) (gateway.Renormalised, error) {
	var err error
	for range ingestTries {
		in := s.newIngestion(units)
		in.again = true
		old := map[uuid.UUID][]byte{}
		stages := []func(context.Context) error{
			in.loadRecords, in.judge,
			func(ctx context.Context) error { return in.readOldBodies(ctx, old) },
			in.resolveBindings, in.writeRecords, in.markRead, in.writeBindings, in.loadEntities, in.derive,
		}
		if dry {
			stages = append(stages, func(context.Context) error { return errRehearsed })
		} else {
			stages = append(stages, in.writeEntities, in.writeDeliveries, in.writeReviews, in.noteReread)
		}
		if err = in.transact(ctx, stages...); err == nil || errors.Is(err, errRehearsed) {
			return in.renormalised(old), nil
		}
		if !again(err) || ctx.Err() != nil {
			break
		}
	}
	return gateway.Renormalised{}, fail(err, "postgres.Renormalise")
}

// readOldBodies reads what the changed records said before. Index: record_pkey.
func (in *ingestion) readOldBodies(ctx context.Context, old map[uuid.UUID][]byte) error {
	var ids uuids
	for _, st := range in.changed {
		if st.exists {
			ids = append(ids, st.id)
		}
	}
	if len(ids) == 0 {
		return nil
	}
	rows, err := in.tx.Query(ctx, `SELECT id, body FROM record WHERE id = ANY ($1)`, ids)
	if err != nil {
		return err
	}
	var id uuid.UUID
	var body []byte
	_, err = pgx.ForEachRow(rows, []any{raw(&id), &body}, func() error {
		old[id] = append([]byte(nil), body...)
		return nil
	})
	return err
}

// markRead notes on unchanged records that the present version has read them. Index: record_pkey.
func (in *ingestion) markRead(ctx context.Context) error {
	var ids uuids
	var versions []int32
	for i := range in.units {
		for _, sub := range in.units[i].Submissions {
			for k := range sub.Records {
				st := in.records[sub.Records[k].Key()]
				if st.exists && st.newest == nil && st.origin.Submission == sub.ID && st.origin.AdapterVersion < sub.AdapterVersion {
					ids, versions = append(ids, st.id), append(versions, int32(sub.AdapterVersion))
				}
			}
		}
	}
	if len(ids) == 0 {
		return nil
	}
	_, err := in.tx.Exec(ctx, `
		UPDATE record
		SET adapter_version = r.version
		FROM unnest($1::uuid[], $2::integer[]) AS r (id, version)
		WHERE record.id = r.id`, ids, versions)
	return err
}

func (in *ingestion) renormalised(old map[uuid.UUID][]byte) gateway.Renormalised {
	out := gateway.Renormalised{Outcome: in.outcome()}
	for i := range in.units {
		for _, m := range in.units[i].answer.Results {
			for _, r := range m.Records {
				switch r.Verdict {
				case gateway.Unchanged:
					out.Same++
				case gateway.Superseded:
					out.Older++
				}
			}
		}
	}
	for _, st := range in.changed {
		out.Changes = append(out.Changes, gateway.RecordChange{RecordKey: st.key, RecordID: st.id, Old: old[st.id], New: st.newest.Sealed.JSON})
	}
	return out
}

var _ gateway.RenormaliseStore = (*Store)(nil)
