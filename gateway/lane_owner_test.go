package gateway_test

import (
	"context"
	"fmt"
	"log/slog"
	"slices"
	"testing"

	"github.com/google/uuid"
	"github.com/stretchr/testify/require"

	"github.com/lienthong/lienthong/gateway"
)

// owned is a world whose lanes obey who writes.
type owned struct {
	*world
	writers *gateway.Writers
}

// setupOwned makes the world's lane one of a site.
func setupOwned(t testing.TB, shows gateway.LookupMode) *owned {
	w := setupWorld(t, shows)
	o := &owned{world: w}
	o.writers, o.lane = o.site("default", "node-a", nil)
	return o
}

// site returns the writers and a lane of a node of a site.
func (o *owned) site(site, node string, memory *gateway.Memory) (*gateway.Writers, *gateway.Lane) {
	o.t.Helper()
	quiet, destinations := slog.New(slog.DiscardHandler), []gateway.Destination{o.portal}
	writers, err := gateway.NewWriters(gateway.WritersConfig{Store: o.store, Site: site, Node: node, Memory: memory, Logger: quiet})
	require.NoError(o.t, err)
	breakers, err := gateway.NewBreakers(gateway.BreakersConfig{
		Store: o.store, Destinations: destinations, Node: node, Options: gateway.BreakerOptions{MinCalls: 1000}, Logger: quiet,
	})
	require.NoError(o.t, err)
	lane, err := gateway.NewLane(gateway.LaneConfig{
		Store: o.crash, Breakers: breakers, Destinations: destinations, Node: node, Schedule: o.schedule, Writers: writers,
		Budgets: o.store, LookRates: map[string]float64{o.portal.spec.Code: 1e6}, Logger: quiet,
	})
	require.NoError(o.t, err)
	return writers, lane
}

// rule says who writes, and lets this node hear of it.
func (o *owned) rule(owner gateway.Owner, scope gateway.Scope) {
	o.t.Helper()
	scope.Destination = o.portal.spec.Code
	require.NoError(o.t, only(o.store.SetOwner(context.Background(), gateway.OwnerOrder{OwnerRule: gateway.OwnerRule{
		Scope: scope, Owner: owner, Actor: "minh", Reason: "thử",
	}})))
	if owner == gateway.OwnerGateway {
		for next := uuid.Nil; ; {
			_, after, err := o.store.Reconsider(context.Background(), scope, next)
			require.NoError(o.t, err)
			if next = after; next == uuid.Nil {
				break
			}
		}
	}
	require.NoError(o.t, o.writers.Read(context.Background()))
}

// adopt marks everything for adoption.
func (o *owned) adopt() {
	o.t.Helper()
	ctx := context.Background()
	a, _, err := o.store.BeginAdoption(ctx, gateway.Adoption{Destination: o.portal.spec.Code}, "minh", "thử")
	require.NoError(o.t, err)
	for done := false; !done; {
		done, err = o.store.ChooseAdopted(ctx, a.ID)
		require.NoError(o.t, err)
	}
	require.NoError(o.t, o.writers.Read(ctx))
}

// holds puts what somebody else wrote into the portal.
func (p *modelPortal) holds(key string, c content) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.stored[key] = &shown{headers: []string{c.Header}, creates: 1, steps: slices.Clone(c.Steps)}
}

// writes counts the calls that were no look-ups.
func (p *modelPortal) writes() int {
	p.mu.Lock()
	defer p.mu.Unlock()
	return len(slices.DeleteFunc(slices.Clone(p.calls), func(op gateway.Operation) bool { return op == gateway.OpLookup }))
}

// compared returns where a delivery stands and how it compares.
func (o *owned) compared(key string) string {
	state, _, cause := o.state(key)
	return string(state) + " " + cause
}

