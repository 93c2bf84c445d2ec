package gateway_test

import (
	"context"
	"fmt"
	"log/slog"
	"slices"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"github.com/lienthong/lienthong/gateway"
)

const (
	callLength = 5 * time.Second
	openFor    = 10 * time.Second
)

var createKey = gateway.BreakerKey{Destination: "model", Operation: gateway.OpCreate}

// newNode returns the breakers of one process on shared rows.
func newNode(t testing.TB, r *rows, name string, portal *modelPortal) *gateway.Breakers {
	b, err := gateway.NewBreakers(gateway.BreakersConfig{
		Store: r, Destinations: []gateway.Destination{portal}, Node: name, Logger: slog.New(slog.DiscardHandler),
		Options: gateway.BreakerOptions{OpenFor: openFor, MinCalls: 4, SlowCall: time.Second},
	})
	require.NoError(t, err)
	return b
}

// call makes one call if the breaker lets it and reports whether it was made, and as a probe.
func call(t require.TestingT, b *gateway.Breakers, health gateway.Health, took time.Duration) (made, probe bool) {
	ctx := context.Background()
	permit, wait, err := b.Allow(ctx, createKey, callLength)
	require.NoError(t, err)
	if permit == nil {
		require.Positive(t, wait)
		return false, false
	}
	if !permit.Start() {
		permit.Cancel(ctx)
		return false, false
	}
	time.Sleep(took)
	permit.Done(ctx, health, took)
	return true, permit.Probe()
}

func TestBreakerOpens(t *testing.T) {
	t.Parallel()
	cases := map[string]struct {
		health gateway.Health
		took   time.Duration
		opens  bool
	}{
		"on missing answers":         {gateway.HealthSick, 0, true},
		"on slow answers":            {gateway.HealthAlive, 2 * time.Second, true},
		"not on good answers":        {gateway.HealthAlive, time.Millisecond, false},
		"not on what we cut or slow": {gateway.HealthIgnored, time.Millisecond, false},
	}
	for name, c := range cases {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				r := newRows()
				b := newNode(t, r, "a", newModelPortal("model", gateway.ShowsTrail))
				for range 3 {
					made, _ := call(t, b, c.health, c.took)
					require.True(t, made, "fewer calls than the minimum say nothing")
				}
				call(t, b, c.health, c.took)
				made, _ := call(t, b, gateway.HealthAlive, 0)
				require.Equal(t, !c.opens, made)
				require.Equal(t, c.opens, len(r.line()) > 0, "written down")
			})
		})
	}

	t.Run("on a rate, not on a few among many", func(t *testing.T) {
		t.Parallel()
		synctest.Test(t, func(t *testing.T) {
			b := newNode(t, newRows(), "a", newModelPortal("model", gateway.ShowsTrail))
			for i := range 100 {
				health := gateway.HealthAlive
				if i%3 == 2 {
					health = gateway.HealthSick
				}
				made, _ := call(t, b, health, time.Millisecond)
				require.True(t, made)
			}
		})
	})

	t.Run("failures outside the window are forgotten", func(t *testing.T) {
		t.Parallel()
		synctest.Test(t, func(t *testing.T) {
			b := newNode(t, newRows(), "a", newModelPortal("model", gateway.ShowsTrail))
			for range 20 {
				made, _ := call(t, b, gateway.HealthSick, 0)
				require.True(t, made)
				time.Sleep(15 * time.Second)
			}
		})
	})
}

