package simulator

import (
	"context"
	"errors"
	"net"
	"net/netip"
	"sync"
	"time"

	"github.com/lienthong/lienthong/internal/fault"
)

// front owns the listeners of Run.
type front struct {
	mu        sync.Mutex
	addr      string // as bound, so that the same port is opened again
	adminAddr string
	ln        net.Listener
	adminLn   net.Listener
	up        bool
	running   bool
	commands  chan command
	ended     chan struct{} // closed when Run returns
}

// command asks Run to close or open the port.
type command struct {
	up   bool
	lift time.Duration // close only for so long; 0: until asked
	done chan error
}

func newFront(o Options) *front {
	return &front{addr: o.Addr, adminAddr: o.AdminAddr, commands: make(chan command), ended: make(chan struct{})}
}

func (f *front) isUp() bool {
	f.mu.Lock()
	defer f.mu.Unlock()
	return f.up
}

func (f *front) setUp(up bool) {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.up = up
}

// Listen binds Options.Addr and Options.AdminAddr, so that [Simulator.Addr] is
// known before Run serves. Calling it is optional, and harmless twice.
func (s *Simulator) Listen() error {
	const op = "simulator.Listen"
	f := s.front
	f.mu.Lock()
	defer f.mu.Unlock()
	if f.addr == "" {
		return fault.New(fault.Usage, op, "no address to listen on")
	}
	if f.running {
		return nil
	}
	if f.ln == nil {
		ln, err := net.Listen("tcp", f.addr)
		if err != nil {
			return fault.Wrap(err, fault.Unavailable, op)
		}
		f.ln, f.addr = ln, ln.Addr().String()
	}
	if f.adminAddr != "" && f.adminLn == nil {
		ln, err := net.Listen("tcp", f.adminAddr)
		if err != nil {
			return fault.Wrap(err, fault.Unavailable, op)
		}
		if at, err := netip.ParseAddrPort(ln.Addr().String()); err != nil || !at.Addr().IsLoopback() {
			return errors.Join(fault.New(fault.Usage, op, "the admin address is not on loopback"), ln.Close())
		}
		f.adminLn, f.adminAddr = ln, ln.Addr().String()
	}
	return nil
}

// Addr is the bound address of the wire, "host:port".
func (s *Simulator) Addr() string {
	s.front.mu.Lock()
	defer s.front.mu.Unlock()
	return s.front.addr
}

// AdminAddr is the bound address of the listener for /_sim/ that is never down, or "".
func (s *Simulator) AdminAddr() string {
	s.front.mu.Lock()
	defer s.front.mu.Unlock()
	return s.front.adminAddr
}

// Down closes the port and all its connections, so that the kernel refuses
// new ones, and opens the same port again after d (0: when Up is called). Run must be running.
func (s *Simulator) Down(ctx context.Context, d time.Duration) error {
	return s.front.ask(ctx, command{lift: d})
}

// Up opens the port again. Run must be running.
func (s *Simulator) Up(ctx context.Context) error { return s.front.ask(ctx, command{up: true}) }

func (f *front) ask(ctx context.Context, c command) error {
	if !f.isRunning() {
		return fault.New(fault.Usage, "simulator.listener", "the simulator does not run a listener of its own")
	}
	c.done = make(chan error, 1)
	select {
	case f.commands <- c:
		return <-c.done // obey always answers
	case <-f.ended:
		return fault.New(fault.Unavailable, "simulator.listener", "the simulator has ended")
	case <-ctx.Done():
		return fault.Wrap(ctx.Err(), fault.Unavailable, "simulator.listener")
	}
}

func (f *front) isRunning() bool {
	f.mu.Lock()
	defer f.mu.Unlock()
	return f.running
}

// Run serves until ctx is done, then closes everything it opened, waits for the
// calls in flight (they are cut) and returns. Call it once. Stored data is
// safe; call Close afterwards.
func (s *Simulator) Run(ctx context.Context) error {
	if err := s.Listen(); err != nil {
		return err
	}
	f := s.front
	wire, admin := &doorway{handler: s.handler, wrap: s.refusing}, &doorway{handler: s.handler}
	f.mu.Lock()
	if f.running {
		f.mu.Unlock()
		return fault.New(fault.Usage, "simulator.Run", "it runs already")
	}
	wire.open(f.ln)
	if f.adminLn != nil {
		admin.open(f.adminLn)
	}
	f.running, f.up = true, true
	f.mu.Unlock()
	s.obey(ctx, wire)
	f.setUp(false)
	close(f.ended)
	return errors.Join(wire.close(), admin.close())
}

// reopenEvery is how often Run tries again to open a port that is to come back by itself.
const reopenEvery = 100 * time.Millisecond

// obey carries out commands until ctx is done.
func (s *Simulator) obey(ctx context.Context, wire *doorway) {
	var lift <-chan time.Time
	for {
		select {
		case <-ctx.Done():
			return
		case c := <-s.front.commands:
			lift = nil
			if !c.up && c.lift > 0 {
				lift = time.After(c.lift)
			}
			c.done <- s.turn(wire, c.up, c.lift)
		case <-lift:
			lift = nil
			if s.turn(wire, true, 0) != nil {
				lift = time.After(reopenEvery) // somebody may hold the port for a moment
			}
		}
	}
}

func (s *Simulator) turn(wire *doorway, up bool, lift time.Duration) error {
	if up == s.front.isUp() {
		return nil
	}
	entry := &faultLine{head: head{Type: "fault"}, Name: eventListenerDown, On: !up, Params: map[string]string{}}
	if lift > 0 {
		entry.Params = map[string]string{"for": lift.String()}
	}
	if !up {
		s.front.setUp(false)
		return errors.Join(wire.close(), s.ledger.note(entry))
	}
	ln, err := net.Listen("tcp", s.Addr())
	if err != nil {
		return fault.Wrap(err, fault.Unavailable, "simulator.Up")
	}
	if err := s.ledger.note(entry); err != nil {
		return errors.Join(err, ln.Close())
	}
	wire.open(ln)
	s.front.setUp(true)
	return nil
}
