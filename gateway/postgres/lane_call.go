package postgres

import (
	"context"
	"encoding/hex"
	"strings"
	"time"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"

	"github.com/lienthong/lienthong/gateway"
	"github.com/lienthong/lienthong/schema"
)

// BeginCall implements [gateway.LaneStore]: lease and marks in one statement,
// so that nothing is marked by who has lost the lane, by a site that does not send, or on the
// word of a database that is not the one that the node knew. Indexes: lane_pkey, delivery_pkey, journal_batch_pkey.
func (s *Store) BeginCall(ctx context.Context, l gateway.LaneLease, length time.Duration, call gateway.BeginCall) (map[uuid.UUID]bool, error) {
	const op = "postgres.BeginCall"
	var ids, fences []uuid.UUID
	var revisions []int64
	var sending []string
	for _, d := range call.Deliveries {
		ids, fences = append(ids, d.Wanted.EntityID), append(fences, d.Attempt)
		revisions, sending = append(revisions, d.Wanted.Revision), append(sending, flight(l, d.InFlight))
	}
	var held bool
	var marked []uuid.UUID
	err := s.planned(ctx, beginSQL,
		func(rows pgx.Rows) error {
			_, err := pgx.ForEachRow(rows, []any{&held, &marked}, func() error { return nil })
			return err
		},
		l.Destination, l.Lane, l.Holder, length.Seconds(), call.Attempt, string(call.Operation), ids, fences, revisions, sending,
		l.Proof.Site, l.Proof.Epoch, l.Proof.Batch, l.Proof.Root[:])
	if err != nil {
		return nil, fail(err, op)
	}
	return setOf(marked), lost(held)
}

const beginSQL = `
	WITH lease AS (
	    UPDATE lane SET lease_until = clock_timestamp() + make_interval(secs => $4)
	    WHERE destination = $1 AND lane = $2 AND holder = $3
	      AND ($11 = '' OR EXISTS (SELECT FROM site_lease WHERE site = $11))
	      AND ($12 = 0 OR EXISTS (SELECT FROM epoch WHERE number = $12))
	      AND ($13 = 0 OR EXISTS (SELECT FROM journal_batch WHERE number = $13 AND root = $14))
	    RETURNING true),
	locked AS (
	    SELECT d.entity_id, w.sending
	    FROM delivery d
	    JOIN unnest($7::uuid[], $8::uuid[], $9::bigint[], $10::text[]) AS w (entity_id, fence, rev, sending)
	      ON d.entity_id = w.entity_id
	    WHERE d.destination = $1 AND EXISTS (SELECT FROM lease)
	      AND coalesce(d.attempt_id, '00000000-0000-0000-0000-000000000000') = w.fence
	      AND d.wanted_rev <= w.rev AND d.state NOT IN ('sending', 'redacted')
	      AND coalesce(d.look, 'compare') = 'compare' -- what is to be looked at was not when it was claimed
	    ORDER BY d.entity_id
	    FOR UPDATE OF d),
	marked AS (
	    UPDATE delivery d
	    SET state = 'sending', attempt_id = $5, operation = $6, sending = locked.sending::json,
	        retry_at = NULL, cut_at = NULL, updated_at = now()
	    FROM locked
	    WHERE d.destination = $1 AND d.entity_id = locked.entity_id
	    RETURNING d.entity_id)
	SELECT EXISTS (SELECT FROM lease), coalesce((SELECT array_agg(entity_id) FROM marked), '{}')`

