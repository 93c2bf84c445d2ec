package simulator

import (
	"context"
	"slices"
	"sync"
	"time"
)

// pace spaces calls evenly. The zero value is ready; a rate of 0 does not limit.
// It is not safe for concurrent use.
type pace struct {
	perSecond float64
	next      time.Time
}

func (p *pace) interval() time.Duration { return time.Duration(float64(time.Second) / p.perSecond) }

// set changes the rate; what was reserved at the old one does not count any more.
func (p *pace) set(perSecond float64) {
	if perSecond != p.perSecond {
		*p = pace{perSecond: perSecond}
	}
}

// free says whether a place is free now.
func (p *pace) free(now time.Time) bool { return p.perSecond <= 0 || !now.Before(p.next) }

// take takes a place if one is free now.
func (p *pace) take(now time.Time) bool {
	if !p.free(now) {
		return false
	}
	if p.perSecond > 0 {
		p.next = now.Add(p.interval())
	}
	return true
}

// reserve takes the next place and says how long to wait for it.
func (p *pace) reserve(now time.Time) time.Duration {
	if p.perSecond <= 0 {
		return 0
	}
	if p.next.Before(now) {
		p.next = now
	}
	wait := p.next.Sub(now)
	p.next = p.next.Add(p.interval())
	return wait
}

// gate enforces a [Capacity], which may be another one at every call. The zero value is ready.
type gate struct {
	mu      sync.Mutex
	pace    pace
	used    int             // calls inside
	waiting []chan struct{} // closed when their turn comes, the oldest first
	over    uint64          // calls that were rejected, left hanging or slowed down
}

// admission is how a call passed the gate.
type admission int

const (
	admitted admission = iota
	slowed             // too much at once: it is inside, but is to be handled late
	rejected           // too much at once
	hung               // too much at once
	gone               // the client left while it waited
)

// enter lets a call in; an admitted or slowed call must leave.
func (g *gate) enter(ctx context.Context, closing <-chan struct{}, c Capacity) admission {
	g.mu.Lock()
	g.pace.set(c.CallsPerSecond)
	if c.Over == OverWait {
		wait := g.pace.reserve(time.Now())
		g.mu.Unlock()
		return g.queue(ctx, closing, c, wait)
	}
	defer g.mu.Unlock()
	if now := time.Now(); c.room(g.used) && g.pace.take(now) {
		g.used++
		return admitted
	}
	g.over++
	switch c.Over {
	case OverHang:
		return hung
	case OverSlow:
		g.used++
		return slowed
	}
	return rejected
}

func (c Capacity) room(used int) bool { return c.Concurrent == 0 || used < c.Concurrent }

// queue waits for the time of the call, then for a place.
func (g *gate) queue(ctx context.Context, closing <-chan struct{}, c Capacity, wait time.Duration) admission {
	if !pause(ctx, closing, wait) {
		return gone
	}
	g.mu.Lock()
	if len(g.waiting) == 0 && c.room(g.used) {
		g.used++
		g.mu.Unlock()
		return admitted
	}
	turn := make(chan struct{})
	g.waiting = append(g.waiting, turn)
	g.mu.Unlock()
	select {
	case <-turn:
		return admitted
	case <-ctx.Done():
	case <-closing:
	}
	g.mu.Lock()
	defer g.mu.Unlock()
	if at := slices.Index(g.waiting, turn); at >= 0 {
		g.waiting = slices.Delete(g.waiting, at, at+1)
		return gone
	}
	g.used-- // its turn came in the same moment
	g.let(c)
	return gone
}

// leave gives a place back, under the capacity in force now.
func (g *gate) leave(c Capacity) {
	g.mu.Lock()
	defer g.mu.Unlock()
	g.used--
	g.let(c)
}

// change lets in who waits and has room under a new capacity.
func (g *gate) change(c Capacity) {
	g.mu.Lock()
	defer g.mu.Unlock()
	g.let(c)
}

func (g *gate) let(c Capacity) {
	for len(g.waiting) > 0 && c.room(g.used) {
		close(g.waiting[0])
		g.waiting = g.waiting[1:]
		g.used++
	}
}

func (g *gate) read() (used, waiting int, over uint64) {
	g.mu.Lock()
	defer g.mu.Unlock()
	return g.used, len(g.waiting), g.over
}

// pause waits; false means that the client left or the simulator is closing.
func pause(ctx context.Context, closing <-chan struct{}, d time.Duration) bool {
	if d <= 0 {
		return true
	}
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-timer.C:
		return true
	case <-ctx.Done():
	case <-closing:
	}
	return false
}
