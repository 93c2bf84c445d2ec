package gateway_test

import (
	"context"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"github.com/lienthong/lienthong/gateway"
	"github.com/lienthong/lienthong/gateway/postgres"
	"github.com/lienthong/lienthong/internal/pgtest"
)

// bucketStore is the shared bucket in memory, for tests that play with time.
type bucketStore struct {
	mu     sync.Mutex
	bucket *gateway.Bucket
	asked  int
	broken error
}

func (s *bucketStore) TakeBudget(_ context.Context, g gateway.BudgetGrant) (time.Duration, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.asked++
	if s.broken != nil {
		return 0, s.broken
	}
	if s.bucket == nil {
		s.bucket = &gateway.Bucket{Tokens: float64(g.Burst), At: time.Now()}
	}
	next, wait := s.bucket.Take(time.Now(), g.Rate, g.Burst, g.Calls)
	*s.bucket = next
	return wait, nil
}

var _ gateway.BudgetStore = (*bucketStore)(nil)

// TestBucket: in no span of time do more calls start than the burst and what the rate brings, however they are
// taken; and who always takes misses nothing.
func TestBucket(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		rate := rapid.Float64Range(0.1, 500).Draw(t, "rate")
		burst := rapid.IntRange(1, 50).Draw(t, "burst")
		start := time.Unix(1_800_000_000, 0)
		now, b := start, gateway.Bucket{Tokens: float64(burst), At: start}
		var at []time.Time // of each call
		for _, pause := range rapid.SliceOfN(rapid.IntRange(0, 3000), 1, 60).Draw(t, "pauses") {
			now = now.Add(time.Duration(pause) * time.Millisecond)
			n := rapid.IntRange(1, burst).Draw(t, "n")
			next, wait := b.Take(now, rate, burst, n)
			if b = next; wait < 0 {
				t.Fatalf("a wait of %v", wait)
			}
			for range n {
				at = append(at, now.Add(wait))
			}
		}
		for i := range at {
			for j := i; j < len(at); j++ {
				allowed := float64(burst) + rate*at[j].Sub(at[i]).Seconds() + 0.001
				if float64(j-i+1) > allowed {
					t.Fatalf("%d calls within %v, %.2f are allowed", j-i+1, at[j].Sub(at[i]), allowed)
				}
			}
		}
	})

	t.Run("a clock that is set back brings no tokens", func(t *testing.T) {
		t.Parallel()
		now := time.Unix(1_800_000_000, 0)
		b, wait := gateway.Bucket{Tokens: 0, At: now}.Take(now.Add(-time.Hour), 1, 5, 1)
		require.Equal(t, time.Second, wait)
		b, wait = b.Take(now.Add(-time.Hour+time.Second), 1, 5, 1)
		require.Equal(t, time.Second, wait)
		require.InDelta(t, -1, b.Tokens, 1e-9)
	})
}

// TestBudgetHoldsTheRate lets two nodes with many lanes each call as fast as they may for minutes.
func TestBudgetHoldsTheRate(t *testing.T) {
	t.Parallel()
	for _, rate := range []float64{0.5, 5, 33.3, 200} {
		synctest.Test(t, func(t *testing.T) {
			store := &bucketStore{}
			limits := gateway.Shape{Rate: rate}.At(time.Now(), 0)
			var mu sync.Mutex
			perMinute := make([]int, 4)
			start := time.Now()
			ctx, cancel := context.WithTimeout(t.Context(), 4*time.Minute)
			defer cancel()
			var nodes sync.WaitGroup
			for range 2 {
				budget := gateway.NewBudget(store, "model")
				for range 8 {
					nodes.Go(func() {
						for budget.Take(ctx, limits) == nil {
							mu.Lock()
							perMinute[min(int(time.Since(start)/time.Minute), 3)]++
							mu.Unlock()
							time.Sleep(50 * time.Millisecond)
						}
					})
				}
			}
			nodes.Wait()
			for minute, calls := range perMinute {
				require.InEpsilon(t, rate*60, float64(calls), 0.05, "minute %d at %v/s", minute, rate)
			}
			require.LessOrEqual(t, store.asked, 2*4*60*6, "some grants a second, not one per call")
		})
	}
}

