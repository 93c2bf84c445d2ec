package gateway_test

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"github.com/lienthong/lienthong/gateway"
	"github.com/lienthong/lienthong/internal/pgtest"
	"github.com/lienthong/lienthong/schema"
)

// modelRuns keeps the test within some seconds: a run is some hundred statements.
// Where no trail is shown, repeats of closing steps, and where no header is shown, equal
// updates are allowed, one for each unknown outcome.
const modelRuns = 25

// TestLaneModel drives deliveries through whatever can happen to them, in any
// order, and holds the portal against what was wanted: the final state is the
// newest, one create, no update equal to its predecessor, no step twice.
func TestLaneModel(t *testing.T) {
	t.Parallel()
	for _, shows := range []gateway.LookupMode{gateway.ShowsTrail, gateway.ShowsHeader, gateway.ShowsExistence, gateway.ShowsNothing} {
		t.Run("shows "+string(shows), func(t *testing.T) {
			t.Parallel()
			laneModel(t, shows)
		})
	}
}

func laneModel(t *testing.T, shows gateway.LookupMode) {
	pool := pgtest.New(t)
	run, failed := 0, false
	rapid.Check(t, func(rt *rapid.T) {
		if run++; run > modelRuns && !failed { // what failed is still to be made smaller
			return
		}
		defer func() { failed = failed || rt.Failed() }()
		w := newWorld(t, pool, fmt.Sprint("model-", run), shows)
		w.portal.spec.Lanes = 2
		w.lane = w.newLane("node-a", gateway.BreakerOptions{MinCalls: 1000})
		other := w.newLane("node-b", gateway.BreakerOptions{MinCalls: 1000})
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
			"another worker meanwhile": func(rt *rapid.T) {
				slept := rapid.Bool().Draw(rt, "the first one's lease is over")
				lane := rapid.IntRange(0, 1).Draw(rt, "lane")
				w.portal.onSend = func() {
					w.portal.onSend = nil
					if slept {
						w.expire()
					}
					if _, err := other.Drain(context.Background(), w.portal.spec.Code, lane); err != nil {
						require.True(rt, ends(err), err)
					}
				}
				w.drain()
				w.portal.onSend = nil
			},
			"another worker": func(*rapid.T) {
				w.lane, other = other, w.lane
				w.drain()
			},
			"the database is away": func(rt *rapid.T) {
				if rapid.Bool().Draw(rt, "after it took it") {
					w.crash.answerLost.Store(true)
				} else {
					w.crash.away.Store(true)
				}
				w.drain()
			},
			"look-ups lag": func(*rapid.T) { w.portal.lags = !w.portal.lags },
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
		w.crash.away.Store(false)
		w.crash.answerLost.Store(false)
		w.settle()
		checkPortal(rt, w)
		for key, want := range w.wants {
			got := w.portal.shows(t, key)
			require.Equal(rt, want.Header, got.header(), "final header of %s", key)
			if shows == gateway.ShowsTrail || shows == gateway.ShowsNothing {
				require.ElementsMatch(rt, want.Steps, got.steps, "final steps of %s", key)
			}
			for _, k := range want.Steps {
				if closes(k) {
					require.Contains(rt, got.steps, k, "a closing step is missing")
				}
			}
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
	require.Empty(rt, w.violations())
}

// violations says what the portal shows that must never be: I4, and what leads there.
func (w *world) violations() (found []string) {
	w.portal.mu.Lock()
	defer w.portal.mu.Unlock()
	// Who promises idempotent writes is sent to again without waiting for a frozen sender: the same event twice at once is no harm there.
	if w.portal.overlap && !w.portal.spec.Idempotent {
		found = append(found, "two writes of one dossier at once")
	}
	var equal, repeats int
	for key, s := range w.portal.stored {
		if s.creates != 1 {
			found = append(found, fmt.Sprintf("%s was created %d times", key, s.creates))
		}
		for i := 1; i < len(s.headers); i++ {
			if s.headers[i-1] == s.headers[i] {
				equal++
			}
		}
		seen := make(map[schema.StepKey]bool)
		for _, k := range s.steps {
			if seen[k] {
				if repeats++; !closes(k) || w.portal.spec.Shows == gateway.ShowsTrail || w.portal.spec.Shows == gateway.ShowsNothing {
					found = append(found, fmt.Sprintf("%s: step %s twice", key, k))
				}
			}
			seen[k] = true
		}
	}
	permitted := w.unknownOutcomes()
	if w.portal.spec.Shows != gateway.ShowsExistence && equal > 0 || equal > permitted {
		found = append(found, fmt.Sprintf("%d updates equal their predecessor", equal))
	}
	if repeats > 2*permitted {
		found = append(found, fmt.Sprintf("%d steps came again after %d unknown outcomes", repeats, permitted))
	}
	return found
}

// closes reports whether a step is one of those that must arrive, even twice.
func closes(k schema.StepKey) bool {
	return strings.HasSuffix(string(k), "/9") || strings.HasSuffix(string(k), "/10")
}

// unknownOutcomes counts attempts whose outcome was unknown, as the audit does.
func (w *world) unknownOutcomes() int {
	var n int
	err := w.pool.QueryRow(context.Background(), `SELECT count(*) FROM attempt WHERE destination = $1 AND outcome = 'unknown'`, w.portal.spec.Code).Scan(&n)
	require.NoError(w.t, err)
	return n
}
