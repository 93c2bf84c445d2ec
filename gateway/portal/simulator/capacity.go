package simulator

import (
	"context"
	"sync"
	"time"
)

// pace spaces calls evenly. The zero value does not limit. It is not safe for concurrent use.
type pace struct {
	perSecond float64
	next      time.Time
}

func (p *pace) interval() time.Duration { return time.Duration(float64(time.Second) / p.perSecond) }

// take takes a place if one is free now.
func (p *pace) take(now time.Time) bool {
	if p.perSecond <= 0 {
		return true
	}
	if now.Before(p.next) {
		return false
	}
	p.next = now.Add(p.interval())
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

// gate enforces a [Capacity].
type gate struct {
	reject bool
	places chan struct{} // nil: no limit of concurrency
	mu     sync.Mutex
	pace   pace
}

func newGate(c Capacity) *gate {
	g := &gate{reject: c.Reject, pace: pace{perSecond: c.CallsPerSecond}}
	if c.Concurrent > 0 {
		g.places = make(chan struct{}, c.Concurrent)
	}
	return g
}

// admission is how a call passed the gate.
type admission int

const (
	admitted admission = iota
	rejected           // too much at once
	gone               // the client left while it waited
)

// enter lets a call in; an admitted call must leave.
func (g *gate) enter(ctx context.Context, closing <-chan struct{}) admission {
	g.mu.Lock()
	var wait time.Duration
	free := true
	if g.reject {
		free = g.pace.take(time.Now())
	} else {
		wait = g.pace.reserve(time.Now())
	}
	g.mu.Unlock()
	if !free {
		return rejected
	}
	if !pause(ctx, closing, wait) {
		return gone
	}
	if g.places == nil {
		return admitted
	}
	if g.reject {
		select {
		case g.places <- struct{}{}:
			return admitted
		default:
			return rejected
		}
	}
	select {
	case g.places <- struct{}{}:
		return admitted
	case <-ctx.Done():
	case <-closing:
	}
	return gone
}

func (g *gate) leave() {
	if g.places != nil {
		<-g.places
	}
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
