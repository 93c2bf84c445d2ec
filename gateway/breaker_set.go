package gateway

import (
	"context"
	"fmt"
	"log/slog"
	"sync"
	"time"
)

// BreakersConfig is what breakers are made of.
type BreakersConfig struct {
	Store        BreakerStore
	Destinations []Destination
	Node         string // name of this process, unique among the running ones
	Options      BreakerOptions
	Logger       *slog.Logger // nil: slog.Default
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
	log          *slog.Logger

	mu     sync.Mutex
	all    map[BreakerKey]*Breaker
	readAt time.Time // of the last reading of the rows, at its start
	usedAt time.Time // of the last call asked for
	seen   bool      // the rows were read at least once
}

// writeTimeout is how long a change of a breaker may take to be written.
const writeTimeout = 2 * time.Second

// NewBreakers returns closed breakers; Refresh or Run learns what the rows say.
func NewBreakers(c BreakersConfig) (*Breakers, error) {
	if c.Store == nil || c.Node == "" {
		return nil, fmt.Errorf("gateway.NewBreakers: a store and a node name are needed")
	}
	s := &Breakers{
		store: c.Store, node: c.Node, options: c.Options.withDefaults(), log: c.Logger,
		destinations: make(map[string]Destination), all: make(map[BreakerKey]*Breaker),
	}
	if s.log == nil {
		s.log = slog.Default()
	}
	for _, d := range c.Destinations {
		spec := d.Spec()
		code := spec.Code
		s.destinations[code] = d
		for _, op := range spec.guarded() {
			k := BreakerKey{Destination: code, Operation: op}
			s.all[k] = newBreaker(k, s.options)
		}
	}
	return s, nil
}

// Refresh reads the rows when the last reading is older than a busy node's interval.
func (s *Breakers) Refresh(ctx context.Context) error {
	s.mu.Lock()
	fresh := s.seen && time.Since(s.readAt) < s.options.PollBusy
	s.usedAt = time.Now()
	s.mu.Unlock()
	if fresh {
		return nil
	}
	return s.read(ctx)
}

// read takes over all rows in one query, and writes what could not be written before.
func (s *Breakers) read(ctx context.Context) error {
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
	for _, row := range rows {
		if b := s.all[row.Key]; b != nil {
			b.adopt(row, now)
		}
	}
	s.mu.Lock()
	s.readAt, s.seen = at, true
	s.mu.Unlock()
	return nil
}

// Held returns how long no write of a destination may go out, zero when some may.
func (s *Breakers) Held(destination string) time.Duration {
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

// BreakerView is a breaker as seen from this process.
type BreakerView struct {
	Key    BreakerKey
	State  BreakerState
	Forced BreakerState
	Reason string
	Wait   time.Duration // until a call or a probe may go out
}

// View returns every breaker of this process.
func (s *Breakers) View() []BreakerView {
	now := time.Now()
	views := make([]BreakerView, 0, len(s.all))
	for k, b := range s.all {
		b.mu.Lock()
		views = append(views, BreakerView{Key: k, State: b.state, Forced: b.forced, Reason: b.reason, Wait: b.standingLocked(now).wait})
		b.mu.Unlock()
	}
	return views
}

// Force overrules a breaker on all nodes, or with an empty state leaves it to
// itself again. This process obeys when it returns, others within two seconds.
func (s *Breakers) Force(ctx context.Context, key BreakerKey, state BreakerState, reason string) error {
	row, err := s.store.ForceBreaker(ctx, key, state, s.node, reason)
	if err != nil {
		return err
	}
	if b := s.all[key]; b != nil {
		b.adopt(row, time.Now())
	}
	return nil
}

// Run reads the rows, each second while there is work and else each ten, and
// probes breakers that no lane probes, until ctx ends.
func (s *Breakers) Run(ctx context.Context) error {
	var probes sync.WaitGroup
	defer probes.Wait()
	ticker := time.NewTicker(s.options.PollBusy)
	defer ticker.Stop()
	for {
		if s.readDue(time.Now()) {
			reading, cancel := context.WithTimeout(ctx, writeTimeout)
			if err := s.read(reading); err != nil && ctx.Err() == nil {
				s.log.WarnContext(ctx, "breakers not read", "err", err)
			}
			cancel()
		}
		for _, k := range s.overdue(time.Now()) {
			probes.Go(func() { s.probe(ctx, k) })
		}
		select {
		case <-ctx.Done():
			return nil
		case <-ticker.C:
		}
	}
}

func (s *Breakers) readDue(now time.Time) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	if !s.seen || now.Sub(s.usedAt) < s.options.PollIdle {
		return true
	}
	for _, b := range s.all {
		b.mu.Lock()
		open := b.state != BreakerClosed || b.forced != "" || b.unsaved
		b.mu.Unlock()
		if open {
			return true
		}
	}
	return now.Sub(s.readAt) >= s.options.PollIdle
}
