package gateway

import (
	"math/rand/v2"
	"time"
)

// Schedule is the one owner of retries: when a delivery that failed through no
// fault of its own is tried again. The zero value is usable.
type Schedule struct {
	Base          time.Duration // the first wait is between zero and twice this; 0: 1 s
	Cap           time.Duration // no wait of ours is longer; 0: 10 min
	RetryAfterCap time.Duration // no wait asked for by a destination is honoured beyond; 0: 1 h
}

// Defaults of a schedule.
const (
	defaultRetryBase     = time.Second
	defaultRetryCap      = 10 * time.Minute
	defaultRetryAfterCap = time.Hour
	quickTries           = 3 // contradictions (exists, absent, session) that are settled at once, without a wait
)

// Wait returns how long to wait after the given number of failures in a row, with full jitter, but
// not less than what the destination asked for.
func (s Schedule) Wait(tries int, retryAfter time.Duration) time.Duration {
	base, limit := or(s.Base, defaultRetryBase), or(s.Cap, defaultRetryCap)
	ceiling := limit
	if shift := max(tries, 1); shift < 32 && base<<shift>>shift == base {
		ceiling = min(limit, base<<shift)
	}
	wait := base/4 + rand.N(ceiling)
	asked := min(retryAfter, s.mostAsked())
	return max(min(wait, limit), asked)
}

// mostAsked is the longest wait that a destination may ask for.
func (s Schedule) mostAsked() time.Duration { return or(s.RetryAfterCap, defaultRetryAfterCap) }

func or(d, otherwise time.Duration) time.Duration {
	if d > 0 {
		return d
	}
	return otherwise
}
