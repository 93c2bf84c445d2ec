package netfault

import (
	"net"
	"time"
)

// hit says whether a fault of a kind is at work on the next piece.
func (p *Proxy) hit(k Kind) (Fault, bool) {
	p.mu.Lock()
	defer p.mu.Unlock()
	f, ok := p.faults[k]
	return f, ok && (f.Share == 0 || p.draw.Float64() < f.Share)
}

// forward carries one piece, or what the faults leave of it; false when the link is to end.
func (p *Proxy) forward(l *link, to net.Conn, piece []byte, request bool) bool {
	if f, hit := p.hit(Latency); hit && !l.wait(f.Delay) {
		return false
	}
	if p.severed(l, to, piece, request) {
		return false
	}
	if f, hit := p.hit(Bandwidth); hit && f.Bytes > 0 {
		return trickle(l, to, piece, f.Bytes)
	}
	_, err := to.Write(piece)
	return err == nil
}

// severed ends the link in the middle of a piece, where a fault says so.
func (p *Proxy) severed(l *link, to net.Conn, piece []byte, request bool) bool {
	kinds := []Kind{Reset, Cut, Stall}
	if request {
		kinds = []Kind{ResetRequest}
	}
	for _, k := range kinds {
		f, hit := p.hit(k)
		if !hit {
			continue
		}
		p.cuts.Add(1)
		_, _ = to.Write(piece[:len(piece)/2]) // the rest is lost anyway
		if k == Stall {
			l.wait(f.Delay)
		}
		l.end(k != Cut)
		return true
	}
	return false
}

// tick is how often a narrow line lets something through.
const tick = 20 * time.Millisecond

// trickle writes a piece at so many bytes a second.
func trickle(l *link, to net.Conn, piece []byte, perSecond int) bool {
	step := max(perSecond/int(time.Second/tick), 1)
	for len(piece) > 0 {
		n := min(step, len(piece))
		if _, err := to.Write(piece[:n]); err != nil {
			return false
		}
		piece = piece[n:]
		if !l.wait(tick) {
			return false
		}
	}
	return true
}
