package gateway

import (
	"context"
	"fmt"
	"log/slog"
	"math"
	"sync"
	"time"
)

// BreakersConfig is what breakers are made of.
type BreakersConfig struct {
	Store        BreakerStore
	Destinations []Destination
	Node         string // name of this process, unique among the running ones
	Options      BreakerOptions
	Each         map[string]BreakerOptions // by code of the destination: fields that are not zero go before Options; polls are of the process
	Shapes       map[string]Shape          // by code of the destination; nobody probes what is being maintained
	Changed      func() <-chan struct{}    // closed when some node changed a row; nil: only the clock makes Run read
	Freed        func(destination string)  // told when a breaker closed, or an operator let go what he had held; must not wait; nil: nobody is
	Logger       *slog.Logger              // nil: slog.Default
}

// Breakers holds the breakers of this process for all destinations and keeps
// them equal to the shared rows.
//
// An opening breaker stops calls here at once and is then written down; half
// open and closed are written down first. A node that died leaves its rows:
// who starts reads them before its first call.
type Breakers struct {
	store        BreakerStore
	destinations map[string]Destination
	node         string
	options      BreakerOptions
	shapes       map[string]Shape
	changed      func() <-chan struct{}
	freed        func(string)
	log          *slog.Logger

	reading sync.Mutex // one reading at a time, so that none overtakes another

	mu     sync.Mutex
	all    map[BreakerKey]*Breaker
	readAt time.Time // of the last reading of the rows, at its start
	usedAt time.Time // of the last call asked for
	seen   bool      // the rows were read at least once
	paused map[string]bool

	throttles map[string]throttle // by destination
}

// writeTimeout is how long a change of a breaker may take to be written.
const writeTimeout = 2 * time.Second

// NewBreakers returns closed breakers; Refresh or Run learns what the rows say.
func NewBreakers(c BreakersConfig) (*Breakers, error) {
	if c.Store == nil || c.Node == "" {
		return nil, fmt.Errorf("gateway.NewBreakers: a store and a node name are needed")
	}
	s := &Breakers{
		store: c.Store, node: c.Node, options: c.Options.withDefaults(),
		shapes: c.Shapes, changed: c.Changed, freed: c.Freed, log: c.Logger,
		destinations: make(map[string]Destination), all: make(map[BreakerKey]*Breaker),
		throttles: make(map[string]throttle),
	}
	if s.log == nil {
		s.log = slog.Default()
	}
	if s.changed == nil {
		s.changed = func() <-chan struct{} { return nil }
	}
	for _, d := range c.Destinations {
		spec := d.Spec()
		code := spec.Code
		s.destinations[code] = d
		for _, op := range spec.Guarded() {
			k := BreakerKey{Destination: code, Operation: op}
			s.all[k] = newBreaker(k, c.Each[code].above(s.options), spec.Lanes)
		}
	}
	return s, nil
}

// Refresh reads the rows when the last reading is older than a busy node's interval.
func (s *Breakers) Refresh(ctx context.Context) error {
	s.use()
	return s.readIfOlder(ctx, s.options.PollBusy)
}

// use notes that there is work.
func (s *Breakers) use() {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.usedAt = time.Now()
}

// age is how long ago the last reading began.
func (s *Breakers) age() time.Duration {
	s.mu.Lock()
	defer s.mu.Unlock()
	if !s.seen {
		return math.MaxInt64
	}
	return time.Since(s.readAt)
}

// readIfOlder reads the rows, once for all who ask at the same time.
func (s *Breakers) readIfOlder(ctx context.Context, than time.Duration) error {
	if s.age() < than {
		return nil
	}
	s.reading.Lock()
	defer s.reading.Unlock()
	if s.age() < than {
		return nil
	}
	return s.readLocked(ctx)
}

// read takes over all rows in one query, and writes what could not be written before.
func (s *Breakers) read(ctx context.Context) error {
	s.reading.Lock()
	defer s.reading.Unlock()
	return s.readLocked(ctx)
}

// readLocked is read. The caller holds reading.
func (s *Breakers) readLocked(ctx context.Context) error {
	ctx, cancel := context.WithTimeout(ctx, writeTimeout)
	defer cancel()
	for _, b := range s.all {
		if err := b.write(ctx, s.store, s.node); err != nil {
			return err
		}
	}
	at := time.Now()
	rows, err := s.store.Breakers(ctx)
	if err != nil {
		return err
	}
	now := time.Now()
	released := s.swap(rows, now)
	for _, row := range rows {
		if b := s.all[row.Key]; b != nil && b.adopt(row, now) {
			released[row.Key.Destination] = true
		}
	}
	s.mu.Lock()
	s.readAt, s.seen = at, true
	s.mu.Unlock()
	s.free(released)
	return nil
}

