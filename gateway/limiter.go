package gateway

import (
	"context"
	"sync"
	"time"
)

// Limiter keeps the number of calls of this process to one destination where
// the destination answers well: it starts at two, gains one per round of good
// answers and halves when an answer is missing, unavailable or slow. The number of
// lanes is only its ceiling.
type Limiter struct {
	gate gate

	mu        sync.Mutex
	ceiling   float64
	limit     float64
	lowered   float64                     // ceiling of the moment, such as that of a peak window
	baselines map[Operation]time.Duration // of a quick answer; a look-up is no measure of a create
	cutAt     time.Time                   // of the last decrease: calls begun before it have been heard already
}

// Numbers of a limiter. They are of the shape of TCP's congestion control, not measured.
const (
	limiterStart     = 2
	slowFactor       = 4                     // an answer is slow beyond this many baselines
	slowFloor        = 50 * time.Millisecond // and no answer below this is slow
	baselineForget   = 1.5                   // most growth of a baseline per answer of a call that ran alone
	defaultThrottled = time.Second           // pause when a destination asks to slow down without saying for how long
)

// NewLimiter returns a limiter with a ceiling of at least one call.
func NewLimiter(ceiling int) *Limiter {
	c := float64(max(ceiling, 1))
	l := &Limiter{ceiling: c, limit: min(limiterStart, c), lowered: c, baselines: make(map[Operation]time.Duration)}
	l.fit()
	return l
}

// fit gives the gate the width that the limit allows. The caller holds mu or is alone.
func (l *Limiter) fit() { l.gate.resize(int(min(l.limit, l.lowered))) }

// Acquire waits for its turn, first come first served. Release or Done must follow when it returned nil.
func (l *Limiter) Acquire(ctx context.Context) error { return l.gate.acquire(ctx) }

// Release ends a turn without a call.
func (l *Limiter) Release() { l.gate.release() }

// Lower sets the ceiling of the moment; zero or less, or more than the
// ceiling of always: that one. What the limiter has learnt stays.
func (l *Limiter) Lower(ceiling int) {
	l.mu.Lock()
	defer l.mu.Unlock()
	lowered := l.ceiling
	if ceiling > 0 {
		lowered = min(float64(ceiling), l.ceiling)
	}
	if lowered != l.lowered {
		l.lowered = lowered
		l.fit()
	}
}

// Done ends a turn with what a call of an operation showed.
func (l *Limiter) Done(op Operation, started time.Time, took time.Duration, health Health) {
	l.mu.Lock()
	defer l.mu.Unlock()
	switch {
	case health == HealthIgnored:
	case health == HealthSick:
		l.cut(started)
	case l.slow(op, took):
		l.cut(started)
	default:
		l.limit = min(l.limit+1/l.limit, max(l.lowered, l.limit))
	}
	l.fit()
	l.gate.release()
}

// cut halves the limit, once for all calls that ran together. The caller holds mu.
func (l *Limiter) cut(started time.Time) {
	if started.After(l.cutAt) {
		l.limit, l.cutAt = max(l.limit/2, 1), time.Now()
	}
}

// slow compares an answer with the quick ones of its operation and learns from
// it. An answer that is slow while nothing else was asked is not slow because of us:
// the destination has become slower, or a lucky answer was taken for its measure. Where several
// calls run, what they wait for may be each other, and the measure stays: it would else follow
// the row that we stand in ourselves, until all lanes stand in it. The caller holds mu.
func (l *Limiter) slow(op Operation, took time.Duration) bool {
	before := l.baselines[op]
	switch {
	case before == 0 || took < before:
		l.baselines[op] = took
	case l.limit < 2:
		l.baselines[op] = min(time.Duration(float64(before)*baselineForget), took)
	}
	return before > 0 && took > slowFloor && took > slowFactor*before
}

// Throttled halves the limit: the destination asked to slow down in answer to a
// call that began at started. How long nobody calls it is for [Breakers.Throttle].
func (l *Limiter) Throttled(started time.Time) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.cut(started)
	l.fit()
}

// Restart goes back to the start after an outage, so that calls ramp up again.
func (l *Limiter) Restart() {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.limit = min(limiterStart, l.ceiling)
	clear(l.baselines)
	l.fit()
}

// Limit returns how many calls may run at once now.
func (l *Limiter) Limit() int {
	l.mu.Lock()
	defer l.mu.Unlock()
	return int(min(l.limit, l.lowered))
}
