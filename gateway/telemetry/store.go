package telemetry

import (
	"context"
	"sync"
	"time"

	"github.com/google/uuid"

	"github.com/lienthong/lienthong/gateway"
)

// BreakerStore counts the moves of breakers that this process makes.
func (o *Observer) BreakerStore(next gateway.BreakerStore) gateway.BreakerStore {
	return &breakerStore{BreakerStore: next, o: o, last: make(map[gateway.BreakerKey]string)}
}

type breakerStore struct {
	gateway.BreakerStore
	o *Observer

	mu   sync.Mutex
	last map[gateway.BreakerKey]string // as last seen, by anybody's doing
}

// standsAt is the state that callers see, with who forces it.
func standsAt(row gateway.BreakerRow) string {
	if row.Paused() {
		return "paused"
	}
	if row.Forced != "" {
		return "forced_" + string(row.Forced)
	}
	return string(row.State)
}

// saw notes how a row stands and, where a move of ours brought it there, counts it.
func (s *breakerStore) saw(row gateway.BreakerRow, moved bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	before, known := s.last[row.Key]
	if !known {
		before = string(gateway.BreakerClosed) // as every breaker begins
	}
	at := standsAt(row)
	s.last[row.Key] = at
	if moved && at != before {
		s.o.metrics.transitions.WithLabelValues(row.Key.Destination, at).Inc()
	}
}

// Breakers implements [gateway.BreakerStore].
func (s *breakerStore) Breakers(ctx context.Context) ([]gateway.BreakerRow, error) {
	rows, err := s.BreakerStore.Breakers(ctx)
	for _, row := range rows {
		s.saw(row, false)
	}
	return rows, err
}

// MoveBreaker implements [gateway.BreakerStore].
func (s *breakerStore) MoveBreaker(ctx context.Context, move gateway.BreakerMove) (gateway.BreakerRow, bool, error) {
	row, granted, err := s.BreakerStore.MoveBreaker(ctx, move)
	if err == nil {
		s.saw(row, granted)
	}
	return row, granted, err
}

// TakeProbe implements [gateway.BreakerStore].
func (s *breakerStore) TakeProbe(ctx context.Context, key gateway.BreakerKey, node string, length time.Duration) (gateway.BreakerRow, bool, error) {
	row, granted, err := s.BreakerStore.TakeProbe(ctx, key, node, length)
	if err == nil {
		s.saw(row, granted)
	}
	return row, granted, err
}

// ForceBreaker implements [gateway.BreakerStore].
func (s *breakerStore) ForceBreaker(ctx context.Context, order gateway.Order) (gateway.BreakerRow, error) {
	row, err := s.BreakerStore.ForceBreaker(ctx, order)
	if err == nil {
		s.saw(row, true)
	}
	return row, err
}

// LaneStore notes what destinations took, to be dated by the [Watch], and
// links runs of lanes to the pushes that they deliver.
func (o *Observer) LaneStore(next gateway.LaneStore) gateway.LaneStore {
	return &laneStore{LaneStore: next, o: o}
}

type laneStore struct {
	gateway.LaneStore
	o *Observer
}

// BeginCall implements [gateway.LaneStore].
func (s *laneStore) BeginCall(ctx context.Context, lease gateway.LaneLease, length time.Duration, call gateway.BeginCall) (map[uuid.UUID]bool, error) {
	s.o.links.link(ctx, call.Deliveries)
	return s.LaneStore.BeginCall(ctx, lease, length, call)
}

// RecordCall implements [gateway.LaneStore].
func (s *laneStore) RecordCall(ctx context.Context, lease gateway.LaneLease, call gateway.CallRecord, changes []gateway.DeliveryUpdate) (map[uuid.UUID]bool, error) {
	recorded, err := s.LaneStore.RecordCall(ctx, lease, call, changes)
	if err == nil {
		s.o.settled.add(lease.Destination, recorded, changes, time.Now())
	}
	return recorded, err
}

var (
	_ gateway.BreakerStore = (*breakerStore)(nil)
	_ gateway.LaneStore    = (*laneStore)(nil)
)
