package postgres

import (
	"context"
	"encoding/json"
	"slices"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"

	"github.com/lienthong/lienthong/gateway"
	"github.com/lienthong/lienthong/schema"
)

// CommitPart implements [gateway.LoadStore]: the stages of every push, in the
// same order of locks, behind a lock on the load that fences earlier runs.
func (s *Store) CommitPart(ctx context.Context, load gateway.Load, part gateway.LoadPart) (gateway.LoadTally, error) {
	const op = "postgres.CommitPart"
	var err error
	for range ingestTries {
		var tally gateway.LoadTally
		if tally, err = s.commitPart(ctx, load, part); err == nil || !again(err) || ctx.Err() != nil {
			return tally, fail(err, op)
		}
	}
	return gateway.LoadTally{}, fail(err, op)
}

func (s *Store) commitPart(ctx context.Context, load gateway.Load, part gateway.LoadPart) (gateway.LoadTally, error) {
	units := []gateway.Unit{{Submissions: part.Submissions}}
	b := &bulkPart{load: load, part: part, ingestion: s.newIngestion(units)}
	err := b.transact(ctx,
		b.fence, // locks the load, shared
		b.loadRecords,
		b.judge,
		b.resolveBindings,
		b.writeRecords,
		b.writeBindings,
		b.loadEntities,
		b.derive,
		b.writeEntities, // without changes
		b.catchUp,       // deliveries that there are, no new ones
		b.number,
		b.writeSubmissions,
		b.noteJournal,
		b.remember,
	)
	return b.tally, err
}

// bulkPart is one run of the transaction of one part.
type bulkPart struct {
	*ingestion
	load  gateway.Load
	part  gateway.LoadPart
	tally gateway.LoadTally
}

// fence shares a lock on the load with its other parts until the commit. Index: bulk_load_pkey.
func (b *bulkPart) fence(ctx context.Context) error {
	tag, err := b.tx.Exec(ctx, `
		SELECT FROM bulk_load WHERE id = $1 AND runner = $2 AND state = 'running' FOR SHARE`, b.load.ID, b.load.Runner)
	if err == nil && tag.RowsAffected() == 0 {
		return errTakenOver()
	}
	return err
}

// writeEntities stores golden bodies and who mentions whom. Readers of the
// feed are told once, when the load ends.
func (b *bulkPart) writeEntities(ctx context.Context) error {
	b.dirty = b.dirtyEntities()
	if err := b.insertEntities(ctx, b.dirty); err != nil {
		return err
	}
	if err := b.updateEntities(ctx, b.dirty); err != nil {
		return err
	}
	return b.writeMentions(ctx)
}

// catchUp tells destinations of entities that they show or wait for already:
// what is wanted there must not fall behind what we hold. Index: delivery_pkey.
func (b *bulkPart) catchUp(ctx context.Context) error {
	var held []uuid.UUID
	for _, e := range b.dirty {
		if !e.isNew && slices.ContainsFunc(b.store.receivers, func(r gateway.Receiver) bool { return r.Wants(e.kind) }) {
			held = append(held, e.id)
		}
	}
	if len(held) == 0 {
		return nil
	}
	var codes []string
	for _, r := range b.store.receivers {
		codes = append(codes, r.Code)
	}
	rows, err := b.tx.Query(ctx, `
		SELECT DISTINCT entity_id FROM delivery WHERE destination = ANY ($1) AND entity_id = ANY ($2)`, codes, held)
	if err != nil {
		return err
	}
	known, err := pgx.CollectRows(rows, pgx.RowTo[uuid.UUID])
	if err != nil || len(known) == 0 {
		return err
	}
	delivered := make(map[uuid.UUID]struct{}, len(known))
	for _, id := range known {
		delivered[id] = struct{}{}
	}
	all := b.dirty
	b.dirty = slices.DeleteFunc(slices.Clone(all), func(e *entityState) bool {
		_, is := delivered[e.id]
		return !is
	})
	err = b.writeDeliveries(ctx)
	b.dirty = all
	return err
}

// number tells each message in its kept answer where it stands in the load.
func (b *bulkPart) number(context.Context) error {
	results := b.units[0].answer.Results
	for n, i := b.part.First, 0; n < b.part.Last && i < len(results); n++ {
		if b.part.Holds(n) {
			results[i].Index, i = int(n), i+1
		}
	}
	return nil
}

// remember counts, and notes in the same transaction which messages it holds.
func (b *bulkPart) remember(ctx context.Context) error {
	b.tally = gateway.LoadTally{
		Messages: b.part.Tally.Messages, Summary: b.units[0].answer.Summary,
		Created: map[schema.Kind]int64{}, Changed: map[schema.Kind]int64{},
	}
	for _, e := range b.dirty {
		if e.isNew {
			b.tally.Created[e.kind]++
		} else {
			b.tally.Changed[e.kind]++
		}
	}
	tally, err := json.Marshal(b.tally)
	if err != nil {
		return err
	}
	id, err := uuid.NewV7()
	if err != nil {
		return err
	}
	_, err = b.tx.Exec(ctx, `
		INSERT INTO bulk_load_part (load_id, id, first, last, messages, tally) VALUES ($1, $2, $3, $4, $5, $6)`,
		b.load.ID, id, b.part.First, b.part.Last, b.part.Messages, tally)
	return err
}
