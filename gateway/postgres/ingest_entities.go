package postgres

import (
	"context"
	"slices"
	"time"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"

	"github.com/lienthong/lienthong/gateway"
	"github.com/lienthong/lienthong/schema"
)

// entityState is an entity as held, then as this transaction leaves it.
type entityState struct {
	id       uuid.UUID
	kind     schema.Kind
	isNew    bool
	primary  bool // one of its own records changed
	revision int64
	hash     schema.Hash
	body     schema.Body // nil: nothing derived yet
	sealed   schema.Sealed
	dirty    bool
}

func (in *ingestion) entity(id uuid.UUID, kind schema.Kind) *entityState {
	e, ok := in.entities[id]
	if !ok {
		e = &entityState{id: id, kind: kind}
		in.entities[id] = e
	}
	return e
}

// loadEntities reads the entities concerned, and locks those that this
// transaction may change: the ones whose records changed, and mentioned ones
// of which a golden field changes. A bank that is mentioned ten thousand times
// is read, not locked.
func (in *ingestion) loadEntities(ctx context.Context) error {
	var lock, look uuids
	for id, e := range in.entities {
		switch {
		case e.isNew:
		case e.primary:
			lock = append(lock, id)
		default:
			look = append(look, id)
		}
	}
	var touched uuids
	if len(look) > 0 {
		if err := in.readEntities(ctx, look, look, ""); err != nil {
			return err
		}
		touched = in.touchedByMention()
		lock = append(lock, touched...)
	}
	if len(lock) == 0 {
		return nil
	}
	return in.readEntities(ctx, lock, touched, "FOR UPDATE")
}

// touchedByMention returns the entities already held that a mention would change.
func (in *ingestion) touchedByMention() uuids {
	touched := map[uuid.UUID]struct{}{}
	for _, st := range in.changed {
		for _, m := range st.mentions {
			e := in.entities[m.entityID]
			if e == nil || e.isNew || e.primary || gateway.Contradicts(e.body, m.Mention) {
				continue
			}
			if _, changes := gateway.Mentioned(e.body, m.Mention); changes {
				touched[e.id] = struct{}{}
			}
		}
	}
	ids := make(uuids, 0, len(touched))
	for id := range touched {
		ids = append(ids, id)
	}
	return ids
}

// readEntities relies on entity_pkey; the order of rows is the order of locks.
// Bodies are read where they are filled, and where a new derivation keeps
// something of them; those of other entities whose own records changed stay at home.
func (in *ingestion) readEntities(ctx context.Context, ids, bodies uuids, lock string) error {
	rows, err := in.tx.Query(ctx, `
		SELECT id, revision, hash, CASE WHEN id = ANY ($2) OR kind IN ('dossier', 'person') THEN body END
		FROM entity
		WHERE id = ANY ($1)
		ORDER BY id `+lock, ids, bodies)
	if err != nil {
		return err
	}
	var (
		id         uuid.UUID
		revision   int64
		hash, body []byte
	)
	_, err = pgx.ForEachRow(rows, []any{raw(&id), &revision, &hash, &body}, func() error {
		e := in.entities[id]
		e.revision = revision
		copy(e.hash[:], hash)
		if body == nil {
			return nil
		}
		var err error
		e.body, err = schema.OpenBody(e.kind, body)
		return err
	})
	return err
}

// derive makes the golden bodies.
func (in *ingestion) derive(ctx context.Context) error {
	claims, err := in.claims(ctx)
	if err != nil {
		return err
	}
	for id, c := range claims {
		e := in.entities[id]
		var err error
		if e.body, e.sealed, err = gateway.DeriveSealed(e.kind, c, e.body); err != nil {
			return err
		}
		e.compare()
	}
	for _, st := range in.changed {
		for i := range st.mentions {
			if err := in.mention(st, &st.mentions[i]); err != nil {
				return err
			}
		}
	}
	return nil
}

// claims returns what all records say of the entities whose records changed.
// Of new entities everything is in hand; of others the store is asked, after
// the records of this transaction were written to it.
func (in *ingestion) claims(ctx context.Context) (map[uuid.UUID][]gateway.Claim, error) {
	claims := map[uuid.UUID][]gateway.Claim{}
	var held uuids
	for _, st := range in.changed {
		if e := in.entities[st.entityID]; e.isNew {
			claims[e.id] = append(claims[e.id], gateway.Claim{
				Source: st.key.Source, ID: st.key.ID, EventTime: st.held.EventTime, Body: st.newest.Body, Sealed: st.newest.Sealed,
			})
		} else if _, seen := claims[e.id]; !seen {
			claims[e.id], held = nil, append(held, e.id)
		}
	}
	if len(held) == 0 {
		return claims, nil
	}
	// Index: record_entity_idx.
	rows, err := in.tx.Query(ctx, `
		SELECT entity_id, source, kind, local_id, event_time, body
		FROM record
		WHERE entity_id = ANY ($1)`, held)
	if err != nil {
		return nil, err
	}
	var (
		id        uuid.UUID
		source    string
		kind      schema.Kind
		localID   string
		eventTime *time.Time
		body      []byte
	)
	_, err = pgx.ForEachRow(rows, []any{raw(&id), &source, &kind, &localID, &eventTime, &body}, func() error {
		c := gateway.Claim{Source: source, ID: localID}
		if eventTime != nil {
			c.EventTime = *eventTime
		}
		var err error
		if c.Body, err = schema.OpenBody(kind, body); err != nil {
			return err
		}
		claims[id] = append(claims[id], c)
		return nil
	})
	return claims, err
}

// mention lets a record's mention fill what is open in its entity, or parts them when they contradict.
func (in *ingestion) mention(st *recordState, m *linkedMention) error {
	if m.ground == gateway.GroundContradiction { // by its own digits
		in.contradicted(st, m.Role)
	}
	if m.entityID == uuid.Nil {
		return nil
	}
	e := in.entities[m.entityID]
	if e.body != nil && gateway.Contradicts(e.body, m.Mention) {
		m.entityID, m.ground = uuid.Nil, gateway.GroundContradiction
		in.contradicted(st, m.Role)
		return nil
	}
	body, changed := gateway.Mentioned(e.body, m.Mention)
	if !changed {
		return nil
	}
	e.body = body
	return e.seal()
}

// contradicted marks a stored record as waiting for a human.
func (in *ingestion) contradicted(st *recordState, role string) {
	for _, v := range st.verdicts {
		v.Verdict = gateway.NeedsReview
		v.Errors = append(slices.Clone(v.Errors), schema.Problem{
			Code: "identity.contradiction", Level: schema.Warning, Expected: role,
			Detail:   "Số định danh đã gắn với người khác; bản ghi được giữ, chưa liên kết người này.",
			DetailEN: "The identifier belongs to somebody else; the record is kept, the person is not linked.",
		})
	}
	if !st.inReview {
		st.inReview = true
		in.reviews = append(in.reviews, review{key: st.key, hash: st.held.Hash, reason: "identity_contradiction", submission: st.from.ID})
	}
}

// seal takes the body over.
func (e *entityState) seal() error {
	sealed, err := schema.SealBody(e.body)
	if err != nil {
		return err
	}
	e.sealed = sealed
	e.compare()
	return nil
}

// compare notes whether the body differs from what is held.
func (e *entityState) compare() { e.dirty = e.isNew || e.sealed.Hash != e.hash }
