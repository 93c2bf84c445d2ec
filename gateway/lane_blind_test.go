package gateway_test

import (
	"context"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/lienthong/lienthong/gateway"
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

// setupBlind is a world whose portal has no look-up and makes no promise either.
func setupBlind(t *testing.T) *world {
	w := setupWorld(t, gateway.ShowsNothing)
	w.portal.spec.Idempotent = false
	w.lane = w.newLane("node-a", gateway.BreakerOptions{MinCalls: 1000})
	return w
}
