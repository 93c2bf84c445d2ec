package gateway_test

import (
	"context"
	"slices"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/lienthong/lienthong/gateway"
	"github.com/lienthong/lienthong/gateway/postgres"
	"github.com/lienthong/lienthong/internal/pgtest"
)

// rows is the shared table of breakers in memory, for tests that play with
// time: PostgreSQL's clock cannot be faked. TestBreakerStore holds it to the
// same contract as the real one.
type rows struct {
	mu     sync.Mutex
	all    map[gateway.BreakerKey]*gateway.BreakerRow
	open   map[gateway.BreakerKey]time.Time
	probe  map[gateway.BreakerKey]time.Time
	moves  []move
	broken bool
	now    func() time.Time
	tick   time.Duration
}

// move is one line of the transitions.
type move struct {
	key      gateway.BreakerKey
	from, to gateway.BreakerState
	node     string
	at       time.Time
}

func newRows() *rows {
	return &rows{
		all: make(map[gateway.BreakerKey]*gateway.BreakerRow), open: make(map[gateway.BreakerKey]time.Time),
		probe: make(map[gateway.BreakerKey]time.Time), now: time.Now,
	}
}

func (r *rows) view(k gateway.BreakerKey) gateway.BreakerRow {
	row := *r.all[k]
	row.OpenFor, row.ProbeFor = r.open[k].Sub(r.now()), r.probe[k].Sub(r.now())
	return row
}

func (r *rows) change(k gateway.BreakerKey, node string, grant func(*gateway.BreakerRow) bool) (gateway.BreakerRow, bool, error) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.broken {
		return gateway.BreakerRow{}, false, context.DeadlineExceeded
	}
	if r.all[k] == nil {
		r.all[k] = &gateway.BreakerRow{Key: k, State: gateway.BreakerClosed}
	}
	row := r.all[k]
	before := row.State
	granted := grant(row)
	if granted {
		r.tick++
		row.UpdatedAt = r.now().Add(r.tick)
	}
	if row.State != before {
		r.moves = append(r.moves, move{key: k, from: before, to: row.State, node: node, at: r.now()})
	}
	return r.view(k), granted, nil
}

func (r *rows) Breakers(context.Context) ([]gateway.BreakerRow, error) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.broken {
		return nil, context.DeadlineExceeded
	}
	var all []gateway.BreakerRow
	for k := range r.all {
		all = append(all, r.view(k))
	}
	return all, nil
}

func (r *rows) MoveBreaker(_ context.Context, m gateway.BreakerMove) (gateway.BreakerRow, bool, error) {
	return r.change(m.Key, m.Node, func(row *gateway.BreakerRow) bool {
		if !slices.Contains(m.From, row.State) || m.Prober && row.Probe != m.Node {
			return false
		}
		row.State, row.Probe, row.Reason = m.To, "", m.Reason
		r.probe[m.Key] = time.Time{}
		if m.To == gateway.BreakerOpen {
			r.open[m.Key] = r.now().Add(m.OpenFor)
		}
		return true
	})
}

func (r *rows) TakeProbe(_ context.Context, k gateway.BreakerKey, node string, length time.Duration) (gateway.BreakerRow, bool, error) {
	return r.change(k, node, func(row *gateway.BreakerRow) bool {
		ripe := row.State == gateway.BreakerHalfOpen || row.State == gateway.BreakerOpen && !r.now().Before(r.open[k])
		if !ripe || row.Forced != "" || r.now().Before(r.probe[k]) {
			return false
		}
		row.State, row.Probe = gateway.BreakerHalfOpen, node
		r.probe[k] = r.now().Add(length)
		return true
	})
}

func (r *rows) DropProbe(_ context.Context, k gateway.BreakerKey, node string) (gateway.BreakerRow, error) {
	row, _, err := r.change(k, node, func(row *gateway.BreakerRow) bool {
		if row.Probe != node {
			return false
		}
		row.Probe, r.probe[k] = "", time.Time{}
		return true
	})
	return row, err
}

func (r *rows) ForceBreaker(_ context.Context, k gateway.BreakerKey, s gateway.BreakerState, node, _ string) (gateway.BreakerRow, error) {
	row, _, err := r.change(k, node, func(row *gateway.BreakerRow) bool { row.Forced = s; return true })
	return row, err
}

