package gateway

import (
	"context"
	"time"

	"github.com/google/uuid"
)

// Kill switches stand among the breakers, so that the one query that mirrors
// those brings them too: a row of the operation OpAll is the switch of its
// destination, that of EveryDestination the one for all. Forced open it stops
// every call, look-ups and probes among them.
const (
	OpAll            Operation = "all" // not a call: the switch above all operations
	EveryDestination string    = "*"   // no destination has this code
)

// SwitchKey names the kill switch of a destination, or of [EveryDestination].
func SwitchKey(destination string) BreakerKey {
	return BreakerKey{Destination: destination, Operation: OpAll}
}

// IsSwitch reports whether the key names a kill switch.
func (k BreakerKey) IsSwitch() bool { return k.Operation == OpAll }

// Paused reports whether the row is a kill switch that stops calls.
func (r BreakerRow) Paused() bool { return r.Key.IsSwitch() && r.Forced == BreakerOpen }

// Order is what an operator says about a breaker or a kill switch. It is kept
// with the row while it holds, and for good among the operator's actions.
type Order struct {
	Key    BreakerKey
	State  BreakerState // BreakerOpen, BreakerClosed (of a breaker only), or empty: left to itself again
	Actor  string       // who
	Reason string       // why
}

// OperatorAction is one line of what operators did.
type OperatorAction struct {
	At          time.Time `json:"at"`
	Actor       string    `json:"actor"`
	Action      string    `json:"action"`      // pause, resume, force_open, force_closed, release, withdraw, withhold, merge, restore, own, disown, adopt, drift_repair, drift_accept, score_release, …
	Destination string    `json:"destination"` // EveryDestination: all
	Operation   Operation `json:"operation"`   // OpAll for switches; the class of a drift; the scope of who writes and of an adoption; the site that was taken; a plan
	Reason      string    `json:"reason"`

	EntityID *uuid.UUID `json:"entity_id,omitempty"` // that was withdrawn, withheld, merged, restored or let go; nil: it is about none
}

// ActionOf names what an order does.
func ActionOf(o Order) string {
	switch {
	case o.Key.IsSwitch() && o.State == BreakerOpen:
		return "pause"
	case o.Key.IsSwitch():
		return "resume"
	case o.State == "":
		return "release"
	}
	return "force_" + string(o.State)
}

// OperatorStore is what operators' commands need of the store.
type OperatorStore interface {
	// Breakers reads every row, switches among them.
	Breakers(ctx context.Context) ([]BreakerRow, error)
	// ForceBreaker obeys an order, keeps it as an action and tells every node.
	ForceBreaker(ctx context.Context, o Order) (BreakerRow, error)
	// OperatorActions returns the last actions, newest first.
	OperatorActions(ctx context.Context, limit int) ([]OperatorAction, error)
}

const (
	// staleStart is how old the mirror of the rows may be when a call starts: what an operator says, or another
	// node found out, stops every call that would start two seconds later, also on a node whose readings hang.
	staleStart = 2 * time.Second
	// pausedWait is after what time a lane of a paused destination looks again. It is woken when the pause ends.
	pausedWait = 5 * time.Minute
)

// switchesOf returns which destinations a set of rows pauses.
func switchesOf(rows []BreakerRow) map[string]bool {
	paused := make(map[string]bool)
	for _, r := range rows {
		if r.Paused() {
			paused[r.Key.Destination] = true
		}
	}
	return paused
}

// Paused reports whether a kill switch stops a destination.
func (s *Breakers) Paused(destination string) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.paused[destination] || s.paused[EveryDestination]
}

// free tells who waits for an operator that a destination was let go.
func (s *Breakers) free(destinations map[string]bool) {
	if s.freed == nil {
		return
	}
	for code := range destinations {
		if !s.Paused(code) {
			s.freed(code)
		}
	}
}

// swap takes over which destinations are paused or asked for a pause, and returns those that were let go.
func (s *Breakers) swap(rows []BreakerRow, now time.Time) (released map[string]bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	released = make(map[string]bool)
	paused := switchesOf(rows)
	for _, code := range s.slowed(rows, now) {
		released[code] = true
	}
	for code := range s.destinations {
		before, after := s.paused[code] || s.paused[EveryDestination], paused[code] || paused[EveryDestination]
		if before && !after {
			released[code] = true
		}
	}
	s.paused = paused
	return released
}
