package postgres

import (
	"context"
	"encoding/hex"
	"encoding/json"
	"time"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"

	"github.com/lienthong/lienthong/gateway"
	"github.com/lienthong/lienthong/schema"
)

// ClaimDue implements [gateway.LaneStore]. It is two statements: the first
// makes due whatever's own time has come. No lock is held afterwards, the
// lane's lease is what keeps others away.
func (s *Store) ClaimDue(ctx context.Context, l gateway.LaneLease, limit int, lead time.Duration) ([]gateway.Delivery, error) {
	const op = "postgres.ClaimDue"
	if err := s.promote(ctx, l, max(4*limit, 100)); err != nil {
		return nil, fail(err, op)
	}
	return s.claim(ctx, op, claimSQL, l.Destination, l.Lane, l.Lanes, limit, lead.Seconds()) // Indexes: delivery_due_rank_idx, delivery_pkey, entity_pkey.
}

// claim runs a statement of claims.
func (s *Store) claim(ctx context.Context, op, sql string, args ...any) ([]gateway.Delivery, error) {
	var claims []claim
	err := s.planned(ctx, sql, func(rows pgx.Rows) (err error) {
		claims, err = pgx.CollectRows(rows, pgx.RowToStructByName[claim])
		return err
	}, args...)
	if err != nil {
		return nil, fail(err, op)
	}
	deliveries := make([]gateway.Delivery, len(claims))
	for i := range claims {
		if deliveries[i], err = claims[i].delivery(); err != nil {
			return nil, fail(err, op)
		}
	}
	return deliveries, nil
}

// claimSQL takes what is urgent and can still be in time, the nearest deadline first; then
// what probably cannot, the farthest first, since that has the best chance; then what was urgent
// and is late, then the rest (see [gateway.Rank]). One claim of five hundred goes the other
// way round, so that nothing waits for ever behind urgent things that never end.
const claimSQL = `
	WITH due AS (
	    SELECT entity_id, tier, place
	    FROM (
	        (SELECT entity_id, 1 AS tier, rank AS place FROM delivery_due
	         WHERE destination = $1 AND slot % $3::int = $2::int AND rank >= extract(epoch FROM now()) + $5 AND rank < ` + rankOfTheRest + `
	         ORDER BY rank LIMIT $4)
	        UNION ALL
	        (SELECT entity_id, 2, -rank FROM delivery_due
	         WHERE destination = $1 AND slot % $3::int = $2::int AND rank >= extract(epoch FROM now()) AND rank < extract(epoch FROM now()) + $5
	         ORDER BY rank DESC LIMIT $4)
	        UNION ALL
	        (SELECT entity_id, 3, rank FROM delivery_due
	         WHERE destination = $1 AND slot % $3::int = $2::int AND rank < extract(epoch FROM now())
	         ORDER BY rank LIMIT $4)
	        UNION ALL
	        (SELECT entity_id, 4, rank FROM delivery_due
	         WHERE destination = $1 AND slot % $3::int = $2::int AND rank >= ` + rankOfTheRest + `
	         ORDER BY rank LIMIT $4)) AS tiers
	    ORDER BY CASE WHEN (SELECT random() < 0.002) THEN -tier ELSE tier END, place
    LIMIT $4)` + claimColumns

// claimColumns reads what was claimed. What was not looked at since a restore is stale for a week: by then the
// sources have said again what the backup lacked.
const claimColumns = `
	SELECT d.entity_id, d.key, d.state, d.wanted_rev, d.acked_rev, d.acked_hash, d.acked_steps, d.attempt_id, d.operation,
	       ` + claimRest + `
	FROM due
	JOIN delivery d ON d.destination = $1 AND d.entity_id = due.entity_id
	LEFT JOIN entity e ON e.id = due.entity_id
	` + lateEpoch + `
	ORDER BY due.tier, due.place`

