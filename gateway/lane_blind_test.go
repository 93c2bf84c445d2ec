package gateway_test

import (
	"context"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/lienthong/lienthong/gateway"
	"github.com/lienthong/lienthong/schema"
)

// TestBlindLane is about destinations without a look-up.
func TestBlindLane(t *testing.T) {
	t.Parallel()
	const five, nine = "K/20260609100000/5", "K/20260609110000/9"

	t.Run("a cut create is sent again under its number once it has settled, and never looked up", func(t *testing.T) {
		t.Parallel()
		for name, first := range map[string]mishap{"stored": cutStored, "lost": cutLost, "late": cutLate} {
			t.Run(name, func(t *testing.T) {
				w := setupBlind(t)
				w.portal.mishaps = []mishap{first}
				w.want("K", content{Header: "a", Steps: steps(five)})
				w.drain()
				state, _, _ := w.state("K")
				require.Equal(t, gateway.StateUnknown, state)
				require.Len(t, w.portal.calls, 1, "not before it has settled")
				w.settle()
				state, _, _ = w.state("K")
				require.Equal(t, gateway.StateDelivered, state)
				require.Equal(t, 1, w.portal.stored["K"].creates)
				require.Equal(t, steps(five), w.portal.stored["K"].steps)
				require.NotContains(t, w.portal.calls, gateway.OpLookup)
			})
		}
	})

	t.Run("where a repeat may be stored twice it waits for a person, whatever comes", func(t *testing.T) {
		t.Parallel()
		w := setupBlind(t)
		w.portal.spec.OneShot = true
		w.lane = w.newLane("node-b", gateway.BreakerOptions{MinCalls: 1000})
		w.portal.mishaps = []mishap{cutLost}
		w.want("K", content{Header: "a"})
		w.settle()
		w.want("K", content{Header: "b"})
		w.settle()
		state, shelf, cause := w.state("K")
		require.Equal(t, gateway.StateFailedDestination, state)
		require.Equal(t, gateway.ShelfDestination, shelf)
		require.Equal(t, "create.unknown", cause)
		require.Len(t, w.portal.calls, 1)
	})

	t.Run("a cut request for papers is not repeated, a cut end is", func(t *testing.T) {
		t.Parallel()
		w := setupBlind(t)
		w.want("K", content{Header: "a"})
		w.settle()
		w.portal.mishaps = []mishap{cutStored}
		w.want("K", content{Header: "a", Steps: steps(five, nine)})
		w.settle()
		require.Equal(t, steps(five, nine, nine), w.portal.stored["K"].steps)
	})

	t.Run("its breakers open, and its lanes are the ones who probe", func(t *testing.T) {
		t.Parallel()
		w := setupBlind(t)
		w.lane = w.newLane("node-c", gateway.BreakerOptions{MinCalls: 1, OpenFor: time.Millisecond, ProbeGrace: time.Nanosecond})
		w.portal.mishaps = []mishap{down}
		w.want("K", content{Header: "a"})
		w.settle()
		state, _, _ := w.state("K")
		require.Equal(t, gateway.StateDelivered, state)
		var opened, closed int
		require.NoError(t, w.pool.QueryRow(t.Context(), `
			SELECT count(*) FILTER (WHERE to_state = 'open'), count(*) FILTER (WHERE to_state = 'closed')
			FROM breaker_transition WHERE operation = 'create'`).Scan(&opened, &closed))
		require.Equal(t, []int{1, 1}, []int{opened, closed})
		var cause string
		require.NoError(t, w.pool.QueryRow(t.Context(), `SELECT cause FROM breaker_transition WHERE operation = 'create' AND to_state = 'open'`).Scan(&cause))
		require.Equal(t, "refused", cause, "what the call came to")
	})
}

// issuer is a model portal that issues a number before it takes anything.
type issuer struct {
	*modelPortal
	numbers int
	seen    []string // number of each write
	lose    bool     // the next number's answer
}

func (p *issuer) Plan(w gateway.Wanted, k gateway.Known) ([]gateway.PlannedCall, error) {
	if k.Issued["number"] == "" {
		return []gateway.PlannedCall{{Operation: gateway.OpNumber, Key: w.Key}}, nil
	}
	p.seen = append(p.seen, k.Issued["number"])
	return p.modelPortal.Plan(w, k)
}

func (p *issuer) Send(ctx context.Context, op gateway.Operation, calls []gateway.PlannedCall) []gateway.Outcome {
	if op != gateway.OpNumber {
		return p.modelPortal.Send(ctx, op, calls)
	}
	p.numbers++
	if p.lose {
		p.lose = false
		return []gateway.Outcome{{Kind: gateway.Unknown, Shelf: gateway.ShelfDestination, Cause: "timeout"}}
	}
	return []gateway.Outcome{{Kind: gateway.Delivered, Issued: map[string]string{"number": string(rune('A' + p.numbers - 1))}}}
}

