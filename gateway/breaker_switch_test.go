package gateway_test

import (
	"context"
	"log/slog"
	"slices"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/lienthong/lienthong/gateway"
)

func pause(code string) gateway.Order {
	return gateway.Order{Key: gateway.SwitchKey(code), State: gateway.BreakerOpen, Actor: "an", Reason: "bảo trì"}
}

func resume(code string) gateway.Order {
	return gateway.Order{Key: gateway.SwitchKey(code), Actor: "an", Reason: "xong"}
}

func TestKillSwitch(t *testing.T) {
	t.Parallel()
	for _, code := range []string{"model", gateway.EveryDestination} {
		t.Run("of "+code+" stops every operation on every node within two seconds", func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				r := newRows()
				a, b := newNode(t, r, "a", newModelPortal("model", gateway.ShowsTrail)), newNode(t, r, "b", newModelPortal("model", gateway.ShowsTrail))
				made, _ := call(t, b, gateway.HealthAlive, 0)
				require.True(t, made)
				require.NoError(t, a.Force(t.Context(), pause(code)))
				require.True(t, a.Paused("model"))
				require.Positive(t, a.Held("model"))
				for _, op := range []gateway.Operation{gateway.OpCreate, gateway.OpUpdate, gateway.OpSteps, gateway.OpLookup} {
					permit, wait, err := a.Allow(t.Context(), gateway.BreakerKey{Destination: "model", Operation: op}, callLength)
					require.NoError(t, err)
					require.Nil(t, permit)
					require.Positive(t, wait)
				}
				time.Sleep(2 * time.Second)
				made, _ = call(t, b, gateway.HealthAlive, 0) // nobody has told b, and it was not asked to read
				require.False(t, made)
				require.NoError(t, a.Force(t.Context(), resume(code)))
				made, _ = call(t, a, gateway.HealthAlive, 0)
				require.True(t, made)
			})
		})
	}

	t.Run("of another destination stops nothing", func(t *testing.T) {
		t.Parallel()
		synctest.Test(t, func(t *testing.T) {
			a := newNode(t, newRows(), "a", newModelPortal("model", gateway.ShowsTrail))
			require.NoError(t, a.Force(t.Context(), pause("other")))
			made, _ := call(t, a, gateway.HealthAlive, 0)
			require.True(t, made)
		})
	})

	t.Run("stops a call that had leave and a probe that was granted", func(t *testing.T) {
		t.Parallel()
		synctest.Test(t, func(t *testing.T) {
			r := newRows()
			a := newNode(t, r, "a", newModelPortal("model", gateway.ShowsTrail))
			permit, _, err := a.Allow(t.Context(), createKey, callLength)
			require.NoError(t, err)
			require.NoError(t, a.Force(t.Context(), pause("model")))
			require.False(t, permit.Start())
			permit.Cancel(t.Context())
			require.NoError(t, a.Force(t.Context(), resume("model")))
			for range 4 {
				call(t, a, gateway.HealthSick, 0)
			}
			time.Sleep(openFor + time.Millisecond)
			permit, _, err = a.Allow(t.Context(), createKey, callLength)
			require.NoError(t, err)
			require.True(t, permit.Probe())
			require.NoError(t, a.Force(t.Context(), pause("model")))
			require.False(t, permit.Start())
			permit.Cancel(t.Context())
		})
	})
}

func TestNoCallOnAnOldMirror(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		r := newRows()
		a := newNode(t, r, "a", newModelPortal("model", gateway.ShowsTrail))
		permit, _, err := a.Allow(t.Context(), createKey, callLength)
		require.NoError(t, err)
		time.Sleep(2 * time.Second) // its mark took so long; an operator may have spoken meanwhile
		require.False(t, permit.Start())
		r.breakDown(true)
		permit, _, err = a.Allow(t.Context(), createKey, callLength)
		require.Error(t, err)
		require.Nil(t, permit)
		r.breakDown(false)
		made, _ := call(t, a, gateway.HealthAlive, 0)
		require.True(t, made)
	})
}

