package destinationtest

import (
	"log/slog"
	"testing"
	"time"

	"github.com/lienthong/lienthong/gateway"
	"github.com/lienthong/lienthong/schema"
)

// Lane returns a lane of one destination for tests that drive it by hand: it
// makes a failed call again at once, its breakers let everything pass, and it
// logs nothing. breakers is the store below lanes, which a test may stand in front of.
func Lane(t testing.TB, lanes gateway.LaneStore, breakers gateway.BreakerStore, d gateway.Destination, change func(*gateway.LaneConfig)) *gateway.Lane {
	t.Helper()
	quiet, all := slog.New(slog.DiscardHandler), []gateway.Destination{d}
	set, err := gateway.NewBreakers(gateway.BreakersConfig{
		Store: breakers, Destinations: all, Node: "node-a", Options: gateway.BreakerOptions{MinCalls: 1000}, Logger: quiet,
	})
	if err != nil {
		t.Fatal(err)
	}
	c := gateway.LaneConfig{
		Store: lanes, Breakers: set, Destinations: all, Node: "node-a", Logger: quiet,
		Schedule: gateway.Schedule{Base: time.Millisecond, Cap: time.Millisecond, RetryAfterCap: time.Millisecond},
	}
	if change != nil {
		change(&c)
	}
	lane, err := gateway.NewLane(c)
	if err != nil {
		t.Fatal(err)
	}
	return lane
}

// When reads a moment as the national portal writes it, yyyyMMddHHmmss in Vietnamese time.
func When(t testing.TB, compact string) schema.Time {
	t.Helper()
	at, err := schema.ParseTime(compact, schema.TimeCompact, nil)
	if err != nil {
		t.Fatal(err)
	}
	return at
}

// Dossier is the wish that a dossier is shown under its number.
func Dossier(t testing.TB, d *schema.Dossier) gateway.Wanted {
	t.Helper()
	sealed, err := schema.SealBody(d)
	if err != nil {
		t.Fatal(err)
	}
	return gateway.Wanted{Kind: schema.KindDossier, Key: d.Number, Revision: 1, Body: sealed.JSON}
}
