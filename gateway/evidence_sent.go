package gateway

import (
	"bytes"
	"context"
	"crypto/sha256"
	"errors"
	"time"

	"github.com/google/uuid"

	"github.com/lienthong/lienthong/internal/fault"
	"github.com/lienthong/lienthong/schema"
)

// Why a body cannot be had any more, or never could. Both come in faults with code NotFound.
var (
	ErrDestroyed = errors.New("the evidence key of that month was destroyed")
	ErrNotKept   = errors.New("the body was not kept")
)

// SentCall is one call as it was sent for one entity: when, by whom or what,
// what came of it, and its evidence.
type SentCall struct {
	Attempt     uuid.UUID
	StartedAt   time.Time
	EndedAt     time.Time
	Destination string
	EntityID    uuid.UUID
	Kind        schema.Kind
	Revision    int64 // of the entity
	Operation   Operation
	Outcome     OutcomeKind
	Shelf       Shelf
	Cause       string // fingerprint
	HTTPStatus  int
	Node        string    // of the worker
	Run         uuid.UUID // of its lane; Nil: from before that was kept
	Action      *OperatorAction
	SHA256      []byte // of the body's parts, one after the other; nil: there was no body
	Sealed      []byte // nil: none was kept
}

// AttemptKey names what one call carried for one delivery.
type AttemptKey struct {
	Destination string
	EntityID    uuid.UUID
	Attempt     uuid.UUID
}

// OutboundBody is what left, part by part as it was planned.
type OutboundBody struct {
	Call  SentCall
	Parts [][]byte
}

// OutboundReader gives back what left in an attempt, for those who must send
// the very same again. Bodies are personal.
type OutboundReader interface {
	// Outbound returns the body, held against its SHA-256. NotFound: there is no such attempt, [ErrNotKept], or
	// [ErrDestroyed]; Invalid: the evidence was changed.
	Outbound(ctx context.Context, key AttemptKey) (OutboundBody, error)
}

// EvidenceStore reads what was sent and ends what may be read no longer.
type EvidenceStore interface {
	EvidenceKeys
	OutboundReader
	// Sent returns the calls for an entity, of all destinations, oldest first.
	Sent(ctx context.Context, entity uuid.UUID) ([]SentCall, error)
	// DossierID returns the entity of a dossier's number; NotFound where there is none.
	DossierID(ctx context.Context, number string) (uuid.UUID, error)
	// DestroyEvidence ends the keys of months before one, and returns how many.
	DestroyEvidence(ctx context.Context, before time.Time) (int, error)
	// DropEvidence ends keys and attempts of months before one, together.
	DropEvidence(ctx context.Context, before time.Time) (Dropped, error)
}

// Dropped is what retention ended.
type Dropped struct {
	Keys   int      `json:"keys"`
	Tables []string `json:"tables"` // partitions of attempt
	Rows   int      `json:"rows"`   // attempts that had no partition of their month
}

// Outbound opens what a call carried.
func (v *Vault) Outbound(ctx context.Context, c SentCall) (OutboundBody, error) {
	const op = "gateway.Outbound"
	if c.Sealed == nil {
		return OutboundBody{}, &fault.Error{Code: fault.NotFound, Op: op, Err: ErrNotKept}
	}
	plain, err := v.Open(ctx, c.StartedAt, c.Attempt, c.EntityID, c.Sealed)
	if err != nil {
		return OutboundBody{}, err
	}
	parts := bytes.Split(plain, []byte{'\n'})
	h := sha256.New()
	for _, p := range parts {
		_, _ = h.Write(p) // never fails
	}
	if !bytes.Equal(h.Sum(nil), c.SHA256) {
		return OutboundBody{}, fault.New(fault.Invalid, op, "the evidence is not what the attempt's hash was made of")
	}
	return OutboundBody{Call: c, Parts: parts}, nil
}
