package gateway

import (
	"context"
	"sync"
)

// gate lets a number of calls run at once, first come first served. Its width
// may change at any time; a gate that has become narrower lets nobody in until
// enough have left.
type gate struct {
	mu      sync.Mutex
	width   int
	active  int
	waiting []chan struct{}
}

// acquire waits for a place. release must follow when it returned nil.
func (g *gate) acquire(ctx context.Context) error {
	g.mu.Lock()
	if len(g.waiting) == 0 && g.active < g.width {
		g.active++
		g.mu.Unlock()
		return nil
	}
	turn := make(chan struct{})
	g.waiting = append(g.waiting, turn)
	g.mu.Unlock()
	select {
	case <-turn:
		return nil
	case <-ctx.Done():
		g.leave(turn)
		return ctx.Err()
	}
}

// leave gives up waiting, or gives back a place that came at the same moment.
func (g *gate) leave(turn chan struct{}) {
	g.mu.Lock()
	defer g.mu.Unlock()
	for i, w := range g.waiting {
		if w == turn {
			g.waiting = append(g.waiting[:i], g.waiting[i+1:]...)
			return
		}
	}
	g.active--
	g.next()
}

func (g *gate) release() {
	g.mu.Lock()
	defer g.mu.Unlock()
	g.active--
	g.next()
}

// resize changes the width.
func (g *gate) resize(width int) {
	g.mu.Lock()
	defer g.mu.Unlock()
	g.width = width
	g.next()
}

// next wakes those whose turn it is. The caller holds mu.
func (g *gate) next() {
	for len(g.waiting) > 0 && g.active < g.width {
		close(g.waiting[0])
		g.waiting = g.waiting[1:]
		g.active++
	}
}
