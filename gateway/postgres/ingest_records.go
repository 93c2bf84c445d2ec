package postgres

import (
	"cmp"
	"context"
	"slices"
	"time"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"

	"github.com/lienthong/lienthong/gateway"
)

// loadRecords reads what is held of every record named. Those that may change,
// be it their version alone, are read again under a lock; mere repeats, the
// common case, are not.
func (in *ingestion) loadRecords(ctx context.Context) error {
	said := map[gateway.RecordKey][]*gateway.PreparedRecord{}
	for i := range in.units {
		if in.units[i].skip {
			continue
		}
		for j := range in.units[i].Submissions {
			for k := range in.units[i].Submissions[j].Records {
				r := &in.units[i].Submissions[j].Records[k]
				said[r.Key()] = append(said[r.Key()], r)
			}
		}
	}
	keys := sortedKeys(said)
	if err := in.readRecords(ctx, keys, ""); err != nil {
		return err
	}
	var differ []gateway.RecordKey
	for _, k := range keys {
		st, held := in.records[k]
		if held && slices.ContainsFunc(said[k], func(r *gateway.PreparedRecord) bool { return !in.repeats(st, r) }) {
			differ = append(differ, k)
		}
		if !held {
			in.records[k] = &recordState{key: k}
		}
	}
	if in.again { // one that says the same is marked as read
		differ = slices.DeleteFunc(keys, func(k gateway.RecordKey) bool { return !in.records[k].exists })
	}
	if len(differ) == 0 {
		return nil
	}
	if err := in.readRecords(ctx, differ, "FOR UPDATE OF r"); err != nil {
		return err
	}
	return in.readEarlier(ctx, differ)
}

// repeats reports whether a record says what is held and nothing more.
func (in *ingestion) repeats(st *recordState, r *gateway.PreparedRecord) bool {
	return in.decide(st, r) == gateway.Decision{Verdict: gateway.Unchanged}
}

func (in *ingestion) decide(st *recordState, r *gateway.PreparedRecord) gateway.Decision {
	return gateway.Decide(st.held, in.said(r), r.Order, in.store.window)
}

func (in *ingestion) said(r *gateway.PreparedRecord) gateway.Said {
	return gateway.Said{Kind: r.Kind, Hash: r.Sealed.Hash, Version: r.Version, EventTime: r.EventTime, At: in.now}
}

func sortedKeys[V any](m map[gateway.RecordKey]V) []gateway.RecordKey {
	keys := make([]gateway.RecordKey, 0, len(m))
	for k := range m {
		keys = append(keys, k)
	}
	slices.SortFunc(keys, func(a, b gateway.RecordKey) int {
		return cmp.Or(cmp.Compare(a.Source, b.Source), cmp.Compare(a.Kind, b.Kind), cmp.Compare(a.ID, b.ID))
	})
	return keys
}

// readRecords relies on the index record_key. The order of rows is the order of locks.
func (in *ingestion) readRecords(ctx context.Context, keys []gateway.RecordKey, lock string) error {
	sources, kinds, ids := splitKeys(keys)
	rows, err := in.tx.Query(ctx, `
		SELECT r.source, r.kind, r.local_id, r.id, r.entity_id, r.revision, r.hash, r.source_version,
		       r.event_time, r.in_review, r.submission_id, r.adapter_version
		FROM unnest($1::text[], $2::text[], $3::text[]) AS k (source, kind, local_id)
		JOIN record r ON r.source = k.source AND r.kind = k.kind AND r.local_id = k.local_id
		ORDER BY r.source, r.kind, r.local_id `+lock, sources, kinds, ids)
	if err != nil {
		return err
	}
	var (
		key       gateway.RecordKey
		st        recordState
		hash      []byte
		eventTime *time.Time
	)
	_, err = pgx.ForEachRow(rows, []any{
		&key.Source, &key.Kind, &key.ID, raw(&st.id), raw(&st.entityID), &st.held.Revision, &hash, &st.held.Version, &eventTime, &st.inReview,
		raw(&st.origin.Submission), &st.origin.AdapterVersion,
	}, func() error {
		read := st
		read.key, read.exists = key, true
		copy(read.held.Hash[:], hash)
		if eventTime != nil {
			read.held.EventTime = *eventTime
		}
		in.records[key] = &read
		return nil
	})
	return err
}

