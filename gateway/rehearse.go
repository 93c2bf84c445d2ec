package gateway

import (
	"context"

	"github.com/google/uuid"

	"github.com/lienthong/lienthong/internal/fault"
	"github.com/lienthong/lienthong/schema"
)

// Rehearsal is what a push of one message would do, had it been one.
type Rehearsal struct {
	Answer  Answer            // as a push would get it, without submission and entity ids that do not exist
	Records []RehearsedRecord // of the records that were judged, in the answer's order
}

// RehearsedRecord is one record as it would be stored, and what identity and
// the search for repeats would decide about it.
type RehearsedRecord struct {
	Kind     schema.Kind
	ID       string
	Verdict  Verdict
	Body     []byte    // canonical JSON
	EntityID uuid.UUID // Nil: a new entity
	Mentions []RehearsedMention
}

// RehearsedMention is a person or organisation that a record names.
type RehearsedMention struct {
	Role     string
	Kind     schema.Kind
	Ground   string    // why it is linked, or why not
	EntityID uuid.UUID // Nil: not linked, or to an entity that would be new
}

// Rehearser judges units as an [IngestStore] would and keeps nothing.
type Rehearser interface {
	Rehearse(ctx context.Context, unit Unit) (Rehearsal, error)
}

// Rehearse says what a push of one message would do; nothing is kept of it,
// not even the message. It needs a store that is a [Rehearser].
func (in *Ingestor) Rehearse(ctx context.Context, p Push) (Rehearsal, error) {
	const op = "gateway.Rehearse"
	store, can := in.store.(Rehearser)
	if !can {
		return Rehearsal{}, fault.New(fault.Internal, op, "the store cannot rehearse")
	}
	p.Idempotency = Idempotency{}
	unit, err := in.Prepare(ctx, p)
	if err != nil {
		return Rehearsal{}, err
	}
	return store.Rehearse(ctx, unit)
}