func TestBreakerProbes(t *testing.T) {
	t.Parallel()
	setup := func(t *testing.T) (*rows, *gateway.Breakers) {
		r := newRows()
		b := newNode(t, r, "a", newModelPortal("model", gateway.ShowsTrail))
		for range 4 {
			call(t, b, gateway.HealthSick, 0)
		}
		return r, b
	}

	t.Run("one probe closes it, a failed one opens it again", func(t *testing.T) {
		t.Parallel()
		synctest.Test(t, func(t *testing.T) {
			r, b := setup(t)
			time.Sleep(openFor + time.Millisecond)
			made, probe := call(t, b, gateway.HealthSick, 0)
			require.True(t, made && probe)
			made, _ = call(t, b, gateway.HealthAlive, 0)
			require.False(t, made)
			time.Sleep(openFor + time.Millisecond)
			made, probe = call(t, b, gateway.HealthAlive, 0)
			require.True(t, made && probe)
			made, probe = call(t, b, gateway.HealthAlive, 0)
			require.True(t, made && !probe)
			require.Equal(t, gateway.BreakerClosed, r.line()[len(r.line())-1].to)
		})
	})

	t.Run("a killed node's open breaker stays open for the next one", func(t *testing.T) {
		t.Parallel()
		synctest.Test(t, func(t *testing.T) {
			r, _ := setup(t)
			b := newNode(t, r, "b", newModelPortal("model", gateway.ShowsTrail))
			require.NoError(t, b.Refresh(t.Context()))
			made, _ := call(t, b, gateway.HealthAlive, 0)
			require.False(t, made)
			require.Positive(t, b.View()[0].Wait+1)
		})
	})

	t.Run("a prober that died is replaced when its lease ends", func(t *testing.T) {
		t.Parallel()
		synctest.Test(t, func(t *testing.T) {
			r, b := setup(t)
			time.Sleep(openFor + time.Millisecond)
			permit, _, err := b.Allow(t.Context(), createKey, callLength)
			require.NoError(t, err)
			require.True(t, permit.Probe())
			other := newNode(t, r, "b", newModelPortal("model", gateway.ShowsTrail))
			require.NoError(t, other.Refresh(t.Context()))
			made, _ := call(t, other, gateway.HealthAlive, 0)
			require.False(t, made)
			time.Sleep(callLength + time.Millisecond)
			made, probe := call(t, other, gateway.HealthAlive, 0)
			require.True(t, made && probe)
		})
	})

	t.Run("without work the prober closes it", func(t *testing.T) {
		t.Parallel()
		synctest.Test(t, func(t *testing.T) {
			r, b := setup(t)
			ctx, cancel := context.WithCancel(t.Context())
			done := make(chan error)
			go func() { done <- b.Run(ctx) }()
			time.Sleep(openFor - 2*time.Second)
			require.Len(t, r.line(), 1)
			time.Sleep(7 * time.Second)
			made, probe := call(t, b, gateway.HealthAlive, 0)
			require.True(t, made && probe, "a look-up proves little about a create: one canary")
			made, probe = call(t, b, gateway.HealthAlive, 0)
			require.True(t, made && !probe)
			cancel()
			require.NoError(t, <-done)
		})
	})

	t.Run("without work and without a look-up it waits for the lanes", func(t *testing.T) {
		t.Parallel()
		synctest.Test(t, func(t *testing.T) {
			blind := newModelPortal("model", gateway.ShowsNothing)
			b := newNode(t, newRows(), "node-a", blind)
			for range 4 {
				call(t, b, gateway.HealthSick, 0)
			}
			ctx, cancel := context.WithCancel(t.Context())
			done := make(chan error)
			go func() { done <- b.Run(ctx) }()
			time.Sleep(3 * openFor)
			require.Empty(t, blind.calls)
			made, probe := call(t, b, gateway.HealthAlive, 0)
			require.True(t, made && probe)
			made, probe = call(t, b, gateway.HealthAlive, 0)
			require.True(t, made && !probe)
			cancel()
			require.NoError(t, <-done)
		})
	})

	t.Run("a failed probe that could not be written holds here", func(t *testing.T) {
		t.Parallel()
		synctest.Test(t, func(t *testing.T) {
			r, b := setup(t)
			time.Sleep(openFor + time.Millisecond)
			permit, _, err := b.Allow(t.Context(), createKey, callLength)
			require.NoError(t, err)
			require.True(t, permit.Start())
			r.breakDown(true)
			permit.Done(t.Context(), gateway.HealthSick, 0)
			r.breakDown(false)
			time.Sleep(callLength + time.Millisecond)
			made, _ := call(t, b, gateway.HealthAlive, 0)
			require.False(t, made)
			require.NoError(t, b.Refresh(t.Context()))
			require.Equal(t, gateway.BreakerOpen, r.line()[len(r.line())-1].to)
		})
	})

	t.Run("a change that could not be written holds here and is written later", func(t *testing.T) {
		t.Parallel()
		synctest.Test(t, func(t *testing.T) {
			r := newRows()
			b := newNode(t, r, "a", newModelPortal("model", gateway.ShowsTrail))
			require.NoError(t, b.Refresh(t.Context()))
			r.breakDown(true)
			for range 4 {
				call(t, b, gateway.HealthSick, 0)
			}
			made, _ := call(t, b, gateway.HealthAlive, 0)
			require.False(t, made)
			require.Empty(t, r.line())
			r.breakDown(false)
			time.Sleep(2 * time.Second)
			require.NoError(t, b.Refresh(t.Context()))
			require.Len(t, r.line(), 1)
			made, _ = call(t, b, gateway.HealthAlive, 0)
			require.False(t, made)
		})
	})
}

