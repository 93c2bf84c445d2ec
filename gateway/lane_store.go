package gateway

import (
	"context"
	"time"

	"github.com/google/uuid"
)

// LaneStore is what a lane needs of the store. All times are those of the
// database, so that nodes need not agree on theirs.
type LaneStore interface {
	MarkedStore
	// TakeLane leases the lane, if nobody holds it, and turns deliveries that an earlier holder left in
	// sending into unknown. Without the lease it returns how long somebody else still has it.
	TakeLane(ctx context.Context, lease LaneLease, length, settle time.Duration) (taken bool, wait time.Duration, err error)
	// ClaimDue makes due whatever's own time has come and returns what is due, first ranks first.
	// What is urgent but due earlier than lead from now cannot be in time any more.
	ClaimDue(ctx context.Context, lease LaneLease, limit int, lead time.Duration) ([]Delivery, error)
	// BeginCall renews the lease and marks deliveries as sending, those that nobody touched since they were
	// claimed. It returns the marked ones. ErrLaneLost: the lease is somebody else's now.
	BeginCall(ctx context.Context, lease LaneLease, length time.Duration, call BeginCall) (marked map[uuid.UUID]bool, err error)
	// RecordCall writes the changes of one call, in one statement, and returns those that were not fenced off.
	RecordCall(ctx context.Context, lease LaneLease, call CallRecord, changes []DeliveryUpdate) (recorded map[uuid.UUID]bool, err error)
	// LeaveLane gives the lease back. It returns how long until the lane has work again: zero for now,
	// negative for never.
	LeaveLane(ctx context.Context, lease LaneLease) (time.Duration, error)
}

// DueStore answers which lanes have work, for those who start lanes.
type DueStore interface {
	// DueSlots returns the slots of a destination that have work now, looking at most at limit deliveries.
	DueSlots(ctx context.Context, destination string, lanes, limit int) ([]int, error)
	// LaneDue reports whether one lane of a destination has work now.
	LaneDue(ctx context.Context, destination string, lane, lanes int) (bool, error)
	// Pressing reports whether a destination has work that goes before a reconciliation: all but the comparing of
	// what others write, which never ends where they write much.
	Pressing(ctx context.Context, destination string) (bool, error)
	// LaneIdle returns for how long nobody has held a lane; negative while somebody does.
	LaneIdle(ctx context.Context, destination string, lane int) (time.Duration, error)
}

// LaneLease names one lane and who works on it.
type LaneLease struct {
	Destination string
	Lane, Lanes int
	Holder      uuid.UUID // new for each run of a lane
	Node        string
	Proof       Proof // asked of the database whenever a call begins
}

// BeginCall is one call about to be made. Without deliveries only the lease is renewed.
type BeginCall struct {
	Attempt    uuid.UUID
	Operation  Operation
	Deliveries []Delivery // with InFlight as it will be
}

// CallRecord describes the call that changes come from.
type CallRecord struct {
	Attempt        uuid.UUID // zero: no call was made
	Started, Ended time.Time // by this node's clock, which its breakers go by too
}
