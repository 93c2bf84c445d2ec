package gateway

import (
	"math/rand/v2"
	"time"
)

// RetryClass says why a delivery is tried again. Each class has a schedule of
// its own: what waits for a connection is worth trying soon, what was refused
// by the order of things at the destination is not.
type RetryClass string

// Retry classes.
const (
	RetryUnavailable   RetryClass = "unavailable"   // it provably took nothing
	RetryThrottled     RetryClass = "throttled"     // it asked to slow down
	RetryUnknown       RetryClass = "unknown"       // nobody knows; never before the destination's settle
	RetrySession       RetryClass = "session"       // it does not know us, whatever we do
	RetryContradiction RetryClass = "contradiction" // it says that something is there, and that it is not
	RetryRefused       RetryClass = "refused"       // it refuses now what it may take later, such as by its order
)

// pace is how fast the waits of a class grow, and to what; without a limit of its own to the longest wait.
type pace struct{ base, limit time.Duration }

// paces holds the schedule of each class. A session is renewed in one call, so
// that its waits stay short; a refusal changes only when something else does.
var paces = map[RetryClass]pace{
	RetryUnavailable:   {base: time.Second},
	RetryThrottled:     {base: 2 * time.Second, limit: 5 * time.Minute},
	RetryUnknown:       {base: time.Second},
	RetrySession:       {base: time.Second, limit: time.Minute},
	RetryContradiction: {base: 5 * time.Second},
	RetryRefused:       {base: 15 * time.Second},
}

// Schedule is the one owner of retries of one destination: when a delivery that
// failed through no fault of its own is tried again. The zero value is usable.
type Schedule struct {
	Base          time.Duration // the first wait is between zero and twice this; 0: that of the class
	Cap           time.Duration // no wait of ours is longer, of whatever class; 0: 10 min
	RetryAfterCap time.Duration // no wait asked for by a destination is honoured beyond; 0: 1 h
}

// Defaults of a schedule.
const (
	defaultRetryCap      = 10 * time.Minute
	defaultRetryAfterCap = time.Hour
	quickTries           = 3 // contradictions (exists, absent, session) that are settled at once, without a wait
)

// Wait returns how long to wait after the given number of failures in a row,
// with full jitter. What the destination asked for is waited for in full, and
// then up to the class's base longer: it asked all of us at the same moment.
func (s Schedule) Wait(class RetryClass, tries int, retryAfter time.Duration) time.Duration {
	p, ok := paces[class]
	if !ok {
		p = paces[RetryUnavailable]
	}
	limit := min(s.longest(), or(p.limit, s.longest()))
	base := min(or(s.Base, p.base), limit)
	ceiling := limit
	if shift := max(tries, 1); shift < 32 && base<<shift>>shift == base {
		ceiling = min(limit, base<<shift)
	}
	wait := min(base/4+rand.N(ceiling), limit)
	if asked := min(retryAfter, s.mostAsked()); asked > 0 {
		wait = max(wait, asked+rand.N(base))
	}
	return wait
}

// longest is the longest wait of ours.
func (s Schedule) longest() time.Duration { return or(s.Cap, defaultRetryCap) }

// mostAsked is the longest wait that a destination may ask for.
func (s Schedule) mostAsked() time.Duration { return or(s.RetryAfterCap, defaultRetryAfterCap) }

func or(d, otherwise time.Duration) time.Duration {
	if d > 0 {
		return d
	}
	return otherwise
}
