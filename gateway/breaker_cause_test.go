package gateway_test

import (
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/lienthong/lienthong/gateway"
)

// TestBreakersSayWhy looks at what the history of a breaker gets to know of the calls.
func TestBreakersSayWhy(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		r := newRows()
		b := newNode(t, r, "a", newModelPortal("model", gateway.ShowsTrail))
		sick := func(cause string, health gateway.Health) {
			permit, _, err := b.Allow(t.Context(), createKey, callLength)
			require.NoError(t, err)
			require.NotNil(t, permit)
			require.True(t, permit.Start())
			permit.Because(cause)
			permit.Done(t.Context(), health, 0)
		}
		sick("model.timeout", gateway.HealthSick)
		sick("model.timeout", gateway.HealthSick)
		sick("model.http.503: Hạnh 079190000123", gateway.HealthSick)
		sick("model.refused", gateway.HealthAlive)
		sick("model.http.503: Hạnh 079190000123", gateway.HealthSick)
		last := func() move {
			r.mu.Lock()
			defer r.mu.Unlock()
			return r.moves[len(r.moves)-1]
		}
		require.Equal(t, gateway.BreakerOpen, last().to)
		require.Equal(t, "model.http.503", last().cause, "the last sick call's, its code alone")

		time.Sleep(openFor + time.Second)
		sick("model.dns", gateway.HealthSick)
		require.Equal(t, gateway.BreakerOpen, last().to)
		require.Equal(t, "model.dns", last().cause, "of a probe too")
	})
}