// RecordCall implements [gateway.LaneStore]. The changes go as one JSON document,
// since arrays of arrays (the steps) have no other set-based form; the ids stand
// beside it, since the planner takes any document for a hundred rows. Rows are
// locked by id, as ingest does. A row is written when it still bears the
// attempt that the change comes from, and, where no call of ours had marked it, the lane is
// still ours. The evidence is where BeginCall left it. What looks said of a delivery that became a shadow is taken back after that.
// Indexes: delivery_pkey, lane_pkey, delivery_due_pkey, look_pkey.
func (s *Store) RecordCall(ctx context.Context, l gateway.LaneLease, call gateway.CallRecord, changes []gateway.DeliveryUpdate) (map[uuid.UUID]bool, error) {
	rows, entities := make([]changeRow, len(changes)), make([]uuid.UUID, len(changes))
	for i := range changes {
		rows[i], entities[i] = rowOf(&changes[i], call.Attempt), changes[i].Delivery.Wanted.EntityID
		rows[i].Line, rows[i].Decision = callLine(&l, &call, &changes[i]), guardLine(&l, &changes[i])
	}
	var ids []uuid.UUID
	err := s.planned(ctx, recordSQL, func(rows pgx.Rows) (err error) {
		ids, err = pgx.CollectRows(rows, pgx.RowTo[uuid.UUID])
		return err
	}, l.Destination, l.Lane, l.Holder, encode(rows), call.Attempt, call.Started, call.Ended, l.Node, entities)
	recorded := setOf(ids)
	if err == nil {
		err = s.forgetShadows(ctx, l.Destination, changes, recorded)
	}
	return recorded, fail(err, "postgres.RecordCall")
}

