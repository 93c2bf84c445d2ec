package gateway

import (
	"cmp"
	"context"
	"strings"
	"time"

	"github.com/google/uuid"

	"github.com/lienthong/lienthong/internal/fault"
	"github.com/lienthong/lienthong/schema"
)

// ReplayOrigin is where a replay begins.
type ReplayOrigin string

// Origins. From each of them deliveries are made due again, and the lane plans
// from what is wanted and what the destination is known to have: stored bytes
// are never sent again blindly.
const (
	FromRaw       ReplayOrigin = "raw"       // the stored messages are read again by the present adapter first
	FromCanonical ReplayOrigin = "canonical" // as the entities stand
	FromOutbound  ReplayOrigin = "outbound"  // the same, and what is planned is compared with what was sent
)

// ReplayState is where a plan stands.
type ReplayState string

// States of plans. Running and paused ones hold their items.
const (
	ReplayPlanned   ReplayState = "planned"
	ReplayRunning   ReplayState = "running"
	ReplayPaused    ReplayState = "paused"
	ReplayCancelled ReplayState = "cancelled"
	ReplayDone      ReplayState = "done"
	ReplayExpired   ReplayState = "expired" // planned, and too old to be run; not stored
)

// Outcomes of items.
const (
	ItemWaiting    = "waiting"    // for its turn
	ItemReleased   = "released"   // due again; the destination has not answered yet
	ItemDelivered  = "delivered"  //
	ItemFailed     = "failed"     // again; why is the cause
	ItemSkipped    = "skipped"    // it was not eligible any more when its turn came
	ItemIneligible = "ineligible" // when the plan was made
	ItemCancelled  = "cancelled"  // with the plan, before its turn
)

// Why an item is not eligible.
const (
	WhyUnknown    = "unknown_outcome" // a call is running or its outcome is open: a look-up tells, by itself
	WhyHeld       = "held"            // by another live plan, which is named
	WhyWithdrawn  = "withdrawn"       // withdrawn, merged or withheld from the destination
	WhyDelivered  = "delivered_since" //
	WhyDue        = "due_already"     // it is about to be sent without us
	WhyPerson     = "needs_person"    // sending again could do harm: see the remedy
	WhyParked     = "parked"          // put aside by an operator
	WhyRedacted   = "redacted"        // never sent again
	WhyCause      = "cause_changed"   // it fails for another reason by now, which was not reviewed
	WhyUnreadable = "unreadable"      // the evidence is not what was sent: look before anything is done
	WhyMissing    = "gone"            // there is no such delivery any more
	WhyForeign    = "not_ours"        // another system writes it: it stands in shadow, or will as soon as it is due
	WhyLook       = "awaits_look"     // it is looked at first, for an adoption or after a restore; what is shown decides
	WhyAdopted    = "adopted"         // what is shown was taken for sent
	WhyUnserved   = "no_destination"  // the configuration has no such destination: nothing would ever send it
	WhyUnread     = "not_read_again"  // from raw: what is stored of it could not be read again
	WhyLeft       = "goes_its_way"    // released, and its plan was cancelled before the answer: the dossier's journey tells
)

// ReplaySelection says which failures a plan is about.
type ReplaySelection struct {
	Cause       string    `json:"cause,omitempty"`
	Destination string    `json:"destination,omitempty"`
	Shelf       Shelf     `json:"shelf,omitempty"`
	Unit        string    `json:"commune,omitempty"` // agency that dossier numbers begin with
	Since       time.Time `json:"since,omitzero"`    // failing since then or later
	Until       time.Time `json:"until,omitzero"`    // failing since before then
}

// ReplayRequest is what an operator wants planned.
type ReplayRequest struct {
	Selection ReplaySelection
	Origin    ReplayOrigin  // "": FromCanonical
	Rate      float64       // items a second over all nodes; 0: DefaultReplayRate
	Expires   time.Duration // after which it cannot be started; 0: DefaultReplayTerm
	Actor     string
	Reason    string
	Key       string      // of the request: one that comes again gets the same plan; "": none
	Hash      schema.Hash // of the request with the key
}

// Bounds of plans.
const (
	DefaultReplayRate = 5
	MaxReplayRate     = 1000
	DefaultReplayTerm = 24 * time.Hour
	MaxReplayTerm     = 7 * 24 * time.Hour
	MaxReplayItems    = 200_000
	ReplaySamples     = 20
)

