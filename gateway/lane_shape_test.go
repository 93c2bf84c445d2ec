package gateway_test

import (
	"context"
	"log/slog"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/lienthong/lienthong/gateway"
)

// shapedLane is a worker for which the model portal has a shape.
func (w *world) shapedLane(shape gateway.Shape, budgets gateway.BudgetStore) *gateway.Lane {
	return w.shapedLaneOver(w.crash, shape, budgets)
}

// shapedLaneOver is shapedLane with a store of its own.
func (w *world) shapedLaneOver(store gateway.LaneStore, shape gateway.Shape, budgets gateway.BudgetStore) *gateway.Lane {
	quiet := slog.New(slog.DiscardHandler)
	breakers, err := gateway.NewBreakers(gateway.BreakersConfig{
		Store: w.store, Destinations: []gateway.Destination{w.portal}, Node: "shaped", Logger: quiet,
	})
	require.NoError(w.t, err)
	lane, err := gateway.NewLane(gateway.LaneConfig{
		Store: store, Breakers: breakers, Destinations: []gateway.Destination{w.portal}, Node: "shaped", Logger: quiet,
		Shapes: map[string]gateway.Shape{w.portal.spec.Code: shape}, Budgets: budgets,
	})
	require.NoError(w.t, err)
	return lane
}

func (w *world) order(o gateway.Order) {
	w.t.Helper()
	_, err := w.store.ForceBreaker(context.Background(), o)
	require.NoError(w.t, err)
}

func TestLanePaused(t *testing.T) {
	t.Parallel()

	t.Run("is not even taken, and nothing is written, until it is resumed", func(t *testing.T) {
		t.Parallel()
		w := setupWorld(t, gateway.ShowsTrail)
		w.portal.spec.Lanes = 1
		w.want("D-1", content{Header: "v1"})
		w.order(pause("model"))
		w.lane = w.newLane("node-b", gateway.BreakerOptions{})
		next, err := w.lane.Drain(t.Context(), "model", 0)
		require.NoError(t, err)
		require.True(t, next.Held)
		require.Positive(t, next.After)
		require.Positive(t, w.lane.Held("model"))
		var taken int
		require.NoError(t, w.pool.QueryRow(t.Context(), `SELECT count(*) FROM lane`).Scan(&taken))
		require.Zero(t, taken)
		w.stands("D-1", gateway.StateQueued)
		require.Empty(t, w.portal.calls)
		w.order(resume("model"))
		w.lane = w.newLane("node-c", gateway.BreakerOptions{})
		require.Zero(t, w.lane.Held("model"))
		w.drain()
		w.stands("D-1", gateway.StateDelivered)
	})

	t.Run("in the middle of a run, the call on its way is finished and no other starts, not even a look-up", func(t *testing.T) {
		t.Parallel()
		w := setupWorld(t, gateway.ShowsTrail)
		w.portal.spec.Lanes, w.portal.spec.Batch = 1, 1
		w.lane = w.newLane("node-b", gateway.BreakerOptions{PollBusy: time.Millisecond})
		for _, key := range []string{"D-1", "D-2", "D-3"} {
			w.want(key, content{Header: "v1"})
		}
		w.portal.onSend = func() { w.order(pause(gateway.EveryDestination)) }
		next, err := w.lane.Drain(t.Context(), "model", 0)
		require.NoError(t, err)
		require.True(t, next.Held)
		require.Equal(t, []gateway.Operation{gateway.OpCreate}, w.portal.calls)
		var delivered, queued int
		require.NoError(t, w.pool.QueryRow(t.Context(), `
			SELECT count(*) FILTER (WHERE state = 'delivered'), count(*) FILTER (WHERE state = 'queued') FROM delivery`).Scan(&delivered, &queued))
		require.Equal(t, []int{1, 2}, []int{delivered, queued})
	})
}

