package postgres

import (
	"context"
	"crypto/sha256"
	"errors"
	"time"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"

	"github.com/lienthong/lienthong/gateway"
	"github.com/lienthong/lienthong/schema"
)

// atRest are the states of a delivery that the engine has done with, as delivery_look_idx has them.
const atRest = `('delivered', 'confirmed', 'failed_data', 'failed_destination', 'failed_gateway', 'parked')`

// lookColumns are those of a claim, with what the look before left.
const lookColumns = `
	d.entity_id, d.key, d.state, d.wanted_rev, d.acked_rev, d.acked_hash, d.acked_steps, d.attempt_id, d.operation,
	coalesce(d.issued::text, '') AS issued, '' AS sending, 0::float8 AS cut_for, false AS doubtful, false AS verify_due,
	d.tries, d.cause, d.released_rev, ` + claimLook + `,
	` + claimEntity + `,
	l.looked_at AS before_at, l.header AS before_header`

// looking joins what a look is judged by. What waits for its second look is the engine's; what was
// touched within the settle time may not be shown yet. Indexes: delivery_pkey, delivery_due_pkey, entity_pkey, look_pkey.
const looking = `
	FROM picked
	JOIN delivery d ON d.destination = $1 AND d.entity_id = picked.entity_id
	LEFT JOIN entity e ON e.id = d.entity_id
	` + lateEpoch + `
	LEFT JOIN look l ON l.destination = $1 AND l.entity_id = d.entity_id`

// nightlySQL takes the oldest look first. Index: delivery_look_idx.
const nightlySQL = `
	WITH picked AS (
	    SELECT entity_id, looked_at FROM delivery d
	    WHERE destination = $1 AND resting = $2 AND state IN ` + atRest + `
	      AND (looked_at IS NULL OR looked_at < $3)
	      AND verify_at IS NULL AND updated_at < now() - make_interval(secs => $4)
	      AND NOT EXISTS (SELECT FROM delivery_due q WHERE q.destination = $1 AND q.entity_id = d.entity_id)
	    ORDER BY looked_at NULLS FIRST
	    LIMIT $5)
	SELECT ` + lookColumns + looking + `
	ORDER BY picked.looked_at NULLS FIRST, d.entity_id`

// sampleSQL takes any, by chance: blocks of the table, about two thousand rows, of which some are drawn. No index.
const sampleSQL = `
	WITH picked AS (
	    SELECT entity_id FROM delivery d
	    TABLESAMPLE SYSTEM ((SELECT least(100, 200000 / greatest(reltuples, 1)) FROM pg_class WHERE oid = 'delivery'::regclass))
	    WHERE destination = $1 AND state IN ` + atRest + `
	      AND verify_at IS NULL AND updated_at < now() - make_interval(secs => $2)
	      AND NOT EXISTS (SELECT FROM delivery_due q WHERE q.destination = $1 AND q.entity_id = d.entity_id)
	    ORDER BY random()
	    LIMIT $3)
	SELECT ` + lookColumns + looking

// lookClaim is one candidate.
type lookClaim struct {
	claim
	BeforeAt     *time.Time
	BeforeHeader []byte
}

// ToLook implements [gateway.LookStore].
func (s *Store) ToLook(ctx context.Context, q gateway.LookQuery) ([]gateway.LookCandidate, error) {
	const op = "postgres.ToLook"
	sql, args := nightlySQL, []any{q.Destination, q.Resting, q.Before, q.Settle.Seconds(), q.Limit}
	if q.Sample {
		sql, args = sampleSQL, []any{q.Destination, q.Settle.Seconds(), q.Limit}
	}
	var claims []lookClaim
	err := s.planned(ctx, sql, func(rows pgx.Rows) (err error) {
		claims, err = pgx.CollectRows(rows, pgx.RowToStructByName[lookClaim])
		return err
	}, args...)
	if err != nil {
		return nil, fail(err, op)
	}
	found := make([]gateway.LookCandidate, len(claims))
	for i := range claims {
		c := &claims[i]
		if found[i].Delivery, err = c.delivery(); err != nil {
			return nil, fail(err, op)
		}
		if c.BeforeAt != nil {
			found[i].Before = gateway.LookBefore{At: *c.BeforeAt, Header: hashOf(c.BeforeHeader)}
		}
	}
	return found, nil
}

