package postgres

import (
	"context"
	"encoding/json"
	"time"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"

	"github.com/lienthong/lienthong/gateway"
	"github.com/lienthong/lienthong/internal/fault"
	"github.com/lienthong/lienthong/schema/score"
)

// Record implements gateway.ReadStore. Index: record_key.
func (s *Store) Record(ctx context.Context, key gateway.RecordKey) (gateway.StoredRecord, error) {
	const op = "postgres.Record"
	r := gateway.StoredRecord{RecordKey: key}
	err := s.pool.QueryRow(ctx, `
		SELECT entity_id, revision, source_version, event_time, submission_id, first_at, updated_at, in_review, body
		FROM record
		WHERE source = $1 AND kind = $2 AND local_id = $3`, key.Source, string(key.Kind), key.ID).
		Scan(&r.EntityID, &r.Revision, &r.SourceVersion, &r.EventTime, &r.SubmissionID, &r.FirstAt, &r.UpdatedAt, &r.InReview, &r.Body)
	return r, fail(err, op)
}

// Submission implements gateway.ReadStore. The id's own time finds the
// partition. Index: submission_pkey.
func (s *Store) Submission(ctx context.Context, source string, id uuid.UUID) (gateway.StoredSubmission, error) {
	const op = "postgres.Submission"
	sub := gateway.StoredSubmission{ID: id}
	at, err := timeOf(id)
	if err != nil {
		return sub, err
	}
	var result []byte
	err = s.pool.QueryRow(ctx, `
		SELECT source, received_at, content_type, adapter, adapter_version, sha256, octet_length(raw), code, result
		FROM submission
		WHERE id = $1 AND received_at BETWEEN $2 AND $3 AND source = $4`,
		id, at.Add(-time.Hour), at.Add(time.Hour), source).
		Scan(&sub.Source, &sub.ReceivedAt, &sub.ContentType, &sub.Adapter, &sub.AdapterVersion, &sub.SHA256, &sub.Length, &sub.Code, &result)
	if err != nil {
		return sub, fail(err, op)
	}
	return sub, fault.Wrap(json.Unmarshal(result, &sub.Result), fault.Internal, op)
}

// timeOf returns the time in a UUIDv7.
func timeOf(id uuid.UUID) (time.Time, error) {
	if id.Version() != 7 {
		return time.Time{}, fault.New(fault.NotFound, "postgres.Submission", "no submission has such an id")
	}
	return gateway.TimeOfID(id), nil
}

// Journey implements gateway.ReadStore: the way of one record, oldest first.
// The few destinations are walked, since delivery_pkey begins with them. What
// is queued for a destination that is paused, maintained, asked to wait or is
// behind an open breaker of what it may need next is shown as held: the rows themselves are not written for that.
// What the score guard keeps back is shown as held too; its row says failed_data, since new data make it due.
// Indexes: record_key, record_revision_pkey, attempt_entity_idx, delivery_pkey, breaker_pkey, entity_pkey.
func (s *Store) Journey(ctx context.Context, key gateway.RecordKey) (gateway.Journey, error) {
	const op = "postgres.Journey"
	record, err := s.Record(ctx, key)
	if err != nil {
		return gateway.Journey{}, err
	}
	j := gateway.Journey{Record: record}
	rows, err := s.pool.Query(ctx, journeySQL, record.EntityID, s.closed(time.Now()), s.phases.destinations, s.phases.operations, s.phases.after,
		key.Source, string(key.Kind), key.ID)
	if err != nil {
		return j, fail(err, op)
	}
	j.Events, err = pgx.CollectRows(rows, pgx.RowToStructByPos[gateway.JourneyEvent])
	for i := range j.Events {
		if vi, _, ok := score.Words(j.Events[i].Cause); ok {
			j.Events[i].Problem = vi
		}
	}
	return j, fail(err, op)
}

// journeySQL is of one record, dossierSQL of all records of an entity.
const (
	journeySQL = journeyHead + `r.source = $6 AND r.kind = $7 AND r.local_id = $8` + journeyTail
	dossierSQL = journeyHead + `r.entity_id = $1` + journeyTail
)

const journeyHead = `
	WITH RECURSIVE ` + knownDestinations + `
	SELECT at, what, destination, detail, shelf, cause, problem, until, operation, outcome, http_status, source, happened, by
	FROM (
	    SELECT v.arrived_at AS at, 1 AS rank, v.revision AS n, 'revision' AS what, '' AS destination, v.revision::text AS detail,
	           '' AS shelf, '' AS cause, '' AS problem, NULL::timestamptz AS until, '' AS operation, '' AS outcome, 0 AS http_status,
	           r.source, CASE WHEN v.revision = r.revision THEN r.event_time END AS happened, '' AS by
	    FROM record_revision v
	    JOIN record r ON r.id = v.record_id
	    WHERE `

const journeyTail = `
	    UNION ALL
	    SELECT started_at, 2, 0, 'attempt', destination, operation || ' ' || outcome || CASE WHEN cause = '' THEN '' ELSE ': ' || cause END, shelf, cause, '',
	           ended_at, operation, outcome, http_status, '', NULL, node
	    FROM attempt
	    WHERE entity_id = $1
	    UNION ALL
	    SELECT d.updated_at, 3, 0, 'delivery', known.destination,
	           CASE WHEN d.state = 'failed_data' AND starts_with(d.cause, 'score.') THEN 'held'
	                WHEN d.state = 'queued' AND (known.destination = ANY ($2) OR EXISTS (
	                SELECT FROM breaker b
	                WHERE b.destination IN (known.destination, '*')
	                  AND (b.operation = 'all' AND (b.forced = 'open' OR b.open_until > clock_timestamp())
	                       OR coalesce(nullif(b.forced, ''), b.state) = 'open' AND EXISTS (
	                           SELECT FROM unnest($3::text[], $4::text[], $5::boolean[]) AS needs (destination, operation, after)
	                           WHERE needs.destination = b.destination AND needs.operation = b.operation
	                             AND needs.after = (d.acked_hash IS NOT NULL)
	                             AND (needs.operation = 'retract') = (d.withheld_at IS NOT NULL OR EXISTS (
	                                 SELECT FROM entity e WHERE e.id = $1 AND (e.merged_into IS NOT NULL OR e.withdrawn_at IS NOT NULL)))))))
	                THEN 'held' ELSE d.state END,
	           d.shelf, d.cause, d.problem, NULL, '', '', 0, '', NULL, ''
	    FROM known
	    CROSS JOIN LATERAL (SELECT updated_at, state, acked_hash, withheld_at, shelf, cause, problem FROM delivery
	                        WHERE destination = known.destination AND entity_id = $1 LIMIT 1) d

	    UNION ALL
	    SELECT d.updated_at, 4, said.place, 'warning', known.destination, '', 'source', 'score.' || said.rule, '',
	           NULL, '', '', 0, '', NULL, ''
	    FROM known
	    CROSS JOIN LATERAL (SELECT updated_at, warnings FROM delivery
	                        WHERE destination = known.destination AND entity_id = $1 LIMIT 1) d
	    CROSS JOIN LATERAL unnest(d.warnings) WITH ORDINALITY AS said (rule, place)) AS events
	ORDER BY at, rank, n, destination`

// Ping implements gateway.ReadStore.
func (s *Store) Ping(ctx context.Context) error { return fail(s.pool.Ping(ctx), "postgres.Ping") }

var _ gateway.ReadStore = (*Store)(nil)
