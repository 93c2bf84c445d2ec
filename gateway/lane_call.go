package gateway

import (
	"context"
	"crypto/sha256"
	"errors"
	"time"

	"github.com/google/uuid"

	"github.com/lienthong/lienthong/internal/fault"
)

// send makes one call of one operation and returns how many of the items it took.
func (r *run) send(ctx context.Context, op Operation, items []*item) (int, error) {
	anew := r.kept != nil
	turn, err := r.enter(ctx, op)
	if err != nil || turn == nil || !anew && r.keep(turn) {
		return 0, err
	}
	if turn.permit.Probe() {
		items = items[:1] // one canary
	}
	if err := r.writers.Refresh(ctx); err != nil || !r.writers.stillHolds(r.generation) { // it may have waited long
		turn.abandon(ctx)
		return 0, err
	}
	attempt, begun := uuid.New(), time.Now()
	live, err := r.begin(ctx, attempt, op, items, begun)
	if err != nil || len(live) == 0 {
		turn.abandon(ctx)
		return len(items), err
	}
	if !r.writers.stillHolds(r.generation) || !turn.start() {
		turn.abandon(ctx)
		_, err := r.store.RecordCall(context.WithoutCancel(ctx), r.lease, CallRecord{}, r.unmarked(live))
		return 0, err
	}
	outcomes := r.call(ctx, turn, op, live, begun)
	return len(items), r.record(ctx, attempt, op, live, outcomes, turn)
}

// begin renews the lease and marks the items as sending; those that somebody touched meanwhile drop out.
func (r *run) begin(ctx context.Context, attempt uuid.UUID, op Operation, items []*item, begun time.Time) ([]*item, error) {
	deliveries := make([]Delivery, len(items))
	sealing, unseal := context.WithTimeout(ctx, recordTime/3) // of all: the call is more precious
	defer unseal()
	for i, it := range items {
		it.sent = r.evidence(sealing, begun, attempt, it)
		it.InFlight = InFlight{HeaderHash: it.next.HeaderHash, Steps: it.next.Steps, Sent: it.sent}
		deliveries[i] = it.Delivery
	}
	marked, err := r.store.BeginCall(ctx, r.lease, r.leaseLength(), BeginCall{Attempt: attempt, Operation: op, Deliveries: deliveries})
	if err != nil {
		return nil, err
	}
	var live []*item
	for _, it := range items {
		if marked[it.Wanted.EntityID] {
			it.Attempt, it.Operation, it.State = attempt, op, StateSending
			live = append(live, it)
		} else {
			it.next = PlannedCall{} // planned again when it is claimed next
		}
	}
	return live, nil
}

// call is the only place where bytes leave for a destination's writes. It
// ends before the lease does, whatever stopped the run; it is not cut by it.
func (r *run) call(ctx context.Context, turn *turn, op Operation, items []*item, begun time.Time) []Outcome {
	calls := make([]PlannedCall, len(items))
	for i, it := range items {
		calls[i] = it.next
	}
	calling, cancel := context.WithDeadline(context.WithoutCancel(ctx), begun.Add(r.spec.Timeout))
	defer cancel()
	var outcomes []Outcome
	if calling.Err() == nil { // else the process slept; the lease may be over, nothing may leave
		outcomes = r.safeSend(calling, op, calls)
	} else {
		for range items {
			outcomes = append(outcomes, Outcome{Kind: Unavailable, Shelf: ShelfGateway, Cause: "worker.late"})
		}
	}
	outcomes = trusted(outcomes, len(items))
	turn.because(outcomes...)
	turn.end(ctx, worst(outcomes))
	return outcomes
}

// safeSend keeps a destination that panics from taking the lane's turn and lease with it. What left is not known.
func (r *run) safeSend(ctx context.Context, op Operation, calls []PlannedCall) (outcomes []Outcome) {
	defer func() {
		if p := recover(); p != nil {
			r.log.Error("destination panicked", "destination_id", r.spec.Code, "operation", string(op))
			outcomes = nil // trusted makes doubt of it
		}
	}()
	return r.Send(ctx, op, calls)
}