// SentBefore implements [gateway.LookStore]. Whatever was answered: what left may stand there. Index: attempt_entity_idx.
func (s *Store) SentBefore(ctx context.Context, destination string, entity uuid.UUID) (gateway.SentBefore, error) {
	const op = "postgres.SentBefore"
	var sent gateway.SentBefore
	rows, err := s.pool.Query(ctx, `
		SELECT header_hash, step_keys, outcome = 'delivered', started_at
		FROM attempt
		WHERE entity_id = $2 AND destination = $1 AND (header_hash IS NOT NULL OR step_keys IS NOT NULL)`, destination, entity)
	if err != nil {
		return sent, fail(err, op)
	}
	var header []byte
	var steps []string
	var taken bool
	var at time.Time
	_, err = pgx.ForEachRow(rows, []any{&header, &steps, &taken, &at}, func() error {
		sent.Known = true
		sent.Steps = append(sent.Steps, stepsOf(steps)...)
		if header != nil {
			sent.Headers = append(sent.Headers, hashOf(header))
			if taken && at.After(sent.HeaderAt) {
				sent.HeaderAt = at
			}
		}
		return nil
	})
	return sent, fail(err, op)
}

// RecordLook implements [gateway.LookStore]. The delivery's row is the fence:
// what was claimed, sent or changed since it was read is looked at another time. What was looked at
// is not taken over into what is known, and so a delivery that a lane has to look at after a restore stays one.
// Indexes: lane_pkey, delivery_pkey, delivery_due_pkey, look_pkey, agreement_pkey.
func (s *Store) RecordLook(ctx context.Context, l gateway.LaneLease, look gateway.Look) (recorded bool, err error) {
	err = pgx.BeginFunc(ctx, s.pool, func(tx pgx.Tx) error {
		var held bool
		if err := tx.QueryRow(ctx, `SELECT EXISTS (SELECT FROM lane WHERE destination = $1 AND lane = $2 AND holder = $3)`,
			l.Destination, l.Lane, l.Holder).Scan(&held); err != nil {
			return err
		}
		if !held {
			return gateway.ErrLaneLost
		}
		d := &look.Delivery
		var seen *string
		if look.Comparable {
			text := encode(observationOf(&look.Shown))
			seen = &text
		}
		tag, err := tx.Exec(ctx, `
			UPDATE delivery d
			SET looked_at = now(), resting = $6, observed = coalesce($7::json, observed),
			    observed_at = CASE WHEN $7::json IS NULL OR EXISTS (
			            SELECT FROM epoch WHERE restored_at > now() - interval '7 days' AND restored_at > coalesce(d.observed_at, '-infinity'))
			        THEN observed_at ELSE now() END
			WHERE destination = $1 AND entity_id = $2 AND state = $3 AND wanted_rev <= $4
			  AND coalesce(attempt_id, '00000000-0000-0000-0000-000000000000') = $5
			  AND NOT EXISTS (SELECT FROM delivery_due q WHERE q.destination = $1 AND q.entity_id = $2)`,
			l.Destination, d.Wanted.EntityID, string(d.State), d.Wanted.Revision, d.Attempt, look.Resting, seen)
		switch recorded = err == nil && tag.RowsAffected() > 0; {
		case !recorded:
			return err
		case look.Void:
			return forgetLooks(ctx, tx, l.Destination, d.Wanted.EntityID)
		case !look.Comparable:
			return nil
		}
		return s.keepLook(ctx, tx, l.Destination, &look)
	})
	switch {
	case errors.Is(err, gateway.ErrLaneLost):
		return false, err
	case err != nil:
		return false, fail(err, "postgres.RecordLook")
	}
	return recorded, nil
}

func observationOf(k *gateway.Known) *observation {
	o := &observation{Exists: k.Exists, Trail: k.TrailSeen, Steps: k.Steps}
	if k.HeaderHash != (schema.Hash{}) {
		o.Hash = k.HeaderHash.String()
	}
	return o
}

// lookRow is what the look before left.
type lookRow struct {
	places gateway.Places
	class  gateway.DriftClass
	known  bool
}