// claimRest are the columns of a claim that need a word: d is the delivery, e its entity.
const claimRest = `coalesce(d.issued::text, '') AS issued, coalesce(d.sending::text, '') AS sending, coalesce(extract(epoch FROM now() - d.cut_at), 0)::float8 AS cut_for,
	       d.verify_at IS NOT NULL AS doubtful,
	       coalesce(d.state = 'delivered' AND d.verify_at <= now(), false) AS verify_due,
	       coalesce(d.tries, 0) AS tries, coalesce(d.cause, '') AS cause, d.released_rev, ` + claimLook + `,
	       ` + claimEntity

// claimLook says why a delivery has to be looked at: w is the epoch, if it began within a week, d and e as above.
const claimLook = `coalesce(d.look, '') AS look, w.restored_at, coalesce(w.restored_at > coalesce(d.observed_at, '-infinity'), false) AS stale,
	       coalesce(e.updated_at < w.lacks, false) AS backup, coalesce(extract(epoch FROM now() - e.updated_at), 0)::float8 AS silent_for`

// claimEntity is what is wanted by now.
const claimEntity = `e.kind, e.revision, e.merged_into, e.withdrawn_at IS NOT NULL AS withdrawn, d.withheld_at IS NOT NULL AS withheld,
	       CASE WHEN e.merged_into IS NULL AND e.withdrawn_at IS NULL AND d.withheld_at IS NULL THEN e.body::text END AS body`

// lateEpoch joins the epoch while what the backup lacked may not have been said again.
const lateEpoch = `LEFT JOIN epoch w ON w.restored_at > now() - interval '7 days'`

// promote makes due what waited for its own time: the next attempt, the look
// after a cut, the second look. Rows are locked by id, as ingest does.
// Indexes: delivery_retry_idx, delivery_verify_idx.
func (s *Store) promote(ctx context.Context, l gateway.LaneLease, limit int) error {
	_, err := s.pool.Exec(ctx, `
		WITH ripe AS (
		    (SELECT entity_id FROM delivery
		     WHERE destination = $1 AND retry_at <= now() AND slot % $3::int = $2::int
		     ORDER BY retry_at LIMIT $4)
		    UNION
		    (SELECT entity_id FROM delivery d
		     WHERE destination = $1 AND verify_at <= now() AND state = 'delivered' AND slot % $3::int = $2::int
		       AND NOT EXISTS (SELECT FROM delivery_due q WHERE q.destination = $1 AND q.entity_id = d.entity_id)
		     ORDER BY verify_at LIMIT $4)),
		locked AS (
		    SELECT d.entity_id, d.slot, d.due_at
		    FROM delivery d
		    WHERE d.destination = $1 AND d.entity_id IN (SELECT entity_id FROM ripe)
		      AND (d.retry_at <= now() OR d.state = 'delivered')
		    ORDER BY d.entity_id
		    FOR UPDATE),
		taken AS (
		    UPDATE delivery d SET retry_at = NULL
		    FROM locked
		    WHERE d.destination = $1 AND d.entity_id = locked.entity_id AND d.retry_at IS NOT NULL)
		INSERT INTO delivery_due (destination, entity_id, slot, rank)
		SELECT $1, entity_id, slot, `+rankSQL+`
		FROM locked
		CROSS JOIN (SELECT now() AS since) AS entry
		ON CONFLICT (destination, entity_id) DO NOTHING`, l.Destination, l.Lane, l.Lanes, limit)
	return err
}

// claim is one row of a claim.
type claim struct {
	EntityID   uuid.UUID
	Key        string
	State      string
	WantedRev  int64
	AckedRev   int64
	AckedHash  []byte
	AckedSteps []string
	AttemptID  *uuid.UUID
	Operation  string
	Issued     string
	Sending    string
	CutFor     float64
	Doubtful   bool
	VerifyDue  bool
	Tries      int
	Cause      string

	ReleasedRev int64
	Look        string
	RestoredAt  *time.Time
	Stale       bool
	Backup      bool
	SilentFor   float64

	Kind       *string
	Revision   *int64
	MergedInto *uuid.UUID
	Withdrawn  bool
	Withheld   bool
	Body       *string // NULL where it is gone: what may not be shown is not even read
}

// gone says whether the entity is to be shown no more, and why.
func (c *claim) gone() gateway.Gone {
	switch {
	case c.MergedInto != nil:
		return gateway.GoneMerged
	case c.Withdrawn:
		return gateway.GoneWithdrawn
	case c.Withheld:
		return gateway.GoneWithheld
	}
	return ""
}

