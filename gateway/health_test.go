package gateway

import (
	"context"
	"testing"

	"github.com/stretchr/testify/require"
)

// A password that is refused stops every call, so that breakers have to open for it although it is
// nobody else's fault; what we cut ourselves says nothing of a destination.
func TestHealthOfOutcomesThatAreOurs(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		outcome Outcome
		want    Health
	}{
		"a refused login":      {Outcome{Kind: Unavailable, Shelf: ShelfGateway, Cause: "dvcqg.login.refused:mật khẩu không đúng"}, HealthSick},
		"a worker that slept":  {Outcome{Kind: Unavailable, Shelf: ShelfGateway, Cause: "worker.late"}, HealthIgnored},
		"a call that we cut":   {Outcome{Kind: Unavailable, Shelf: ShelfGateway, Cause: "dvcqg.login.timeout", Err: context.Canceled}, HealthIgnored},
		"words about a login":  {Outcome{Kind: Unavailable, Shelf: ShelfGateway, Cause: "dvcqg.http.404:a.login.b"}, HealthIgnored},
		"a gateway that fails": {Outcome{Kind: Unavailable, Shelf: ShelfDestination, Cause: "dvcqg.http.502"}, HealthSick},
	} {
		require.Equal(t, c.want, healthOf(c.outcome), name)
	}
}
