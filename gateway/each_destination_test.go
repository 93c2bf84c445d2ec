package gateway_test

import (
	"log/slog"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/lienthong/lienthong/gateway"
)

// What is said of one destination holds for it alone.
func TestBreakersOfEachDestination(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		one, two := newModelPortal("model", gateway.ShowsTrail), newModelPortal("other", gateway.ShowsTrail)
		b, err := gateway.NewBreakers(gateway.BreakersConfig{
			Store: newRows(), Destinations: []gateway.Destination{one, two}, Node: "a", Logger: slog.New(slog.DiscardHandler),
			Options: gateway.BreakerOptions{OpenFor: openFor, MinCalls: 4},
			Each:    map[string]gateway.BreakerOptions{"other": {OpenFor: time.Minute, MinCalls: 1}},
		})
		require.NoError(t, err)
		sick := func(code string) time.Duration {
			key := gateway.BreakerKey{Destination: code, Operation: gateway.OpCreate}
			permit, wait, err := b.Allow(t.Context(), key, callLength)
			require.NoError(t, err)
			if permit == nil {
				return wait
			}
			require.True(t, permit.Start())
			permit.Done(t.Context(), gateway.HealthSick, time.Millisecond)
			return 0
		}
		require.Zero(t, sick("other"))
		require.Equal(t, time.Minute, sick("other"), "one call is enough there, and it stays open for a minute")
		for range 4 {
			require.Zero(t, sick("model"), "four are needed here")
		}
		require.Equal(t, openFor, sick("model"))
	})
}

func TestScheduleOfEachDestination(t *testing.T) {
	t.Parallel()
	w := setupWorld(t, gateway.ShowsTrail)
	quiet, all := slog.New(slog.DiscardHandler), []gateway.Destination{w.portal}
	breakers, err := gateway.NewBreakers(gateway.BreakersConfig{Store: w.store, Destinations: all, Node: "b", Logger: quiet})
	require.NoError(t, err)
	w.lane, err = gateway.NewLane(gateway.LaneConfig{
		Store: w.store, Breakers: breakers, Destinations: all, Node: "b", Logger: quiet, Schedule: w.schedule,
		Schedules: map[string]gateway.Schedule{"model": {Base: 5 * time.Minute, Cap: 6 * time.Minute}, "other": {}},
	})
	require.NoError(t, err)
	w.portal.mishaps = []mishap{down}
	w.want("K", content{Header: "a"})
	w.drain()
	var wait time.Duration
	require.NoError(t, w.pool.QueryRow(t.Context(), `SELECT retry_at - now() FROM delivery`).Scan(&wait))
	require.Greater(t, wait, time.Minute)
	require.LessOrEqual(t, wait, 6*time.Minute)
}
