package gateway

import (
	"context"
	"time"
)

// After an outage a destination is not given back all of its load at once. The
// ramp of a breaker that closed says which part of the ceiling of calls at
// once its operation may use: first one canary, a delivery alone and over all
// nodes, then 5, 25 and 100 %, each step held for a number of good calls. The
// row holds it for all nodes; the part of the ceiling is of each node.
const (
	rampCanary = 0
	rampFull   = 100
)

// rampAfter returns the step that follows one.
func rampAfter(percent int) int {
	switch {
	case percent < 5:
		return 5
	case percent < 25:
		return 25
	}
	return rampFull
}

// rampWidth is how many calls at once a step allows below a ceiling, at least one.
func rampWidth(percent, ceiling int) int { return max((ceiling*percent+rampFull-1)/rampFull, 1) }

// RampCall is one call that ended while a breaker was on its ramp.
type RampCall struct {
	Key  BreakerKey
	Step int  // that the caller saw; a row that is on another by now stays as it is
	Next int  // step to take when enough calls were good
	Good bool // a call that was not good begins the count of its step anew
	Hold int  // good calls that a step is held for
}

// fit gives the gate the width that the ramp allows. The caller holds mu.
func (b *Breaker) fit() {
	percent := b.ramp
	if b.forced == BreakerClosed {
		percent = rampFull
	}
	b.gate.resize(rampWidth(percent, b.lanes))
}

// ramping returns the step of a closed breaker that is on its ramp.
func (b *Breaker) ramping() (step int, ok bool) {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.ramp, b.state == BreakerClosed && b.forced == "" && b.ramp > rampCanary && b.ramp < rampFull
}

// climb tells the row of a call that ended on the ramp.
func (p *Permit) climb(ctx context.Context, health Health, took time.Duration) {
	step, ok := p.breaker.ramping()
	if !ok || health == HealthIgnored {
		return
	}
	s, key := p.set, p.breaker.key
	row, err := s.store.RampBreaker(ctx, RampCall{
		Key: key, Step: step, Next: rampAfter(step), Hold: p.breaker.options.RampCalls,
		Good: health == HealthAlive && took <= p.breaker.options.SlowCall,
	})
	if err != nil {
		s.log.WarnContext(ctx, "ramp not written", "destination_id", key.Destination, "err", err) // another call will climb
		return
	}
	p.breaker.adopt(row, time.Now())
	if row.State == BreakerClosed && row.Ramp > step {
		s.log.InfoContext(ctx, "breaker lets more through", "destination_id", key.Destination, "operation", string(key.Operation), "percent", row.Ramp)
	}
}
