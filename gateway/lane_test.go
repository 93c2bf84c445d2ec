package gateway_test

import (
	"context"
	"fmt"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/stretchr/testify/require"

	"github.com/lienthong/lienthong/gateway"
)

func TestLaneDelivers(t *testing.T) {
	t.Parallel()

	t.Run("a new dossier is created, then its steps are sent, and nothing more", func(t *testing.T) {
		t.Parallel()
		w := setupWorld(t, gateway.ShowsTrail)
		for i := range 20 {
			w.want(fmt.Sprintf("D-%02d", i), content{Header: "v1", Steps: steps("D/1/2", "D/2/4")})
		}
		w.drain()
		for i := range 20 {
			key := fmt.Sprintf("D-%02d", i)
			got := w.portal.shows(t, key)
			require.Equal(t, []string{"v1"}, got.headers)
			require.Equal(t, steps("D/1/2", "D/2/4"), got.steps)
			w.stands(key, gateway.StateDelivered)
		}
		before := len(w.portal.calls)
		w.settle()
		require.Len(t, w.portal.calls, before)
	})

	t.Run("ten updates during an outage are one send", func(t *testing.T) {
		t.Parallel()
		w := setupWorld(t, gateway.ShowsTrail)
		for i := range 10 {
			w.want("D-1", content{Header: fmt.Sprint("v", i)})
		}
		w.drain()
		require.Equal(t, []string{"v9"}, w.portal.shows(t, "D-1").headers)
	})

	t.Run("what is wanted while a call runs is sent after it", func(t *testing.T) {
		t.Parallel()
		w := setupWorld(t, gateway.ShowsTrail)
		w.want("D-1", content{Header: "v1"})
		w.portal.onSend = func() {
			w.portal.onSend = nil
			w.want("D-1", content{Header: "v2"})
		}
		w.drain()
		require.Equal(t, []string{"v1", "v2"}, w.portal.shows(t, "D-1").headers)
		w.stands("D-1", gateway.StateDelivered)
	})

	t.Run("an earlier deadline goes first", func(t *testing.T) {
		t.Parallel()
		w := setupWorld(t, gateway.ShowsTrail)
		w.portal.spec.Batch, w.portal.spec.Lanes = 1, 1
		w.lane = w.newLane("node-b", gateway.BreakerOptions{})
		for i := range 3 {
			key := fmt.Sprint("D-", i)
			w.want(key, content{Header: key})
			_, err := w.pool.Exec(context.Background(), `UPDATE delivery_due SET rank = $1 WHERE entity_id = $2`, -i, w.ids[key])
			require.NoError(t, err)
		}
		w.drain()
		require.Equal(t, []string{"D-2", "D-1", "D-0"}, w.portal.first)
	})
}

func TestLaneAfterUnknown(t *testing.T) {
	t.Parallel()

	t.Run("a stored create is found and not sent again", func(t *testing.T) {
		t.Parallel()
		for _, shows := range []gateway.LookupMode{gateway.ShowsTrail, gateway.ShowsHeader, gateway.ShowsExistence} {
			w := setupWorld(t, shows)
			w.want("D-1", content{Header: "v1", Steps: steps("D/1/2")})
			w.portal.will(cutStored)
			w.drain()
			w.stands("D-1", gateway.StateUnknown)
			require.Equal(t, []gateway.Operation{gateway.OpCreate}, w.portal.calls, "nothing before settle")
			w.settle()
			got := w.portal.shows(t, "D-1")
			require.Equal(t, []string{"v1"}, got.headers)
			require.Equal(t, steps("D/1/2"), got.steps)
		}
	})

	t.Run("nothing newer leaves before the look-up", func(t *testing.T) {
		t.Parallel()
		w := setupWorld(t, gateway.ShowsTrail)
		w.want("D-1", content{Header: "v1"})
		w.portal.will(cutLost)
		w.drain()
		w.want("D-1", content{Header: "v2"})
		w.drain()
		require.Equal(t, []gateway.Operation{gateway.OpCreate}, w.portal.calls)
		w.settle()
		require.Equal(t, []string{"v2"}, w.portal.shows(t, "D-1").headers)
		w.stands("D-1", gateway.StateConfirmed)
	})

	t.Run("a late write that rolls a newer one back is noticed and repaired", func(t *testing.T) {
		t.Parallel()
		w := setupWorld(t, gateway.ShowsHeader)
		w.want("D-1", content{Header: "v1"})
		w.drain()
		w.want("D-1", content{Header: "v2"})
		w.portal.will(cutLate)
		w.drain()
		late := w.portal.late
		w.portal.late = nil
		w.want("D-1", content{Header: "v3"})
		w.pass(w.portal.spec.Settle + time.Second)
		w.drain()
		require.Equal(t, []string{"v1", "v3"}, w.portal.shows(t, "D-1").headers)
		w.stands("D-1", gateway.StateDelivered)
		w.portal.late = late
		w.settle()
		require.Equal(t, []string{"v1", "v3", "v2", "v3"}, w.portal.shows(t, "D-1").headers)
		w.stands("D-1", gateway.StateConfirmed)
	})

	t.Run("where no trail is shown, step 5 is sent once and closing steps until answered", func(t *testing.T) {
		t.Parallel()
		for _, shows := range []gateway.LookupMode{gateway.ShowsHeader, gateway.ShowsExistence} {
			for _, m := range []mishap{cutLost, cutStored} {
				w := setupWorld(t, shows)
				w.want("D-1", content{Header: "v1", Steps: steps("D/1/4", "D/2/5", "D/3/9", "D/4/10")})
				w.portal.will(well, m)
				w.drain()
				w.settle()
				got := w.portal.shows(t, "D-1").steps
				want := steps("D/3/9", "D/4/10")
				if m == cutStored {
					want = steps("D/1/4", "D/2/5", "D/3/9", "D/4/10", "D/3/9", "D/4/10")
				}
				require.Empty(t, cmp.Diff(want, got), "%s", shows)
			}
		}
	})

	t.Run("a cut update that was stored is undone when the source goes back", func(t *testing.T) {
		t.Parallel()
		w := setupWorld(t, gateway.ShowsExistence)
		w.want("D-1", content{Header: "v1"})
		w.drain()
		w.want("D-1", content{Header: "v2"})
		w.portal.will(cutStored)
		w.drain()
		w.want("D-1", content{Header: "v1"})
		w.settle()
		require.Equal(t, []string{"v1", "v2", "v1"}, w.portal.shows(t, "D-1").headers)
	})

	t.Run("a cut update whose header nobody shows is sent again", func(t *testing.T) {
		t.Parallel()
		w := setupWorld(t, gateway.ShowsExistence)
		w.want("D-1", content{Header: "v1"})
		w.drain()
		w.want("D-1", content{Header: "v2"})
		w.portal.will(cutLost)
		w.drain()
		w.settle()
		require.Equal(t, []string{"v1", "v2"}, w.portal.shows(t, "D-1").headers)
	})
}