func TestBreakerForced(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		r := newRows()
		a, b := newNode(t, r, "a", newModelPortal("model", gateway.ShowsTrail)), newNode(t, r, "b", newModelPortal("model", gateway.ShowsTrail))
		require.NoError(t, b.Refresh(t.Context()))
		require.NoError(t, a.Force(t.Context(), gateway.Order{Key: createKey, State: gateway.BreakerOpen, Actor: "an", Reason: "maintenance"}))
		made, _ := call(t, a, gateway.HealthAlive, 0)
		require.False(t, made)
		time.Sleep(time.Second)
		require.NoError(t, b.Refresh(t.Context()))
		made, _ = call(t, b, gateway.HealthAlive, 0)
		require.False(t, made)
		require.NoError(t, a.Force(t.Context(), gateway.Order{Key: createKey, State: gateway.BreakerClosed, Actor: "an", Reason: "we know better"}))
		for range 20 {
			made, _ = call(t, a, gateway.HealthSick, 0)
			require.True(t, made, "an operator's word stands")
		}
	})
}

// TestBreakerModel plays two nodes, restarts and time against the promises: a
// node that wrote open starts no call but probes, another stops within two
// seconds, one probe at a time, and the transitions are one unbroken line.
func TestBreakerModel(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(rt *rapid.T) {
		acts := rapid.SliceOfN(rapid.Custom(drawAct), 5, 40).Draw(rt, "acts")
		var broken error
		synctest.Test(t, func(t *testing.T) { broken = play(t, acts) }) // rapid itself cannot run inside
		if broken != nil {
			rt.Fatal(broken)
		}
	})
}

// act is one thing that happens to one of two nodes.
type act struct {
	Node    string
	Sleep   time.Duration // not zero: time passes
	Restart bool
	Health  gateway.Health
}

func drawAct(rt *rapid.T) act {
	a := act{
		Node:   rapid.SampledFrom([]string{"a", "b"}).Draw(rt, "node"),
		Health: rapid.SampledFrom([]gateway.Health{gateway.HealthAlive, gateway.HealthSick, gateway.HealthSick}).Draw(rt, "health"),
	}
	switch rapid.IntRange(0, 5).Draw(rt, "kind") {
	case 0:
		a.Sleep = time.Duration(rapid.IntRange(1, 12000).Draw(rt, "ms")) * time.Millisecond
	case 1:
		a.Restart = true
	}
	return a
}

// play runs the acts and returns the first promise that was broken.
func play(t *testing.T, acts []act) error {
	r, portal := newRows(), newModelPortal("model", gateway.ShowsTrail)
	portal.will(down, down, down, down) // for the prober
	nodes, stop, used := make(map[string]*gateway.Breakers), make(map[string]func()), make(map[string]time.Time)
	start := func(name string) {
		b := newNode(t, r, name, portal)
		require.NoError(t, b.Refresh(t.Context()))
		ctx, cancel := context.WithCancel(t.Context())
		done := make(chan struct{})
		go func() { defer close(done); _ = b.Run(ctx) }()
		nodes[name], stop[name] = b, func() { cancel(); <-done }
	}
	start("a")
	start("b")
	defer func() {
		for _, s := range stop {
			s()
		}
	}()
	for _, a := range acts {
		switch {
		case a.Sleep > 0:
			time.Sleep(a.Sleep)
			continue
		case a.Restart:
			stop[a.Node]()
			start(a.Node)
			continue
		}
		if time.Since(used[a.Node]) > 9*time.Second { // a lane begins
			require.NoError(t, nodes[a.Node].Refresh(t.Context()))
		}
		used[a.Node] = time.Now()
		opened, by := r.openSince(createKey)
		at := time.Now()
		made, probe := call(t, nodes[a.Node], a.Health, 0)
		switch {
		case !made || probe || opened.IsZero():
		case by == a.Node:
			return fmt.Errorf("node %s called after it wrote open", by)
		case at.Sub(opened) > 2*time.Second:
			return fmt.Errorf("node %s called %v after another opened", a.Node, at.Sub(opened))
		}
	}
	line := r.line()
	for i := 1; i < len(line); i++ {
		if line[i-1].to != line[i].from {
			return fmt.Errorf("the transitions are no line: %v then %v", line[i-1], line[i])
		}
	}
	return nil
}

// line returns the transitions so far.
func (r *rows) line() []move {
	r.mu.Lock()
	defer r.mu.Unlock()
	return slices.Clone(r.moves)
}

func (r *rows) breakDown(broken bool) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.broken = broken
}

// openSince returns when and by whom a breaker that is open now was opened.
func (r *rows) openSince(k gateway.BreakerKey) (time.Time, string) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.all[k] == nil || r.all[k].State == gateway.BreakerClosed {
		return time.Time{}, ""
	}
	for i := len(r.moves) - 1; i >= 0; i-- {
		if r.moves[i].to == gateway.BreakerOpen {
			return r.moves[i].at, r.moves[i].node
		}
	}
	return time.Time{}, ""
}
