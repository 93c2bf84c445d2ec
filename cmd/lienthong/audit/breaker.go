package audit

import (
	"context"
	"slices"
	"time"
)

// span is one time in which the breaker of an operation was in a state.
type span struct {
	node, operation string    // node: that recorded it first
	from, to        time.Time // to is zero while it lasts
}

func (s span) holds(t time.Time) bool {
	return !t.Before(s.from) && (s.to.IsZero() || t.Before(s.to))
}

// otherNodes is how long another node may take to see an open breaker.
const otherNodes = 2 * time.Second

// checkBreaker proves I9: while a breaker is open its node starts no call, other
// nodes stop within two seconds, and while it is half open one call at a time goes out.
func checkBreaker(ctx context.Context, p *portal, s *store) (Check, error) {
	c := Check{ID: "I9", Title: "an open breaker lets no call through, a half-open one probes one by one"}
	transitions, err := s.transitions(ctx)
	if err != nil {
		return c, err
	}
	attempts, err := s.attempts(ctx)
	if err != nil {
		return c, err
	}
	slices.SortFunc(attempts, func(a, b attempt) int { return a.started.Compare(b.started) })
	open := spans(transitions, "open")
	for _, o := range open {
		c.Checked++
		checkOpen(&c, o, attempts, p.calls)
	}
	checkShut(&c, open, p.calls)
	for _, h := range spans(transitions, "half_open") {
		c.Checked++
		checkProbes(&c, h, attempts)
	}
	if len(transitions) == 0 {
		c.Checked = len(attempts) // nothing ever opened; nothing to violate
	}
	return c, nil
}

// spans returns the times in a state, by operation. The state is shared: what
// one node records ends what another began, also when that one was killed.
func spans(transitions []transition, state string) []span {
	current := map[string]int{}
	var out []span
	for _, t := range transitions {
		i, lasting := current[t.operation]
		if lasting && t.to == state {
			continue // another node follows
		}
		if lasting {
			out[i].to = t.at
			delete(current, t.operation)
		}
		if t.to == state {
			current[t.operation] = len(out)
			out = append(out, span{node: t.node, operation: t.operation, from: t.at})
		}
	}
	return out
}

func checkOpen(c *Check, o span, attempts []attempt, calls []call) {
	for _, a := range attempts {
		if a.operation != o.operation || !o.holds(a.started) {
			continue
		}
		if a.node == o.node || a.started.Sub(o.from) > otherNodes {
			c.violate("a %s call started %s after the breaker had opened", o.operation, a.started.Sub(o.from))
		}
	}
	// What the portal saw is a second witness, for calls whose node did not live to write them down.
	for _, k := range calls {
		if k.operation == o.operation && o.holds(k.arrived) && k.arrived.Sub(o.from) > otherNodes+grace {
			c.violate("the portal saw a %s call %s after the breaker had opened", o.operation, k.arrived.Sub(o.from))
		}
	}
}

// checkShut looks at calls of which the other side cannot see whether they
// create or update: none comes while the breakers of both are open.
func checkShut(c *Check, open []span, calls []call) {
	for _, k := range calls {
		shut := map[string]bool{}
		for _, o := range open {
			if k.operation == anyWrite && o.holds(k.arrived) && k.arrived.Sub(o.from) > otherNodes+grace {
				shut[o.operation] = true
			}
		}
		if shut["create"] && shut["update"] {
			c.violate("the sink saw a call while both breakers were open")
		}
	}
}

func checkProbes(c *Check, h span, attempts []attempt) {
	var busyUntil time.Time
	for _, a := range attempts {
		if a.operation != h.operation || !h.holds(a.started) {
			continue
		}
		if a.started.Before(busyUntil) {
			c.violate("two %s probes at once, %s after the breaker had half opened", h.operation, a.started.Sub(h.from))
		}
		if a.ended.After(busyUntil) {
			busyUntil = a.ended
		}
	}
}