func TestShadow(t *testing.T) {
	t.Parallel()

	t.Run("what somebody else writes is planned and compared, and never sent", func(t *testing.T) {
		t.Parallel()
		o := setupOwned(t, gateway.ShowsTrail)
		o.rule(gateway.OwnerOneStop, gateway.Scope{})
		same := content{Header: "v1", Steps: steps("D/1/2")}
		o.want("same", same)
		o.want("lacks", content{Header: "v1", Steps: steps("D/1/2", "D/2/4")})
		o.want("none", same)
		o.portal.holds("same", same)
		o.portal.holds("lacks", same)
		o.drain()
		require.Equal(t, "shadow shadow.same", o.compared("same"))
		require.Equal(t, "shadow shadow.differs.steps", o.compared("lacks"))
		require.Equal(t, "shadow shadow.differs.create", o.compared("none"))
		require.Zero(t, o.portal.writes())
		require.True(t, o.atRest())

		o.want("same", content{Header: "v2", Steps: same.Steps})
		o.drain()
		require.Equal(t, "shadow shadow.differs.update", o.compared("same"), "each revision is compared")
		require.Zero(t, o.portal.writes())
	})

	t.Run("what a look said of it while it was ours is forgotten", func(t *testing.T) {
		t.Parallel()
		o := setupOwned(t, gateway.ShowsTrail)
		for _, key := range []string{"ours", "theirs"} {
			o.want(key, content{Header: "v1"})
		}
		o.drain()
		_, err := o.pool.Exec(t.Context(), `
			WITH seen AS (
			    INSERT INTO look (destination, entity_id, key, commune, agency, procedure, looked_at, class, found_at, shown, revision)
			    SELECT destination, entity_id, key, 'X', 'A', 'P', now(), 'foreign', now(), sha256('x'), 1 FROM delivery
			    RETURNING destination)
			INSERT INTO agreement (dimension, destination, code, looked, differing)
			SELECT d.dimension, destination, d.code, count(*), count(*)
			FROM seen, (VALUES ('commune', 'X'), ('agency', 'A'), ('procedure', 'P')) AS d (dimension, code)
			GROUP BY 1, 2, 3`)
		require.NoError(t, err)
		o.rule(gateway.OwnerOneStop, gateway.Scope{})
		o.want("theirs", content{Header: "v2"})
		o.drain()
		require.Equal(t, "shadow shadow.differs.update", o.compared("theirs"))
		left, err := o.store.Drifts(t.Context(), gateway.DriftQuery{Limit: 10})
		require.NoError(t, err)
		require.Len(t, left, 1)
		require.Equal(t, "ours", left[0].Key)
		for _, dimension := range gateway.Dimensions() {
			lines, err := o.store.Agreement(t.Context(), dimension)
			require.NoError(t, err)
			require.Len(t, lines, 1)
			require.Equal(t, [2]int64{1, 1}, [2]int64{lines[0].Looked, lines[0].Differing}, dimension)
		}
	})

	t.Run("switched to us, the differences are sent and nothing is repeated; switched back, nothing is", func(t *testing.T) {
		t.Parallel()
		o := setupOwned(t, gateway.ShowsTrail)
		o.rule(gateway.OwnerMinistry, gateway.Scope{})
		o.want("a", content{Header: "v1", Steps: steps("D/1/2", "D/2/5")})
		o.portal.holds("a", content{Header: "v1", Steps: steps("D/1/2")})
		o.drain()
		o.portal.holds("a", content{Header: "v1", Steps: steps("D/1/2", "D/2/5")}) // after we looked
		o.rule(gateway.OwnerGateway, gateway.Scope{})
		o.drain()
		require.Zero(t, o.portal.writes(), "it is looked at once more before it is ours")
		require.Equal(t, "confirmed ", o.compared("a"))
		o.want("a", content{Header: "v1", Steps: steps("D/1/2", "D/2/5", "D/3/4")})
		o.drain()
		require.Equal(t, steps("D/1/2", "D/2/5", "D/3/4"), o.portal.shows(t, "a").steps)
		o.rule(gateway.OwnerOneStop, gateway.Scope{})
		o.want("a", content{Header: "v2", Steps: steps("D/1/2", "D/2/5", "D/3/4")})
		o.drain()
		require.Equal(t, 1, o.portal.writes())
		require.Equal(t, "shadow shadow.differs.update", o.compared("a"))
	})

	t.Run("a write whose outcome is unknown is cleared up by a look, and then nothing is sent", func(t *testing.T) {
		t.Parallel()
		o := setupOwned(t, gateway.ShowsTrail)
		o.portal.will(cutStored)
		o.want("a", content{Header: "v1", Steps: steps("D/1/2")})
		o.drain()
		require.Equal(t, 1, o.portal.writes())
		o.rule(gateway.OwnerOneStop, gateway.Scope{})
		o.settle()
		require.Equal(t, 1, o.portal.writes())
		require.Equal(t, "shadow shadow.differs.steps", o.compared("a"))
	})

	t.Run("switched to us before its look made a shadow of it, it is not left one either", func(t *testing.T) {
		t.Parallel()
		o := setupOwned(t, gateway.ShowsTrail)
		o.portal.will(cutStored)
		o.want("a", content{Header: "v1", Steps: steps("D/1/2")})
		o.drain()
		o.rule(gateway.OwnerOneStop, gateway.Scope{})
		o.portal.onLook = func() {
			o.portal.onLook = nil
			require.Equal(t, "unknown timeout", o.compared("a"))
			o.rule(gateway.OwnerGateway, gateway.Scope{})
		}
		o.settle()
		require.Equal(t, steps("D/1/2"), o.portal.shows(t, "a").steps)
	})

	t.Run("switched to us while it is being compared, it is not left a shadow", func(t *testing.T) {
		t.Parallel()
		o := setupOwned(t, gateway.ShowsTrail)
		o.rule(gateway.OwnerOneStop, gateway.Scope{})
		o.want("a", content{Header: "v1", Steps: steps("D/1/2")})
		o.portal.onLook = func() {
			o.portal.onLook = nil
			require.Equal(t, "shadow shadow.unseen", o.compared("a"))
			o.rule(gateway.OwnerGateway, gateway.Scope{})
		}
		o.drain()
		require.Equal(t, steps("D/1/2"), o.portal.shows(t, "a").steps)
		require.Equal(t, "delivered ", o.compared("a"))
	})

	t.Run("an order that comes between the claim and the call is obeyed", func(t *testing.T) {
		t.Parallel()
		o := setupOwned(t, gateway.ShowsTrail)
		o.want("a", content{Header: "v1", Steps: steps("D/1/2")})
		o.portal.onSend = func() {
			o.portal.onSend = nil
			o.rule(gateway.OwnerOneStop, gateway.Scope{}) // after the create, before the steps
		}
		o.drain()
		require.Equal(t, 1, o.portal.writes())
		require.Empty(t, o.portal.shows(t, "a").steps)
		require.Equal(t, "shadow shadow.differs.steps", o.compared("a"))
	})
}