const recordSQL = `
	WITH change AS (
	    SELECT * FROM json_to_recordset($4::json) AS c (
	        entity_id uuid, fence uuid, marked boolean, rev bigint, state text, acked_rev bigint, acked_hash text,
	        acked_steps text[], observed json, issued json, operation text, sending json, settled boolean, again boolean, cut boolean,
	        retry_in float8, verify_in float8, tries int, shelf text, cause text, problem text,
	        outcome text, called text, out_shelf text, out_cause text, http_status int, body_sha256 text, line text, decision text, warnings text[], look text, looked text, was text)),
	locked AS (
	    SELECT d.entity_id,
	           (c.again OR c.settled AND d.wanted_rev > c.rev) AS due,
	           c.settled AND d.wanted_rev > c.rev AS renewed, d.sending AS flight, d.action_id
	    FROM delivery d
	    JOIN change c ON c.entity_id = d.entity_id
	    WHERE d.destination = $1 AND d.entity_id = ANY ($9)
	      AND coalesce(d.attempt_id, '00000000-0000-0000-0000-000000000000') = c.fence
	      AND CASE WHEN c.marked THEN d.state = 'sending'
	               ELSE d.state <> 'sending' AND EXISTS (
	                   SELECT FROM lane WHERE destination = $1 AND lane = $2 AND holder = $3) END
	      AND NOT (c.was = 'shadow' AND c.state = 'shadow' AND d.state <> 'shadow') -- somebody has it decided anew
	    ORDER BY d.entity_id
	    FOR UPDATE OF d),
	written AS (
	    UPDATE delivery d
	    SET state = CASE WHEN locked.renewed THEN 'queued' ELSE c.state END,
	        acked_rev = c.acked_rev, acked_hash = decode(c.acked_hash, 'hex'), acked_steps = c.acked_steps,
	        observed = coalesce(c.observed, d.observed),
	        observed_at = CASE WHEN c.observed IS NULL THEN d.observed_at ELSE now() END,
	        issued = coalesce(c.issued, d.issued), operation = c.operation, sending = c.sending,
	        cut_at = CASE WHEN c.cut THEN now() WHEN c.state = 'unknown' THEN d.cut_at END,
	        retry_at = CASE WHEN NOT locked.due THEN now() + make_interval(secs => c.retry_in) END,
	        verify_at = now() + make_interval(secs => c.verify_in),
	        action_id = CASE WHEN NOT c.settled OR locked.renewed THEN d.action_id END,
	        looked_at = NULL, resting = false,
	        warnings = CASE WHEN c.warnings IS NULL THEN d.warnings
	                        WHEN d.warned_rev = c.rev THEN ARRAY(SELECT DISTINCT unnest(d.warnings || c.warnings) ORDER BY 1)
	                        ELSE c.warnings END,
	        warned_rev = CASE WHEN c.warnings IS NULL THEN d.warned_rev ELSE c.rev END,
	        tries = c.tries, shelf = CASE WHEN locked.renewed THEN '' ELSE c.shelf END, cause = c.cause, problem = c.problem,
	        failed_at = CASE WHEN c.shelf = '' OR (d.shelf, d.cause) = (c.shelf, c.cause) THEN d.failed_at ELSE now() END,
	        look = CASE WHEN c.look IS NULL THEN d.look WHEN c.look <> '' THEN coalesce(d.look, c.look)
	                    WHEN d.look = c.looked THEN NULL ELSE d.look END,
	        updated_at = now()
	    FROM locked
	    JOIN change c ON c.entity_id = locked.entity_id
	    WHERE d.destination = $1 AND d.entity_id = ANY ($9) AND d.entity_id = locked.entity_id
	    RETURNING d.entity_id, d.key, d.slot, d.due_at, locked.due),
	done AS (
	    DELETE FROM delivery_due
	    WHERE destination = $1 AND entity_id = ANY ($9) AND entity_id IN (SELECT entity_id FROM written WHERE NOT due)),
	again AS (
	    INSERT INTO delivery_due (destination, entity_id, slot, rank)
	    SELECT $1, entity_id, slot, ` + rankSQL + `
	    FROM written
	    CROSS JOIN (SELECT now() AS since) AS entry
	    WHERE due
	    ON CONFLICT (destination, entity_id) DO NOTHING),
	told AS (
	    INSERT INTO attempt (id, started_at, ended_at, destination, entity_id, key, operation, entity_rev,
	                         outcome, shelf, cause, http_status, body_sha256, evidence, node, run_id, action_id, header_hash, step_keys)
	    SELECT $5, $6::timestamptz, $7::timestamptz, $1, w.entity_id, w.key, c.called, c.rev,
	           c.outcome, c.out_shelf, c.out_cause, c.http_status, decode(c.body_sha256, 'hex'),
	           CASE WHEN c.body_sha256 IS NOT NULL THEN decode(locked.flight ->> 'evidence', 'base64') END, $8, $3, locked.action_id,
	           CASE WHEN c.body_sha256 IS NOT NULL THEN decode(locked.flight ->> 'hash', 'base64') END,
	           CASE WHEN c.body_sha256 IS NOT NULL THEN 
	           CASE WHEN locked.flight -> 'steps' IS NOT NULL THEN ARRAY(SELECT json_array_elements_text(locked.flight -> 'steps')) END END
	    FROM written w
	    JOIN change c ON c.entity_id = w.entity_id
	    JOIN locked ON locked.entity_id = w.entity_id
	    WHERE c.outcome IS NOT NULL),
	noted AS (
	    INSERT INTO journal_inbox (count, lines)
	    SELECT count(*), string_agg(said.line, E'\n' ORDER BY w.entity_id, said.place)
	    FROM written w
	    JOIN change c ON c.entity_id = w.entity_id
	    CROSS JOIN LATERAL (VALUES (1, c.line), (2, c.decision)) AS said (place, line)
	    WHERE said.line IS NOT NULL
	    HAVING count(*) > 0)
	SELECT entity_id FROM written`

