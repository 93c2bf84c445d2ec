package gateway

import (
	"context"
	"time"
)

// turn is leave for one call: of the ramp, the limiter, the rate and the
// breaker, taken in this order, the scarce last.
type turn struct {
	r         *run
	operation Operation
	gate      *gate // nil: not taken
	limited   bool
	limits    Limits
	granted   bool
	permit    *Permit
	waited    time.Duration
	started   time.Time // before the breaker was asked for the last time
	ended     time.Time // when the answer was there, or the time was up
}

// tooLate is after what wait a turn is kept for what is claimed anew: something
// more urgent may have come, and what was claimed may not be in time any more.
const tooLate = 500 * time.Millisecond

// enter waits for its turn to call; nil without an error when the call must wait longer than the run lasts.
func (r *run) enter(ctx context.Context, op Operation) (*turn, error) {
	if t := r.kept; t != nil {
		if r.kept = nil; t.operation == op {
			return t, nil
		}
		r.lost = true
		t.abandon(ctx)
	}
	key := BreakerKey{Destination: r.spec.Code, Operation: op}
	if wait := max(r.quiet(), r.breakers.wait(key)); wait > 0 { // no turn is taken for nothing
		r.hold(wait)
		return nil, nil
	}
	t, asked := &turn{r: r, operation: op}, time.Now()
	defer func() { t.waited = time.Since(asked) }()
	if ok, err := t.take(ctx, key); err != nil || !ok {
		t.giveBack()
		return nil, err
	}
	permit, wait, err := r.breakers.Allow(ctx, key, r.leaseLength())
	if err != nil || permit == nil || !r.room(ctx) {
		t.giveBack()
		if permit != nil {
			permit.Cancel(ctx)
		} else if wait > 0 {
			r.hold(wait)
		}
		return nil, err
	}
	t.permit = permit
	return t, nil
}

// take takes what a call needs but the breaker's leave; false when the run's time is spent or it is to stop.
func (t *turn) take(ctx context.Context, key BreakerKey) (bool, error) {
	r := t.r
	ramp := r.breakers.gate(key)
	if ok, err := r.wait(ctx, ramp.acquire); err != nil || !ok {
		return false, err
	}
	t.gate = ramp
	r.limiter.Lower(r.limits().Lanes)
	if ok, err := r.wait(ctx, r.limiter.Acquire); err != nil || !ok {
		return false, err
	}
	t.limited, t.limits = true, r.limits()
	ok, err := r.wait(ctx, func(ctx context.Context) error { return r.tokens.Take(ctx, t.limits) })
	t.granted = ok
	return ok, err
}

// wait lets the run wait for something and keeps the lease meanwhile; false when its time is spent or it is to stop.
func (r *run) wait(ctx context.Context, something func(context.Context) error) (bool, error) {
	for r.room(ctx) {
		most := min(r.leaseLength()/2, time.Until(r.end)-r.leaseLength())
		waiting, cancel := context.WithTimeout(ctx, most)
		err := something(waiting)
		over := waiting.Err() != nil
		cancel()
		switch {
		case err == nil:
			return true, nil
		case ctx.Err() != nil:
			return false, nil
		case !over:
			return false, err
		}
		if _, err := r.store.BeginCall(ctx, r.lease, r.leaseLength(), BeginCall{}); err != nil {
			return false, err
		}
	}
	return false, nil
}

// keep keeps a turn that came late, for what is claimed by then; false when it goes on with what was claimed
// before. Where what is claimed first needs another operation, which may be held, it would else be lost each time.
func (r *run) keep(t *turn) bool {
	if t.waited < tooLate || t.permit.Probe() || r.lost {
		return false
	}
	r.kept = t
	return true
}

// unkeep ends a turn that nothing was claimed for.
func (r *run) unkeep(ctx context.Context) {
	if r.kept != nil {
		r.kept.abandon(ctx)
		r.kept = nil
	}
}

// hold notes that something which is due must wait; the run comes again after the shortest of these times.
func (r *run) hold(wait time.Duration) {
	if r.held == 0 || wait < r.held {
		r.held = wait
	}
}

// giveBack returns what was taken and not used.
func (t *turn) giveBack() {
	if t.granted {
		t.r.tokens.Return(t.limits)
	}
	if t.limited {
		t.r.limiter.Release()
	}
	if t.gate != nil {
		t.gate.release()
	}
}

// start says whether the call may begin now, after all that it waited for.
func (t *turn) start() bool {
	t.started = time.Now()
	return t.r.quiet() <= 0 && t.permit.Start()
}

// abandon ends a turn without a call.
func (t *turn) abandon(ctx context.Context) {
	t.permit.Cancel(ctx)
	t.giveBack()
}

// because hears what a call came to before it ends: the first outcome that says that the destination is sick.
func (t *turn) because(outcomes ...Outcome) {
	for _, o := range outcomes {
		if healthOf(o) == HealthSick {
			t.permit.Because(o.Cause)
			return
		}
	}
}

// end hears what the call showed about the destination.
func (t *turn) end(ctx context.Context, health Health) {
	t.ended = time.Now()
	took := t.ended.Sub(t.started)
	if t.permit.Done(ctx, health, took) {
		t.r.limiter.Restart()
	}
	t.r.pace = t.waited + took
	t.r.limiter.Done(t.operation, t.started, took, health)
	t.gate.release()
}

// limits are what the destination's shape allows now.
func (l *target) limits() Limits { return l.shape.At(time.Now(), l.spec.Timeout) }
