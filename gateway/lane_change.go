package gateway

import (
	"bytes"
	"errors"
	"fmt"
	"regexp"
	"slices"
	"strings"
	"time"

	"github.com/lienthong/lienthong/internal/fault"
	"github.com/lienthong/lienthong/schema"
)

// afterCall folds the outcome of a call into an item and says what becomes of
// its delivery; size is how many shared the call.
func (r *run) afterCall(it *item, o Outcome, size int) DeliveryUpdate {
	it.Known.Issued = joined(it.Known.Issued, o.Issued)
	d := Dispose(o.Kind, o.Shelf)
	if d.Repeat == RepeatSettled && it.next.Operation.Prepares() {
		return r.later(it, Disposition{State: StateQueued, Shelf: d.Shelf, Class: d.Class}, o)
	}
	if o.Whole && size > 1 && (o.Kind == RefusedData || o.Kind == Exists || o.Kind == Absent) {
		return r.narrow(it, size)
	}
	switch d.Repeat {
	case RepeatNone:
		return r.delivered(it)
	case RepeatSettled:
		if r.spec.Idempotent {
			return r.doubted(it, o, d.Shelf)
		}
		it.Tries++
		it.State, it.Cause, it.Doubtful = StateUnknown, o.Cause, true
		wait := max(r.spec.Settle, r.schedule.Wait(d.Class, it.Tries, o.RetryAfter))
		return r.change(it, DeliveryUpdate{Cut: true, RetryIn: &wait, Shelf: d.Shelf, Problem: o.Message})
	case RepeatNever:
		return r.failed(it, d.State, d.Shelf, o.Cause, o.Message)
	case RepeatSchedule:
		return r.later(it, d, o)
	}
	if o.Kind == Absent {
		it.Known.Exists = false
	}
	it.Operation = ""
	switch {
	case d.Repeat != RepeatLook:
	case r.spec.Shows == ShowsNothing: // its word is all that there is
		it.Known.Exists, it.Known.HeaderHash = true, schema.Hash{}
	default:
		it.Operation = OpLookup
	}
	if it.Tries >= quickTries { // it contradicts itself
		return r.later(it, Disposition{State: StateQueued, Shelf: ShelfDestination, Class: d.Class}, o)
	}
	it.Tries++
	it.State, it.Cause, it.next = StateQueued, "", PlannedCall{}
	return r.change(it, DeliveryUpdate{Again: true})
}

// doubted gives an unknown outcome its own next attempt, which needs no look-up: see [DestinationSpec].Idempotent.
func (r *run) doubted(it *item, o Outcome, shelf Shelf) DeliveryUpdate {
	it.Tries++
	wait := r.schedule.Wait(RetryUnknown, it.Tries, o.RetryAfter)
	it.State, it.Cause = StateUnknown, o.Cause
	return r.change(it, DeliveryUpdate{Cut: true, RetryIn: &wait, Shelf: shelf, Problem: o.Message})
}

// delivered plans what is left after a call was taken. A planner that wants
// the same again would hammer the destination for ever; it is stopped.
func (r *run) delivered(it *item) DeliveryUpdate {
	took := it.next
	it.Known = afterWrite(it.Known, took)
	it.Cause, it.Operation, it.State = "", "", StateQueued
	if !it.Doubtful {
		it.Tries = 0
	}
	c := r.planned(it)
	if wantsAgain(took, it.next) {
		return r.failed(it, StateFailedGateway, ShelfGateway, "plan.unstable", "")
	}
	return c
}

// wantsAgain reports whether a plan asks for what a call has just done.
func wantsAgain(took, next PlannedCall) bool {
	switch {
	case took.Operation.carriesSteps():
		return slices.ContainsFunc(next.Steps, func(k schema.StepKey) bool { return slices.Contains(took.Steps, k) }) ||
			next.Operation == OpCreate || next.Operation == OpUpdate
	case took.Operation == OpRetract:
		return next.Operation != ""
	case took.Operation.Prepares():
		return next.Operation == took.Operation && slices.EqualFunc(took.Payload, next.Payload, bytes.Equal)
	}
	return next.Operation == OpCreate || next.Operation == OpUpdate
}

// narrow sends an item in a smaller call next time, at most half of this one.
func (r *run) narrow(it *item, size int) DeliveryUpdate {
	if it.Cause != causeWhole {
		it.Tries = 0
	}
	it.Tries++
	for r.spec.Batch>>it.Tries > size/2 {
		it.Tries++
	}
	it.State, it.Cause, it.Operation, it.next = StateQueued, causeWhole, "", PlannedCall{}
	return r.change(it, DeliveryUpdate{Again: true})
}

// planned plans what is left and returns the change for either case.
func (r *run) planned(it *item) DeliveryUpdate {
	c := r.plan(it)
	if it.next.Operation == "" {
		return c
	}
	it.State = StateQueued
	return r.change(it, DeliveryUpdate{Again: true})
}