// changeRow is one change as recordSQL reads it.
type changeRow struct {
	EntityID   uuid.UUID           `json:"entity_id"`
	Fence      uuid.UUID           `json:"fence"`
	Marked     bool                `json:"marked"`
	Rev        int64               `json:"rev"`
	State      string              `json:"state"`
	AckedRev   int64               `json:"acked_rev"`
	AckedHash  *string             `json:"acked_hash"`
	AckedSteps []schema.StepKey    `json:"acked_steps"`
	Observed   *observation        `json:"observed"`
	Issued     map[string]string   `json:"issued"`
	Operation  string              `json:"operation"`
	Sending    *inFlight           `json:"sending"`
	Settled    bool                `json:"settled"`
	Again      bool                `json:"again"`
	Cut        bool                `json:"cut"`
	RetryIn    *float64            `json:"retry_in"`
	VerifyIn   *float64            `json:"verify_in"`
	Tries      int                 `json:"tries"`
	Shelf      string              `json:"shelf"`
	Cause      string              `json:"cause"`
	Problem    string              `json:"problem"`
	Outcome    *string             `json:"outcome"`
	Called     string              `json:"called"`
	OutShelf   string              `json:"out_shelf"`
	OutCause   string              `json:"out_cause"`
	HTTPStatus int                 `json:"http_status"`
	BodySHA256 *string             `json:"body_sha256"`
	Line       *string             `json:"line"` // of the journal
	Decision   *string             `json:"decision"`
	Warnings   []string            `json:"warnings"`
	Look       *gateway.LookReason `json:"look"`
	Looked     gateway.LookReason  `json:"looked"` // the mark that the change has seen
	Was        string              `json:"was"`
}

// observation is what a look-up showed, as kept in delivery.observed.
type observation struct {
	Exists bool             `json:"exists"`
	Hash   string           `json:"hash,omitempty"`
	Trail  bool             `json:"trail,omitempty"`
	Steps  []schema.StepKey `json:"steps,omitempty"`
}

func rowOf(c *gateway.DeliveryUpdate, attempt uuid.UUID) changeRow {
	d := &c.Delivery
	row := changeRow{
		EntityID: d.Wanted.EntityID, Fence: d.Attempt, Marked: attempt != uuid.Nil && d.Attempt == attempt || c.Unmark,
		Rev: d.Wanted.Revision, State: string(d.State), AckedRev: d.AckedRev, AckedSteps: d.Known.Steps,
		Issued: d.Known.Issued, Operation: string(d.Operation), Settled: c.Settled, Again: c.Again, Cut: c.Cut,
		RetryIn: inSeconds(c.RetryIn), VerifyIn: inSeconds(c.VerifyIn),
		Tries: d.Tries, Shelf: string(c.Shelf), Cause: clean(d.Cause), Problem: clean(c.Problem), Warnings: d.Warnings,
		Look: c.Look, Looked: d.Look, Was: string(c.Was),
	}
	if row.AckedSteps == nil {
		row.AckedSteps = []schema.StepKey{}
	}
	if d.Known.Exists {
		row.AckedHash = hexOf(d.Known.HeaderHash[:])
	}
	if d.State == gateway.StateUnknown {
		row.Sending = &inFlight{Hash: d.InFlight.HeaderHash[:], Steps: d.InFlight.Steps}
	}
	if o := d.Observed; o != nil {
		row.Observed = &observation{Exists: o.Exists, Trail: o.TrailSeen, Steps: o.Steps}
		if o.HeaderHash != (schema.Hash{}) {
			row.Observed.Hash = o.HeaderHash.String()
		}
	}
	if o := c.Outcome; o != nil {
		kind := string(o.Kind)
		row.Outcome, row.Called, row.OutShelf, row.OutCause, row.HTTPStatus = &kind, string(c.Called), string(o.Shelf), clean(o.Cause), o.HTTPStatus
		if len(c.Sent.SHA256) > 0 {
			row.BodySHA256 = hexOf(c.Sent.SHA256)
		}
	}
	return row
}

// longestWords is how much of a destination's words is kept, in bytes.
const longestWords = 1000

// clean makes words of others fit for a text column.
func clean(s string) string {
	if len(s) > longestWords {
		s = s[:longestWords]
	}
	return strings.ReplaceAll(strings.ToValidUTF8(s, ""), "\x00", "")
}

func inSeconds(d *time.Duration) *float64 {
	if d == nil {
		return nil
	}
	s := d.Seconds()
	return &s
}

func hexOf(b []byte) *string {
	s := hex.EncodeToString(b)
	return &s
}

func setOf(ids []uuid.UUID) map[uuid.UUID]bool {
	set := make(map[uuid.UUID]bool, len(ids))
	for _, id := range ids {
		set[id] = true
	}
	return set
}
