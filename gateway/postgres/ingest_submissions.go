package postgres

import (
	"context"
	"crypto/sha256"
	"encoding/json"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"

	"github.com/lienthong/lienthong/schema"
)

// writeSubmissions keeps the bytes as received with their verdicts and opens reviews.
func (in *ingestion) writeSubmissions(ctx context.Context) error {
	messages, size := 0, 0
	for i := range in.units {
		messages += len(in.units[i].Submissions)
		for j := range in.units[i].Submissions {
			size += len(in.units[i].Submissions[j].Raw)
		}
	}
	rows := newCopy(10, messages, 600+size/max(messages, 1))
	for i := range in.units {
		u := &in.units[i]
		if u.skip {
			continue
		}
		u.finish()
		for j := range u.Submissions {
			sub := &u.Submissions[j]
			result, err := json.Marshal(u.answer.Results[j])
			if err != nil {
				return err
			}
			if sub.SHA256 == (schema.Hash{}) {
				sub.SHA256 = sha256.Sum256(sub.Raw)
			}
			rows.row()
			rows.uuid(sub.ID)
			rows.time(in.now)
			rows.text(sub.Source)
			rows.text(sub.ContentType)
			rows.text(sub.Adapter)
			rows.int32(int32(sub.AdapterVersion))
			rows.bytes(sub.SHA256[:])
			rows.bytes(sub.Raw)
			rows.text(string(sub.Code))
			rows.bytes(result)
		}
	}
	err := rows.send(ctx, in.tx, "submission",
		"id, received_at, source, content_type, adapter, adapter_version, sha256, raw, code, result")
	if err != nil {
		return err
	}
	return in.writeReviews(ctx)
}

// writeReviews relies on review_item_key: one question for one content.
func (in *ingestion) writeReviews(ctx context.Context) error {
	if len(in.reviews) == 0 {
		return nil
	}
	var ids, submissions uuids
	var sources, kinds, localIDs, reasons []string
	var hashes byteas
	for i := range in.reviews {
		r := &in.reviews[i]
		id, err := uuid.NewV7()
		if err != nil {
			return err
		}
		ids, submissions = append(ids, id), append(submissions, r.submission)
		sources, kinds = append(sources, r.key.Source), append(kinds, string(r.key.Kind))
		localIDs, reasons = append(localIDs, r.key.ID), append(reasons, r.reason)
		hashes = append(hashes, r.hash[:])
	}
	_, err := in.tx.Exec(ctx, `
		INSERT INTO review (id, source, kind, local_id, hash, reason, submission_id, opened_at)
		SELECT id, source, kind, local_id, hash, reason, submission_id, $8
		FROM unnest($1::uuid[], $2::text[], $3::text[], $4::text[], $5::bytea[], $6::text[], $7::uuid[])
		     AS r (id, source, kind, local_id, hash, reason, submission_id)
		ORDER BY source, kind, local_id, hash
		ON CONFLICT (source, kind, local_id, hash) DO NOTHING`,
		ids, sources, kinds, localIDs, hashes, reasons, submissions, in.now)
	return err
}

// saveAnswers queues what repeated requests are answered.
func (in *ingestion) saveAnswers(batch *pgx.Batch) error {
	for i := range in.units {
		u := &in.units[i]
		if u.skip || u.Idempotency.Key == "" {
			continue
		}
		answer, err := json.Marshal(u.answer)
		if err != nil {
			return err
		}
		batch.Queue(`INSERT INTO idempotency (scope, key, fingerprint, answer, created_at) VALUES ($1, $2, $3, $4, $5)`,
			u.Idempotency.Scope, u.Idempotency.Key, u.Idempotency.Fingerprint[:], answer, in.now)
	}
	return nil
}