func TestLaneInWindows(t *testing.T) {
	t.Parallel()

	t.Run("nothing leaves during a maintenance", func(t *testing.T) {
		t.Parallel()
		w := setupWorld(t, gateway.ShowsTrail)
		w.portal.spec.Lanes = 1
		w.want("D-1", content{Header: "v1"})
		w.lane = w.shapedLane(gateway.Shape{Windows: []gateway.Window{{Maintenance: true}}}, nil)
		next, err := w.lane.Drain(t.Context(), "model", 0)
		require.NoError(t, err)
		require.True(t, next.Held)
		require.Positive(t, next.After)
		require.LessOrEqual(t, next.After, 5*time.Minute, "it looks again: clocks are set")
		require.Positive(t, w.lane.Held("model"))
		require.Empty(t, w.portal.calls)
		w.stands("D-1", gateway.StateQueued)
	})

	t.Run("a peak lowers the ceiling of calls at once", func(t *testing.T) {
		t.Parallel()
		w := setupWorld(t, gateway.ShowsTrail)
		w.portal.spec.Lanes, w.portal.spec.Batch = 4, 1
		for i := range 40 {
			w.want(string(rune('A'+i)), content{Header: "v1"})
		}
		w.lane = w.shapedLane(gateway.Shape{Windows: []gateway.Window{{Lanes: 1}}}, nil)
		calls := &together{pair: make(chan struct{})}
		close(calls.pair)
		calls.met = true
		w.portal.onSend = func() {
			calls.one(t, func() { _, _ = w.pool.Exec(t.Context(), `SELECT pg_sleep(0.005)`) })
		}
		var lanes sync.WaitGroup
		for i := range 4 {
			lanes.Go(func() {
				for next := (gateway.Next{Again: true}); next.Again; {
					var err error
					if next, err = w.lane.Drain(t.Context(), "model", i); err != nil {
						t.Error(err)
					}
				}
			})
		}
		lanes.Wait()
		require.Len(t, w.portal.stored, 40)
		require.Equal(t, 1, calls.most)
	})
}

func TestLaneWithARate(t *testing.T) {
	t.Parallel()

	t.Run("takes one token for each call, writes and look-ups alike", func(t *testing.T) {
		t.Parallel()
		w := setupWorld(t, gateway.ShowsTrail)
		w.portal.spec.Lanes, w.portal.spec.Batch = 1, 2
		w.want("D-1", content{Header: "v1", Steps: steps("D/1/2")})
		w.want("D-2", content{Header: "v1"})
		w.portal.stored["D-2"] = &shown{headers: []string{"foreign"}}
		w.lane = w.shapedLane(gateway.Shape{Rate: 0.01, Burst: 1000}, w.store)
		w.drain()
		w.stands("D-1", gateway.StateDelivered)
		w.stands("D-2", gateway.StateDelivered)
		var tokens float64 // the rate brings one in a hundred seconds
		require.NoError(t, w.pool.QueryRow(t.Context(), `SELECT tokens FROM call_budget`).Scan(&tokens))
		require.Contains(t, w.portal.calls, gateway.OpLookup)
		require.InDelta(t, len(w.portal.calls), 1000-tokens, 0.5)
	})

	t.Run("does not call when nobody counts", func(t *testing.T) {
		t.Parallel()
		w := setupWorld(t, gateway.ShowsTrail)
		w.portal.spec.Lanes = 1
		w.want("D-1", content{Header: "v1"})
		w.lane = w.shapedLane(gateway.Shape{Rate: 4}, &bucketStore{broken: errKilled})
		_, err := w.lane.Drain(t.Context(), "model", 0)
		require.ErrorIs(t, err, errKilled)
		require.Empty(t, w.portal.calls)
	})

	t.Run("without a store for it there is no lane", func(t *testing.T) {
		t.Parallel()
		_, err := gateway.NewLane(gateway.LaneConfig{
			Store: &crashStore{}, Breakers: &gateway.Breakers{}, Node: "a", Destinations: []gateway.Destination{newModelPortal("model", gateway.ShowsTrail)},
			Shapes: map[string]gateway.Shape{"model": {Windows: []gateway.Window{{Rate: 1}}}},
		})
		require.ErrorContains(t, err, "a rate needs a store")
	})
}
