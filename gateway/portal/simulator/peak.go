package simulator

import (
	"time"

	"github.com/lienthong/lienthong/internal/fault"
)

// Overload is what happens to a call that is more than the declared capacity.
type Overload string

// The ways.
const (
	OverWait   Overload = "wait"   // it waits its turn; the default
	OverReject Overload = "reject" // HTTP 503 with Retry-After
	OverHang   Overload = "hang"   // it is never answered and stores nothing
	OverSlow   Overload = "slow"   // it is handled after SlowBy; a client that leaves meanwhile is not handled
)

// Overloads returns every way.
func Overloads() []Overload { return []Overload{OverWait, OverReject, OverHang, OverSlow} }

// Capacity is how much the portal can take. The zero value is unlimited.
type Capacity struct {
	CallsPerSecond float64  `json:"calls_per_second"` // evenly spaced; 0: no limit
	Concurrent     int      `json:"concurrent"`       // calls handled at once; 0: no limit
	Over           Overload `json:"over"`             // default wait
	SlowBy         Span     `json:"slow_by"`          // of [OverSlow]; default 30 s
}

const defaultSlowBy = Span(30 * time.Second)

func (c Capacity) withDefaults() Capacity {
	if c.Over == "" {
		c.Over = OverWait
	}
	if c.SlowBy == 0 {
		c.SlowBy = defaultSlowBy
	}
	return c
}

func (c Capacity) check(op string) error {
	switch {
	case c.CallsPerSecond < 0 || c.Concurrent < 0 || c.SlowBy < 0:
		return fault.New(fault.Usage, op, "a capacity is negative")
	case !oneOf(c.Over, Overloads()):
		return fault.New(fault.Usage, op, "unknown overload "+string(c.Over)+": wait, reject, hang or slow")
	}
	return nil
}

// PeakWhen says when it is peak time.
type PeakWhen string

// The times.
const (
	PeakOff   PeakWhen = "off"   // never; the default
	PeakClock PeakWhen = "clock" // inside Windows, by the clock of Việt Nam
	PeakNow   PeakWhen = "now"   // until it is switched off
)

// PeakWhens returns every time.
func PeakWhens() []PeakWhen { return []PeakWhen{PeakOff, PeakClock, PeakNow} }

// Peak is the time of day at which everybody calls: the capacity that is left for us is another then.
type Peak struct {
	When     PeakWhen `json:"when"`     // default off
	Windows  []Window `json:"windows"`  // of [PeakClock]; default 08:00-10:00 and 14:00-16:00
	Capacity Capacity `json:"capacity"` // while it lasts; default 5 calls/s, 4 at once, the rest rejected
}

func (p Peak) withDefaults() Peak {
	if p.When == "" {
		p.When = PeakOff
	}
	if len(p.Windows) == 0 {
		p.Windows = []Window{{8 * time.Hour, 10 * time.Hour}, {14 * time.Hour, 16 * time.Hour}}
	}
	if p.Capacity == (Capacity{}) {
		p.Capacity = Capacity{CallsPerSecond: 5, Concurrent: 4, Over: OverReject}
	}
	p.Capacity = p.Capacity.withDefaults()
	return p
}

func (p Peak) check(op string) error {
	if !oneOf(p.When, PeakWhens()) {
		return fault.New(fault.Usage, op, "unknown peak time "+string(p.When)+": off, clock or now")
	}
	for _, w := range p.Windows {
		if w.From < 0 || w.From >= w.To || w.To > 24*time.Hour {
			return fault.New(fault.Usage, op, "a peak window does not lie inside one day")
		}
	}
	return p.Capacity.check(op)
}

// at says whether it is peak time.
func (p Peak) at(t time.Time) bool {
	if p.When != PeakClock {
		return p.When == PeakNow
	}
	for _, w := range p.Windows {
		if w.holds(t) {
			return true
		}
	}
	return false
}

// capacityAt is the capacity in force.
func (o *Options) capacityAt(t time.Time) Capacity {
	if o.Peak.at(t) {
		return o.Peak.Capacity
	}
	return o.Capacity
}
