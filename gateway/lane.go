package gateway

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"log/slog"
	"sync"
	"time"

	"github.com/google/uuid"
)

// ErrLaneLost says that a lane's lease is somebody else's by now.
var ErrLaneLost = errors.New("gateway: the lane was taken by somebody else")

// LaneConfig is what lanes are made of.
type LaneConfig struct {
	Store        LaneStore
	Breakers     *Breakers
	Destinations []Destination
	Schedule     Schedule
	Shapes       map[string]Shape   // by code of the destination; without, no limit but the number of lanes
	Budgets      BudgetStore        // needed where a shape declares a rate
	Node         string             // name of this process, unique among the running ones
	Budget       time.Duration      // most time of one Drain; 0: 20 s. River's rescue must come later
	Writers      *Writers           // who may write; nil: we do, whatever it is
	LookRates    map[string]float64 // by code of the destination, look-ups a second that can wait; 5 unless said
	Vault        *Vault             // keeps what is sent; nil: its hash alone is kept
	Logger       *slog.Logger       // nil: slog.Default
}

// Lane brings destinations up to date, one lane of one destination at a time.
//
// A lane is a share of a destination's keys; who works on it holds its lease,
// and so each delivery has one sender and keeps its order with no lock over
// the network. What a dead sender left in the middle of a call is unknown, and
// an unknown delivery is looked up before anything else is sent for it. A
// worker that was declared dead can still write nothing: every write is fenced
// by the id of the attempt.
type Lane struct {
	store        LaneStore
	breakers     *Breakers
	destinations map[string]*target
	schedule     Schedule
	node         string
	budget       time.Duration
	vault        *Vault
	writers      *Writers
	log          *slog.Logger
}

// target is a destination with what this process learnt about its speed.
type target struct {
	Destination
	spec    DestinationSpec
	limiter *Limiter
	shape   Shape
	tokens  *Budget
	looks   *Budget // of look-ups that can wait; nil: no rate
	lookAt  float64 // of them a second

	mu   sync.Mutex
	lead lead

	lookedPast map[int]time.Time // when a lane last looked past what is held
}

// Times of a run.
const (
	defaultBudget = 20 * time.Second
	recordTime    = 1500 * time.Millisecond // kept after each call to write down what it brought
	defaultSettle = time.Minute
	longestQuiet  = 5 * time.Minute // a lane that must wait longer looks again, since clocks are set and windows end
)

// NewLane checks the configuration. It starts nothing.
func NewLane(c LaneConfig) (*Lane, error) {
	if c.Store == nil || c.Breakers == nil || c.Node == "" {
		return nil, fmt.Errorf("gateway.NewLane: a store, breakers and a node name are needed")
	}
	l := &Lane{
		store: c.Store, breakers: c.Breakers, schedule: c.Schedule, node: c.Node,
		budget: or(c.Budget, defaultBudget), vault: c.Vault, writers: c.Writers, log: c.Logger, destinations: make(map[string]*target),
	}
	if l.log == nil {
		l.log = slog.Default()
	}
	for _, d := range c.Destinations {
		spec := d.Spec()
		if err := spec.Check(); err != nil {
			return nil, fmt.Errorf("gateway.NewLane: %w", err)
		}
		if spec.Settle = or(spec.Settle, defaultSettle); spec.Idempotent {
			spec.Settle = 0 // nothing waits for it
		}
		if spec.Timeout+recordTime >= l.budget {
			return nil, fmt.Errorf("gateway.NewLane: %s: a call of %v does not fit in %v", spec.Code, spec.Timeout, l.budget)
		}
		shape := c.Shapes[spec.Code]
		if shape.limitsRate() && c.Budgets == nil {
			return nil, fmt.Errorf("gateway.NewLane: %s: a rate needs a store that counts it", spec.Code)
		}
		l.destinations[spec.Code] = &target{
			Destination: d, spec: spec, limiter: NewLimiter(spec.Lanes), shape: shape, tokens: NewBudget(c.Budgets, spec.Code),
			lookedPast: make(map[int]time.Time), lookAt: cmp.Or(c.LookRates[spec.Code], defaultLookRate),
		}
		if c.Budgets != nil {
			l.destinations[spec.Code].looks = NewBudget(c.Budgets, spec.Code+lookBudget)
		}
	}
	return l, nil
}

// Next says when a lane wants to run again. The zero value: when it is woken.
type Next struct {
	Again bool          // now: there is more, the time was spent
	After time.Duration // after this time
	Held  bool          // waiting for the destination itself; being woken earlier is of no use
}

// Drain works on one lane until nothing is due, its time is spent or ctx ends;
// a call that runs when ctx ends is not cut but finished and recorded.
func (l *Lane) Drain(ctx context.Context, destination string, lane int) (Next, error) {
	t := l.destinations[destination]
	if t == nil || lane >= t.spec.Lanes {
		return Next{}, nil // configured otherwise since the lane was woken
	}
	if err := l.breakers.Refresh(ctx); err != nil {
		return Next{}, err
	}
	if err := l.writers.Refresh(ctx); err != nil {
		return Next{}, err
	}
	if !l.writers.Sending() { // and takes no lane from those that do
		return Next{After: otherSite, Held: true}, nil
	}
	if wait := l.quiet(t); wait > 0 { // the lane is not even taken: a night's pause costs next to nothing
		return Next{After: wait, Held: true}, nil
	}
	r := &run{
		Lane: l, target: t, end: time.Now().Add(l.budget),
		lease: LaneLease{Destination: destination, Lane: lane, Lanes: t.spec.Lanes, Holder: uuid.New(), Node: l.node},
	}
	r.lease.Proof = l.writers.Proof()
	if d, ok := ctx.Deadline(); ok && d.Before(r.end) {
		r.end = d
	}
	taken, wait, err := l.store.TakeLane(ctx, r.lease, r.leaseLength(), t.spec.Settle)
	if err != nil {
		return Next{}, err
	}
	if !taken {
		return Next{After: max(wait, 10*time.Millisecond)}, nil
	}
	next, err := r.loop(ctx)
	return r.leave(ctx, next, err)
}

// quiet returns how long no call of any kind may start: the destination asked
// for that, an operator did, or it is being maintained.
func (l *Lane) quiet(t *target) time.Duration {
	wait := max(t.limiter.Paused(), min(t.limits().Closed, longestQuiet))
	if l.breakers.Paused(t.spec.Code) {
		wait = max(wait, pausedWait)
	}
	return wait
}

func (r *run) quiet() time.Duration { return r.Lane.quiet(r.target) }

// Held returns how long no write of a destination may go out: breakers, kill
// switches and windows hold it. Zero when some may.
func (l *Lane) Held(destination string) time.Duration {
	t := l.destinations[destination]
	if t == nil {
		return 0
	}
	return max(l.breakers.Held(destination), min(t.limits().Closed, longestQuiet))
}

// leave gives the lease back whatever happened, and asks when the lane has work again.
func (r *run) leave(ctx context.Context, next Next, err error) (Next, error) {
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), recordTime)
	defer cancel()
	due, left := r.store.LeaveLane(ctx, r.lease)
	switch {
	case err != nil:
		return Next{}, err
	case left != nil:
		return Next{}, left
	case next.Again || next.Held:
		return next, nil
	case due == 0:
		return Next{Again: true}, nil
	case due > 0:
		return Next{After: due}, nil
	}
	return Next{}, nil
}

// leaseLength covers one call and the writing down of what it brought.
func (l *target) leaseLength() time.Duration { return l.spec.Timeout + recordTime }