func (c *claim) delivery() (gateway.Delivery, error) {
	d := gateway.Delivery{
		Wanted:   gateway.Wanted{EntityID: c.EntityID, Key: c.Key, Revision: c.WantedRev},
		State:    gateway.SyncState(c.State),
		AckedRev: c.AckedRev,
		Known:    gateway.Known{Exists: c.AckedHash != nil, HeaderHash: hashOf(c.AckedHash), Steps: stepsOf(c.AckedSteps)},
		CutFor:   seconds(c.CutFor), Doubtful: c.Doubtful, VerifyDue: c.VerifyDue,
		Operation: gateway.Operation(c.Operation), Tries: c.Tries, Cause: c.Cause, Look: gateway.LookReason(c.Look), Stale: c.Stale, Backup: c.Backup, SilentFor: seconds(c.SilentFor),
		Missing: c.Kind == nil, Released: c.ReleasedRev,
	}
	if c.RestoredAt != nil {
		d.Restored = *c.RestoredAt
	}
	if c.AttemptID != nil {
		d.Attempt = *c.AttemptID
	}
	if !d.Missing {
		d.Wanted.Kind, d.Wanted.Revision, d.Wanted.Gone = schema.Kind(*c.Kind), max(*c.Revision, c.WantedRev), c.gone()
	}
	if c.Body != nil {
		d.Wanted.Body = []byte(*c.Body)
	}
	if c.MergedInto != nil {
		d.Wanted.Successor = *c.MergedInto
	}
	if c.Issued != "" {
		if err := json.Unmarshal([]byte(c.Issued), &d.Known.Issued); err != nil {
			return d, err
		}
	}
	if c.Sending == "" {
		return d, nil
	}
	var f inFlight
	if err := json.Unmarshal([]byte(c.Sending), &f); err != nil {
		return d, err
	}
	d.InFlight = gateway.InFlight{HeaderHash: hashOf(f.Hash), Steps: f.Steps}
	return d, nil
}

// inFlight is what a call carries, as kept in delivery.sending.
type inFlight struct {
	Hash  []byte           `json:"hash,omitempty"`
	Steps []schema.StepKey `json:"steps,omitempty"`

	// Evidence of the call, and whose it is: what [Store.orphan] writes down of a worker that died in it.
	At       time.Time `json:"at,omitzero"`
	Node     string    `json:"node,omitempty"`
	Run      string    `json:"run,omitempty"`
	SHA256   string    `json:"sha256,omitempty"`   // hex
	Evidence []byte    `json:"evidence,omitempty"` // base64
}

func flight(l gateway.LaneLease, f gateway.InFlight) string {
	kept := inFlight{Steps: f.Steps, At: f.Sent.At, Node: l.Node, Run: l.Holder.String(), SHA256: hex.EncodeToString(f.Sent.SHA256), Evidence: f.Sent.Sealed}
	if f.HeaderHash != (schema.Hash{}) {
		kept.Hash = f.HeaderHash[:]
	}
	return encode(kept)
}

// encode writes a value of our own that always has a JSON form.
func encode(v any) string {
	data, err := json.Marshal(v)
	if err != nil {
		return "null"
	}
	return string(data)
}

func hashOf(b []byte) schema.Hash {
	var h schema.Hash
	copy(h[:], b)
	return h
}

func stepsOf(keys []string) []schema.StepKey {
	steps := make([]schema.StepKey, len(keys))
	for i, k := range keys {
		steps[i] = schema.StepKey(k)
	}
	return steps
}

// rankOfTheRest is above every rank that is a time, and below every other: fifteen
// centuries of seconds, where the others are sums of 25 times the age of the era.
const rankOfTheRest = `1e10`

// rankSQL is [gateway.Rank] of due_at and since, the time of entry.
const rankSQL = `
	extract(epoch FROM due_at) + CASE WHEN due_at > since AND due_at <= since + interval '24 hours' THEN 0 ELSE 24 * extract(epoch FROM since) END`
