package gateway

import (
	"context"
	"time"
)

// BreakerState is what every node knows of one breaker.
type BreakerState string

// Breaker states.
const (
	BreakerClosed   BreakerState = "closed"    // calls go out
	BreakerHalfOpen BreakerState = "half_open" // one probe at a time over all nodes
	BreakerOpen     BreakerState = "open"      // no call before OpenFor is over, then a probe
)

// BreakerKey names one breaker.
type BreakerKey struct {
	Destination string
	Operation   Operation
}

// BreakerRow is a breaker as the store keeps it for all nodes. Durations are
// counted from the moment of reading, so that clocks need not agree.
type BreakerRow struct {
	Key       BreakerKey
	State     BreakerState
	Forced    BreakerState  // by an operator: BreakerOpen, BreakerClosed or empty
	ForcedBy  string        // who forces it
	ForcedFor string        // why
	OpenFor   time.Duration // until a probe may go out; may be negative; of a kill switch: see [BreakerRow.Throttled]
	Probe     string        // node that probes
	ProbeFor  time.Duration // until its probe counts as lost; zero or negative: nobody probes
	Reason    string        // of the last change of State
	Ramp      int           // percent of the ceiling of calls at once that may be used; 0: one canary alone; 100: no outage, or long over
	RampGood  int           // good calls on this step so far
	UpdatedAt time.Time     // by the store's clock; orders what is read and what is written
}

// BreakerMove is a wish to change a breaker, granted when it is in one of the
// states From; a granted move leaves a line in the transitions.
type BreakerMove struct {
	Key     BreakerKey
	From    []BreakerState
	To      BreakerState
	OpenFor time.Duration // To is BreakerOpen
	Ramp    int           // To is BreakerClosed: step of the ramp to begin with
	Reason  string
	Node    string
	Cause   string // To is BreakerOpen: code of what the destination did, such as dvcqg.http.503; "": not known
	Prober  bool   // only the node that holds the probe may
}

// BreakerStore is what breakers need of the store.
type BreakerStore interface {
	// Breakers reads every row in one query.
	Breakers(ctx context.Context) ([]BreakerRow, error)
	// MoveBreaker changes a row or, where the move is not granted, returns it as it is.
	MoveBreaker(ctx context.Context, move BreakerMove) (row BreakerRow, granted bool, err error)
	// TakeProbe makes the node the only prober for a while: the row becomes half open, if its time has come
	// and nobody else probes.
	TakeProbe(ctx context.Context, key BreakerKey, node string, length time.Duration) (row BreakerRow, granted bool, err error)
	// DropProbe ends a probe that showed nothing.
	DropProbe(ctx context.Context, key BreakerKey, node string) (BreakerRow, error)
	// RampBreaker counts a call of a closed breaker's ramp; where the row has left that step it only reads.
	RampBreaker(ctx context.Context, call RampCall) (BreakerRow, error)
	// ThrottleBreaker keeps in the row of a destination's kill switch that it asked everybody to wait, unless a
	// longer wait is known, and tells every node. It changes no state.
	ThrottleBreaker(ctx context.Context, destination, node string, wait time.Duration) (BreakerRow, error)
	// ForceBreaker obeys an operator's order, keeps it as an action and tells every node.
	ForceBreaker(ctx context.Context, o Order) (BreakerRow, error)
}
