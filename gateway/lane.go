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

	"github.com/lienthong/lienthong/schema/score"
)

// ErrLaneLost says that a lane's lease is somebody else's by now.
var ErrLaneLost = errors.New("gateway: the lane was taken by somebody else")

// LaneConfig is what lanes are made of.
type LaneConfig struct {
	Store        LaneStore
	Breakers     *Breakers
	Destinations []Destination
	Schedule     Schedule                 // of destinations that Schedules does not have
	Schedules    map[string]Schedule      // by code of the destination
	Shapes       map[string]Shape         // by code of the destination; without, no limit but the number of lanes
	Budgets      BudgetStore              // needed where a shape declares a rate
	Node         string                   // name of this process, unique among the running ones
	Budget       time.Duration            // most time of one Drain; 0: 20 s. River's rescue must come later
	Writers      *Writers                 // who may write; nil: we do, whatever it is
	LookRates    map[string]float64       // by code of the destination, look-ups a second that can wait; 5 unless said
	Guards       map[string]score.Setting // by code of the destination; without, nothing is judged before it leaves
	Vault        *Vault                   // keeps what is sent; nil: its hash alone is kept
	Logger       *slog.Logger             // nil: slog.Default
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
	node         string
	budget       time.Duration
	guards       map[string]score.Setting
	vault        *Vault
	writers      *Writers
	log          *slog.Logger
}

// target is a destination with what this process learnt about its speed.
type target struct {
	Destination
	spec     DestinationSpec
	schedule Schedule
	limiter  *Limiter
	shape    Shape
	tokens   *Budget
	looks    *Budget // of look-ups that can wait; nil: no rate
	lookAt   float64 // of them a second

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
		store: c.Store, breakers: c.Breakers, node: c.Node,
		budget: or(c.Budget, defaultBudget), vault: c.Vault, writers: c.Writers, guards: c.Guards, log: c.Logger, destinations: make(map[string]*target),
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
		schedule, ok := c.Schedules[spec.Code]
		if !ok {
			schedule = c.Schedule
		}
		l.destinations[spec.Code] = &target{
			Destination: d, spec: spec, schedule: schedule, limiter: NewLimiter(spec.Lanes), shape: shape, tokens: NewBudget(c.Budgets, spec.Code),
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
	Told  bool          // held by a breaker: [BreakersConfig].Freed says when it lets calls through, and few need to try before
}

// Drain works on one lane until nothing is due, its time is spent or ctx ends;
// a call that runs when ctx ends is not cut but finished and recorded.
func (l *Lane) Drain(ctx context.Context, destination string, lane int) (Next, error) {
	t := l.destinations[destination]
	if t == nil || lane >= t.spec.Lanes {
		return Next{}, nil // configured otherwise since the lane was woken
	}
	if sending, err := l.refresh(ctx); err != nil || !sending { // another site's lanes are not taken
		return Next{After: otherSite, Held: true}, err
	}
	if wait := l.quiet(t); wait > 0 { // the lane is not even taken: a night's pause costs next to nothing
		return Next{After: wait, Held: true}, nil
	}
	r := l.newRun(t, lane)
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

// refresh reads what decides whether calls may start, and reports whether this site makes any.
func (l *Lane) refresh(ctx context.Context) (sending bool, err error) {
	if err := l.breakers.Refresh(ctx); err != nil {
		return false, err
	}
	err = l.writers.Refresh(ctx)
	return l.writers.Sending(), err
}

func (l *Lane) newRun(t *target, lane int) *run {
	return &run{Lane: l, target: t, end: time.Now().Add(l.budget), lease: LaneLease{
		Destination: t.spec.Code, Lane: lane, Lanes: t.spec.Lanes, Holder: uuid.New(), Node: l.node, Proof: l.writers.Proof(),
	}}
}

// quiet returns how long no call of any kind may start: the destination asked
// for that, an operator did, or it is being maintained.
func (l *Lane) quiet(t *target) time.Duration {
	wait := max(l.breakers.Throttled(t.spec.Code), min(t.limits().Closed, longestQuiet))
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