// Check completes a request and refuses what cannot be planned.
func (r *ReplayRequest) Check() error {
	const op = "gateway.ReplayRequest"
	if r.Origin == "" {
		r.Origin = FromCanonical
	}
	r.Rate, r.Expires = cmp.Or(r.Rate, DefaultReplayRate), cmp.Or(r.Expires, DefaultReplayTerm)
	switch {
	case r.Selection.Cause == "" && r.Selection.Destination == "":
		return fault.New(fault.Invalid, op, "a plan is about a cause or a destination")
	case r.Origin != FromRaw && r.Origin != FromCanonical && r.Origin != FromOutbound:
		return fault.New(fault.Invalid, op, "a replay begins at raw, canonical or outbound")
	case !(r.Rate > 0 && r.Rate <= MaxReplayRate): // NaN is neither
		return fault.New(fault.Invalid, op, "a rate is between 0 and 1000 items a second")
	case r.Expires < 0 || r.Expires > MaxReplayTerm:
		return fault.New(fault.Invalid, op, "a plan expires within a week")
	case !r.Selection.Until.IsZero() && !r.Selection.Until.After(r.Selection.Since):
		return fault.New(fault.Invalid, op, "until is after since")
	case strings.ContainsRune(r.Selection.Cause+r.Selection.Destination+r.Selection.Unit, 0):
		return fault.New(fault.Invalid, op, "a selection is text")
	}
	return (FailureQuery{Shelf: r.Selection.Shelf}).Check()
}

// ReplayPlan is a stored plan and how far it has come.
type ReplayPlan struct {
	ID        uuid.UUID
	CreatedAt time.Time
	ExpiresAt time.Time
	Actor     string
	Reason    string
	Origin    ReplayOrigin
	Selection ReplaySelection
	State     ReplayState
	Rate      float64
	Total     int
	Eligible  int
	OldestAt  time.Time // since when its oldest eligible item fails; zero: none
	StartedAt time.Time
	EndedAt   time.Time
}

// ReplayDetail is a plan with what a reviewer wants to see.
type ReplayDetail struct {
	ReplayPlan
	Causes   []ReplayCount    // eligible items by cause
	Outcomes []ReplayCount    // items by outcome
	NotDone  []ReplayCount    // items that were not or will not be touched, by why
	Since    []ReplayCount    // of the first 2,000 that wait: those not eligible any more, by why
	Compared []ReplayCount    // of origin outbound: what was sent beside what had been sent before
	HeldBy   []uuid.UUID      // other plans that hold items of its selection
	Holds    []ReplayHold     // destinations to which nothing, or not all, leaves now, whatever is released
	Site     string           // that sends, and carries plans out; "": none has yet
	Samples  []ReplayItemLine // soonest deadline first
}

// ReplayCount is one line of a count.
type ReplayCount struct {
	Name  string
	Count int
}

// ReplayHold says why nothing, or not all, leaves for a destination of a plan. What is released waits.
type ReplayHold struct {
	Destination string
	Why         string // HoldPaused, HoldObserving or HoldBreaker
}

// Why something does not leave for a destination.
const (
	HoldPaused    = "paused"    // by an operator
	HoldObserving = "observing" // after a restore, until what may have been touched was looked at
	HoldBreaker   = "breaker"   // one of its operations is stopped, by itself or by an operator
)

// ReplayItemLine is one item.
type ReplayItemLine struct {
	Ordinal     int
	Destination string
	EntityID    uuid.UUID
	Key         string
	Cause       string
	FailedAt    time.Time
	Outcome     string
	Why         string
	Compared    string
	HeldBy      *uuid.UUID
	ReleasedAt  *time.Time
	SettledAt   *time.Time
}

// ReplayOrder is what an operator does about a plan.
type ReplayOrder struct {
	Plan   uuid.UUID
	Action ReplayAction
	Actor  string
	Reason string
}

// ReplayAction is one of the things that an operator does about a plan.
type ReplayAction string

// Actions.
const (
	ReplayRun    ReplayAction = "run"
	ReplayPause  ReplayAction = "pause"
	ReplayResume ReplayAction = "resume"
	ReplayCancel ReplayAction = "cancel"
)

// ReplayPlans is what commands and the API need of the store.
type ReplayPlans interface {
	// PlanReplay stores a plan. TooLarge: more than MaxReplayItems fit its selection. KeyReused: its key had another request.
	PlanReplay(ctx context.Context, r ReplayRequest) (ReplayPlan, error)
	// ReplayPlan returns one plan; NotFound.
	ReplayPlan(ctx context.Context, id uuid.UUID) (ReplayDetail, error)
	// ReplayPlans lists plans, newest first, those before a place.
	ReplayPlans(ctx context.Context, before ReplayCursor, limit int) ([]ReplayPlan, error)
	// ReplayItems lists the items of a plan by ordinal, those after one.
	ReplayItems(ctx context.Context, plan uuid.UUID, after, limit int) ([]ReplayItemLine, error)
	// OrderReplay starts, pauses, resumes or cancels a plan; changed is false where it stood like that already.
	// Conflict: its state does not allow that; it says why.
	OrderReplay(ctx context.Context, o ReplayOrder) (plan ReplayPlan, changed bool, err error)
}

// ReplayCursor is a place in the list of plans.
type ReplayCursor struct {
	CreatedAt time.Time `json:"t"`
	ID        uuid.UUID `json:"p"`
}
