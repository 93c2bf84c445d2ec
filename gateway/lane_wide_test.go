package gateway_test

import (
	"context"
	"fmt"
	"log/slog"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/lienthong/lienthong/gateway"
)

func TestLaneSeesPastWhatIsHeld(t *testing.T) {
	t.Parallel()
	w := setupWorld(t, gateway.ShowsTrail)
	w.portal.spec.Lanes, w.portal.spec.Batch = 1, 2
	w.lane = w.newLane("node-b", gateway.BreakerOptions{})
	for i := range 25 {
		w.want(fmt.Sprint("D-", i), content{Header: "v1"})
	}
	w.drain()
	for i := range 25 {
		key := fmt.Sprint("D-", i)
		w.want(key, content{Header: "v1", Steps: steps("20260609100000/9")})
	}
	w.want("late", content{Header: "v1"})
	_, err := w.pool.Exec(t.Context(), `UPDATE delivery_due SET rank = 1e12 WHERE entity_id = $1`, w.ids["late"])
	require.NoError(t, err)
	w.order(gateway.Order{Key: gateway.BreakerKey{Destination: "model", Operation: gateway.OpSteps}, State: gateway.BreakerOpen, Actor: "an", Reason: "hỏng"})
	w.lane = w.newLane("node-c", gateway.BreakerOptions{})
	next, err := w.lane.Drain(t.Context(), "model", 0)
	require.NoError(t, err)
	require.True(t, next.Held)
	w.stands("late", gateway.StateDelivered)
	w.stands("D-0", gateway.StateQueued)

	counted := &claims{LaneStore: w.crash}
	w.crash = &crashStore{LaneStore: counted}
	w.lane = w.newLane("node-d", gateway.BreakerOptions{})
	for range 3 {
		_, err = w.lane.Drain(t.Context(), "model", 0)
		require.NoError(t, err)
	}
	require.Equal(t, []int{2, 50, 2, 2}, counted.limits, "a long wait does not look past every time")
}

// claims notes how much lanes claim.
type claims struct {
	gateway.LaneStore
	limits []int
}

func (c *claims) ClaimDue(ctx context.Context, l gateway.LaneLease, limit int, lead time.Duration) ([]gateway.Delivery, error) {
	c.limits = append(c.limits, limit)
	return c.LaneStore.ClaimDue(ctx, l, limit, lead)
}

// slowKeys is a store of keys that does not answer.
type slowKeys struct{}

func (slowKeys) EvidenceKey(ctx context.Context, _ time.Time, _ bool) ([]byte, error) {
	<-ctx.Done()
	return nil, ctx.Err()
}

func TestLaneRecordsWithoutEvidence(t *testing.T) {
	t.Parallel()
	w := setupWorld(t, gateway.ShowsTrail)
	w.portal.spec.Lanes = 1
	quiet, destinations := slog.New(slog.DiscardHandler), []gateway.Destination{w.portal}
	breakers, err := gateway.NewBreakers(gateway.BreakersConfig{Store: w.store, Destinations: destinations, Node: "node-v", Logger: quiet})
	require.NoError(t, err)
	w.lane, err = gateway.NewLane(gateway.LaneConfig{
		Store: w.crash, Breakers: breakers, Destinations: destinations, Node: "node-v", Logger: quiet, Vault: gateway.NewVault(slowKeys{}),
	})
	require.NoError(t, err)
	for i := range 4 {
		w.want(fmt.Sprint("D-", i), content{Header: "v1"})
	}
	ctx, cancel := context.WithTimeout(t.Context(), 15*time.Second) // as River's time for a job
	defer cancel()
	_, err = w.lane.Drain(ctx, "model", 0)
	require.NoError(t, err)
	w.stands("D-3", gateway.StateDelivered)
}

func TestLaneOutlivesASenderThatPanics(t *testing.T) {
	t.Parallel()
	w := setupWorld(t, gateway.ShowsTrail)
	w.portal.spec.Lanes = 1
	w.lane = w.newLane("node-p", gateway.BreakerOptions{MinCalls: 1000})
	once := true
	w.portal.onSend = func() {
		if once {
			once = false
			panic("a sender that cannot bear it")
		}
	}
	w.want("K", content{Header: "v1"})
	w.settle()
	w.stands("K", gateway.StateConfirmed)
	require.Equal(t, 1, w.portal.stored["K"].creates)
}
