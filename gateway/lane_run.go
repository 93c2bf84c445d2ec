package gateway

import (
	"context"
	"slices"
	"time"

	"github.com/lienthong/lienthong/schema"
)

// run is one Drain of one lane.
type run struct {
	*Lane
	*target
	lease LaneLease
	end   time.Time     // hard: no call may end later
	held  time.Duration // how long something that is due must wait for its breaker

	generation int64 // of the writers by which the work at hand was decided

	pace time.Duration // of the last call: from asking for its turn until its answer; zero: none yet
	kept *turn         // came late: what is claimed next has it
	lost bool          // the work at hand had one and needed another operation first: it keeps none
}

// item is a claimed delivery with the call that it needs next.
type item struct {
	Delivery
	next    PlannedCall
	sent    Sent // by the last call
	foreign bool // somebody else writes it
	was     SyncState
}

// A claim takes several batches where calls carry few and end soon, since a claim for
// each would cost as much as the call.
const (
	claimAtOnce = 20                     // deliveries at most, or one batch
	claimAhead  = 250 * time.Millisecond // and no more batches than leave in this time
)

// claimSize is how many deliveries the next claim takes, in whole batches: one
// where calls wait for their turn or for their answer, so that what is more urgent by then is not behind them.
func (r *run) claimSize() int {
	if r.pace <= 0 {
		return r.spec.Batch
	}
	most := (claimAtOnce + r.spec.Batch - 1) / r.spec.Batch
	return r.spec.Batch * min(max(int(claimAhead/r.pace), 1), most)
}

// room reports whether a call that starts now ends in time.
func (r *run) room(ctx context.Context) bool {
	return ctx.Err() == nil && time.Until(r.end) > r.leaseLength()
}

// loop claims and works until nothing is due. What is due but must wait for an
// open breaker stays as it is, so that an outage costs no write per delivery.
func (r *run) loop(ctx context.Context) (Next, error) {
	past := 1
	defer r.unkeep(context.WithoutCancel(ctx))
	for r.room(ctx) {
		if err := r.writers.Refresh(ctx); err != nil {
			return Next{}, err
		}
		if !r.writers.Sending() {
			return Next{After: otherSite, Held: true}, nil
		}
		if observing, _ := r.writers.observing(r.spec.Code); observing {
			if next, wait, err := r.observe(ctx); err != nil || wait {
				return next, err
			}
			continue
		}
		limit := r.claimSize() * past
		r.held = 0
		began := time.Now()
		claimed, err := r.store.ClaimDue(ctx, r.lease, limit, r.lead.get())
		if err != nil {
			return Next{}, err
		}
		if len(claimed) == 0 {
			r.unkeep(ctx)
			next, wait, err := r.lookIdle(ctx)
			if err != nil || wait {
				return next, err
			}
			continue
		}
		moved, err := r.work(ctx, claimed)
		if err != nil {
			return Next{}, err
		}
		if r.kept != nil {
			continue
		}
		if moved {
			r.lead.learn(time.Since(began))
		}
		if wait := r.quiet(); wait > 0 {
			return Next{After: wait, Held: true}, nil
		}
		if !moved && r.held > 0 {
			if past == 1 && len(claimed) == limit && r.breakers.Held(r.spec.Code) <= 0 && r.mayLookPast(r.lease.Lane) {
				past = lookPast
				continue
			}
			return Next{After: r.held, Held: true, Told: r.spec.Shows != ShowsNothing}, nil // else nobody but lanes probes
		}
	}
	return Next{Again: true}, nil
}

// What waits for the breaker of one operation must not keep from the destination
// what needs another: a lane whose first deliveries all wait looks past them, at so many batches, but not at
// every waking, since an outage of all looks alike until somebody tries.
const (
	lookPast      = 25
	lookPastEvery = time.Minute
)

// mayLookPast reports whether a lane may do so now.
func (l *target) mayLookPast(lane int) bool {
	l.mu.Lock()
	defer l.mu.Unlock()
	if last, ever := l.lookedPast[lane]; ever && time.Since(last) < lookPastEvery {
		return false
	}
	l.lookedPast[lane] = time.Now()
	return true
}