// trusted returns n outcomes that a write can have: where a destination breaks its promise, nothing is known.
func trusted(outcomes []Outcome, n int) []Outcome {
	for len(outcomes) < n {
		outcomes = append(outcomes, Outcome{})
	}
	for i, o := range outcomes[:n] {
		if !o.Kind.Valid() || o.Kind == Found {
			outcomes[i] = Outcome{Kind: Unknown, Shelf: ShelfGateway, Cause: "destination.no_outcome"}
		}
	}
	return outcomes[:n]
}

// worst is what the outcomes of one call say about the destination together.
func worst(outcomes []Outcome) Health {
	health := HealthIgnored
	for _, o := range outcomes {
		switch h := healthOf(o); {
		case h == HealthSick:
			return HealthSick
		case h == HealthAlive:
			health = HealthAlive
		}
	}
	return health
}

func healthOf(o Outcome) Health {
	ours := o.Shelf == ShelfGateway && o.Kind != RefusedData && !hasPart(causeCode(o.Cause), "login") // a login that is refused stops every call, whosever fault it is
	if errors.Is(o.Err, context.Canceled) || ours {
		return HealthIgnored // our own doing
	}
	return Dispose(o.Kind, o.Shelf).Health
}

// record writes what became of a call with one statement. A database that is
// away for a moment is asked again: the answer of the destination is precious.
func (r *run) record(ctx context.Context, attempt uuid.UUID, op Operation, items []*item, outcomes []Outcome, turn *turn) error {
	changes := make([]DeliveryUpdate, len(items))
	var asked time.Duration
	var slower bool
	for i, it := range items {
		changes[i] = r.afterCall(it, outcomes[i], len(items))
		o := outcomes[i]
		changes[i].Outcome, changes[i].Called = &o, op
		changes[i].Sent = it.sent
		if o.Kind == Throttled {
			asked, slower = max(asked, o.RetryAfter), true
		}
	}
	if slower {
		defer r.slowDown(ctx, turn, asked) // what became of the deliveries is more precious
	}
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), recordTime)
	defer cancel()
	var recorded map[uuid.UUID]bool
	var err error
	for {
		if recorded, err = r.store.RecordCall(ctx, r.lease, CallRecord{Attempt: attempt, Started: turn.started, Ended: turn.ended}, changes); !passing(err) || ctx.Err() != nil {
			break
		}
		select {
		case <-ctx.Done():
		case <-time.After(50 * time.Millisecond):
		}
	}
	if err != nil {
		return err // they stay in sending; who takes the lane next makes them unknown
	}
	for i, it := range items {
		it.Delivery = changes[i].Delivery
		if !recorded[it.Wanted.EntityID] || it.State != StateQueued || changes[i].RetryIn != nil {
			it.next = PlannedCall{}
		}
	}
	return nil
}

// slowDown obeys a destination that asked for it in answer to a call: on this node and on all others.
func (r *run) slowDown(ctx context.Context, turn *turn, asked time.Duration) {
	r.limiter.Throttled(turn.started)
	r.breakers.Throttle(ctx, r.spec.Code, min(or(asked, defaultThrottled), r.schedule.mostAsked()))
}

// evidence seals what is to leave for an item. Without its key a delivery goes
// on: the hash is kept, and the log says that the body was not.
func (r *run) evidence(ctx context.Context, at time.Time, attempt uuid.UUID, it *item) Sent {
	h := sha256.New()
	for _, p := range it.next.Payload {
		_, _ = h.Write(p) // never fails
	}
	sent := Sent{At: at, SHA256: h.Sum(nil)}
	if r.vault == nil {
		return sent
	}
	sealed, err := r.vault.Seal(ctx, at, attempt, it.Wanted.EntityID, it.next.Payload)
	if err != nil {
		r.log.Warn("evidence not kept", "destination_id", r.spec.Code, "entity_id", it.Wanted.EntityID, "err", err)
	}
	sent.Sealed = sealed
	return sent
}

// passing reports whether a failure of the database may be over in a moment.
func passing(err error) bool {
	code := fault.CodeOf(err)
	return code == fault.Unavailable || code == fault.Conflict
}