// Held returns how long no write of a destination may go out, zero when some may.
func (s *Breakers) Held(destination string) time.Duration {
	if s.Paused(destination) {
		return pausedWait
	}
	if wait := s.Throttled(destination); wait > 0 {
		return wait
	}
	var held time.Duration
	now := time.Now()
	d := s.destinations[destination]
	if d == nil {
		return 0
	}
	for _, op := range d.Spec().writes() {
		b := s.all[BreakerKey{Destination: destination, Operation: op}]
		if b == nil {
			return 0
		}
		at := b.standing(now)
		if at.wait <= 0 {
			return 0
		}
		if held == 0 || at.wait < held {
			held = at.wait
		}
	}
	return held
}

// wait returns how long a call must wait as far as is known, zero when it may
// go out or be tried as a probe.
func (s *Breakers) wait(key BreakerKey) time.Duration { return s.all[key].standing(time.Now()).wait }

// gate is as wide as the ramp of an operation allows.
func (s *Breakers) gate(key BreakerKey) *gate { return &s.all[key].gate }

// BreakerView is a breaker as seen from this process.
type BreakerView struct {
	Key    BreakerKey
	State  BreakerState
	Forced BreakerState
	Reason string
	Ramp   int           // percent of the ceiling; 100 but after an outage
	Wait   time.Duration // until a call or a probe may go out
}

// View returns every breaker of this process.
func (s *Breakers) View() []BreakerView {
	now := time.Now()
	views := make([]BreakerView, 0, len(s.all))
	for k, b := range s.all {
		b.mu.Lock()
		views = append(views, BreakerView{Key: k, State: b.state, Forced: b.forced, Reason: b.reason, Ramp: b.ramp, Wait: b.standingLocked(now).wait})
		b.mu.Unlock()
	}
	return views
}

// Force obeys an operator's order on all nodes. This process obeys when it
// returns, others within two seconds.
func (s *Breakers) Force(ctx context.Context, o Order) error {
	if _, err := s.store.ForceBreaker(ctx, o); err != nil {
		return err
	}
	return s.read(ctx)
}

// Run reads the rows when it is told of a change, each second while there is
// work and else each ten, and probes breakers that no lane probes, until ctx ends.
func (s *Breakers) Run(ctx context.Context) error {
	var probes sync.WaitGroup
	defer probes.Wait()
	ticker := time.NewTicker(s.options.PollBusy)
	defer ticker.Stop()
	changed, told := s.changed(), false
	for {
		if told || s.readDue(time.Now()) {
			if err := s.read(ctx); err != nil && ctx.Err() == nil {
				s.log.WarnContext(ctx, "breakers not read", "err", err)
			}
		}
		for _, k := range s.overdue(time.Now()) {
			probes.Go(func() { s.probe(ctx, k) })
		}
		select {
		case <-ctx.Done():
			return nil
		case <-ticker.C:
			told = false
		case <-changed:
			if sleep(ctx, gathered-s.age()) != nil {
				return nil
			}
			changed, told = s.changed(), true // before reading, so that none is missed
		}
	}
}

// gathered is how long after a reading the next changes are gathered: they come a few at a time, one for each breaker of a destination.
const gathered = 100 * time.Millisecond

// busyFor is for how many busy polls after a call was asked for the rows are read ahead of the next one.
const busyFor = 2

// pollOpen is how many busy polls lie between two of an open breaker that nobody
// asks for: its change is told, this is for a lost word.
const pollOpen = 5

func (s *Breakers) readDue(now time.Time) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	if !s.seen || len(s.paused) > 0 || now.Sub(s.usedAt) < busyFor*s.options.PollBusy {
		return true
	}
	for _, b := range s.all {
		b.mu.Lock()
		open, unsaved := b.state != BreakerClosed || b.forced != "", b.unsaved
		b.mu.Unlock()
		if unsaved || open && now.Sub(s.readAt) >= pollOpen*s.options.PollBusy {
			return true
		}
	}
	return now.Sub(s.readAt) >= s.options.PollIdle
}
