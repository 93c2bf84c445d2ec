package postgres

import "sync"

// broadcast wakes everybody who waits for the next event.
type broadcast struct {
	state *broadcastState
}

type broadcastState struct {
	mu sync.Mutex
	ch chan struct{}
}

func newBroadcast() broadcast {
	return broadcast{state: &broadcastState{ch: make(chan struct{})}}
}

// wait returns a channel that is closed at the next signal.
func (b broadcast) wait() <-chan struct{} {
	b.state.mu.Lock()
	defer b.state.mu.Unlock()
	return b.state.ch
}

func (b broadcast) signal() {
	b.state.mu.Lock()
	defer b.state.mu.Unlock()
	close(b.state.ch)
	b.state.ch = make(chan struct{})
}
