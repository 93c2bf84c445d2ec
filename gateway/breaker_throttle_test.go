package gateway_test

import (
	"log/slog"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/lienthong/lienthong/gateway"
)

func TestThrottleIsShared(t *testing.T) {
	t.Parallel()
	portal := func() *modelPortal { return newModelPortal("model", gateway.ShowsTrail) }

	t.Run("every node knows within two seconds, and until when", func(t *testing.T) {
		t.Parallel()
		synctest.Test(t, func(t *testing.T) {
			r := newRows()
			a, b := newNode(t, r, "a", portal()), newNode(t, r, "b", portal())
			made, _ := call(t, b, gateway.HealthAlive, 0)
			require.True(t, made)
			a.Throttle(t.Context(), "model", 10*time.Second)
			require.Equal(t, 10*time.Second, a.Throttled("model"))
			time.Sleep(1500 * time.Millisecond)
			require.NoError(t, b.Refresh(t.Context()))
			require.Equal(t, 8500*time.Millisecond, b.Throttled("model"))
			require.Equal(t, 8500*time.Millisecond, b.Held("model"))
			time.Sleep(8500 * time.Millisecond)
			require.Zero(t, a.Throttled("model")+b.Throttled("model"))
			require.Empty(t, r.line(), "no breaker moved")
		})
	})

	t.Run("calls that ran together write once, and a longer wait is told", func(t *testing.T) {
		t.Parallel()
		synctest.Test(t, func(t *testing.T) {
			r := newRows()
			a := newNode(t, r, "a", portal())
			for range 10 {
				a.Throttle(t.Context(), "model", 5*time.Second)
				time.Sleep(10 * time.Millisecond)
			}
			require.Equal(t, 4900*time.Millisecond, r.view(gateway.SwitchKey("model")).Throttled(), "as the first said")
			require.Equal(t, 4990*time.Millisecond, a.Throttled("model"))
			a.Throttle(t.Context(), "model", time.Minute)
			require.Equal(t, time.Minute, r.view(gateway.SwitchKey("model")).Throttled())
			a.Throttle(t.Context(), "model", time.Second)
			require.Equal(t, time.Minute, a.Throttled("model"), "never shorter")
		})
	})

	t.Run("rows that cannot be written leave it here, and the next throttled call tells", func(t *testing.T) {
		t.Parallel()
		synctest.Test(t, func(t *testing.T) {
			r := newRows()
			a := newNode(t, r, "a", portal())
			r.breakDown(true)
			a.Throttle(t.Context(), "model", 10*time.Second)
			require.Equal(t, 10*time.Second, a.Throttled("model"))
			r.breakDown(false)
			a.Throttle(t.Context(), "model", 10*time.Second)
			require.Equal(t, 10*time.Second, r.view(gateway.SwitchKey("model")).Throttled())
		})
	})

	t.Run("an operator who resumes lifts it on all nodes", func(t *testing.T) {
		t.Parallel()
		synctest.Test(t, func(t *testing.T) {
			r := newRows()
			var freed []string
			b, err := gateway.NewBreakers(gateway.BreakersConfig{
				Store: r, Destinations: []gateway.Destination{portal()}, Node: "b", Logger: slog.New(slog.DiscardHandler),
				Freed: func(code string) { freed = append(freed, code) },
			})
			require.NoError(t, err)
			a := newNode(t, r, "a", portal())
			a.Throttle(t.Context(), "model", time.Hour)
			require.NoError(t, b.Refresh(t.Context()))
			require.Equal(t, time.Hour, b.Throttled("model"))
			time.Sleep(time.Second)
			require.NoError(t, a.Force(t.Context(), resume("model")))
			require.Zero(t, a.Throttled("model"))
			require.NoError(t, b.Refresh(t.Context()))
			require.Zero(t, b.Throttled("model"))
			require.Equal(t, []string{"model"}, freed)
		})
	})
}

// What one node was asked, the lanes of another obey.
func TestThrottledLaneStopsOthers(t *testing.T) {
	t.Parallel()
	w := setupWorld(t, gateway.ShowsTrail)
	w.portal.spec.Lanes, w.portal.spec.Batch = 1, 1
	w.schedule = gateway.Schedule{}
	w.lane = w.newLane("node-a", gateway.BreakerOptions{})
	w.portal.mishaps, w.portal.busyFor = []mishap{busy}, time.Minute
	w.want("D-1", content{Header: "v1"})
	w.want("D-2", content{Header: "v1"})
	next, err := w.lane.Drain(t.Context(), "model", 0)
	require.NoError(t, err)
	require.True(t, next.Held)
	require.Len(t, w.portal.calls, 1)
	other := w.newLane("node-b", gateway.BreakerOptions{})
	next, err = other.Drain(t.Context(), "model", 0)
	require.NoError(t, err)
	require.True(t, next.Held)
	require.Greater(t, next.After, 30*time.Second)
	require.LessOrEqual(t, next.After, time.Minute)
	require.Len(t, w.portal.calls, 1, "nothing was asked of it")
}