// work takes claimed deliveries as far as they go: look-ups, then creates
// together, updates together, steps together. Steps of a dossier come after
// its header, since they are planned again from what the header's call brought.
// What needs several calls of one operation, such as uploads, is claimed again.
func (r *run) work(ctx context.Context, claimed []Delivery) (moved bool, err error) {
	r.generation, r.lost = r.writers.Generation(), false
	var items []*item
	var idle []DeliveryUpdate // needs no call
	for _, d := range claimed {
		it := &item{Delivery: r.sendable(d), was: d.State}
		it.foreign = r.writers.Owner(r.spec.Code, d.Wanted) != OwnerGateway
		if !d.Restored.IsZero() && d.Known.Exists && r.spec.Shows != ShowsTrail && !r.spec.Idempotent && !it.foreign && d.State != StateUnknown {
			it.Known = r.presume(it, it.Known)
		}
		if r.mustRest(d) {
			idle = append(idle, r.rested(it))
			continue
		}
		if r.mustLook(it.Delivery) {
			ok, err := r.look(ctx, it)
			if err != nil {
				return moved, err
			}
			moved = moved || ok
			if ok && it.next.Operation != "" {
				items = append(items, it)
			}
			continue
		}
		if it.foreign {
			idle = append(idle, r.shadowed(it, false))
			continue
		}
		if c := r.plan(it); it.next.Operation == "" {
			idle = append(idle, c)
		} else {
			items = append(items, it)
		}
	}
	if len(idle) > 0 {
		done, err := r.store.RecordCall(ctx, r.lease, CallRecord{}, idle)
		if err == nil {
			err = r.affirm(ctx, idle, done)
		}
		if err != nil {
			return moved, err
		}
		moved = moved || len(done) > 0
	}
	if observing, _ := r.writers.observing(r.spec.Code); observing {
		return moved, nil // nothing leaves before all was looked at
	}
	had := r.kept
	for _, op := range r.spec.writes() {
		sent, err := r.sendAll(ctx, op, items)
		if err != nil {
			return moved, err
		}
		if moved = moved || sent; r.kept != had && r.kept != nil {
			return moved, nil // it came late
		}
	}
	return moved, nil
}

// sendable frees a delivery of its doubt where a repeat does no harm: what the
// destination holds is not known, and so what is wanted by now is sent again.
func (r *run) sendable(d Delivery) Delivery {
	if !r.spec.Idempotent {
		return d
	}
	if d.State == StateUnknown {
		if !d.Operation.carriesSteps() && !d.Operation.Prepares() {
			d.Known.HeaderHash = schema.Hash{}
		}
		d.State, d.Operation, d.InFlight = StateQueued, "", InFlight{}
	}
	d.Doubtful, d.VerifyDue = false, false
	return d
}

// mustLook reports whether a look-up comes before anything is planned.
func (r *run) mustLook(d Delivery) bool {
	if d.Missing || d.State == StateRedacted || r.spec.Shows == ShowsNothing && r.spec.Idempotent {
		return false
	}
	marked := (d.Look != LookNone || d.Stale) && r.spec.Shows != ShowsNothing
	return d.State == StateUnknown || d.Operation == OpLookup || d.VerifyDue || marked
}

// plan decides what a delivery needs next. Where that is no call, the change says what becomes of it.
func (r *run) plan(it *item) DeliveryUpdate {
	it.next = PlannedCall{}
	switch {
	case it.State == StateRedacted:
		return r.settled(it, StateRedacted)
	case it.Missing:
		return r.failed(it, StateFailedGateway, ShelfGateway, "delivery.no_entity", "")
	case it.Wanted.Gone != "":
		if c, done := r.planGone(it); done {
			return c
		}
	}
	calls, err := safePlan(r.Destination, it.Wanted, it.Known)
	if err != nil {
		return r.unplannable(it, err)
	}
	if len(calls) > 0 && r.ahead(it) {
		return r.failed(it, StateParked, ShelfSource, causeAhead, "")
	}
	if len(calls) > 0 {
		if c, held := r.guarded(it, calls); held {
			return c
		}
		it.next = calls[0]
		return DeliveryUpdate{}
	}
	state := StateDelivered
	if it.State == StateConfirmed {
		state = StateConfirmed
	}
	it.AckedRev = it.Wanted.Revision
	return r.settled(it, state)
}

// sendAll sends what needs op next, in calls of at most a batch.
func (r *run) sendAll(ctx context.Context, op Operation, items []*item) (moved bool, err error) {
	var waiting []*item
	for _, it := range items {
		if it.next.Operation == op {
			waiting = append(waiting, it)
		}
	}
	for len(waiting) > 0 && r.room(ctx) {
		n := r.together(waiting)
		took, err := r.send(ctx, op, waiting[:n])
		if err != nil {
			return moved, err
		}
		if took == 0 {
			return moved, nil // held; the rest would be held too
		}
		moved, waiting = true, waiting[took:]
	}
	return moved, nil
}

// together returns how many of the first items may share a call: those that
// were in a call that was refused as a whole go in ever smaller ones, until
// the one that spoils it is alone. That survives the worker: it is written down.
func (r *run) together(items []*item) int {
	limit := r.spec.Batch
	for n, it := range items {
		limit = min(limit, r.share(it))
		if n >= limit {
			return max(n, 1)
		}
	}
	return len(items)
}

// share is the largest call that an item may take part in.
func (r *run) share(it *item) int {
	if slices.Contains(r.spec.Single, it.next.Operation) {
		return 1
	}
	if it.Cause != causeWhole {
		return r.spec.Batch
	}
	return max(r.spec.Batch>>min(it.Tries, 30), 1)
}

// causeWhole marks deliveries that shared a call which was refused as a whole.
const causeWhole = "batch.refused"