func TestBudget(t *testing.T) {
	t.Parallel()
	limits := gateway.Limits{Rate: 10, Burst: 10}

	t.Run("a grant that nobody uses is void before it could feed a peak", func(t *testing.T) {
		t.Parallel()
		synctest.Test(t, func(t *testing.T) {
			store := &bucketStore{}
			budget := gateway.NewBudget(store, "model")
			require.NoError(t, budget.Take(t.Context(), limits)) // of a grant of two
			require.Equal(t, 1, store.asked)
			require.NoError(t, budget.Take(t.Context(), limits))
			require.Equal(t, 1, store.asked)
			require.NoError(t, budget.Take(t.Context(), limits))
			time.Sleep(2 * time.Second)
			require.NoError(t, budget.Take(t.Context(), limits))
			require.Equal(t, 3, store.asked)
		})
	})

	t.Run("who gives up waiting leaves his place to the next", func(t *testing.T) {
		t.Parallel()
		synctest.Test(t, func(t *testing.T) {
			store := &bucketStore{bucket: &gateway.Bucket{At: time.Now()}}
			budget := gateway.NewBudget(store, "model")
			slow := gateway.Limits{Rate: 1, Burst: 1}
			short, cancel := context.WithTimeout(t.Context(), 300*time.Millisecond)
			defer cancel()
			require.ErrorIs(t, budget.Take(short, slow), context.DeadlineExceeded)
			begun := time.Now()
			require.NoError(t, budget.Take(t.Context(), slow))
			require.Equal(t, 700*time.Millisecond, time.Since(begun))
			require.Equal(t, 1, store.asked)
		})
	})

	t.Run("leave that is given back is used again", func(t *testing.T) {
		t.Parallel()
		synctest.Test(t, func(t *testing.T) {
			store := &bucketStore{}
			budget := gateway.NewBudget(store, "model")
			for range 5 {
				require.NoError(t, budget.Take(t.Context(), limits))
				budget.Return(limits)
			}
			require.Equal(t, 1, store.asked)
		})
	})

	t.Run("without a rate nobody is asked, without an answer nobody calls", func(t *testing.T) {
		t.Parallel()
		store := &bucketStore{broken: errKilled}
		budget := gateway.NewBudget(store, "model")
		require.NoError(t, budget.Take(t.Context(), gateway.Limits{Burst: 1}))
		require.ErrorIs(t, budget.Take(t.Context(), limits), errKilled)
	})
}

// TestBudgetStore takes grants from the row on many connections of two nodes, as
// fast as they come, and counts by the database's own clock: what was granted
// is what the time brought and what is owed. A grant that is lost or given twice shows.
func TestBudgetStore(t *testing.T) {
	t.Parallel()
	pool := pgtest.New(t)
	nodes := []*postgres.Store{postgres.New(pool), postgres.New(pool)}
	const rate, burst, takers, each, calls = 100.0, 20, 8, 50, 3
	grant := gateway.BudgetGrant{Destination: "model", Rate: rate, Burst: burst, Calls: calls}
	row := func() (tokens float64, at time.Time) {
		require.NoError(t, pool.QueryRow(t.Context(), `SELECT tokens, at FROM call_budget WHERE destination = 'model'`).Scan(&tokens, &at))
		return tokens, at
	}
	wait, err := nodes[0].TakeBudget(t.Context(), grant)
	require.NoError(t, err)
	require.Zero(t, wait, "the bucket begins full")
	had, since := row()
	require.InDelta(t, burst-calls, had, 1e-6)
	var group sync.WaitGroup
	for i := range takers {
		group.Go(func() {
			for range each {
				if _, err := nodes[i%2].TakeBudget(t.Context(), grant); err != nil {
					t.Error(err)
				}
			}
		})
	}
	group.Wait()
	left, until := row()
	promised := had - left + rate*until.Sub(since).Seconds()
	granted := float64(takers * each * calls)
	require.LessOrEqual(t, granted, promised+0.01, "never more than the time brought")
	require.InEpsilon(t, promised, granted, 0.05)

	t.Run("and does what the bucket of the other tests does", func(t *testing.T) {
		_, err := pool.Exec(t.Context(), `UPDATE call_budget SET tokens = 7, at = clock_timestamp()`)
		require.NoError(t, err)
		now := time.Unix(1_800_000_000, 0)
		model := gateway.Bucket{Tokens: 7, At: now}
		for i, step := range []struct { // so slow that a slow machine makes no difference
			passed       time.Duration
			rate         float64
			burst, calls int
		}{
			{0, 0.001, 7, 3}, {1000 * time.Second, 0.001, 7, 1}, {time.Hour, 0.001, 7, 7}, {0, 0.001, 7, 2},
			{2000 * time.Second, 0.001, 4, 4}, {-time.Hour, 0.001, 4, 1}, {24 * time.Hour, 0.002, 1, 1}, {0, 0.002, 1, 1},
		} {
			now = now.Add(step.passed)
			var want time.Duration
			model, want = model.Take(now, step.rate, step.burst, step.calls)
			_, err := pool.Exec(t.Context(), `UPDATE call_budget SET at = clock_timestamp() - make_interval(secs => $1)`, step.passed.Seconds())
			require.NoError(t, err)
			got, err := nodes[0].TakeBudget(t.Context(), gateway.BudgetGrant{Destination: "model", Rate: step.rate, Burst: step.burst, Calls: step.calls})
			require.NoError(t, err)
			tokens, _ := row()
			require.InDelta(t, model.Tokens, tokens, 0.05, "step %d", i)
			require.InDelta(t, want.Seconds(), got.Seconds(), 50, "step %d", i)
		}
	})
}