// readEarlier reads the revisions that were replaced. Index: record_revision_pkey.
func (in *ingestion) readEarlier(ctx context.Context, keys []gateway.RecordKey) error {
	byID := make(map[uuid.UUID]*recordState, len(keys))
	ids := make(uuids, 0, len(keys))
	for _, k := range keys {
		st := in.records[k]
		byID[st.id] = st
		ids = append(ids, st.id)
	}
	rows, err := in.tx.Query(ctx, `
		SELECT record_id, hash, replaced_at
		FROM (SELECT record_id, hash, revision,
		             lead(arrived_at) OVER (PARTITION BY record_id ORDER BY revision) AS replaced_at
		      FROM record_revision
		      WHERE record_id = ANY ($1)) AS r
		WHERE replaced_at IS NOT NULL
		ORDER BY record_id, revision`, ids)
	if err != nil {
		return err
	}
	var (
		id         uuid.UUID
		hash       []byte
		replacedAt time.Time
	)
	_, err = pgx.ForEachRow(rows, []any{raw(&id), &hash, &replacedAt}, func() error {
		e := gateway.EarlierRevision{ReplacedAt: replacedAt}
		copy(e.Hash[:], hash)
		byID[id].held.Earlier = append(byID[id].held.Earlier, e)
		return nil
	})
	return err
}

func splitKeys(keys []gateway.RecordKey) (sources, kinds, ids []string) {
	for _, k := range keys {
		sources, kinds, ids = append(sources, k.Source), append(kinds, string(k.Kind)), append(ids, k.ID)
	}
	return sources, kinds, ids
}

// judge gives every record its verdict, in the order of arrival.
func (in *ingestion) judge(context.Context) error {
	for i := range in.units {
		u := &in.units[i]
		if u.skip {
			continue
		}
		u.start()
		for j := range u.Submissions {
			sub := &u.Submissions[j]
			for k := range sub.Records {
				results := &u.answer.Results[j].Records
				*results = append(*results, gateway.RecordResult{})
				if err := in.judgeOne(sub, &sub.Records[k], &(*results)[len(*results)-1]); err != nil {
					return err
				}
			}
		}
	}
	return nil
}

func (in *ingestion) judgeOne(sub *gateway.Submission, r *gateway.PreparedRecord, result *gateway.RecordResult) error {
	st := in.records[r.Key()]
	d := in.decide(st, r)
	if in.again && st.origin.Submission == sub.ID { // what was told beside the same bytes still holds
		r.Version, r.EventTime = 0, time.Time{}
	}
	if in.again {
		d = gateway.DecideAgain(st.held, st.origin, in.said(r),
			gateway.Reading{Submission: sub.ID, AdapterVersion: sub.AdapterVersion},
			r.Order, in.store.window)
	}
	*result = gateway.RecordResult{Kind: r.Kind, ID: r.ID, Verdict: d.Verdict, Errors: r.Problems}
	switch d.Verdict {
	case gateway.Accepted:
		return in.accept(st, sub, r, result)
	case gateway.Unchanged:
		if d.Advance {
			st.held.Version, st.advance = max(st.held.Version, r.Version), true
			if st.held.EventTime.Before(r.EventTime) {
				st.held.EventTime = r.EventTime
			}
		}
		if st.inReview { // the question of its first push is still open
			result.Verdict = gateway.NeedsReview
		}
		if st.newest != nil { // a repeat within the batch shares the fate of what it repeats
			st.verdicts = append(st.verdicts, result)
		}
	case gateway.NeedsReview:
		in.reviews = append(in.reviews, review{key: st.key, hash: r.Sealed.Hash, reason: d.Reason, submission: sub.ID})
	}
	result.Revision, result.EntityID = st.held.Revision, &st.entityID
	return nil
}

func (in *ingestion) accept(st *recordState, sub *gateway.Submission, r *gateway.PreparedRecord, result *gateway.RecordResult) error {
	if st.held.Revision > 0 {
		st.held.Earlier = append(st.held.Earlier, gateway.EarlierRevision{Hash: st.held.Hash, ReplacedAt: in.now})
	}
	if st.id == uuid.Nil {
		id, err := uuid.NewV7()
		if err != nil {
			return err
		}
		st.id = id
	}
	if st.newest == nil {
		in.changed = append(in.changed, st)
	}
	st.held, st.origin = st.held.After(in.said(r)), gateway.Reading{Submission: sub.ID, AdapterVersion: sub.AdapterVersion}
	st.newest, st.from, st.inReview = r, sub, false
	st.verdicts = append(st.verdicts[:0], result)
	st.revisions = append(st.revisions, newRevision{revision: st.held.Revision, hash: r.Sealed.Hash, submission: sub.ID})
	result.Revision, result.EntityID = st.held.Revision, &st.entityID
	return nil
}
