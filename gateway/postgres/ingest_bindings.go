package postgres

import (
	"cmp"
	"context"
	"slices"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"

	"github.com/lienthong/lienthong/gateway"
	"github.com/lienthong/lienthong/schema"
)

// bindingKey is an identifier or natural key of one kind of entity.
type bindingKey struct {
	kind   schema.Kind
	scheme schema.Scheme
	value  string
}

// linkedMention is a mention and the entity that its strong identifier is bound to.
type linkedMention struct {
	schema.Mention
	entityID uuid.UUID // Nil: not linked
	ground   string
}

// resolveBindings finds the entity of each changed record and of each mention
// with a strong identifier; where there is none it thinks of an id.
func (in *ingestion) resolveBindings(ctx context.Context) error {
	wanted := map[bindingKey]struct{}{}
	for _, st := range in.changed {
		for _, id := range st.newest.Keys {
			wanted[bindingKey{st.key.Kind.Entity(), id.Scheme, id.Value}] = struct{}{}
		}
		for _, m := range st.newest.Mentions {
			if id, ok := gateway.StrongIdentifier(m); ok && !gateway.NumberContradicts(id, m) {
				wanted[bindingKey{m.Kind, id.Scheme, id.Value}] = struct{}{}
			}
		}
	}
	if err := in.readBindings(ctx, wanted); err != nil {
		return err
	}
	for _, st := range in.changed {
		if err := in.bindRecord(st); err != nil {
			return err
		}
		for _, m := range st.newest.Mentions {
			link, err := in.bindMention(m)
			if err != nil {
				return err
			}
			st.mentions = append(st.mentions, link)
		}
	}
	return nil
}

// readBindings relies on identifier_binding_pkey.
func (in *ingestion) readBindings(ctx context.Context, wanted map[bindingKey]struct{}) error {
	if len(wanted) == 0 {
		return nil
	}
	var kinds, schemes, values []string
	for k := range wanted {
		kinds, schemes, values = append(kinds, string(k.kind)), append(schemes, string(k.scheme)), append(values, k.value)
	}
	rows, err := in.tx.Query(ctx, `
		SELECT b.kind, b.scheme, b.value, b.entity_id
		FROM unnest($1::text[], $2::text[], $3::text[]) AS k (kind, scheme, value)
		JOIN identifier_binding b ON b.kind = k.kind AND b.scheme = k.scheme AND b.value = k.value`, kinds, schemes, values)
	if err != nil {
		return err
	}
	var (
		k  bindingKey
		id uuid.UUID
	)
	_, err = pgx.ForEachRow(rows, []any{&k.kind, &k.scheme, &k.value, raw(&id)}, func() error {
		in.bindings[k] = id
		return nil
	})
	return err
}

// bindRecord gives a record its entity: the one it has, else the one that its
// best bound key leads to, else a new one. Keys that are still free are bound to it.
func (in *ingestion) bindRecord(st *recordState) error {
	kind := st.key.Kind.Entity()
	for _, id := range st.newest.Keys {
		if st.entityID != uuid.Nil {
			break
		}
		st.entityID = in.bindings[bindingKey{kind, id.Scheme, id.Value}]
	}
	if st.entityID == uuid.Nil {
		id, err := in.newEntity(kind)
		if err != nil {
			return err
		}
		st.entityID = id
	}
	for _, id := range st.newest.Keys {
		in.bind(bindingKey{kind, id.Scheme, id.Value}, st.entityID)
	}
	in.entity(st.entityID, kind).primary = true
	return nil
}

func (in *ingestion) bindMention(m schema.Mention) (linkedMention, error) {
	link := linkedMention{Mention: m, ground: gateway.GroundNone}
	id, ok := gateway.StrongIdentifier(m)
	if !ok {
		return link, nil
	}
	if gateway.NumberContradicts(id, m) {
		link.ground = gateway.GroundContradiction
		return link, nil
	}
	key := bindingKey{m.Kind, id.Scheme, id.Value}
	entityID, bound := in.bindings[key]
	if !bound {
		var err error
		if entityID, err = in.newEntity(m.Kind); err != nil {
			return link, err
		}
		in.bind(key, entityID)
	}
	in.entity(entityID, m.Kind)
	link.entityID, link.ground = entityID, gateway.GroundIdentifier
	return link, nil
}

func (in *ingestion) bind(k bindingKey, entityID uuid.UUID) {
	if _, bound := in.bindings[k]; bound {
		return
	}
	in.bindings[k] = entityID
	in.fresh = append(in.fresh, k)
}

func (in *ingestion) newEntity(kind schema.Kind) (uuid.UUID, error) {
	id, err := uuid.NewV7()
	if err != nil {
		return uuid.Nil, err
	}
	in.entities[id] = &entityState{id: id, kind: kind, isNew: true}
	return id, nil
}

// writeBindings inserts sorted; a binding that somebody else made meanwhile means another run.
func (in *ingestion) writeBindings(ctx context.Context) error {
	if len(in.fresh) == 0 {
		return nil
	}
	slices.SortFunc(in.fresh, func(a, b bindingKey) int {
		return cmp.Or(cmp.Compare(a.kind, b.kind), cmp.Compare(a.scheme, b.scheme), cmp.Compare(a.value, b.value))
	})
	var kinds, schemes, values []string
	ids := make(uuids, 0, len(in.fresh))
	for _, k := range in.fresh {
		kinds, schemes, values = append(kinds, string(k.kind)), append(schemes, string(k.scheme)), append(values, k.value)
		ids = append(ids, in.bindings[k])
	}
	tag, err := in.tx.Exec(ctx, `
		INSERT INTO identifier_binding (kind, scheme, value, entity_id, created_at)
		SELECT kind, scheme, value, entity_id, $5
		FROM unnest($1::text[], $2::text[], $3::text[], $4::uuid[]) AS k (kind, scheme, value, entity_id)
		ON CONFLICT (kind, scheme, value) DO NOTHING`, kinds, schemes, values, ids, in.now)
	if err != nil {
		return err
	}
	if int(tag.RowsAffected()) != len(in.fresh) {
		return errRace
	}
	return nil
}