// keepLook writes the row of a look and counts it.
func (s *Store) keepLook(ctx context.Context, tx pgx.Tx, destination string, look *gateway.Look) error {
	d, diff, shown := &look.Delivery, &look.Difference, encode(observationOf(&look.Shown))
	digest := sha256.Sum256([]byte(shown))
	var was lookRow
	err := tx.QueryRow(ctx, `SELECT commune, agency, procedure, class FROM look WHERE destination = $1 AND entity_id = $2 FOR UPDATE`,
		destination, d.Wanted.EntityID).Scan(&was.places.Commune, &was.places.Agency, &was.places.Procedure, &was.class)
	if was.known = err == nil; err != nil && !errors.Is(err, pgx.ErrNoRows) {
		return err
	}
	var detail *string
	if diff.Class != gateway.DriftNone {
		text := encode(diff)
		detail = &text
	}
	var header []byte
	if h := look.Shown.HeaderHash; h != (schema.Hash{}) {
		header = h[:]
	}
	p := look.Places
	_, err = tx.Exec(ctx, `
		INSERT INTO look AS l (destination, entity_id, key, commune, agency, procedure, looked_at, class, found_at, detail, shown, header, revision)
		VALUES ($1, $2, $3, $4, $5, $6, now(), $7, CASE WHEN $7 <> '' THEN now() END, $8::json, $9, $10, $11)
		ON CONFLICT (destination, entity_id) DO UPDATE
		SET key = EXCLUDED.key, commune = EXCLUDED.commune, agency = EXCLUDED.agency, procedure = EXCLUDED.procedure,
		    looked_at = EXCLUDED.looked_at, class = EXCLUDED.class, detail = EXCLUDED.detail, shown = EXCLUDED.shown,
		    header = EXCLUDED.header, revision = EXCLUDED.revision,
		    found_at = CASE WHEN l.class = EXCLUDED.class THEN l.found_at ELSE EXCLUDED.found_at END,
		    accepted = l.accepted AND l.class = EXCLUDED.class AND l.shown = EXCLUDED.shown AND l.revision = EXCLUDED.revision,
		    repairs = CASE WHEN EXCLUDED.class = '' THEN 0 ELSE l.repairs END`,
		destination, d.Wanted.EntityID, d.Wanted.Key, clean(p.Commune), clean(p.Agency), clean(p.Procedure), string(diff.Class),
		detail, digest[:], header, d.Wanted.Revision)
	if err != nil {
		return err
	}
	if was.class != diff.Class {
		if err := note(ctx, tx, driftLine("drift", destination, d.Wanted.EntityID, d.Wanted.Revision, was.class, diff.Class)); err != nil {
			return err
		}
	}
	return count(ctx, tx, destination, was, lookRow{class: diff.Class, known: true,
		places: gateway.Places{Commune: clean(p.Commune), Agency: clean(p.Agency), Procedure: clean(p.Procedure)}})
}

func (r lookRow) differs() int64 {
	if r.class != gateway.DriftNone {
		return 1
	}
	return 0
}

// count moves the counters from what the look before said to what this one says. Index: agreement_pkey.
func count(ctx context.Context, tx pgx.Tx, destination string, was, is lookRow) error {
	before, after := was.codes(), is.codes()
	batch := &pgx.Batch{}
	for i, dimension := range gateway.Dimensions() {
		switch {
		case was.known && before[i] == after[i] && was.differs() == is.differs():
			continue
		case was.known:
			batch.Queue(uncountSQL, dimension, destination, before[i], was.differs())
		}
		batch.Queue(`
			INSERT INTO agreement AS a (dimension, destination, code, looked, differing)
			VALUES ($1, $2, $3, 1, $4)
			ON CONFLICT (dimension, destination, code) DO UPDATE
			SET looked = a.looked + 1, differing = a.differing + EXCLUDED.differing`, dimension, destination, after[i], is.differs())
	}
	if batch.Len() == 0 {
		return nil
	}
	return tx.SendBatch(ctx, batch).Close()
}

// codes are in the order of [gateway.Dimensions].
func (r lookRow) codes() [3]string {
	return [3]string{r.places.Commune, r.places.Agency, r.places.Procedure}
}

var _ gateway.LookStore = (*Store)(nil)