func TestAdopt(t *testing.T) {
	t.Parallel()
	first := content{Header: "v1", Steps: steps("D/1/2", "D/2/5", "D/3/4")}
	for _, shows := range []gateway.LookupMode{gateway.ShowsTrail, gateway.ShowsHeader, gateway.ShowsExistence} {
		t.Run("what is shown is taken without a write, and only what is newer is sent: "+string(shows), func(t *testing.T) {
			t.Parallel()
			o := setupOwned(t, shows)
			for i := range 30 {
				key := fmt.Sprintf("D-%02d", i)
				o.want(key, first)
				o.portal.holds(key, first)
			}
			o.adopt()
			o.drain()
			require.Zero(t, o.portal.writes())
			word := map[bool]string{true: "confirmed adopted.same", false: "confirmed adopted.assumed"}[shows == gateway.ShowsTrail]
			require.Equal(t, word, o.compared("D-07"))
			all, err := o.store.Adoptions(t.Context(), 10)
			require.NoError(t, err)
			require.Len(t, all, 1)
			require.Equal(t, []any{int64(30), int64(0), true}, []any{all[0].Chosen, all[0].Left, all[0].EndedAt != nil})

			for i := range 30 {
				o.want(fmt.Sprintf("D-%02d", i), content{Header: "v1", Steps: append(slices.Clone(first.Steps), "D/4/9")})
			}
			o.drain()
			for i := range 30 {
				got := o.portal.shows(t, fmt.Sprintf("D-%02d", i))
				require.Equal(t, append(slices.Clone(first.Steps), "D/4/9"), got.steps)
				require.Equal(t, []string{"v1"}, got.headers)
			}
		})
	}

	t.Run("what differs is put aside until something newer is known, and what is not there is created", func(t *testing.T) {
		t.Parallel()
		o := setupOwned(t, gateway.ShowsTrail)
		o.want("differs", content{Header: "ours", Steps: first.Steps})
		o.portal.holds("differs", first)
		o.want("absent", first)
		o.adopt()
		o.drain()
		require.Equal(t, "parked adopted.differs.update", o.compared("differs"))
		require.Equal(t, []string{"v1"}, o.portal.shows(t, "differs").headers)
		require.Equal(t, first.Steps, o.portal.shows(t, "absent").steps)
	})

	t.Run("paused it looks at nothing and sends nothing, and goes on after that", func(t *testing.T) {
		t.Parallel()
		o := setupOwned(t, gateway.ShowsTrail)
		o.want("a", first)
		o.portal.holds("a", first)
		o.adopt()
		require.NoError(t, only(o.store.SteerAdoption(t.Context(), "model", "adopt_pause", "minh", "thử")))
		require.NoError(t, o.writers.Read(t.Context()))
		o.want("a", content{Header: "v2", Steps: first.Steps}) // due while it waits
		o.drain()
		require.Empty(t, o.portal.calls)
		require.NoError(t, only(o.store.SteerAdoption(t.Context(), "model", "adopt_resume", "minh", "thử")))
		require.NoError(t, o.writers.Read(t.Context()))
		o.drain()
		require.Zero(t, o.portal.writes())
		require.Equal(t, "parked adopted.differs.update", o.compared("a"))
	})

	t.Run("a worker that is killed in the middle of it loses nothing", func(t *testing.T) {
		t.Parallel()
		o := setupOwned(t, gateway.ShowsTrail)
		for i := range 20 {
			key := fmt.Sprintf("D-%02d", i)
			o.want(key, first)
			o.portal.holds(key, first)
		}
		o.adopt()
		o.crash.beforeRecord.Store(true)
		o.drain()
		require.Zero(t, o.portal.writes())
		for i := range 20 {
			require.Equal(t, "confirmed adopted.same", o.compared(fmt.Sprintf("D-%02d", i)))
		}
	})
}