func TestLaneFailures(t *testing.T) {
	t.Parallel()

	t.Run("poison is found by halving, parked alone, and cured by new data", func(t *testing.T) {
		t.Parallel()
		w := setupWorld(t, gateway.ShowsTrail)
		w.portal.spec.Batch, w.portal.spec.Lanes = 16, 1
		w.lane = w.newLane("node-b", gateway.BreakerOptions{})
		for i := range 16 {
			w.want(fmt.Sprint("D-", i), content{Header: "v1"})
		}
		w.want("D-7", content{Header: "poison"})
		w.drain()
		for i := range 16 {
			if i != 7 {
				w.stands(fmt.Sprint("D-", i), gateway.StateDelivered)
			}
		}
		state, shelf, cause := w.state("D-7")
		require.Equal(t, []string{"failed_data", "source", "said_refused"}, []string{string(state), string(shelf), cause})
		require.Less(t, len(w.portal.calls), 32)
		calls := len(w.portal.calls)
		w.settle()
		require.Len(t, w.portal.calls, calls, "never repeated blindly")
		w.want("D-7", content{Header: "healed"})
		w.drain()
		w.stands("D-7", gateway.StateDelivered)
	})

	t.Run("a foreign dossier becomes an update after a look", func(t *testing.T) {
		t.Parallel()
		w := setupWorld(t, gateway.ShowsTrail)
		w.portal.stored["D-1"] = &shown{headers: []string{"foreign"}, steps: steps("D/1/2")}
		w.want("D-1", content{Header: "v1", Steps: steps("D/1/2", "D/2/4")})
		w.drain()
		got := w.portal.shows(t, "D-1")
		require.Equal(t, []string{"foreign", "v1"}, got.headers)
		require.Equal(t, steps("D/1/2", "D/2/4"), got.steps)
	})

	t.Run("a dossier that the destination lost is created again", func(t *testing.T) {
		t.Parallel()
		w := setupWorld(t, gateway.ShowsTrail)
		w.want("D-1", content{Header: "v1", Steps: steps("D/1/2")})
		w.drain()
		delete(w.portal.stored, "D-1")
		w.want("D-1", content{Header: "v2", Steps: steps("D/1/2")})
		w.drain()
		got := w.portal.shows(t, "D-1")
		require.Equal(t, []string{"v2"}, got.headers)
		require.Equal(t, steps("D/1/2"), got.steps)
	})

	t.Run("an entity that cannot be shown is held with its problem, a planner's bug is ours", func(t *testing.T) {
		t.Parallel()
		w := setupWorld(t, gateway.ShowsTrail)
		w.schedule = gateway.Schedule{} // else our bug is tried again each millisecond
		w.lane = w.newLane("node-a", gateway.BreakerOptions{MinCalls: 1000})
		w.want("D-1", content{Header: "unmapped"})
		w.want("D-2", content{Header: "panic"})
		w.want("D-3", content{Header: "v1"})
		w.drain()
		state, shelf, cause := w.state("D-1")
		require.Equal(t, []string{"failed_data", "source", "plan.status.unmapped"}, []string{string(state), string(shelf), cause})
		state, shelf, _ = w.state("D-2")
		require.Equal(t, []string{"failed_gateway", "gateway"}, []string{string(state), string(shelf)})
		w.stands("D-3", gateway.StateDelivered)
	})

	t.Run("a planner that is never content is stopped", func(t *testing.T) {
		t.Parallel()
		w := setupWorld(t, gateway.ShowsTrail)
		w.want("D-1", content{Header: "unstable"})
		w.drain()
		w.settle()
		state, shelf, cause := w.state("D-1")
		require.Equal(t, []string{"failed_gateway", "gateway", "plan.unstable"}, []string{string(state), string(shelf), cause})
		require.Equal(t, []string{"unstable"}, w.portal.shows(t, "D-1").headers)
	})

	t.Run("a destination that shows something else whatever it is sent is left to a person", func(t *testing.T) {
		t.Parallel()
		w := setupWorld(t, gateway.ShowsHeader)
		w.portal.differs = "!"
		w.want("D-1", content{Header: "v1"})
		w.portal.will(cutStored)
		w.settle()
		state, shelf, cause := w.state("D-1")
		require.Equal(t, []string{"failed_destination", "destination", "shown.differs"}, []string{string(state), string(shelf), cause})
		require.LessOrEqual(t, len(w.portal.shows(t, "D-1").headers), 6)
	})

	t.Run("an answer outside every contract is an unknown outcome", func(t *testing.T) {
		t.Parallel()
		w := setupWorld(t, gateway.ShowsTrail)
		w.portal.babble = true
		w.want("D-1", content{Header: "v1"})
		w.drain()
		w.stands("D-1", gateway.StateUnknown)
		w.portal.babble = false
		w.settle()
		w.stands("D-1", gateway.StateConfirmed)
		require.Equal(t, []string{"v1"}, w.portal.shows(t, "D-1").headers)
	})

	t.Run("words that no text column takes are kept as far as they can be", func(t *testing.T) {
		t.Parallel()
		w := setupWorld(t, gateway.ShowsTrail)
		w.portal.said = "a\x00b\xff"
		w.want("D-1", content{Header: "poison"})
		w.drain()
		_, _, cause := w.state("D-1")
		require.Equal(t, "ab", cause)
	})

	t.Run("unavailable, throttled and logged out take nothing and are tried again", func(t *testing.T) {
		t.Parallel()
		for _, m := range []mishap{down, busy, loggedOut} {
			w := setupWorld(t, gateway.ShowsTrail)
			w.want("D-1", content{Header: "v1", Steps: steps("D/1/2")})
			w.portal.will(m, well, m)
			w.settle()
			got := w.portal.shows(t, "D-1")
			require.Equal(t, []string{"v1"}, got.headers)
			require.Equal(t, steps("D/1/2"), got.steps)
		}
	})
}

