package gateway_test

import (
	"context"
	"fmt"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/lienthong/lienthong/gateway"
)

// A lane that waited long for its turn gives it to what is most urgent by then,
// not to what it had claimed before.
func TestLaneTurnComesLate(t *testing.T) {
	t.Parallel()
	w := setupWorld(t, gateway.ShowsTrail)
	w.portal.spec.Lanes, w.portal.spec.Batch = 2, 1
	first, second, urgent := w.keyOf(0, "first"), w.keyOf(1, "second"), w.keyOf(1, "urgent")
	w.want(first, content{Header: "v1"})
	claims := &claimStore{LaneStore: w.crash, lane: 1, claimed: make(chan struct{})}
	lane := w.shapedLaneOver(claims, gateway.Shape{Windows: []gateway.Window{{Lanes: 1}}}, nil)
	var mine, other sync.WaitGroup
	defer other.Wait()
	w.portal.onSend = sync.OnceFunc(func() { // the only call at once
		w.want(second, content{Header: "v1"})
		other.Go(func() { drainLane(t, lane, 1) })
		select {
		case <-claims.claimed:
		case <-time.After(30 * time.Second):
			t.Error("the other lane claims nothing")
		}
		w.want(urgent, content{Header: "v1"})
		_, err := w.pool.Exec(context.Background(), `
			WITH rested AS (SELECT pg_sleep(1.5))
			UPDATE delivery_due SET rank = extract(epoch FROM now() + interval '1 hour') FROM rested WHERE entity_id = $1`, w.ids[urgent])
		require.NoError(t, err)
	})
	mine.Go(func() { drainLane(t, lane, 0) })
	mine.Wait()
	other.Wait()
	require.Equal(t, []string{first, urgent, second}, w.portal.first)
}

// A turn that came late is not lost again and again to what comes first and waits
// for the breaker of another operation.
func TestLaneTurnComesLateBehindHeld(t *testing.T) {
	t.Parallel()
	w := setupWorld(t, gateway.ShowsTrail)
	w.portal.spec.Lanes, w.portal.spec.Single = 3, []gateway.Operation{gateway.OpSteps}
	w.lane = w.newLane("node-b", gateway.BreakerOptions{MinCalls: 1000})
	known := w.keyOf(1, "known")
	busy := []string{w.keyOf(0, "a"), w.keyOf(0, "b"), w.keyOf(0, "c"), w.keyOf(2, "d"), w.keyOf(2, "e"), w.keyOf(2, "f")}
	for _, key := range append(busy, known) {
		w.want(key, content{Header: "v1"})
	}
	w.drain()
	w.order(gateway.Order{Key: gateway.BreakerKey{Destination: "model", Operation: gateway.OpCreate}, State: gateway.BreakerOpen, Actor: "minh", Reason: "thử"})
	for _, key := range busy {
		w.want(key, content{Header: "v1", Steps: steps("D/1/2")})
	}
	w.want(w.keyOf(1, "held"), content{Header: "v1"})
	w.want(known, content{Header: "v2"})
	w.portal.calls = nil
	lane := w.shapedLane(gateway.Shape{Windows: []gateway.Window{{Lanes: 1}}}, nil)
	var all sync.WaitGroup
	others := sync.OnceFunc(func() {
		all.Go(func() { drainLane(t, lane, 2) })
		all.Go(func() { drainLane(t, lane, 1) })
	})
	w.portal.onSend = func() { // the only call at once
		others()
		_, err := w.pool.Exec(context.Background(), `SELECT pg_sleep(0.8)`)
		require.NoError(t, err)
	}
	all.Go(func() { drainLane(t, lane, 0) })
	all.Wait()
	require.Contains(t, w.portal.calls, gateway.OpUpdate)
	require.NotEqual(t, gateway.OpUpdate, w.portal.calls[len(w.portal.calls)-1], "it has to wait until nobody else wants a turn")
}

// drainLane works on one lane until nothing is due.
func drainLane(t *testing.T, lane *gateway.Lane, n int) {
	for next := (gateway.Next{Again: true}); next.Again; {
		var err error
		if next, err = lane.Drain(t.Context(), "model", n); err != nil {
			t.Error(err)
			return
		}
	}
}

// keyOf returns a key that falls into a lane.
func (w *world) keyOf(lane int, name string) string {
	for i := 0; ; i++ {
		if key := fmt.Sprint(name, "-", i); gateway.SlotOf(key)%w.portal.spec.Lanes == lane {
			return key
		}
	}
}

// claimStore says when a lane has claimed something.
type claimStore struct {
	gateway.LaneStore
	lane    int
	once    sync.Once
	claimed chan struct{}
}

func (c *claimStore) ClaimDue(ctx context.Context, l gateway.LaneLease, limit int, lead time.Duration) ([]gateway.Delivery, error) {
	claimed, err := c.LaneStore.ClaimDue(ctx, l, limit, lead)
	if l.Lane == c.lane && len(claimed) > 0 {
		c.once.Do(func() { close(c.claimed) })
	}
	return claimed, err
}
