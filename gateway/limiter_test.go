package gateway_test

import (
	"context"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/lienthong/lienthong/gateway"
)

func TestLimiter(t *testing.T) {
	t.Parallel()
	round := func(t *testing.T, l *gateway.Limiter, health gateway.Health, took time.Duration) {
		require.NoError(t, l.Acquire(t.Context()))
		at := time.Now()
		time.Sleep(took)
		l.Done(gateway.OpCreate, at, took, health)
	}

	t.Run("starts at two, rises to the ceiling while answers are good", func(t *testing.T) {
		t.Parallel()
		synctest.Test(t, func(t *testing.T) {
			l := gateway.NewLimiter(6)
			require.Equal(t, 2, l.Limit())
			for range 40 {
				round(t, l, gateway.HealthAlive, 100*time.Millisecond)
			}
			require.Equal(t, 6, l.Limit())
		})
	})

	t.Run("halves on a missing or slow answer, once for calls that ran together", func(t *testing.T) {
		t.Parallel()
		for _, bad := range []struct {
			health gateway.Health
			took   time.Duration
		}{{gateway.HealthSick, 100 * time.Millisecond}, {gateway.HealthAlive, 3 * time.Second}} {
			synctest.Test(t, func(t *testing.T) {
				l := gateway.NewLimiter(8)
				for range 80 {
					round(t, l, gateway.HealthAlive, 100*time.Millisecond)
				}
				at := time.Now()
				for range 4 {
					require.NoError(t, l.Acquire(t.Context()))
				}
				time.Sleep(bad.took)
				for range 4 {
					l.Done(gateway.OpCreate, at, bad.took, bad.health)
				}
				require.Equal(t, 4, l.Limit())
				for range 5 {
					round(t, l, bad.health, bad.took)
				}
				require.Equal(t, 1, l.Limit(), "never below one")
			})
		}
	})

	t.Run("one waits until another is done, and gives up with its context", func(t *testing.T) {
		t.Parallel()
		synctest.Test(t, func(t *testing.T) {
			l := gateway.NewLimiter(1)
			require.NoError(t, l.Acquire(t.Context()))
			short, cancel := context.WithTimeout(t.Context(), time.Second)
			defer cancel()
			require.ErrorIs(t, l.Acquire(short), context.DeadlineExceeded)
			got := make(chan error)
			go func() { got <- l.Acquire(t.Context()) }()
			synctest.Wait()
			l.Release()
			require.NoError(t, <-got)
		})
	})

	t.Run("a pause holds and halves", func(t *testing.T) {
		t.Parallel()
		synctest.Test(t, func(t *testing.T) {
			l := gateway.NewLimiter(4)
			l.Throttled(time.Now())
			require.Equal(t, 1, l.Limit())
			l.Restart()
			require.Equal(t, 2, l.Limit())
		})
	})

	t.Run("a throttled call halves once, however many deliveries and lanes shared it", func(t *testing.T) {
		t.Parallel()
		synctest.Test(t, func(t *testing.T) {
			l := gateway.NewLimiter(8)
			for range 80 {
				round(t, l, gateway.HealthAlive, 100*time.Millisecond)
			}
			at := time.Now()
			time.Sleep(100 * time.Millisecond)
			for range 10 {
				l.Throttled(at)
			}
			require.Equal(t, 4, l.Limit())
			time.Sleep(2 * time.Second)
			l.Throttled(time.Now())
			require.Equal(t, 2, l.Limit(), "a call that began after the cut is news")
		})
	})

	t.Run("what one operation takes is no measure of another", func(t *testing.T) {
		t.Parallel()
		synctest.Test(t, func(t *testing.T) {
			l := gateway.NewLimiter(6)
			for range 60 {
				for _, call := range []struct {
					op   gateway.Operation
					took time.Duration
				}{{gateway.OpLookup, 20 * time.Millisecond}, {gateway.OpCreate, 400 * time.Millisecond}} {
					require.NoError(t, l.Acquire(t.Context()))
					at := time.Now()
					time.Sleep(call.took)
					l.Done(call.op, at, call.took, gateway.HealthAlive)
				}
			}
			require.Equal(t, 6, l.Limit(), "a fast look-up makes no create slow")
		})
	})

	t.Run("a portal that has become slower for good is believed in time", func(t *testing.T) {
		t.Parallel()
		synctest.Test(t, func(t *testing.T) {
			l := gateway.NewLimiter(6)
			for range 40 {
				round(t, l, gateway.HealthAlive, 50*time.Millisecond)
			}
			for range 3 {
				round(t, l, gateway.HealthAlive, 500*time.Millisecond)
			}
			require.Equal(t, 1, l.Limit(), "at first it is overload")
			for range 40 {
				round(t, l, gateway.HealthAlive, 500*time.Millisecond)
			}
			require.Equal(t, 6, l.Limit(), "what a call takes alone is how the portal is")
		})
	})

	t.Run("the row that its own calls stand in is never taken for how the portal is", func(t *testing.T) {
		t.Parallel()
		synctest.Test(t, func(t *testing.T) {
			const alone = 200 * time.Millisecond
			l, most := gateway.NewLimiter(16), 0
			for range 2000 {
				round(t, l, gateway.HealthAlive, alone*time.Duration(l.Limit()))
				most = max(most, l.Limit())
			}
			require.Less(t, most, 10)
			require.Greater(t, most, 2)
		})
	})
}
