package gateway

import (
	"context"
	"strings"
	"time"
)

// Permit is leave for one call. Exactly one of Done and Cancel ends it.
type Permit struct {
	set     *Breakers
	breaker *Breaker
	probe   bool
	canary  bool // the probe is a call that a lane needs, no question of the prober
	finish  func(Health, time.Duration) (bool, string)
	cause   string // code of what the call came to; "": nobody said
}

// Probe reports whether the call is the only one let through to a destination
// that failed; it should be as small as possible.
func (p *Permit) Probe() bool { return p.probe }

// Allow asks for leave for one call that ends within length. Without leave it
// returns how long to wait at least; the call then costs no attempt.
func (s *Breakers) Allow(ctx context.Context, key BreakerKey, length time.Duration) (*Permit, time.Duration, error) {
	s.use()
	if err := s.readIfOlder(ctx, s.options.PollBusy*3/2); err != nil { // where Run is late
		return nil, 0, err
	}
	if s.Paused(key.Destination) {
		return nil, pausedWait, nil
	}
	b := s.all[key]
	at := b.standing(time.Now())
	if at.free {
		return &Permit{set: s, breaker: b}, 0, nil
	}
	if at.wait > 0 {
		return nil, at.wait, nil
	}
	row, granted, err := s.store.TakeProbe(ctx, key, s.node, length)
	if err != nil {
		return nil, 0, err
	}
	b.adopt(row, time.Now())
	if granted {
		return &Permit{set: s, breaker: b, probe: true, canary: true}, 0, nil
	}
	if at := b.standing(time.Now()); !at.free && at.wait <= 0 {
		return nil, s.options.PollBusy / 4, nil
	} else if !at.free {
		return nil, at.wait, nil
	}
	return &Permit{set: s, breaker: b}, 0, nil // closed meanwhile
}

// Start says whether the call may begin now: between Allow and Start the
// breaker may have opened, or nobody could read for so long that an operator's word may have been missed.
func (p *Permit) Start() bool {
	if p.set.age() >= staleStart || p.set.Paused(p.breaker.key.Destination) {
		return false
	}
	if p.probe {
		return true
	}
	finish, ok := p.breaker.start(time.Now())
	p.finish = finish
	return ok
}

// Because says, before Done, what the call came to, so that the history of the
// breaker can say what the destination did. Only the part that is a code of ours is kept.
func (p *Permit) Because(cause string) { p.cause, _, _ = strings.Cut(cause, ":") }

// Done ends a call that was started and reports whether the breaker closed with it.
func (p *Permit) Done(ctx context.Context, health Health, took time.Duration) (closed bool) {
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), writeTimeout)
	defer cancel()
	if p.probe {
		return p.set.probed(ctx, p, health, took)
	}
	p.breaker.blame(p.cause, health)
	if opened, reason := p.finish(health, took); opened {
		p.set.log.WarnContext(ctx, "breaker opened", "destination_id", p.breaker.key.Destination,
			"operation", string(p.breaker.key.Operation), "reason", reason)
		if err := p.breaker.write(ctx, p.set.store, p.set.node); err != nil {
			p.set.log.ErrorContext(ctx, "breaker not written", "err", err) // the next reading tries again
		}
	}
	p.climb(ctx, health, took)
	return false
}

// Cancel gives leave back without a call.
func (p *Permit) Cancel(ctx context.Context) {
	if !p.probe {
		return
	}
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), writeTimeout)
	defer cancel()
	p.set.probed(ctx, p, HealthIgnored, 0)
}

// probed writes what a probe showed: closed, open again, or nothing. What only
// the prober found well begins with a canary.
func (s *Breakers) probed(ctx context.Context, p *Permit, health Health, took time.Duration) (closed bool) {
	b := p.breaker
	var row BreakerRow
	var err error
	move := BreakerMove{Key: b.key, From: []BreakerState{BreakerHalfOpen}, Node: s.node, Prober: true}
	switch {
	case health == HealthIgnored:
		row, err = s.store.DropProbe(ctx, b.key, s.node)
	case health == HealthAlive && took <= b.options.SlowCall:
		move.To, move.Reason, move.Ramp = BreakerClosed, "probe_succeeded", rampCanary
		if p.canary || b.key.Operation == OpLookup {
			move.Ramp = rampAfter(rampCanary)
		}
		row, closed, err = s.store.MoveBreaker(ctx, move)
	default:
		b.reopen(time.Now())
		move.To, move.Reason, move.OpenFor = BreakerOpen, "probe_failed", b.options.OpenFor
		move.Cause = p.cause
		row, _, err = s.store.MoveBreaker(ctx, move)
	}
	if err != nil {
		s.log.ErrorContext(ctx, "breaker not written after a probe", "err", err) // the probe's lease runs out
		return false
	}
	b.saved()
	b.adopt(row, time.Now())
	if closed {
		s.free(map[string]bool{b.key.Destination: true})
		s.log.InfoContext(ctx, "breaker closed", "destination_id", b.key.Destination, "operation", string(b.key.Operation))
	}
	return closed
}

// probeKey is asked for by the prober: a well-formed number that nobody gives out.
const probeKey = "000.00.00.H00-000000-0000"

// overdue returns the breakers whose probe no lane made in time. A probe is a
// look-up: while that operation is itself held, its breaker comes first. A
// destination without a look-up is probed by its lanes alone: their first call
// after the wait is the canary, and without work there is nothing to find out.
func (s *Breakers) overdue(now time.Time) []BreakerKey {
	var keys []BreakerKey
	for k, b := range s.all {
		if s.Paused(k.Destination) || s.Throttled(k.Destination) > 0 || s.shapes[k.Destination].At(now, s.destinations[k.Destination].Spec().Timeout).Closed > 0 {
			continue
		}
		look := BreakerKey{Destination: k.Destination, Operation: OpLookup}
		if s.all[look] == nil || k != look && !s.all[look].standing(now).free {
			continue
		}
		b.mu.Lock()
		open := b.state != BreakerClosed && b.standingLocked(now).wait <= 0 && b.forced == ""
		if open && now.Sub(b.openUntil) > b.options.ProbeGrace && now.Sub(b.probeUntil) > b.options.ProbeGrace {
			keys = append(keys, k)
		}
		b.mu.Unlock()
	}
	return keys
}

// probe asks the destination for something that it does not have: an answer of
// any kind closes the breaker. A write that still fails opens it again.
func (s *Breakers) probe(ctx context.Context, key BreakerKey) {
	d := s.destinations[key.Destination]
	timeout := d.Spec().Timeout
	permit, _, err := s.Allow(ctx, key, timeout+writeTimeout)
	if err != nil || permit == nil {
		return
	}
	if !permit.Probe() { // closed meanwhile; nothing to find out
		return
	}
	if permit.canary = false; !permit.Start() {
		permit.Cancel(ctx)
		return
	}
	calling, cancel := context.WithTimeout(ctx, timeout)
	defer cancel()
	started := time.Now()
	_, outcome := d.Lookup(calling, probeKey)
	health := Dispose(outcome.Kind, outcome.Shelf).Health
	if ctx.Err() != nil {
		health = HealthIgnored
	}
	permit.Because(outcome.Cause)
	permit.Done(ctx, health, time.Since(started))
}
