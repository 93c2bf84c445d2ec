package gateway

import (
	"context"
	"time"

	"github.com/google/uuid"
)

// look asks what the destination shows of an item, writes that down and plans
// from it. It reports whether anything was written. Where there is nothing to
// ask, the rules of [resolve] stand alone.
func (r *run) look(ctx context.Context, it *item) (bool, error) {
	if it.State == StateUnknown && r.remaining(it.Delivery) > 0 {
		wait := r.remaining(it.Delivery) // claimed too early
		return r.write(ctx, it, CallRecord{}, r.change(it, DeliveryUpdate{RetryIn: &wait, Shelf: ShelfDestination}))
	}
	if r.spec.Shows == ShowsNothing || it.State == StateUnknown && (it.Operation.Prepares() || it.Operation == OpStatus) {
		return r.write(ctx, it, CallRecord{}, r.assumed(it))
	}
	attempt := uuid.New()
	shown, o, call, err := r.ask(ctx, attempt, it.Wanted.Key)
	if err != nil || o.Kind == "" {
		return false, err
	}
	c := r.looked(it, shown, o)
	c.Outcome, c.Called = &o, OpLookup
	return r.write(ctx, it, call, c)
}

// ask makes one look-up, in its turn. Without an outcome it must wait: see r.held.
// An attempt of uuid.Nil is not kept.
func (r *run) ask(ctx context.Context, attempt uuid.UUID, key string) (Known, Outcome, CallRecord, error) {
	turn, err := r.enter(ctx, OpLookup)
	if err != nil || turn == nil {
		return Known{}, Outcome{}, CallRecord{}, err
	}
	begun := time.Now()
	if _, err := r.store.BeginCall(ctx, r.lease, r.leaseLength(), BeginCall{Attempt: attempt}); err != nil {
		turn.abandon(ctx)
		return Known{}, Outcome{}, CallRecord{}, err
	}
	if !turn.start() {
		turn.abandon(ctx)
		return Known{}, Outcome{}, CallRecord{}, nil
	}
	calling, cancel := context.WithDeadline(context.WithoutCancel(ctx), begun.Add(r.spec.Timeout))
	defer cancel()
	shown, o := r.Lookup(calling, key)
	if !o.Kind.Valid() {
		o = Outcome{Kind: Unknown, Shelf: ShelfGateway, Cause: "destination.no_outcome"}
	}
	turn.because(o)
	turn.end(ctx, healthOf(o))
	if o.Kind == Throttled {
		r.slowDown(ctx, turn, o.RetryAfter)
	}
	return shown, o, CallRecord{Attempt: attempt, Started: turn.started, Ended: turn.ended}, nil
}

// assumed goes on from a cut call that no look-up can tell about.
func (r *run) assumed(it *item) DeliveryUpdate {
	if it.State == StateUnknown && !it.Operation.Prepares() {
		if it.Operation == OpCreate && r.spec.OneShot {
			return r.failed(it, StateFailedDestination, ShelfDestination, "create.unknown", "")
		}
		it.Known, _ = resolve(ShowsNothing, it.Delivery, Known{}, true)
		it.Doubtful = it.Doubtful && it.Operation != OpStatus // nor can a second look
	}
	it.State, it.Operation, it.Cause = StateQueued, "", ""
	if it.foreign {
		return r.shadowed(it, false)
	}
	return r.planned(it)
}

// resaying is for how many settle times the source of an entity must have said
// nothing new before what a restored database does not know to be shown is written over. Sources say again what the
// backup lacked, the older first: what is known of it meanwhile may be older than what is shown.
const resaying = 60

// resaid keeps back what would write over a header that a restored database does
// not know. It stays in doubt: nothing is taken from this look, so that what its source says next is
// compared with what is shown by then, and not sent at once.
func (r *run) resaid(it *item, before Known) (c DeliveryUpdate, kept bool) {
	wait := resaying*r.spec.Settle - it.SilentFor
	if !it.Backup && wait <= 0 {
		return DeliveryUpdate{}, false
	}
	if !it.Known.TrailSeen { // what a cut call may have carried, and what may have been sent before the restore, no look tells later
		before.Steps = it.Known.Steps
	}
	it.Known, it.Observed = before, nil
	if it.Backup {
		c = r.failed(it, StateParked, ShelfSource, causeAhead, "")
	} else {
		it.State = StateQueued
		c = r.change(it, DeliveryUpdate{RetryIn: &wait})
	}
	c.Look = noLook()
	return c, true
}

// maxRepairs is how often what was delivered and is not shown is sent again before somebody must look.
const maxRepairs = 4

// looked folds a look-up into an item.
func (r *run) looked(it *item, shown Known, o Outcome) DeliveryUpdate {
	if o.Kind != Found && o.Kind != Absent {
		it.Tries++
		wait := r.schedule.Wait(Dispose(o.Kind, o.Shelf).Class, it.Tries, o.RetryAfter)
		it.Cause = o.Cause
		c := DeliveryUpdate{RetryIn: &wait, Shelf: ShelfDestination, Problem: o.Message}
		if it.State == StateDelivered && it.Look == LookNone { // only its second look failed
			c = DeliveryUpdate{Settled: true, VerifyIn: &wait}
		}
		return r.change(it, c)
	}
	cut := it.State == StateUnknown
	known, applied := resolve(r.spec.Shows, it.Delivery, shown, o.Kind == Found)
	if o.Kind == Found && !shown.TrailSeen {
		known = r.presume(it, known)
	}
	before := it.Delivery.Known
	forgotten := (it.Stale || it.Look == LookRestore) && o.Kind == Found && shown.HeaderHash != before.HeaderHash
	it.Known, it.Observed = known, &shown
	if r.spec.Shows.showsContent() && (applied || it.State == StateDelivered) {
		it.Doubtful = false
	}
	it.State = StateQueued
	if r.spec.Shows.showsContent() && o.Kind == Found && (!cut || applied) {
		it.State = StateConfirmed // unless the plan finds a difference
	}
	if c, done := r.concluded(it, o.Kind == Found); done {
		return c
	}
	it.Operation, it.Cause = "", ""
	if forgotten && r.spec.Shows.showsContent() && r.headerOf(it, known) != known.HeaderHash {
		if c, kept := r.resaid(it, before); kept {
			return c
		}
	}
	c := r.planned(it)
	c.Look = noLook()
	if it.next.Operation == "" || !it.VerifyDue {
		return c
	}
	if it.Tries++; it.Tries > maxRepairs { // it shows something else whatever we send
		return r.failed(it, StateFailedDestination, ShelfDestination, "shown.differs", "")
	}
	it.Doubtful = true // what we delivered was undone: look again after the repair
	return r.change(it, DeliveryUpdate{Again: true, Look: noLook()})
}

// write records one change; the item goes no further when it was fenced off.
func (r *run) write(ctx context.Context, it *item, call CallRecord, c DeliveryUpdate) (bool, error) {
	recorded, err := r.store.RecordCall(ctx, r.lease, call, []DeliveryUpdate{c})
	if err != nil {
		return false, err
	}
	if !recorded[it.Wanted.EntityID] || c.RetryIn != nil {
		it.next = PlannedCall{}
	}
	it.VerifyDue = false
	return recorded[it.Wanted.EntityID], r.affirm(ctx, []DeliveryUpdate{c}, recorded)
}
