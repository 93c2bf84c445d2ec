package httpapi

import (
	"net/netip"
	"sync"
	"time"
)

// knocks counts refusals by address with a token bucket each, so that guessing
// keys costs the guesser time and us little: a note is a row in the database.
type knocks struct {
	mu      sync.Mutex
	buckets map[string]bucket
	swept   time.Time
}

// bucket is full again when the time in it is reached; each knock moves that on by knockGap.
type bucket struct{ fullAt time.Time }

const (
	knockBurst   = 10          // refusals at once
	knockGap     = time.Second // one more each
	maxAddresses = 4096        // of which more share one bucket
	overflow     = ""          // its name
)

func newKnocks() *knocks { return &knocks{buckets: map[string]bucket{}} }

// wait returns how long an address has to wait for its next refusal; 0: not at all.
func (k *knocks) wait(addr string) time.Duration {
	k.mu.Lock()
	defer k.mu.Unlock()
	return k.buckets[k.name(addr)].wait(time.Now())
}

// take counts a refusal, or returns how long to wait for it.
func (k *knocks) take(addr string) time.Duration {
	k.mu.Lock()
	defer k.mu.Unlock()
	now, name := time.Now(), k.name(addr)
	b := k.buckets[name]
	if w := b.wait(now); w > 0 {
		return w
	}
	if b.fullAt.Before(now) {
		b.fullAt = now
	}
	b.fullAt = b.fullAt.Add(knockGap)
	k.buckets[name] = b
	return 0
}

// wait is positive while fewer than one of the tokens is there.
func (b bucket) wait(now time.Time) time.Duration {
	return max(0, max(0, b.fullAt.Sub(now))-(knockBurst-1)*knockGap) // a zero bucket is as far back as can be
}

// name returns the bucket of an address: IPv6 by its /64, which one subscriber has as a whole.
func (k *knocks) name(addr string) string {
	if ip, err := netip.ParseAddr(addr); err == nil && ip.Is6() && !ip.Is4In6() {
		if p, err := ip.WithZone("").Prefix(64); err == nil {
			addr = p.String()
		}
	}
	if _, known := k.buckets[addr]; known || len(k.buckets) < maxAddresses {
		return addr
	}
	k.sweep()
	if len(k.buckets) < maxAddresses {
		return addr
	}
	return overflow
}

// sweep forgets the buckets that are full again.
func (k *knocks) sweep() {
	now := time.Now()
	if now.Sub(k.swept) < knockGap { // under attack from everywhere, one look in a while is enough
		return
	}
	k.swept = now
	for name, b := range k.buckets {
		if !b.fullAt.After(now) {
			delete(k.buckets, name)
		}
	}
}
