package gateway_test

import (
	"context"
	"fmt"
	"math/rand/v2"
	"slices"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/lienthong/lienthong/gateway"
	"github.com/lienthong/lienthong/internal/pgtest"
	"github.com/lienthong/lienthong/schema"
)

// Three things keep a dossier from being written twice: the look-up before
// anything of unknown outcome is sent again, the settle time before that
// look-up, and the lease of a lane. Each is taken out here, by doubles in its
// place and never by a switch of the product, and the same walk that finds nothing wrong
// with the whole must then find something. A suite that could not see that
// would prove nothing.

// sureDestination takes out the look-up: it says of every doubtful call that nothing left.
type sureDestination struct{ *modelPortal }

// Send implements [gateway.Destination].
func (d sureDestination) Send(ctx context.Context, op gateway.Operation, calls []gateway.PlannedCall) []gateway.Outcome {
	outcomes := d.modelPortal.Send(ctx, op, calls)
	for i := range outcomes {
		if outcomes[i].Kind == gateway.Unknown {
			outcomes[i].Kind = gateway.Unavailable
		}
	}
	return outcomes
}

// hastyDestination takes out the settle time: it promises that a cut write is applied at once or never.
type hastyDestination struct{ *modelPortal }

// Spec implements [gateway.Destination].
func (d hastyDestination) Spec() gateway.DestinationSpec {
	spec := d.modelPortal.spec
	spec.Settle = time.Nanosecond
	return spec
}

// generousStore takes out the lease: whoever asks for a lane gets it, in the middle of another's call.
type generousStore struct {
	gateway.LaneStore
	expire func()
}

// TakeLane implements [gateway.LaneStore].
func (s generousStore) TakeLane(ctx context.Context, l gateway.LaneLease, length, settle time.Duration) (bool, time.Duration, error) {
	s.expire()
	return s.LaneStore.TakeLane(ctx, l, length, settle)
}

// mutationWalks is how many walks the whole must bear, and within how many a mutation must show.
const mutationWalks = 12

func TestLaneMutationsAreSeen(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		destination func(*modelPortal) gateway.Destination
		store       func(*world) gateway.LaneStore
		seen        bool
	}{
		"with everything in place":                {},
		"without the look-up before re-send":      {destination: func(p *modelPortal) gateway.Destination { return sureDestination{p} }, seen: true},
		"without the settle time before the look": {destination: func(p *modelPortal) gateway.Destination { return hastyDestination{p} }, seen: true},
		"without the lease of a lane":             {store: func(w *world) gateway.LaneStore { return generousStore{w.store, w.expire} }, seen: true},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			pool := pgtest.New(t)
			var found []string
			for seed := range uint64(mutationWalks) {
				w := newWorld(t, pool, fmt.Sprint("walk-", seed), gateway.ShowsTrail)
				w.portal.spec.Lanes = 1
				if c.destination != nil {
					w.destination = c.destination(w.portal)
				}
				if c.store != nil {
					w.crash.LaneStore = c.store(w)
				}
				w.lane = w.newLane("node-a", gateway.BreakerOptions{MinCalls: 1000})
				other := w.newLane("node-b", gateway.BreakerOptions{MinCalls: 1000})
				walk(w, other, rand.New(rand.NewPCG(seed, 0)))
				found = append(found, w.violations()...)
				if c.seen && len(found) > 0 {
					break
				}
			}
			if c.seen {
				require.NotEmpty(t, found, "the mutation was not noticed")
				t.Log(found[0])
				return
			}
			require.Empty(t, found)
		})
	}
}

// walk lets two workers bring some dossiers to a portal that cuts calls, while
// time passes now between the calls and now within them.
func walk(w *world, other *gateway.Lane, r *rand.Rand) {
	trails := map[string][]schema.StepKey{}
	// A call that takes as long as a settle would outlive its lease; the lease of the worker that makes
	// it is not touched by this time, so that only who ignores it gets the lane.
	meanwhile := func() {
		w.portal.onSend = nil
		for range 2 {
			_, err := other.Drain(context.Background(), w.portal.spec.Code, 0)
			require.NoError(w.t, err)
			w.pass(w.portal.spec.Settle + time.Second)
		}
	}
	for range 14 {
		key := fmt.Sprintf("%s-%d", w.portal.spec.Code, r.IntN(3))
		trails[key] = append(trails[key], schema.StepKey(fmt.Sprintf("%s/%d/4", key, len(trails[key]))))
		w.want(key, content{Header: fmt.Sprint("v", w.revs[key]), Steps: slices.Clone(trails[key])})
		w.portal.will(mishap(r.IntN(int(down))), mishap(r.IntN(int(down))))
		if r.IntN(3) == 0 {
			w.portal.onSend = meanwhile
		}
		w.drain()
		w.portal.onSend = nil
		w.pass(time.Second) // less than a settle: what is late is not there yet
		w.drain()
	}
	w.portal.will()
	w.settle()
}
