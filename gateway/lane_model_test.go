package gateway_test

import (
	"context"
	"fmt"
	"slices"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"github.com/lienthong/lienthong/gateway"
	"github.com/lienthong/lienthong/internal/pgtest"
	"github.com/lienthong/lienthong/schema"
)

// TestLaneModel drives deliveries through whatever can happen to them, in any
// order, and holds the portal against what was wanted: the final state is the
// newest, one create, no update equal to its predecessor, no step twice.
func TestLaneModel(t *testing.T) {
	t.Parallel()
	pool := pgtest.New(t)
	run := 0
	rapid.Check(t, func(rt *rapid.T) {
		run++
		w := newWorld(t, pool, fmt.Sprint("model-", run), gateway.ShowsTrail)
		w.portal.spec.Lanes = 2
		w.lane = w.newLane("node-a", gateway.BreakerOptions{MinCalls: 1000})
		trails := make(map[string][]schema.StepKey)
		rt.Repeat(map[string]func(*rapid.T){
			"want": func(rt *rapid.T) {
				key := fmt.Sprintf("%d-%d", run, rapid.IntRange(0, 3).Draw(rt, "key"))
				if rapid.Bool().Draw(rt, "step") {
					code := rapid.SampledFrom([]string{"2", "4", "5", "9", "10"}).Draw(rt, "code")
					trails[key] = append(trails[key], schema.StepKey(fmt.Sprintf("%s/%d/%s", key, len(trails[key]), code)))
				}
				w.want(key, content{Header: fmt.Sprint("v", w.revs[key]), Steps: slices.Clone(trails[key])})
			},
			"mishaps": func(rt *rapid.T) {
				m := rapid.SliceOfN(rapid.IntRange(0, int(mishapsForRand)-1), 1, 4).Draw(rt, "mishaps")
				calls := make([]mishap, len(m))
				for i := range m {
					calls[i] = mishap(m[i])
				}
				w.portal.will(calls...)
				w.drain()
			},
			"kill": func(rt *rapid.T) {
				switch rapid.IntRange(0, 3).Draw(rt, "where") {
				case 0:
					w.crash.afterBegin.Store(true)
				case 1:
					w.crash.beforeRecord.Store(true)
				case 2:
					w.crash.afterRecord.Store(true)
				case 3:
					w.crash.beforeLeave.Store(true)
				}
				w.drain()
			},
			"time": func(*rapid.T) {
				w.pass(w.portal.spec.Settle + time.Second)
				w.drain()
			},
			"want while a call runs": func(*rapid.T) {
				w.portal.onSend = func() {
					w.portal.onSend = nil
					for key := range w.wants {
						w.want(key, content{Header: fmt.Sprint("v", w.revs[key]), Steps: slices.Clone(trails[key])})
					}
				}
				w.drain()
				w.portal.onSend = nil
			},
			"": func(rt *rapid.T) { checkPortal(rt, w) },
		})
		w.portal.will()
		w.crash.afterBegin.Store(false)
		w.crash.beforeRecord.Store(false)
		w.crash.afterRecord.Store(false)
		w.crash.beforeLeave.Store(false)
		w.settle()
		checkPortal(rt, w)
		for key, want := range w.wants {
			got := w.portal.shows(t, key)
			require.Equal(rt, want.Header, got.header(), "final header of %s", key)
			require.ElementsMatch(rt, want.Steps, got.steps, "final steps of %s", key)
			state, _, cause := w.state(key)
			require.Contains(rt, []gateway.SyncState{gateway.StateDelivered, gateway.StateConfirmed}, state, cause)
		}
		var due int
		require.NoError(rt, pool.QueryRow(context.Background(), `SELECT count(*) FROM delivery_due WHERE destination = $1`, w.portal.spec.Code).Scan(&due))
		require.Zero(rt, due)
	})
}

// checkPortal holds at every moment.
func checkPortal(rt *rapid.T, w *world) {
	w.portal.mu.Lock()
	defer w.portal.mu.Unlock()
	require.False(rt, w.portal.overlap, "two writes of one dossier at once")
	for key, s := range w.portal.stored {
		require.Equal(rt, 1, s.creates, key)
		for i := 1; i < len(s.headers); i++ {
			require.NotEqual(rt, s.headers[i-1], s.headers[i], "%s: an update equals its predecessor", key)
		}
		seen := make(map[schema.StepKey]bool)
		for _, k := range s.steps {
			require.False(rt, seen[k], "%s: step %s twice", key, k)
			seen[k] = true
		}
	}
}
