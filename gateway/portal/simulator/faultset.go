package simulator

import (
	"hash/fnv"
	"math/rand/v2"
	"sync"
	"time"

	"github.com/lienthong/lienthong/internal/fault"
)

// faultSet holds what is switched on and draws who is hit. Each fault draws
// from its own seeded generator, so that its n-th decision is the same in every run.
type faultSet struct {
	mu   sync.Mutex
	seed uint64
	open map[FaultName]*openFault
}

type openFault struct {
	Fault
	draw *rand.Rand
	rate pace
	left int // hits until it switches itself off, when Count > 0
}

// plan is what the faults do to one call.
type plan struct {
	fault        FaultName // the one that shapes the answer, or ""
	params       Fault
	latency      time.Duration
	slowBy       time.Duration // beyond capacity, see OverSlow
	lag          time.Duration
	enforceOrder bool
	usedUp       []Fault // switched off by their count
}

// stores says whether the call changes what is stored.
func (p plan) stores() bool { return p.fault == "" || p.params.stores() }

// skips says whether the portal never gets to handle the call.
func (p plan) skips() bool {
	switch p.fault {
	case FaultRefuse, FaultThrottle, FaultHang:
		return true
	case FaultHTTP503, FaultHTTP502, FaultEmptyBody, FaultHTMLPage:
		return !p.stores()
	}
	return false
}

func newFaultSet(seed uint64) *faultSet {
	return &faultSet{seed: seed, open: map[FaultName]*openFault{}}
}

// turn switches faults that were checked before. One that is on already starts anew.
func (s *faultSet) turn(all ...Fault) {
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, f := range all {
		if !f.On {
			delete(s.open, f.Name)
			continue
		}
		name := fnv.New64a()
		_, _ = name.Write([]byte(f.Name)) // a hash never fails
		s.open[f.Name] = &openFault{Fault: f, draw: rand.New(rand.NewPCG(s.seed, name.Sum64())), rate: pace{perSecond: f.Rate}, left: f.Count}
	}
}

// promise keeps what is promised to clients: what is applied late and shown late
// together is not later than settle. late is the longest delay of the writes that wait already.
func promise(o *Options, open []Fault, late time.Duration) error {
	for _, f := range open {
		if f.Name == FaultAppliedLate {
			late = max(late, f.Delay)
		}
	}
	if late+lagOf(o, open) > o.Settle {
		return fault.New(fault.Usage, "simulator.SetFault", "applied_late and look-up lag together exceed the declared settle time")
	}
	return nil
}

// lagOf is how late a look-up shows a write while these faults are on.
func lagOf(o *Options, open []Fault) time.Duration {
	lag := o.LookupLag
	for _, f := range open {
		if f.Name == FaultLookupLag {
			lag = max(lag, f.Delay)
		}
	}
	return lag
}

// plan draws for one call.
func (s *faultSet) plan(c *call) plan {
	s.mu.Lock()
	defer s.mu.Unlock()
	p := plan{lag: c.rules.LookupLag}
	for _, name := range shaping() {
		if f := s.hit(name, c, &p); f != nil {
			p.fault, p.params = name, f.Fault
			break
		}
	}
	if f := s.hit(FaultLatency, c, &p); f != nil {
		p.latency = f.Delay
	}
	if f := s.hit(FaultLookupLag, c, &p); f != nil {
		p.lag = max(p.lag, f.Delay)
	}
	p.enforceOrder = s.hit(FaultOrderEnforcing, c, &p) != nil
	return p
}

// connection draws for a connection of which no byte was read.
func (s *faultSet) connection() (refused bool, usedUp []Fault) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if f := s.open[FaultRefuse]; f == nil || len(f.Ops) > 0 || len(f.Of) > 0 {
		return false, nil
	}
	var p plan
	refused = s.hit(FaultRefuse, &call{}, &p) != nil
	return refused, p.usedUp
}

func (s *faultSet) hit(name FaultName, c *call, p *plan) *openFault {
	f := s.open[name]
	if f == nil || !f.fits(c) || (f.Share > 0 && f.draw.Float64() >= f.Share) {
		return nil
	}
	if name == FaultThrottle && f.Rate > 0 && f.rate.take(time.Now()) {
		return nil
	}
	if f.Count > 0 {
		if f.left--; f.left == 0 {
			delete(s.open, name)
			off := f.Fault
			off.On = false
			p.usedUp = append(p.usedUp, off)
		}
	}
	return f
}

// list returns what is switched on, in a fixed order.
func (s *faultSet) list() []Fault {
	s.mu.Lock()
	defer s.mu.Unlock()
	var all []Fault
	for _, name := range FaultNames() {
		if f := s.open[name]; f != nil {
			all = append(all, f.Fault)
		}
	}
	return all
}