func TestBreakerStore(t *testing.T) {
	t.Parallel()
	t.Run("in memory", func(t *testing.T) {
		t.Parallel()
		r := newRows()
		var ahead time.Duration
		r.now = func() time.Time { return time.Now().Add(ahead) }
		breakerStoreContract(t, r, func(d time.Duration) { ahead += d })
	})
	t.Run("in PostgreSQL", func(t *testing.T) {
		t.Parallel()
		pool := pgtest.New(t)
		breakerStoreContract(t, postgres.New(pool), func(d time.Duration) {
			_, err := pool.Exec(t.Context(), `UPDATE breaker SET open_until = open_until - $1::interval, probe_until = probe_until - $1::interval`, d)
			require.NoError(t, err)
		})
		var line []string
		require.NoError(t, pool.QueryRow(t.Context(), `
			SELECT array_agg(from_state || '>' || to_state || '/' || node ORDER BY at) FROM breaker_transition`).Scan(&line))
		require.Equal(t, []string{
			"closed>open/a", "open>half_open/a", "half_open>open/a", "open>half_open/a", "half_open>closed/b",
			"closed>forced_open/a", "forced_open>closed/a",
		}, line)
	})
}

// breakerStoreContract is what every store of breakers keeps.
func breakerStoreContract(t *testing.T, s gateway.BreakerStore, pass func(time.Duration)) {
	ctx := t.Context()
	key := gateway.BreakerKey{Destination: "model", Operation: gateway.OpCreate}
	open := gateway.BreakerMove{
		Key: key, From: []gateway.BreakerState{gateway.BreakerClosed}, To: gateway.BreakerOpen, OpenFor: time.Minute, Node: "a", Reason: "failure_rate",
	}
	row, granted, err := s.MoveBreaker(ctx, open)
	require.NoError(t, err)
	require.True(t, granted)
	require.Equal(t, gateway.BreakerOpen, row.State)
	require.InDelta(t, time.Minute.Seconds(), row.OpenFor.Seconds(), 5)

	again, granted, err := s.MoveBreaker(ctx, open)
	require.NoError(t, err)
	require.False(t, granted, "open already")
	require.Equal(t, gateway.BreakerOpen, again.State)

	_, granted, err = s.TakeProbe(ctx, key, "a", 10*time.Second)
	require.NoError(t, err)
	require.False(t, granted, "too early")
	pass(time.Minute + time.Second)
	row, granted, err = s.TakeProbe(ctx, key, "a", 10*time.Second)
	require.NoError(t, err)
	require.True(t, granted)
	require.Equal(t, gateway.BreakerHalfOpen, row.State)
	require.True(t, row.UpdatedAt.After(again.UpdatedAt))
	for _, node := range []string{"a", "b"} {
		_, granted, err = s.TakeProbe(ctx, key, node, 10*time.Second)
		require.NoError(t, err)
		require.False(t, granted, "one probe at a time")
	}

	settle := gateway.BreakerMove{Key: key, From: []gateway.BreakerState{gateway.BreakerHalfOpen}, Prober: true, Node: "b", To: gateway.BreakerClosed}
	_, granted, err = s.MoveBreaker(ctx, settle)
	require.NoError(t, err)
	require.False(t, granted, "not b's probe")
	settle.Node, settle.To, settle.OpenFor = "a", gateway.BreakerOpen, time.Minute
	_, granted, err = s.MoveBreaker(ctx, settle)
	require.NoError(t, err)
	require.True(t, granted)

	pass(2 * time.Minute)
	_, granted, err = s.TakeProbe(ctx, key, "a", 10*time.Second)
	require.NoError(t, err)
	require.True(t, granted)
	row, err = s.DropProbe(ctx, key, "a")
	require.NoError(t, err)
	require.Equal(t, gateway.BreakerHalfOpen, row.State)
	require.LessOrEqual(t, row.ProbeFor, time.Duration(0))
	_, granted, err = s.TakeProbe(ctx, key, "b", 10*time.Second)
	require.NoError(t, err)
	require.True(t, granted, "a dropped probe is free at once")
	settle.Node, settle.To = "b", gateway.BreakerClosed
	row, granted, err = s.MoveBreaker(ctx, settle)
	require.NoError(t, err)
	require.True(t, granted)
	require.Equal(t, gateway.BreakerClosed, row.State)

	row, err = s.ForceBreaker(ctx, key, gateway.BreakerOpen, "a", "maintenance")
	require.NoError(t, err)
	require.Equal(t, gateway.BreakerOpen, row.Forced)
	_, err = s.ForceBreaker(ctx, key, "", "a", "over")
	require.NoError(t, err)
	all, err := s.Breakers(ctx)
	require.NoError(t, err)
	require.Len(t, all, 1)
	require.Empty(t, all[0].Forced)
}

var _ gateway.BreakerStore = (*rows)(nil)
