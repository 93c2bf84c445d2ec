package gateway

import (
	"context"
	"fmt"
	"log/slog"
	"slices"
	"sync"
	"time"

	"github.com/google/uuid"

	"github.com/lienthong/lienthong/schema"
)

// ReconcilePlan says how much of a destination is looked at again, and when.
// With a rate of r look-ups a second and a night of h hours, 3600·r·h dossiers
// are looked at in a night; a sample of s a second looks at 86400·s a day.
type ReconcilePlan struct {
	Rate   float64      // look-ups a second within Night; 0: none
	Night  Window       // when; its own limits are of no account
	Sample float64      // look-ups a second at all other times, of deliveries taken by chance; 0: none
	Repair []DriftClass // whose repair is made without a person
}

// ReconcilerConfig is what a [Reconciler] is made of.
type ReconcilerConfig struct {
	Lane   *Lane // whose destinations, limiters, breakers and rates it shares
	Store  LookStore
	Due    DueStore
	Waker  Waker                    // told of repairs that are due; nil: the sweep finds them
	Plans  map[string]ReconcilePlan // by code of the destination
	Now    func() time.Time         // nil: time.Now
	Logger *slog.Logger             // nil: slog.Default
}

// Reconciler looks again at what is at rest, in small steps, one node at a time
// per destination. It is a lane that sends nothing: it has a lease of its own, takes
// its turn of limiter, breaker and rate for each look-up like every call, and stands
// back while anything is due. Where it was is in the rows that it looked at, so
// that another node goes on where one stopped.
type Reconciler struct {
	lane  *Lane
	store LookStore
	due   DueStore
	waker Waker
	plans map[string]ReconcilePlan
	now   func() time.Time
	log   *slog.Logger

	mu   sync.Mutex
	next map[string]time.Time // when a destination may be looked at again
}

// Times of reconciliation.
const (
	lookAhead   = 20               // candidates of one reading
	standBack   = time.Second      // while deliveries are due
	nothingLeft = time.Minute      // until the oldest look is asked for again
	pacedInStep = 2 * time.Second  // longest pause between two looks within a step; else the lease is given back
	otherNode   = 15 * time.Second // while another node has the lease
	mostRepairs = 2                // of one difference by the gateway itself
	failedLook  = 30 * time.Second // after the store or the destination failed
	lookLane    = Slots            // the lane whose lease it is: no slot falls into it
)

// NewReconciler checks the configuration. It starts nothing.
func NewReconciler(c ReconcilerConfig) (*Reconciler, error) {
	if c.Lane == nil || c.Store == nil || c.Due == nil {
		return nil, fmt.Errorf("gateway.NewReconciler: lanes, a store and what is due are needed")
	}
	r := &Reconciler{lane: c.Lane, store: c.Store, due: c.Due, waker: c.Waker, plans: make(map[string]ReconcilePlan), now: c.Now, log: c.Logger, next: make(map[string]time.Time)}
	if r.now == nil {
		r.now = time.Now
	}
	if r.log == nil {
		r.log = slog.Default()
	}
	for code, p := range c.Plans {
		t := c.Lane.destinations[code]
		switch {
		case p.Rate <= 0 && p.Sample <= 0:
			continue
		case t == nil:
			return nil, fmt.Errorf("gateway.NewReconciler: there is no destination %s", code)
		case t.spec.Shows == ShowsNothing:
			return nil, fmt.Errorf("gateway.NewReconciler: %s: a look-up shows nothing", code)
		}
		r.plans[code] = p
	}
	return r, nil
}

// Run reconciles until ctx ends; a look that runs then is finished and recorded.
func (c *Reconciler) Run(ctx context.Context) error {
	var all sync.WaitGroup
	for code := range c.plans {
		all.Go(func() { c.follow(ctx, code) })
	}
	all.Wait()
	return nil
}

func (c *Reconciler) follow(ctx context.Context, code string) {
	for ctx.Err() == nil {
		next, err := c.Step(ctx, code)
		if err != nil {
			if ctx.Err() == nil {
				c.log.WarnContext(ctx, "reconciliation stopped for a moment", "destination_id", code, "err", err)
			}
			next.After = failedLook
		}
		_ = sleep(ctx, next.After) // the end of ctx ends the loop
	}
}

// pass is what a step works on.
type pass struct {
	rate   float64
	sample bool
	since  time.Time // looked at before then
}

// pass returns what is to be done now; without a rate nothing.
func (p ReconcilePlan) pass(now time.Time) pass {
	if left := p.Night.left(now); p.Rate > 0 && left > 0 {
		length := p.Night.To - p.Night.From
		if length <= 0 {
			length += day
		}
		return pass{rate: p.Rate, since: now.Add(left - length)}
	}
	return pass{rate: p.Sample, sample: true, since: now}
}

// Step looks at some deliveries of a destination and says when it wants to go on.
func (c *Reconciler) Step(ctx context.Context, code string) (Next, error) {
	l, plan := c.lane, c.plans[code]
	t := l.destinations[code]
	now := plan.pass(c.now())
	if t == nil || now.rate <= 0 {
		return Next{After: nothingLeft}, nil
	}
	if sending, err := l.refresh(ctx); err != nil || !sending {
		return Next{After: otherSite}, err
	}
	if observing, _ := l.writers.observing(code); observing {
		return Next{After: nothingLeft}, nil // what a restored database says is not held against anybody
	}
	if wait := max(l.quiet(t), c.wait(code)); wait > pacedInStep {
		return Next{After: wait}, nil
	}
	if busy, err := c.busy(ctx, t); err != nil || busy {
		return Next{After: standBack}, err
	}
	r := l.newRun(t, lookLane)
	taken, _, err := l.store.TakeLane(ctx, r.lease, r.leaseLength(), t.spec.Settle)
	if err != nil || !taken {
		return Next{After: otherNode}, err
	}
	next, err := c.looks(ctx, r, now, plan)
	leaving, cancel := context.WithTimeout(context.WithoutCancel(ctx), recordTime)
	defer cancel()
	if _, left := l.store.LeaveLane(leaving, r.lease); err == nil {
		err = left
	}
	return next, err
}