func TestIssuedIsKept(t *testing.T) {
	t.Parallel()
	open := func(t *testing.T, shows gateway.LookupMode) (*world, *issuer) {
		w := setupWorld(t, shows)
		w.portal.spec.Batch, w.portal.spec.Idempotent = 1, false
		w.portal.spec.Writes = []gateway.Operation{gateway.OpNumber, gateway.OpCreate, gateway.OpUpdate, gateway.OpSteps}
		p := &issuer{modelPortal: w.portal}
		w.lane = w.laneOf(p, "node-i", gateway.BreakerOptions{MinCalls: 1000})
		return w, p
	}
	for _, shows := range []gateway.LookupMode{gateway.ShowsNothing, gateway.ShowsExistence, gateway.ShowsTrail} {
		t.Run("through a life, where a look-up shows "+string(shows), func(t *testing.T) {
			t.Parallel()
			w, p := open(t, shows)
			p.mishaps = []mishap{cutLost}
			w.want("K", content{Header: "a"})
			w.settle()
			w.want("K", content{Header: "b", Steps: steps("K/20260609100000/9")})
			w.settle()
			state, _, _ := w.state("K")
			require.Contains(t, []gateway.SyncState{gateway.StateDelivered, gateway.StateConfirmed}, state)
			require.Equal(t, 1, p.numbers)
			require.NotContains(t, p.seen, "B")
		})
	}
	t.Run("when the worker is killed between the number and the create", func(t *testing.T) {
		t.Parallel()
		w, p := open(t, gateway.ShowsNothing)
		w.crash.afterRecord.Store(true)
		w.want("K", content{Header: "a"})
		w.settle()
		require.Equal(t, 1, p.numbers)
		require.Equal(t, 1, w.portal.stored["K"].creates)
	})
	t.Run("a number that nobody heard of is lost, and one more is taken at once", func(t *testing.T) {
		t.Parallel()
		w, p := open(t, gateway.ShowsNothing)
		p.lose = true
		w.want("K", content{Header: "a"})
		w.drain()
		state, _, _ := w.state("K")
		require.Equal(t, gateway.StateDelivered, state, "it is in no doubt, and does not wait")
		require.Equal(t, 2, p.numbers)
		require.Equal(t, 1, w.portal.stored["K"].creates)
	})
	t.Run("a worker that is killed before the number is written down takes another", func(t *testing.T) {
		t.Parallel()
		w, p := open(t, gateway.ShowsNothing)
		w.crash.beforeRecord.Store(true)
		w.want("K", content{Header: "a"})
		w.settle()
		require.Equal(t, 2, p.numbers)
		require.Equal(t, 1, w.portal.stored["K"].creates)
	})
}

// reporter is a model portal that takes steps one by one as states, and whose look-up does not show them.
type reporter struct {
	*modelPortal
	sent   []schema.StepKey
	looked int
	cut    bool // the next answer is lost
}

func (p *reporter) Plan(w gateway.Wanted, k gateway.Known) ([]gateway.PlannedCall, error) {
	planned, err := p.modelPortal.Plan(w, gateway.Known{Exists: true, Steps: k.Steps})
	var calls []gateway.PlannedCall
	for _, c := range planned {
		for _, s := range c.Steps {
			calls = append(calls, gateway.PlannedCall{Operation: gateway.OpStatus, Key: w.Key, Payload: [][]byte{[]byte(s)}, Steps: []schema.StepKey{s}})
		}
	}
	return calls, err
}

func (p *reporter) Send(_ context.Context, _ gateway.Operation, calls []gateway.PlannedCall) []gateway.Outcome {
	if len(calls) != 1 {
		panic("a call of several deliveries")
	}
	p.sent = append(p.sent, calls[0].Steps...)
	if p.cut {
		p.cut = false
		return []gateway.Outcome{{Kind: gateway.Unknown, Shelf: gateway.ShelfDestination, Cause: "timeout"}}
	}
	return []gateway.Outcome{{Kind: gateway.Delivered}}
}

func (p *reporter) Lookup(context.Context, string) (gateway.Known, gateway.Outcome) {
	p.looked++
	return gateway.Known{}, gateway.Outcome{Kind: gateway.Absent}
}

func TestStatesAreNotLookedUp(t *testing.T) {
	t.Parallel()
	const two, five, nine = "K/20260609090000/2", "K/20260609100000/5", "K/20260609110000/9"
	for _, shows := range []gateway.LookupMode{gateway.ShowsExistence, gateway.ShowsTrail} {
		t.Run("where a look-up shows "+string(shows), func(t *testing.T) {
			t.Parallel()
			w := setupWorld(t, shows)
			w.portal.spec.Writes = []gateway.Operation{gateway.OpCreate, gateway.OpUpdate, gateway.OpSteps, gateway.OpStatus}
			w.portal.spec.Single = []gateway.Operation{gateway.OpStatus}
			p := &reporter{modelPortal: w.portal}
			w.lane = w.laneOf(p, "node-r", gateway.BreakerOptions{MinCalls: 1000})
			w.want("K", content{Header: "a", Steps: steps(two)})
			w.want("L", content{Header: "a", Steps: steps("L/20260609090000/2")})
			w.settle()
			require.ElementsMatch(t, steps(two, "L/20260609090000/2"), p.sent)
			p.cut = true
			w.want("K", content{Header: "a", Steps: steps(two, five)})
			w.settle()
			require.Equal(t, steps(five), p.sent[2:], "a request for papers is not repeated")
			p.cut = true
			w.want("K", content{Header: "a", Steps: steps(two, five, nine)})
			w.settle()
			require.Equal(t, steps(five, nine, nine), p.sent[2:], "an end is")
			state, _, _ := w.state("K")
			require.Equal(t, gateway.StateDelivered, state)
			require.Zero(t, p.looked, "a look-up shows no states")
		})
	}
}

// setupBlind is a world whose portal has no look-up and makes no promise either.
func setupBlind(t *testing.T) *world {
	w := setupWorld(t, gateway.ShowsNothing)
	w.portal.spec.Idempotent = false
	w.lane = w.newLane("node-a", gateway.BreakerOptions{MinCalls: 1000})
	return w
}
