// Package netfault is a bad line: a TCP proxy that delays, narrows, cuts and
// stalls what passes, as it is told while it runs. It knows nothing of what
// passes; answers that contradict themselves are the simulator's part.
//
//	p, err := netfault.Listen("127.0.0.1:0", upstream, seed)
//	go p.Run(ctx)
//	p.Set(netfault.Fault{Kind: netfault.Reset, Share: 0.2})
//	p.Clear(netfault.Reset)
//
// A client that leaves ends its connection at once: what was still on its way
// is dropped, so that nothing arrives at the other end long after its sender gave up.
package netfault

import (
	"context"
	"errors"
	"math/rand/v2"
	"net"
	"sync"
	"sync/atomic"
	"time"
)

// Kind names one way in which a line is bad.
type Kind string

// The kinds. Those that cut do it in the middle of what passes just then.
const (
	Latency      Kind = "latency"       // Delay before each piece, both ways
	Bandwidth    Kind = "bandwidth"     // Bytes a second, both ways
	SlowClose    Kind = "slow_close"    // the end of an answer is heard Delay late
	Reset        Kind = "reset"         // RST in the middle of an answer
	Cut          Kind = "cut"           // the connection is closed in the middle of an answer
	Stall        Kind = "stall"         // an answer stops in the middle, for Delay, then RST
	ResetRequest Kind = "reset_request" // RST in the middle of a request
	Refuse       Kind = "refuse"        // nobody listens, and standing connections are reset
)

// Kinds returns every kind.
func Kinds() []Kind {
	return []Kind{Latency, Bandwidth, SlowClose, Reset, Cut, Stall, ResetRequest, Refuse}
}

// Fault is one kind at work.
type Fault struct {
	Kind  Kind
	Share float64       // of the pieces that pass, 0 < Share ≤ 1; 0 means all
	Delay time.Duration // of Latency, SlowClose and Stall
	Bytes int           // a second, of Bandwidth
}

// Proxy is one listening address and the way to its upstream.
type Proxy struct {
	upstream string
	address  string
	cuts     atomic.Int64

	mu       sync.Mutex
	listener net.Listener // nil while it refuses
	faults   map[Kind]Fault
	draw     *rand.Rand
	links    map[*link]struct{}
	opened   chan net.Listener // a listener to accept on
	ended    bool
}

// Listen opens the address. Nothing is accepted before Run.
func Listen(address, upstream string, seed uint64) (*Proxy, error) {
	l, err := net.Listen("tcp", address)
	if err != nil {
		return nil, err
	}
	p := &Proxy{
		upstream: upstream, address: l.Addr().String(), listener: l, faults: map[Kind]Fault{}, draw: rand.New(rand.NewPCG(seed, 1)),
		links: map[*link]struct{}{}, opened: make(chan net.Listener, 1),
	}
	p.opened <- l
	return p, nil
}

// Addr returns the address that is listened on, also while it refuses.
func (p *Proxy) Addr() string { return p.address }

// Cuts returns how many connections were cut.
func (p *Proxy) Cuts() int64 { return p.cuts.Load() }

// Set puts a fault to work, in place of one of its kind.
func (p *Proxy) Set(f Fault) {
	p.mu.Lock()
	p.faults[f.Kind] = f
	p.mu.Unlock()
	if f.Kind == Refuse {
		p.refuse()
	}
}

// Clear ends a fault. The end of Refuse fails when the address is somebody else's by now.
func (p *Proxy) Clear(k Kind) error {
	p.mu.Lock()
	defer p.mu.Unlock()
	delete(p.faults, k)
	if k != Refuse || p.listener != nil || p.ended {
		return nil
	}
	l, err := net.Listen("tcp", p.address)
	if err != nil {
		return err
	}
	p.listener = l
	p.opened <- l // Run took the one before when that was closed
	return nil
}

func (p *Proxy) refuse() {
	p.mu.Lock()
	l := p.listener
	p.listener = nil
	p.mu.Unlock()
	if l != nil {
		_ = l.Close()
	}
	p.cuts.Add(p.endAll())
}

// endAll resets every connection and returns how many there were.
func (p *Proxy) endAll() int64 {
	p.mu.Lock()
	links := make([]*link, 0, len(p.links))
	for l := range p.links {
		links = append(links, l)
	}
	p.mu.Unlock()
	for _, l := range links {
		l.end(true)
	}
	return int64(len(links))
}

// Run lets through until the context ends, and returns when every connection is gone.
func (p *Proxy) Run(ctx context.Context) error {
	var open sync.WaitGroup
	defer open.Wait()
	defer p.endAll()
	stop := context.AfterFunc(ctx, func() {
		p.mu.Lock()
		p.ended = true
		l := p.listener
		p.mu.Unlock()
		if l != nil {
			_ = l.Close()
		}
	})
	defer stop()
	for {
		select {
		case <-ctx.Done():
			return nil
		case l := <-p.opened:
			for {
				client, err := l.Accept()
				if errors.Is(err, net.ErrClosed) {
					break
				}
				if err != nil {
					return err
				}
				open.Go(func() { p.serve(ctx, client) })
			}
		}
	}
}
