package gateway

import (
	"context"
	"errors"
	"sync"
	"time"

	"github.com/sony/gobreaker/v2"
)

// BreakerOptions say when a breaker opens and for how long. Zero fields take the defaults.
type BreakerOptions struct {
	OpenFor     time.Duration // from opening to the first probe; 30 s
	Window      time.Duration // over which calls are counted; 30 s
	MinCalls    int           // in the window before it may open; 5
	FailureRate float64       // of calls without a trustworthy answer; 0.5
	SlowCall    time.Duration // an answer that took longer counts as slow; 10 s
	SlowRate    float64       // of slow answers; 0.8
	PollBusy    time.Duration // between readings of the shared rows while work is due; 1 s, more breaks the promise of 2 s
	PollIdle    time.Duration // otherwise; 10 s
	RampCalls   int           // good calls that each step after an outage is held for; 10
	ProbeGrace  time.Duration // how long the lanes' own first call may come before the prober acts; 2 s
}

// windowBuckets is how many steps the window rolls in.
const windowBuckets = 10

func (o BreakerOptions) withDefaults() BreakerOptions {
	o.OpenFor, o.Window = or(o.OpenFor, 30*time.Second), or(o.Window, 30*time.Second)
	o.SlowCall, o.ProbeGrace = or(o.SlowCall, 10*time.Second), or(o.ProbeGrace, 2*time.Second)
	o.PollBusy, o.PollIdle = or(o.PollBusy, time.Second), or(o.PollIdle, 10*time.Second)
	if o.MinCalls <= 0 {
		o.MinCalls = 5
	}
	if o.RampCalls <= 0 {
		o.RampCalls = 10
	}
	if o.FailureRate <= 0 {
		o.FailureRate = 0.5
	}
	if o.SlowRate <= 0 {
		o.SlowRate = 0.8
	}
	return o
}

// above puts options before others that are complete: zero fields take theirs. How often the rows are read is
// the business of the process, not of a destination.
func (o BreakerOptions) above(rest BreakerOptions) BreakerOptions {
	all := rest
	all.OpenFor, all.Window = or(o.OpenFor, rest.OpenFor), or(o.Window, rest.Window)
	all.SlowCall, all.ProbeGrace = or(o.SlowCall, rest.SlowCall), or(o.ProbeGrace, rest.ProbeGrace)
	if o.MinCalls > 0 {
		all.MinCalls = o.MinCalls
	}
	if o.RampCalls > 0 {
		all.RampCalls = o.RampCalls
	}
	if o.FailureRate > 0 {
		all.FailureRate = o.FailureRate
	}
	if o.SlowRate > 0 {
		all.SlowRate = o.SlowRate
	}
	return all
}

// What the detector is told of a call.
var (
	errSick    = errors.New("no trustworthy answer")
	errSlow    = errors.New("slow answer")
	errIgnored = errors.New("says nothing")
)

// Breaker guards one operation of one destination in this process. Whether it
// is open is what the shared row says, or an operator: gobreaker, which can
// neither be forced nor told what another node saw, is the detector that
// says when to open, a new one for each closed period. It therefore never
// reaches its own half-open state; probes are leased by the shared row.
type Breaker struct {
	key     BreakerKey
	options BreakerOptions
	lanes   int  // ceiling of calls at once
	gate    gate // as wide as the ramp after an outage allows

	mu         sync.Mutex
	detector   *gobreaker.TwoStepCircuitBreaker[struct{}]
	slow       *tally
	tripped    string // set by the detector, under its own lock and ours
	state      BreakerState
	forced     BreakerState
	ramp       int // percent of the ceiling that calls may use; rampCanary: one alone
	openUntil  time.Time
	probeUntil time.Time
	reason     string
	because    string // code of the last sick outcome
	updatedAt  time.Time
	unsaved    bool // open here, and the row does not say so yet
}

func newBreaker(key BreakerKey, options BreakerOptions, lanes int) *Breaker {
	b := &Breaker{key: key, options: options, lanes: lanes, state: BreakerClosed, ramp: rampFull}
	b.reset()
	b.fit()
	return b
}

// reset begins a closed period with empty counts. The caller holds mu or is alone.
func (b *Breaker) reset() {
	bucket := b.options.Window / windowBuckets
	b.tripped = ""
	b.slow = newTally(bucket)
	b.detector = gobreaker.NewTwoStepCircuitBreaker[struct{}](gobreaker.Settings{
		Name:         b.key.Destination + "/" + string(b.key.Operation),
		Interval:     b.options.Window,
		BucketPeriod: bucket,
		Timeout:      365 * 24 * time.Hour, // the row says when to probe
		ReadyToTrip:  b.readyToTrip,
		IsSuccessful: func(err error) bool { return err == nil },
		IsExcluded:   func(err error) bool { return errors.Is(err, errIgnored) },
	})
}

// readyToTrip runs inside the detector's lock, below ours.
func (b *Breaker) readyToTrip(c gobreaker.Counts) bool {
	ended := c.TotalSuccesses + c.TotalFailures // both rates are of calls that ended
	if int(ended) < b.options.MinCalls {
		return false
	}
	slow := min(b.slow.count(time.Now()), c.TotalFailures)
	failed := c.TotalFailures - slow
	switch {
	case float64(failed) >= b.options.FailureRate*float64(ended):
		b.tripped = "failure_rate"
	case float64(slow) >= b.options.SlowRate*float64(ended):
		b.tripped = "slow_rate"
	case float64(c.TotalFailures) >= b.options.SlowRate*float64(ended):
		b.tripped = "failure_and_slow_rate"
	}
	return b.tripped != ""
}

