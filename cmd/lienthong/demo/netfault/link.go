package netfault

import (
	"context"
	"net"
	"sync"
	"time"
)

// link is one connection through the proxy.
type link struct {
	client, server net.Conn
	once           sync.Once
	done           chan struct{} // closed when both ends are
}

// end closes both ends; abruptly with RST, so that what is under way is lost.
func (l *link) end(abrupt bool) {
	l.once.Do(func() {
		for _, c := range []net.Conn{l.client, l.server} {
			if t, ok := c.(*net.TCPConn); ok && abrupt {
				_ = t.SetLinger(0)
			}
			_ = c.Close()
		}
		close(l.done)
	})
}

// wait lets time pass; false when the link has ended.
func (l *link) wait(d time.Duration) bool {
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-timer.C:
		return true
	case <-l.done:
		return false
	}
}

const (
	pieceSize = 32 << 10
	waiting   = 64 // pieces between reader and writer
	dialTime  = 2 * time.Second
)

// serve is the life of one connection.
func (p *Proxy) serve(ctx context.Context, client net.Conn) {
	dialer := net.Dialer{Timeout: dialTime}
	server, err := dialer.DialContext(ctx, "tcp", p.upstream)
	if err != nil {
		if t, ok := client.(*net.TCPConn); ok {
			_ = t.SetLinger(0)
		}
		_ = client.Close()
		return
	}
	l := &link{client: client, server: server, done: make(chan struct{})}
	if !p.enter(l) {
		l.end(true)
		return
	}
	defer p.leave(l)
	var both sync.WaitGroup
	both.Go(func() { p.pump(l, client, server, true) })
	both.Go(func() { p.pump(l, server, client, false) })
	both.Wait()
}

// enter notes a link, unless nobody listens any more.
func (p *Proxy) enter(l *link) bool {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.ended || p.listener == nil {
		return false
	}
	p.links[l] = struct{}{}
	return true
}

func (p *Proxy) leave(l *link) {
	p.mu.Lock()
	defer p.mu.Unlock()
	delete(p.links, l)
}

// pump carries one direction until the link ends. The reader never waits for
// the writer's delays, so that a client that leaves is noticed in the middle of them.
func (p *Proxy) pump(l *link, from, to net.Conn, request bool) {
	pieces := make(chan []byte, waiting)
	var reader sync.WaitGroup
	defer reader.Wait()
	reader.Go(func() {
		defer close(pieces)
		for {
			piece := make([]byte, pieceSize)
			n, err := from.Read(piece)
			if n > 0 {
				select {
				case pieces <- piece[:n]:
				case <-l.done:
					return
				}
			}
			if err != nil {
				if request { // what it sent last is dropped
					l.end(false)
				}
				return
			}
		}
	})
	for piece := range pieces {
		if !p.forward(l, to, piece, request) {
			l.end(false)
			return
		}
	}
	if f, hit := p.hit(SlowClose); hit && !request {
		l.wait(f.Delay)
	}
	l.end(false)
}
