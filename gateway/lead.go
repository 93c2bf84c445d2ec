package gateway

import (
	"sync"
	"time"
)

// lead is how long it takes, at worst for most, from the claim of a delivery until
// the destination has taken it, as seen lately: what is due sooner will be late
// whatever is done, and must not keep back what can still be in time. It is the mean with four
// mean deviations, as TCP reckons how long to wait for an answer (RFC 6298).
type lead struct {
	mu         sync.Mutex
	mean, away time.Duration
}

// longestLead bounds it, so that an hour of waiting for an answer does not make everything late.
const longestLead = 5 * time.Minute

func (l *lead) get() time.Duration {
	l.mu.Lock()
	defer l.mu.Unlock()
	return min(l.mean+4*l.away, longestLead)
}

func (l *lead) learn(took time.Duration) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.mean == 0 {
		l.mean, l.away = took, took/2
		return
	}
	l.away += ((took - l.mean).Abs() - l.away) / 4
	l.mean += (took - l.mean) / 8
}