func TestLaneThroughAnOutage(t *testing.T) {
	t.Parallel()
	w := setupWorld(t, gateway.ShowsTrail)
	w.portal.spec.Lanes = 1
	w.lane = w.newLane("node-b", gateway.BreakerOptions{MinCalls: 1, OpenFor: time.Hour})
	for i := range 30 {
		w.want(fmt.Sprint("D-", i), content{Header: "v1"})
	}
	w.portal.will(down)
	next, err := w.lane.Drain(t.Context(), "model", 0)
	require.NoError(t, err)
	require.True(t, next.Held)
	require.Greater(t, next.After, 30*time.Minute)
	require.Equal(t, []int{8}, w.portal.sizes, "no call after it opened")
	var touched int
	require.NoError(t, w.pool.QueryRow(t.Context(), `SELECT count(*) FROM delivery WHERE tries > 0`).Scan(&touched))
	require.Equal(t, 8, touched, "what waits for the breaker is not written to")

	_, err = w.pool.Exec(t.Context(), `UPDATE breaker SET open_until = now()`)
	require.NoError(t, err)
	w.lane = w.newLane("node-c", gateway.BreakerOptions{})
	w.pass(time.Second)
	w.drain()
	require.Equal(t, []int{8, 1, 7}, w.portal.sizes[:3], "one canary, then the rest of the claim")
	for i := range 30 {
		w.stands(fmt.Sprint("D-", i), gateway.StateDelivered)
	}
}

func TestSyncStatus(t *testing.T) {
	t.Parallel()
	w := setupWorld(t, gateway.ShowsTrail)
	w.want("D-1", content{Header: "v1"})
	w.drain()
	w.want("D-2", content{Header: "poison"})
	w.drain()
	w.want("D-3", content{Header: "v1"})
	w.portal.will(cutLost)
	w.drain()
	w.want("D-4", content{Header: "v1"})
	all, err := w.store.SyncStatus(context.Background())
	require.NoError(t, err)
	require.Len(t, all, 1)
	s := all[0]
	require.Equal(t, "model", s.Destination)
	require.Equal(t, []int{2, 1, 1, 1}, []int{s.Backlog(), s.Unknown(), s.Parked(), s.Due})
	require.False(t, s.OldestAt.IsZero())
}

// stands requires a state.
func (w *world) stands(key string, want gateway.SyncState) {
	w.t.Helper()
	got, _, cause := w.state(key)
	require.Equal(w.t, want, got, "%s: %s", key, cause)
}
