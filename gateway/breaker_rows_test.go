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
	why    string // cause of the change at hand
	now    func() time.Time
	tick   time.Duration
}

// move is one line of the transitions.
type move struct {
	key      gateway.BreakerKey
	from, to gateway.BreakerState
	node     string
	at       time.Time
	cause    string
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
		r.all[k] = &gateway.BreakerRow{Key: k, State: gateway.BreakerClosed, Ramp: 100}
	}
	row := r.all[k]
	before := row.State
	r.why = ""
	granted := grant(row)
	if granted {
		r.tick++
		row.UpdatedAt = r.now().Add(r.tick)
	}
	if row.State != before {
		r.moves = append(r.moves, move{key: k, from: before, to: row.State, node: node, at: r.now(), cause: r.why})
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
		r.why = m.Cause
		row.State, row.Probe, row.Reason, row.Ramp, row.RampGood = m.To, "", m.Reason, m.Ramp, 0
		r.probe[m.Key] = time.Time{}
		if m.To == gateway.BreakerOpen {
			r.open[m.Key] = r.now().Add(m.OpenFor)
		}
		return true
	})
}

func (r *rows) TakeProbe(_ context.Context, k gateway.BreakerKey, node string, length time.Duration) (gateway.BreakerRow, bool, error) {
	return r.change(k, node, func(row *gateway.BreakerRow) bool {
		ripe := row.State == gateway.BreakerHalfOpen || row.State == gateway.BreakerOpen && !r.now().Before(r.open[k]) ||
			row.State == gateway.BreakerClosed && row.Ramp == 0
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

func (r *rows) RampBreaker(_ context.Context, c gateway.RampCall) (gateway.BreakerRow, error) {
	row, _, err := r.change(c.Key, "", func(row *gateway.BreakerRow) bool {
		if row.State != gateway.BreakerClosed || row.Ramp != c.Step {
			return false
		}
		switch {
		case !c.Good:
			row.RampGood = 0
		case row.RampGood+1 < c.Hold:
			row.RampGood++
		default:
			row.Ramp, row.RampGood = c.Next, 0
		}
		return true
	})
	return row, err
}

func (r *rows) ThrottleBreaker(_ context.Context, destination, node string, wait time.Duration) (gateway.BreakerRow, error) {
	key := gateway.SwitchKey(destination)
	row, _, err := r.change(key, node, func(*gateway.BreakerRow) bool {
		until := r.now().Add(wait)
		if !until.After(r.open[key]) {
			return false
		}
		r.open[key] = until
		return true
	})
	return row, err
}

func (r *rows) ForceBreaker(_ context.Context, o gateway.Order) (gateway.BreakerRow, error) {
	row, _, err := r.change(o.Key, o.Actor, func(row *gateway.BreakerRow) bool {
		row.Forced, row.ForcedBy, row.ForcedFor = o.State, o.Actor, o.Reason
		if o.State == "" {
			row.ForcedBy, row.ForcedFor = "", ""
			if row.State == gateway.BreakerOpen || o.Key.IsSwitch() {
				r.open[o.Key] = r.now()
			}
		}
		return true
	})
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
			"closed>half_open/a", "half_open>closed/a",
			"closed>forced_open/a", "forced_open>closed/a", "closed>forced_open/a", "forced_open>closed/a", "closed>forced_open/a", "forced_open>closed/a",
			"closed>open/a", "open>forced_open/a", "forced_open>open/a", "open>half_open/a", "half_open>closed/a",
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

	rampContract(t, s, key)
	forceContract(t, s, key)
	throttleContract(t, s)
}

// throttleContract: a pause that a destination asked for grows, is no order, and ends with a word of an operator.
func throttleContract(t *testing.T, s gateway.BreakerStore) {
	ctx := t.Context()
	for _, step := range []struct{ wait, left time.Duration }{{time.Minute, time.Minute}, {time.Second, time.Minute}, {time.Hour, time.Hour}} {
		row, err := s.ThrottleBreaker(ctx, "model", "a", step.wait)
		require.NoError(t, err)
		require.Equal(t, gateway.SwitchKey("model"), row.Key)
		require.InDelta(t, step.left.Seconds(), row.Throttled().Seconds(), 5)
		require.False(t, row.Paused())
		require.Equal(t, gateway.BreakerClosed, row.State)
	}
	row, err := s.ForceBreaker(ctx, resume("model"))
	require.NoError(t, err)
	require.Zero(t, row.Throttled())
}

// rampContract expects a breaker that has just closed with a ramp of zero, and leaves it at the end of the ramp.
func rampContract(t *testing.T, s gateway.BreakerStore, key gateway.BreakerKey) {
	ctx := t.Context()
	climb := func(step, next int, good bool) gateway.BreakerRow {
		row, err := s.RampBreaker(ctx, gateway.RampCall{Key: key, Step: step, Next: next, Good: good, Hold: 3})
		require.NoError(t, err)
		return row
	}
	require.Zero(t, climb(5, 25, true).Ramp, "who is on another step changes nothing")
	row, granted, err := s.TakeProbe(ctx, key, "a", time.Minute)
	require.NoError(t, err)
	require.True(t, granted, "a closed breaker that owes a canary lends a probe")
	require.Equal(t, gateway.BreakerHalfOpen, row.State)
	row, granted, err = s.MoveBreaker(ctx, gateway.BreakerMove{
		Key: key, From: []gateway.BreakerState{gateway.BreakerHalfOpen}, Prober: true, Node: "a", To: gateway.BreakerClosed, Ramp: 5,
	})
	require.NoError(t, err)
	require.True(t, granted)
	require.Equal(t, 5, row.Ramp)
	climb(5, 25, true)
	require.Equal(t, []int{5, 2}, both(climb(5, 25, true)))
	require.Equal(t, []int{5, 0}, both(climb(5, 25, false)), "a bad call begins the count anew")
	climb(5, 25, true)
	climb(5, 25, true)
	require.Equal(t, []int{25, 0}, both(climb(5, 25, true)))
	require.Equal(t, []int{25, 0}, both(climb(5, 25, true)), "a call of the step before counts no more")
	climb(25, 100, true)
	climb(25, 100, true)
	require.Equal(t, []int{100, 0}, both(climb(25, 100, true)))
	_, granted, err = s.TakeProbe(ctx, key, "a", time.Minute)
	require.NoError(t, err)
	require.False(t, granted)
}

func both(row gateway.BreakerRow) []int { return []int{row.Ramp, row.RampGood} }

// forceContract leaves the breaker as it found it, and a switch that was used.
func forceContract(t *testing.T, s gateway.BreakerStore, key gateway.BreakerKey) {
	ctx := t.Context()
	for _, k := range []gateway.BreakerKey{key, gateway.SwitchKey("model"), gateway.SwitchKey(gateway.EveryDestination)} {
		row, err := s.ForceBreaker(ctx, gateway.Order{Key: k, State: gateway.BreakerOpen, Actor: "a", Reason: "bảo trì"})
		require.NoError(t, err)
		require.Equal(t, []string{"open", "a", "bảo trì"}, []string{string(row.Forced), row.ForcedBy, row.ForcedFor})
		require.Equal(t, k.IsSwitch(), row.Paused())
		row, err = s.ForceBreaker(ctx, gateway.Order{Key: k, Actor: "a", Reason: "xong"})
		require.NoError(t, err)
		require.Equal(t, []string{"", "", ""}, []string{string(row.Forced), row.ForcedBy, row.ForcedFor})
	}
	all, err := s.Breakers(ctx)
	require.NoError(t, err)
	require.Len(t, all, 3)
	for _, row := range all {
		require.Empty(t, row.Forced)
	}

	_, granted, err := s.MoveBreaker(ctx, gateway.BreakerMove{
		Key: key, From: []gateway.BreakerState{gateway.BreakerClosed}, To: gateway.BreakerOpen, OpenFor: time.Hour, Reason: "failure_rate", Node: "a",
	})
	require.NoError(t, err)
	require.True(t, granted)
	row, err := s.ForceBreaker(ctx, gateway.Order{Key: key, State: gateway.BreakerOpen, Actor: "a", Reason: "trả sai"})
	require.NoError(t, err)
	require.Greater(t, row.OpenFor, time.Minute, "who forces it open does not ask for a probe")
	row, err = s.ForceBreaker(ctx, gateway.Order{Key: key, Actor: "a", Reason: "thử lại"})
	require.NoError(t, err)
	require.LessOrEqual(t, row.OpenFor, time.Duration(0), "left to itself, it is probed at once")
	_, granted, err = s.TakeProbe(ctx, key, "a", time.Minute)
	require.NoError(t, err)
	require.True(t, granted)
	_, granted, err = s.MoveBreaker(ctx, gateway.BreakerMove{
		Key: key, From: []gateway.BreakerState{gateway.BreakerHalfOpen}, To: gateway.BreakerClosed, Ramp: 100, Node: "a",
	})
	require.NoError(t, err)
	require.True(t, granted)
}

var _ gateway.BreakerStore = (*rows)(nil)