// busy reports whether deliveries are due: lanes go first.
func (c *Reconciler) busy(ctx context.Context, t *target) (bool, error) {
	return c.due.Pressing(ctx, t.spec.Code)
}

// wait returns how long the next look must wait for its pace.
func (c *Reconciler) wait(code string) time.Duration {
	c.mu.Lock()
	defer c.mu.Unlock()
	return time.Until(c.next[code])
}

func (c *Reconciler) paced(code string, rate float64) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.next[code] = time.Now().Add(time.Duration(float64(time.Second) / rate))
}

// looks works through candidates until the time of the step is spent or nothing is left.
func (c *Reconciler) looks(ctx context.Context, r *run, now pass, plan ReconcilePlan) (Next, error) {
	candidates, err := c.candidates(ctx, r, now)
	if err != nil {
		return Next{}, err
	}
	if len(candidates) == 0 {
		return Next{After: nothingLeft}, nil
	}
	for _, one := range candidates {
		if wait := c.wait(r.spec.Code); wait > pacedInStep {
			return Next{After: wait}, nil
		}
		paced, err := r.wait(ctx, func(ctx context.Context) error { return sleep(ctx, c.wait(r.spec.Code)) })
		if err != nil || !paced {
			return Next{}, err
		}
		if busy, err := c.busy(ctx, r.target); err != nil || busy {
			return Next{After: standBack}, err
		}
		looked, err := c.lookAt(ctx, r, one, plan)
		if err != nil {
			return Next{}, err
		}
		if !looked { // the destination must wait, or failed
			return Next{After: max(r.held, standBack)}, nil
		}
		c.paced(r.spec.Code, now.rate)
	}
	return Next{}, nil
}

// candidates are by chance, or the open before the resting.
func (c *Reconciler) candidates(ctx context.Context, r *run, now pass) ([]LookCandidate, error) {
	q := LookQuery{Destination: r.spec.Code, Sample: now.sample, Before: now.since, Settle: r.spec.Settle, Limit: lookAhead}
	if now.sample {
		q.Limit = 1
	}
	found, err := c.store.ToLook(ctx, q)
	if err != nil || len(found) > 0 || now.sample {
		return found, err
	}
	q.Resting = true
	return c.store.ToLook(ctx, q)
}

// lookAt looks up one delivery and records what it showed; false when no answer came.
func (c *Reconciler) lookAt(ctx context.Context, r *run, one LookCandidate, plan ReconcilePlan) (bool, error) {
	d := one.Delivery
	look := Look{Delivery: d}
	full, known := r.full(d)
	if !known {
		look.Void = true
		_, err := c.store.RecordLook(ctx, r.lease, look)
		return true, err
	}
	body, err := schema.OpenBody(d.Wanted.Kind, d.Wanted.Body)
	if err == nil {
		var closed time.Time
		look.Places, closed = placesOf(body)
		look.Resting = !closed.IsZero() && c.now().Sub(closed) > restingAfter
	}
	shown, o, _, err := r.ask(ctx, uuid.Nil, d.Wanted.Key)
	if err != nil || o.Kind == "" {
		return false, err
	}
	if o.Kind != Found && o.Kind != Absent { // it comes again in the next cycle, so that one that cannot be read is in nobody's way
		_, err := c.store.RecordLook(ctx, r.lease, look)
		return false, err
	}
	look.Shown, look.Comparable = shown, true
	sent, err := c.store.SentBefore(ctx, r.spec.Code, d.Wanted.EntityID)
	if err != nil {
		return false, err
	}
	look.Difference = Comparison{
		Delivery: d, Full: full, Shown: shown, Found: o.Kind == Found, Shows: r.spec.Shows, Sent: sent, Before: one.Before,
	}.Compare()
	recorded, err := c.store.RecordLook(ctx, r.lease, look)
	if err != nil || !recorded || !slices.Contains(plan.Repair, look.Difference.Class) {
		return true, err
	}
	return true, c.repair(ctx, r, look)
}

// repair makes one difference due again, as its class allows.
func (c *Reconciler) repair(ctx context.Context, r *run, look Look) error {
	done, err := c.store.RepairDrift(ctx, DriftOrder{
		Class: look.Difference.Class, Destination: r.spec.Code, Entity: look.Delivery.Wanted.EntityID, Limit: 1, Reason: "idempotent",
	})
	if err == nil && c.waker != nil && len(done.Due) > 0 {
		c.waker.Wake(ctx, done.Due)
	}
	return err
}

// full returns what a destination that has nothing would be sent of a delivery,
// nil where it cannot be shown as it is; false where no look can say anything about it.
func (r *run) full(d Delivery) (calls []PlannedCall, comparable bool) {
	if d.Missing || d.Wanted.Gone != "" || d.Wanted.Body == nil {
		return nil, false
	}
	calls, err := safePlan(r.Destination, d.Wanted, Known{Issued: d.Known.Issued})
	if err != nil {
		return nil, true
	}
	return calls, Comparable(calls)
}