// later gives a delivery its own next attempt.
func (r *run) later(it *item, d Disposition, o Outcome) DeliveryUpdate {
	it.Tries++
	wait := r.schedule.Wait(d.Class, it.Tries, o.RetryAfter)
	it.State, it.Cause = d.State, o.Cause
	if it.Operation != OpLookup {
		it.Operation = ""
	}
	it.next = PlannedCall{}
	return r.change(it, DeliveryUpdate{RetryIn: &wait, Shelf: d.Shelf, Problem: o.Message})
}

// failed parks a delivery until its data change or somebody decides.
func (r *run) failed(it *item, state SyncState, shelf Shelf, cause, problem string) DeliveryUpdate {
	it.State, it.Cause, it.Operation, it.next = state, cause, "", PlannedCall{}
	it.Tries++
	return r.change(it, DeliveryUpdate{Settled: true, Shelf: shelf, Problem: problem})
}

// settled ends the work on a revision. What followed a doubt is looked at once more, where a look shows more than existence.
func (r *run) settled(it *item, state SyncState) DeliveryUpdate {
	it.State, it.Operation, it.Cause = state, "", ""
	c := DeliveryUpdate{Settled: true}
	switch {
	case state != StateDelivered:
		it.Doubtful = false
	case it.Doubtful && r.spec.Shows.showsContent():
		c.VerifyIn = &r.spec.Settle
	default:
		it.Doubtful = false
	}
	if !it.Doubtful {
		it.Tries = 0
	}
	return r.change(it, c)
}

// change completes a change with the item as it stands now.
func (r *run) change(it *item, c DeliveryUpdate) DeliveryUpdate {
	if it.Doubtful && c.VerifyIn == nil {
		c.VerifyIn = &r.spec.Settle
	}
	if it.State != StateUnknown {
		it.InFlight = InFlight{}
	}
	c.Delivery, c.Was = it.Delivery, it.was
	return c
}

// unmarked puts items back that were marked for a call which did not start.
func (r *run) unmarked(items []*item) []DeliveryUpdate {
	changes := make([]DeliveryUpdate, len(items))
	for i, it := range items {
		it.State, it.Operation, it.next = StateQueued, "", PlannedCall{}
		changes[i] = r.change(it, DeliveryUpdate{Again: true, Unmark: true})
	}
	return changes
}

// unplannable says what becomes of an entity that cannot be shown as it is.
func (r *run) unplannable(it *item, err error) DeliveryUpdate {
	code := fault.CodeOf(err)
	if code != fault.Invalid && code != fault.Conflict {
		r.log.Error("delivery not planned", "destination_id", r.spec.Code, "entity_id", it.Wanted.EntityID, "err", err)
		c := r.failed(it, StateFailedGateway, ShelfGateway, "plan."+string(code), "")
		wait := r.schedule.longest() // it costs nobody anything, and our bug may be gone after the next release
		c.RetryIn = &wait
		return c
	}
	var details []string
	problems := fault.ProblemsOf(err)
	for _, p := range problems {
		if len(details) < maxDetails {
			details = append(details, strings.TrimPrefix(p.Pointer+": "+p.Detail, ": "))
		}
	}
	cause := "plan." + oneWord(problems, func(p fault.Problem) string { return p.Code })
	if code == fault.Conflict {
		return r.failed(it, StateFailedDestination, ShelfDestination, cause, strings.Join(details, " "))
	}
	if where := oneWord(problems, placeOf); where != "" { // who lacks a phone and who lacks a procedure are mended by different people
		cause += ":" + where
	}
	return r.failed(it, StateFailedData, ShelfSource, cause, strings.Join(details, " "))
}

// digits are of places in a list: which of several it is makes no other cause.
var digits = regexp.MustCompile(`[0-9]+`)

// placeOf is the place of a problem, the same for each member of a list.
func placeOf(p fault.Problem) string { return digits.ReplaceAllString(p.Pointer, "#") }

// oneWord makes one word of what problems say, whatever their order.
func oneWord(problems []fault.Problem, say func(fault.Problem) string) string {
	var words []string
	for _, p := range problems {
		if w := say(p); w != "" && !slices.Contains(words, w) {
			words = append(words, w)
		}
	}
	slices.Sort(words)
	if len(words) > maxDetails {
		words = append(words[:maxDetails], "…")
	}
	return strings.Join(words, "+")
}

// maxDetails bounds how many problems of one entity are spelled out.
const maxDetails = 8

// safePlan keeps one entity that a planner cannot bear from stopping its lane for ever.
func safePlan(d Destination, w Wanted, k Known) (calls []PlannedCall, err error) {
	defer func() {
		if p := recover(); p != nil {
			calls, err = nil, fault.Wrap(errors.New("the planner panicked"), fault.Internal, fmt.Sprintf("gateway.Plan(%s)", w.Kind))
		}
	}()
	return d.Plan(w, k)
}

// remaining returns how long a cut write may still be applied.
func (r *run) remaining(d Delivery) time.Duration { return r.spec.Settle - d.CutFor }
