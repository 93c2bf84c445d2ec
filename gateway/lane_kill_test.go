package gateway_test

import (
	"context"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/lienthong/lienthong/gateway"
)

func TestLaneAfterKill(t *testing.T) {
	t.Parallel()
	places := map[string]func(*crashStore){
		"between the mark and the call":   func(c *crashStore) { c.afterBegin.Store(true) },
		"between the call and its record": func(c *crashStore) { c.beforeRecord.Store(true) },
		"between record and what follows": func(c *crashStore) { c.afterRecord.Store(true) },
		"before the lease is given back":  func(c *crashStore) { c.beforeLeave.Store(true) },
	}
	for name, kill := range places {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			w := setupWorld(t, gateway.ShowsTrail)
			w.want("D-1", content{Header: "v1", Steps: steps("D/1/2", "D/2/5")})
			kill(w.crash)
			w.drain()
			w.settle()
			got := w.portal.shows(t, "D-1")
			require.Equal(t, []string{"v1"}, got.headers)
			require.Equal(t, steps("D/1/2", "D/2/5"), got.steps)
		})
	}

	t.Run("a worker that was declared dead confirms nothing", func(t *testing.T) {
		t.Parallel()
		w := setupWorld(t, gateway.ShowsTrail)
		w.want("D-1", content{Header: "v1"})
		other := w.newLane("node-b", gateway.BreakerOptions{})
		lane := gateway.SlotOf("D-1") % w.portal.spec.Lanes
		w.portal.onSend = func() { // the sleeper's lease ends while it calls, and another takes the lane
			w.portal.onSend = nil
			w.expire()
			_, err := other.Drain(context.Background(), w.portal.spec.Code, lane)
			require.NoError(t, err)
		}
		_, err := w.lane.Drain(context.Background(), w.portal.spec.Code, lane)
		require.NoError(t, err)
		w.stands("D-1", gateway.StateUnknown)
		w.settle()
		w.stands("D-1", gateway.StateConfirmed)
		require.Equal(t, []string{"v1"}, w.portal.shows(t, "D-1").headers)
	})

	t.Run("a lane has one worker", func(t *testing.T) {
		t.Parallel()
		w := setupWorld(t, gateway.ShowsTrail)
		w.want("D-1", content{Header: "v1"})
		other := w.newLane("node-b", gateway.BreakerOptions{})
		lane := gateway.SlotOf("D-1") % w.portal.spec.Lanes
		var next gateway.Next
		w.portal.onSend = func() {
			var err error
			next, err = other.Drain(context.Background(), w.portal.spec.Code, lane)
			require.NoError(t, err)
		}
		w.drain()
		require.Positive(t, next.After)
		require.Equal(t, []gateway.Operation{gateway.OpCreate}, w.portal.calls)
		w.stands("D-1", gateway.StateDelivered)
	})
}
