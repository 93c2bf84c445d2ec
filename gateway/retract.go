package gateway

import (
	"context"
	"slices"

	"github.com/google/uuid"

	"github.com/lienthong/lienthong/schema"
)

// Gone says why an entity is to be shown no more.
type Gone string

// Reasons, the strongest first; the empty one means that it is to be shown.
const (
	GoneMerged    Gone = "merged"    // it is another entity by now, its successor
	GoneWithdrawn Gone = "withdrawn" // it does not stand any more, anywhere
	GoneWithheld  Gone = "withheld"  // one destination may not have it any more; others do
)

// RetractType returns the event type that says of an entity that it is gone.
func RetractType(kind schema.Kind) string { return "vn." + string(kind) + ".retracted.v1" }

// Retracts reports whether the destination can be told that an entity is gone.
func (s DestinationSpec) Retracts() bool { return slices.Contains(s.Writes, OpRetract) }

// mayHold reports whether the destination may have an entity. Without a look-up
// a single call that began is enough for that, whatever was heard of it.
func (s DestinationSpec) mayHold(d Delivery) bool {
	return d.Known.Exists || s.Shows == ShowsNothing && d.Attempt != uuid.Nil
}

// planGone decides what an entity that is gone needs. A destination that cannot
// be told and shows it waits for a person: no contract says how to take it back.
func (r *run) planGone(it *item) (DeliveryUpdate, bool) {
	switch {
	case !r.spec.mayHold(it.Delivery):
		it.AckedRev = it.Wanted.Revision
		return r.settled(it, StateDelivered), true
	case !r.spec.Retracts():
		return r.failed(it, StateFailedData, ShelfDestination, "retract.unsupported", ""), true
	}
	return DeliveryUpdate{}, false
}

// Retraction is what somebody decided about an entity that was shown. It is
// kept among the operators' actions with who decided and why.
type Retraction struct {
	EntityID    uuid.UUID
	Kind        schema.Kind
	Into        uuid.UUID // it is this entity of the same kind by now; Nil: it is none
	Destination string    // withhold it from this one alone; "": it is gone for everybody
	Undo        bool      // it stands again, or the destination may have it again. What was merged stays merged
	Actor       string    // who
	Reason      string    // why, without names of citizens
}

// Action names what a retraction does.
func (r Retraction) Action() string {
	switch {
	case r.Undo:
		return "restore"
	case r.Into != uuid.Nil:
		return "merge"
	case r.Destination != "":
		return "withhold"
	}
	return "withdraw"
}

// Retracted says what a retraction brought about.
type Retracted struct {
	Revision int64     // of the entity, unchanged where nothing was to do
	Changed  bool      // false: it stood like that already
	Due      []LaneKey // lanes that have work now
}

// RetractStore withdraws entities.
type RetractStore interface {
	// Retract makes an entity be gone, or stand again, in one transaction: it gets a new revision, so that
	// what it says is newer than all that was said before; the feed tells it, and what each destination shows of it
	// is compared anew. Doing it twice has one effect. NotFound: there is no such entity, or the destination was
	// never told of it; Conflict: it was merged before, or its successor is gone itself.
	// Records, bindings and mentions of a merged entity are not its business.
	Retract(ctx context.Context, r Retraction) (Retracted, error)
}