// TestRunHearsOfOrders starts a node that has nothing to do: it reads each ten seconds, but for what it is told.
func TestRunHearsOfOrders(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		r, portal := newRows(), newModelPortal("model", gateway.ShowsTrail)
		changed := make(chan chan struct{}, 1)
		changed <- make(chan struct{})
		tell := func() {
			c := <-changed
			close(c)
			changed <- make(chan struct{})
		}
		var freed []string
		b, err := gateway.NewBreakers(gateway.BreakersConfig{
			Store: r, Destinations: []gateway.Destination{portal}, Node: "idle", Logger: slog.New(slog.DiscardHandler),
			Options: gateway.BreakerOptions{OpenFor: openFor},
			Changed: func() <-chan struct{} { c := <-changed; changed <- c; return c },
			Freed:   func(code string) { freed = append(freed, code) },
		})
		require.NoError(t, err)
		ctx, cancel := context.WithCancel(t.Context())
		done := make(chan error)
		go func() { done <- b.Run(ctx) }()
		order := func(o gateway.Order) {
			time.Sleep(15300 * time.Millisecond) // between two polls: changes within a moment of a reading are gathered
			_, err := r.ForceBreaker(t.Context(), o)
			require.NoError(t, err)
			tell()
			synctest.Wait()
		}
		order(pause("model"))
		require.True(t, b.Paused("model"), "without the clock moving")
		order(pause(gateway.EveryDestination))
		order(resume("model"))
		require.Empty(t, freed, "all are still paused")
		order(resume(gateway.EveryDestination))
		require.False(t, b.Paused("model"))
		order(gateway.Order{Key: createKey, State: gateway.BreakerOpen, Actor: "an", Reason: "x"})
		order(gateway.Order{Key: createKey, Actor: "an", Reason: "x"})
		cancel()
		require.NoError(t, <-done)
		require.Equal(t, []string{"model", "model"}, freed)
	})
}

// TestNobodyProbes: an open breaker whose time has come is left alone while its destination wants no call.
func TestNobodyProbes(t *testing.T) {
	t.Parallel()
	cases := map[string]struct {
		shape  gateway.Shape
		paused bool
		probes bool
	}{
		"but where nothing forbids it":  {probes: true},
		"what is paused":                {paused: true},
		"what is being maintained":      {shape: gateway.Shape{Windows: []gateway.Window{{Maintenance: true}}}},
		"but in a peak, which is no no": {shape: gateway.Shape{Windows: []gateway.Window{{Lanes: 1}}}, probes: true},
	}
	for name, c := range cases {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				r, portal := newRows(), newModelPortal("model", gateway.ShowsTrail)
				b, err := gateway.NewBreakers(gateway.BreakersConfig{
					Store: r, Destinations: []gateway.Destination{portal}, Node: "a", Logger: slog.New(slog.DiscardHandler),
					Options: gateway.BreakerOptions{OpenFor: openFor}, Shapes: map[string]gateway.Shape{"model": c.shape},
				})
				require.NoError(t, err)
				_, _, err = r.MoveBreaker(t.Context(), gateway.BreakerMove{
					Key: createKey, From: []gateway.BreakerState{gateway.BreakerClosed}, To: gateway.BreakerOpen, OpenFor: time.Second, Node: "b",
				})
				require.NoError(t, err)
				if c.paused {
					_, err = r.ForceBreaker(t.Context(), pause("model"))
					require.NoError(t, err)
				}
				ctx, cancel := context.WithCancel(t.Context())
				done := make(chan error)
				go func() { done <- b.Run(ctx) }()
				time.Sleep(time.Minute)
				cancel()
				require.NoError(t, <-done)
				require.Equal(t, c.probes, slices.Contains(portal.calls, gateway.OpLookup))
			})
		})
	}
}

func TestAnOperatorProbes(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		ctx, stop := context.WithCancel(t.Context())
		r, freed := newRows(), make(chan string, 10)
		portal := newModelPortal("model", gateway.ShowsTrail)
		a, err := gateway.NewBreakers(gateway.BreakersConfig{
			Store: r, Destinations: []gateway.Destination{portal}, Node: "a", Logger: slog.New(slog.DiscardHandler),
			Options: gateway.BreakerOptions{OpenFor: time.Hour, MinCalls: 1}, Freed: func(code string) { freed <- code },
		})
		require.NoError(t, err)
		require.NoError(t, a.Refresh(ctx))
		made, _ := call(t, a, gateway.HealthSick, 0)
		require.True(t, made)
		running := make(chan error, 1)
		go func() { running <- a.Run(ctx) }()
		time.Sleep(5 * time.Second)
		made, _ = call(t, a, gateway.HealthAlive, 0)
		require.False(t, made, "an hour is long")
		require.Empty(t, freed)
		_, err = r.ForceBreaker(ctx, gateway.Order{Key: createKey, Actor: "an", Reason: "cổng báo đã sửa"}) // from another process
		require.NoError(t, err)
		time.Sleep(1100 * time.Millisecond)
		require.Equal(t, "model", <-freed, "lanes that sleep for an hour are woken")
		made, probe := call(t, a, gateway.HealthAlive, 0)
		require.True(t, made && probe, "as a probe, alone")
		stop()
		require.NoError(t, <-running)
	})
}
