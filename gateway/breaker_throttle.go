package gateway

import (
	"context"
	"time"
)

// A destination that asks to slow down asks all of us. How long is kept in the
// row of its kill switch, beside what operators say, so that the query which
// mirrors the breakers brings it to every node: none starts a call two seconds
// later. It is no order: resuming the destination lifts it, time ends it.

// throttleSlack is by how much a pause must grow before the row is written again: calls that ran together are
// answered one after the other, each with a later end.
const throttleSlack = 200 * time.Millisecond

// throttle is a pause that a destination asked for, as this process knows it.
type throttle struct {
	until     time.Time
	shared    time.Time // as written or read
	updatedAt time.Time // of the row that was taken over last
	pending   bool      // a write is under way
}

// Throttled reports how long a kill switch's row says that a destination asked everybody to wait.
func (r BreakerRow) Throttled() time.Duration {
	if !r.Key.IsSwitch() {
		return 0
	}
	return max(r.OpenFor, 0)
}

// Throttled returns how long a destination asked everybody to wait, zero when it did not.
func (s *Breakers) Throttled(destination string) time.Duration {
	s.mu.Lock()
	defer s.mu.Unlock()
	return max(time.Until(s.throttles[destination].until), 0)
}

// Throttle starts no call to a destination for d: here at once, on other nodes
// when they read the rows. Where it cannot be written it holds here alone.
func (s *Breakers) Throttle(ctx context.Context, destination string, d time.Duration) {
	if !s.lengthen(destination, time.Now().Add(d)) {
		return
	}
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), writeTimeout)
	defer cancel()
	row, err := s.store.ThrottleBreaker(ctx, destination, s.node, d)
	s.mu.Lock()
	defer s.mu.Unlock()
	t := s.throttles[destination]
	t.pending = false
	if err != nil {
		t.shared = time.Time{}
		s.log.WarnContext(ctx, "pause not shared", "destination_id", destination, "err", err) // the next throttled call tries again
	} else {
		t.adopt(row, time.Now())
	}
	s.throttles[destination] = t
}

// lengthen keeps a pause and reports whether others must be told.
func (s *Breakers) lengthen(destination string, until time.Time) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	t := s.throttles[destination]
	if until.After(t.until) {
		t.until = until
	}
	tell := until.Sub(t.shared) > throttleSlack
	if tell {
		t.shared, t.pending = until, true
	}
	s.throttles[destination] = t
	return tell
}

// adopt takes over what a newer row says; what is being written is not forgotten over it.
func (t *throttle) adopt(row BreakerRow, now time.Time) {
	if !row.UpdatedAt.After(t.updatedAt) {
		return
	}
	t.updatedAt = row.UpdatedAt
	until := now.Add(row.Throttled())
	if t.pending && t.until.After(until) {
		return
	}
	t.until, t.shared = until, until
}

// slowed takes over the pauses of a set of rows, and returns the destinations
// whose pause ended before its time. The caller holds mu.
func (s *Breakers) slowed(rows []BreakerRow, now time.Time) (lifted []string) {
	for _, row := range rows {
		code := row.Key.Destination
		if !row.Key.IsSwitch() || s.destinations[code] == nil {
			continue
		}
		t := s.throttles[code]
		before := t.until
		t.adopt(row, now)
		s.throttles[code] = t
		if before.Sub(now) > 0 && t.until.Sub(now) <= 0 {
			lifted = append(lifted, code)
		}
	}
	return lifted
}