func TestSites(t *testing.T) {
	t.Parallel()
	o := setupOwned(t, gateway.ShowsTrail)
	ctx := t.Context()
	require.NoError(t, o.writers.Read(ctx))
	other, theirs := o.site("du-phong", "node-b", nil)
	require.NoError(t, other.Read(ctx))
	require.True(t, o.writers.Sending())
	require.False(t, other.Sending())

	o.want("a", content{Header: "v1"})
	for i := range o.portal.spec.Lanes {
		next, err := theirs.Drain(ctx, "model", i)
		require.NoError(t, err)
		require.True(t, next.Held)
	}
	require.Empty(t, o.portal.calls)
	o.drain()
	require.Equal(t, 1, o.portal.writes())

	require.NoError(t, only(o.store.TakeSite(ctx, "du-phong", "minh", "mất điện")))
	o.want("a", content{Header: "v2"})
	for i := range o.portal.spec.Lanes { // this node has not heard of it yet: the database stops it
		_, _ = o.lane.Drain(ctx, "model", i)
	}
	require.Equal(t, 1, o.portal.writes())
	require.NoError(t, other.Read(ctx))
	o.lane = theirs
	o.expire()
	o.drain()
	require.Equal(t, []string{"v1", "v2"}, o.portal.shows(t, "a").headers)
	require.NoError(t, o.writers.Read(ctx))
	require.False(t, o.writers.Sending())
}

// only is the error of an order, whether it changed anything or not.
func only(_ bool, err error) error { return err }
