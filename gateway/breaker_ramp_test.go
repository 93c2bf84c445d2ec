package gateway_test

import (
	"fmt"
	"log/slog"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/lienthong/lienthong/gateway"
)

// rampOf returns how far the breaker of creates has come, as a node sees it.
func rampOf(b *gateway.Breakers) int {
	for _, v := range b.View() {
		if v.Key == createKey {
			return v.Ramp
		}
	}
	return -1
}

func TestBreakerRamp(t *testing.T) {
	t.Parallel()
	// setup returns two nodes on one row whose breaker has just closed after an outage, by a canary.
	setup := func(t *testing.T) (*rows, []*gateway.Breakers) {
		r := newRows()
		var nodes []*gateway.Breakers
		for _, name := range []string{"a", "b"} {
			b, err := gateway.NewBreakers(gateway.BreakersConfig{
				Store: r, Destinations: []gateway.Destination{newModelPortal("model", gateway.ShowsTrail)}, Node: name, Logger: slog.New(slog.DiscardHandler),
				Options: gateway.BreakerOptions{OpenFor: openFor, MinCalls: 4, SlowCall: time.Second, RampCalls: 3},
			})
			require.NoError(t, err)
			nodes = append(nodes, b)
		}
		require.Equal(t, 100, rampOf(nodes[0]), "a process that starts knows of no outage")
		for range 4 {
			call(t, nodes[0], gateway.HealthSick, 0)
		}
		time.Sleep(openFor + time.Millisecond)
		made, probe := call(t, nodes[0], gateway.HealthAlive, 0)
		require.True(t, made && probe)
		return r, nodes
	}

	t.Run("one canary, then 5, 25 and 100 %, counted over all nodes", func(t *testing.T) {
		t.Parallel()
		synctest.Test(t, func(t *testing.T) {
			_, nodes := setup(t)
			var seen []int
			for i := range 6 {
				made, probe := call(t, nodes[i%2], gateway.HealthAlive, 0)
				require.True(t, made && !probe)
				time.Sleep(2 * time.Second) // the other node has read the row by then
				seen = append(seen, rampOf(nodes[i%2]))
			}
			require.Equal(t, []int{5, 5, 25, 25, 25, 100}, seen)
		})
	})

	t.Run("a bad or slow call begins its step anew, what says nothing does not count", func(t *testing.T) {
		t.Parallel()
		synctest.Test(t, func(t *testing.T) {
			_, nodes := setup(t)
			for _, c := range []struct {
				health gateway.Health
				took   time.Duration
				want   int
			}{
				{gateway.HealthAlive, 0, 5}, {gateway.HealthAlive, 0, 5}, {gateway.HealthSick, 0, 5},
				{gateway.HealthAlive, 0, 5}, {gateway.HealthIgnored, 0, 5}, {gateway.HealthAlive, 0, 5}, {gateway.HealthAlive, 2 * time.Second, 5},
				{gateway.HealthAlive, 0, 5}, {gateway.HealthAlive, 0, 5}, {gateway.HealthAlive, 0, 25},
			} {
				made, _ := call(t, nodes[0], c.health, c.took)
				require.True(t, made)
				require.Equal(t, c.want, rampOf(nodes[0]))
			}
		})
	})

	t.Run("an outage on the ramp begins with a canary again", func(t *testing.T) {
		t.Parallel()
		synctest.Test(t, func(t *testing.T) {
			r, nodes := setup(t)
			for range 4 {
				call(t, nodes[0], gateway.HealthSick, 0)
			}
			require.Equal(t, gateway.BreakerOpen, r.line()[len(r.line())-1].to)
			require.Zero(t, rampOf(nodes[0]))
			time.Sleep(openFor + time.Millisecond)
			made, probe := call(t, nodes[1], gateway.HealthAlive, 0)
			require.True(t, made && probe)
			require.Equal(t, 5, rampOf(nodes[1]))
		})
	})

	t.Run("what the prober closed owes one canary over all nodes", func(t *testing.T) {
		t.Parallel()
		synctest.Test(t, func(t *testing.T) {
			r, nodes := setup(t)
			r.mu.Lock()
			r.all[createKey].Ramp = 0
			r.mu.Unlock()
			time.Sleep(2 * time.Second)
			first, _, err := nodes[0].Allow(t.Context(), createKey, callLength)
			require.NoError(t, err)
			require.True(t, first.Probe())
			second, wait, err := nodes[1].Allow(t.Context(), createKey, callLength)
			require.NoError(t, err)
			require.Nil(t, second)
			require.Positive(t, wait)
			require.True(t, first.Start())
			first.Done(t.Context(), gateway.HealthSick, 0)
			require.Equal(t, gateway.BreakerOpen, r.line()[len(r.line())-1].to, "a canary that dies closes the mine")
		})
	})

	t.Run("an operator who forces it closed gets everything", func(t *testing.T) {
		t.Parallel()
		synctest.Test(t, func(t *testing.T) {
			_, nodes := setup(t)
			require.NoError(t, nodes[0].Force(t.Context(), gateway.Order{Key: createKey, State: gateway.BreakerClosed, Actor: "an", Reason: "x"}))
			made, probe := call(t, nodes[0], gateway.HealthAlive, 0)
			require.True(t, made && !probe)
			require.Equal(t, 5, rampOf(nodes[0]), "the ramp itself stays where it is")
		})
	})
}

// TestLaneRamp lets all lanes work at once on a destination that is on its ramp:
// five per cent of 40 lanes are two calls at once, a quarter ten.
func TestLaneRamp(t *testing.T) {
	t.Parallel()
	for step, width := range map[int]int{5: 2, 25: 10} {
		t.Run(fmt.Sprint(step, " %"), func(t *testing.T) {
			t.Parallel()
			w := setupWorld(t, gateway.ShowsTrail)
			w.portal.spec.Lanes, w.portal.spec.Batch = 40, 1
			for i := range 80 {
				w.want(fmt.Sprint("D-", i), content{Header: "v1"})
			}
			_, err := w.pool.Exec(t.Context(), `
				INSERT INTO breaker (destination, operation, state, ramp, updated_at) VALUES ('model', 'create', 'closed', $1, now())`, step)
			require.NoError(t, err)
			w.lane = w.newLane("node-b", gateway.BreakerOptions{RampCalls: 1000, MinCalls: 1000})
			calls := &together{pair: make(chan struct{})}
			w.portal.onSend = func() {
				calls.one(t, func() { _, _ = w.pool.Exec(t.Context(), `SELECT pg_sleep(0.01)`) }) // as a network would
			}
			var lanes sync.WaitGroup
			for i := range 40 {
				lanes.Go(func() {
					for {
						next, err := w.lane.Drain(t.Context(), "model", i)
						if err != nil {
							t.Error(err)
						}
						if err != nil || !next.Again {
							return
						}
					}
				})
			}
			lanes.Wait()
			require.Len(t, w.portal.stored, 80)
			require.LessOrEqual(t, calls.most, width)
		})
	}
}

// together counts calls that run at once. The first of them wait for each other: two are always allowed.
type together struct {
	mu            sync.Mutex
	running, most int
	pair          chan struct{}
	met           bool
}

func (c *together) one(t *testing.T, work func()) {
	c.mu.Lock()
	c.running++
	c.most = max(c.most, c.running)
	if c.running == 2 && !c.met {
		c.met = true
		close(c.pair)
	}
	c.mu.Unlock()
	select {
	case <-c.pair:
	case <-time.After(30 * time.Second):
		t.Error("two calls at once were not allowed")
	}
	work()
	c.mu.Lock()
	c.running--
	c.mu.Unlock()
}