// standing says what a call may do now: go out, wait, or go out as a probe.
type standing struct {
	free bool
	wait time.Duration // not free: how long at least; zero: a probe may be tried
}

func (b *Breaker) standing(now time.Time) standing {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.standingLocked(now)
}

func (b *Breaker) standingLocked(now time.Time) standing {
	switch {
	case b.forced == BreakerOpen:
		return standing{wait: b.options.PollIdle}
	case b.forced == BreakerClosed, b.state == BreakerClosed && b.ramp > rampCanary:
		return standing{free: true}
	case b.state == BreakerOpen && now.Before(b.openUntil):
		return standing{wait: b.openUntil.Sub(now)}
	case now.Before(b.probeUntil):
		return standing{wait: min(b.probeUntil.Sub(now), b.options.PollBusy)}
	}
	return standing{}
}

// adopt takes a row as read or written, unless something newer is known. It
// reports whether those who wait for it may try now: it closed, or an operator
// let go what he had forced open, or asks for a probe before its time.
func (b *Breaker) adopt(row BreakerRow, now time.Time) (released bool) {
	b.mu.Lock()
	defer b.mu.Unlock()
	if b.unsaved || row.UpdatedAt.Before(b.updatedAt) {
		return false
	}
	early := b.state == BreakerOpen && row.State == BreakerOpen && row.Forced == "" && row.OpenFor <= 0 && now.Before(b.openUntil)
	closed := b.state != BreakerClosed && row.State == BreakerClosed && row.Forced != BreakerOpen
	released = b.forced == BreakerOpen && row.Forced != BreakerOpen || early || closed
	if b.state != BreakerClosed && row.State == BreakerClosed {
		b.reset()
	}
	b.state, b.forced, b.reason, b.updatedAt = row.State, row.Forced, row.Reason, row.UpdatedAt
	b.openUntil, b.probeUntil, b.ramp = now.Add(row.OpenFor), now.Add(row.ProbeFor), row.Ramp
	b.fit()
	return released
}

// start asks the detector for a call now; false when it opened in the meantime.
func (b *Breaker) start(now time.Time) (finish func(health Health, took time.Duration) (opened bool, reason string), ok bool) {
	b.mu.Lock()
	defer b.mu.Unlock()
	if !b.standingLocked(now).free {
		return nil, false
	}
	if b.forced == BreakerClosed {
		return func(Health, time.Duration) (bool, string) { return false, "" }, true
	}
	done, err := b.detector.Allow()
	if err != nil {
		return nil, false
	}
	period := b.detector
	return func(health Health, took time.Duration) (bool, string) { return b.finish(period, done, health, took) }, true
}

// finish feeds the detector. When it trips, the breaker is open here at once, before anybody is told.
func (b *Breaker) finish(period *gobreaker.TwoStepCircuitBreaker[struct{}], done func(error), health Health, took time.Duration) (bool, string) {
	b.mu.Lock()
	defer b.mu.Unlock()
	if b.detector != period { // another closed period began; the call says nothing about it
		return false, ""
	}
	switch {
	case health == HealthIgnored:
		done(errIgnored)
	case health == HealthSick:
		done(errSick)
	case took > b.options.SlowCall:
		b.slow.add(time.Now())
		done(errSlow)
	default:
		done(nil)
	}
	if b.tripped == "" || b.state != BreakerClosed {
		return false, ""
	}
	b.state, b.unsaved, b.reason, b.ramp = BreakerOpen, true, b.tripped, rampCanary
	b.openUntil = time.Now().Add(b.options.OpenFor)
	b.fit()
	return true, b.tripped
}

// blame remembers what a sick call came to, until one opens the breaker.
func (b *Breaker) blame(cause string, health Health) {
	if health != HealthSick {
		return
	}
	b.mu.Lock()
	defer b.mu.Unlock()
	b.because = cause
}

// reopen opens the breaker here after a probe that failed, before the row says so.
func (b *Breaker) reopen(now time.Time) {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.state, b.unsaved, b.probeUntil, b.ramp = BreakerOpen, true, time.Time{}, rampCanary
	b.openUntil = now.Add(b.options.OpenFor)
	b.fit()
}

// pending returns the move that the row still lacks, if any.
func (b *Breaker) pending(node string, now time.Time) (BreakerMove, bool) {
	b.mu.Lock()
	defer b.mu.Unlock()
	if !b.unsaved {
		return BreakerMove{}, false
	}
	return BreakerMove{
		Key: b.key, From: []BreakerState{BreakerClosed, BreakerHalfOpen}, To: BreakerOpen,
		OpenFor: max(b.openUntil.Sub(now), 0), Reason: b.reason, Cause: b.because, Node: node,
	}, true
}

// write stores what pending says and takes over what the row says then.
func (b *Breaker) write(ctx context.Context, store BreakerStore, node string) error {
	move, ok := b.pending(node, time.Now())
	if !ok {
		return nil
	}
	row, _, err := store.MoveBreaker(ctx, move)
	if err != nil {
		return err
	}
	b.saved()
	b.adopt(row, time.Now())
	return nil
}

func (b *Breaker) saved() {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.unsaved = false
}
