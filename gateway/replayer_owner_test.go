package gateway_test

import (
	"context"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/lienthong/lienthong/gateway"
)

// failed lets a delivery fail as a lane would have written it.
func (o *owned) failed(keys ...string) {
	o.t.Helper()
	for _, key := range keys {
		o.want(key, content{Header: "v1", Steps: steps("D/1/2", "D/2/5")})
		_, err := o.pool.Exec(context.Background(), `
			WITH gone AS (DELETE FROM delivery_due WHERE entity_id = $1)
			UPDATE delivery SET state = 'failed_data', shelf = 'source', cause = 'refused:x', tries = 3, failed_at = now() WHERE entity_id = $1`, o.ids[key])
		require.NoError(o.t, err)
	}
}

// replayed plans what fails, and starts the plan.
func (o *owned) replayed(start bool) gateway.ReplayPlan {
	o.t.Helper()
	ctx := context.Background()
	p, err := o.store.PlanReplay(ctx, gateway.ReplayRequest{
		Selection: gateway.ReplaySelection{Cause: "refused:x"}, Rate: gateway.MaxReplayRate, Actor: "an", Reason: "thử"})
	require.NoError(o.t, err)
	if start {
		p, _, err = o.store.OrderReplay(ctx, gateway.ReplayOrder{Plan: p.ID, Action: gateway.ReplayRun, Actor: "an", Reason: "thử"})
		require.NoError(o.t, err)
	}
	return p
}

// step lets a node make one step of the plans, whatever their pace.
func (o *owned) step(writers *gateway.Writers, configured ...gateway.Destination) bool {
	o.t.Helper()
	ctx := context.Background()
	_, err := o.pool.Exec(ctx, `UPDATE replay_plan SET lease_until = '-infinity', credited_at = credited_at - interval '1 s' WHERE state IN ('running', 'paused')`)
	require.NoError(o.t, err)
	found, err := gateway.NewReplayer(gateway.ReplayerConfig{Store: o.store, Reads: o.store, Writers: writers, Destinations: configured}).Step(ctx)
	require.NoError(o.t, err)
	return found
}

func (o *owned) shown(p gateway.ReplayPlan) gateway.ReplayDetail {
	o.t.Helper()
	d, err := o.store.ReplayPlan(context.Background(), p.ID)
	require.NoError(o.t, err)
	return d
}

func tally(counts []gateway.ReplayCount) map[string]int {
	m := map[string]int{}
	for _, c := range counts {
		m[c.Name] = c.Count
	}
	return m
}

func TestReplayObeysWhoWrites(t *testing.T) {
	t.Parallel()
	setup := func(t *testing.T) *owned {
		t.Helper()
		t.Parallel()
		o := setupOwned(t, gateway.ShowsTrail)
		o.rule(gateway.OwnerGateway, gateway.Scope{})
		o.failed("a", "b")
		return o
	}

	t.Run("what another system writes is named in the plan, in words, and left alone", func(t *testing.T) {
		o := setup(t)
		before := o.replayed(false)
		require.Equal(t, 2, before.Eligible)
		o.rule(gateway.OwnerOneStop, gateway.Scope{})
		require.Equal(t, map[string]int{gateway.WhyForeign: 2}, tally(o.shown(before).Since), "a plan of before says so before it is started")
		d := o.shown(o.replayed(false))
		require.Zero(t, d.Eligible)
		require.Equal(t, map[string]int{gateway.WhyForeign: 2}, tally(d.NotDone))
		require.Len(t, d.Notes(), 1)
		require.Equal(t, []any{2, "another system writes it; we compare and send nothing"}, []any{d.Notes()[0].Count, d.Notes()[0].EN})

		_, _, err := o.store.OrderReplay(t.Context(), gateway.ReplayOrder{Plan: before.ID, Action: gateway.ReplayRun, Actor: "an", Reason: "thử"})
		require.NoError(t, err)
		require.True(t, o.step(o.writers))
		d = o.shown(before)
		require.Equal(t, gateway.ReplayDone, d.State)
		require.Equal(t, map[string]int{gateway.ItemSkipped: 2}, tally(d.Outcomes))
		o.drain()
		require.Zero(t, o.portal.writes())
	})

	t.Run("what becomes a shadow after its release ends as not ours", func(t *testing.T) {
		o := setup(t)
		p := o.replayed(true)
		require.True(t, o.step(o.writers))
		require.Equal(t, map[string]int{gateway.ItemReleased: 2}, tally(o.shown(p).Outcomes))
		o.rule(gateway.OwnerMinistry, gateway.Scope{})
		o.drain()
		require.Contains(t, o.compared("a"), "shadow")
		require.True(t, o.step(o.writers))
		d := o.shown(p)
		require.Equal(t, gateway.ReplayDone, d.State)
		require.Equal(t, map[string]int{gateway.ItemSkipped: 2}, tally(d.Outcomes))
		require.Equal(t, map[string]int{gateway.WhyForeign: 2}, tally(d.NotDone))
		require.Zero(t, o.portal.writes())
		o.rule(gateway.OwnerGateway, gateway.Scope{}) // and back: the plan is over, what is sent is sent by ownership
		o.drain()
		require.Equal(t, map[string]int{gateway.ItemSkipped: 2}, tally(o.shown(p).Outcomes))
	})

	t.Run("what is marked to be looked at is not replayed, and what is adopted after its release was not sent", func(t *testing.T) {
		o := setup(t)
		p := o.replayed(true)
		require.True(t, o.step(o.writers))
		for _, key := range []string{"a", "b"} {
			o.portal.holds(key, content{Header: "v1", Steps: steps("D/1/2", "D/2/5")})
		}
		o.failed("c")
		o.adopt()
		marked := o.replayed(false)
		require.Equal(t, map[string]int{gateway.WhyLook: 1}, tally(o.shown(marked).NotDone))
		require.True(t, o.step(o.writers))
		d := o.shown(p)
		require.Equal(t, gateway.ReplayDone, d.State, "it does not wait for an adoption, which may be paused")
		require.Equal(t, map[string]int{gateway.WhyLook: 2}, tally(d.NotDone))
		o.drain()
		require.Equal(t, "confirmed adopted.same", o.compared("a"))
	})

	t.Run("what is adopted between two steps was taken for sent", func(t *testing.T) {
		o := setup(t)
		p := o.replayed(true)
		require.True(t, o.step(o.writers))
		for _, key := range []string{"a", "b"} {
			o.portal.holds(key, content{Header: "v1", Steps: steps("D/1/2", "D/2/5")})
		}
		o.adopt()
		o.drain()
		require.True(t, o.step(o.writers))
		require.Equal(t, map[string]int{gateway.WhyAdopted: 2}, tally(o.shown(p).NotDone))
		require.Zero(t, o.portal.writes())
	})

	t.Run("after a restore a plan says that nothing leaves before the looks", func(t *testing.T) {
		o := setup(t)
		p := o.replayed(false)
		now, err := o.store.Writing(t.Context(), gateway.Mark{})
		require.NoError(t, err)
		require.NoError(t, only(o.store.DeclareRestored(t.Context(), gateway.Restoration{Epoch: now.Epoch, Actor: "an", Reason: "thử"})))
		d := o.shown(p)
		require.Equal(t, map[string]int{gateway.WhyLook: 2}, tally(d.Since))
		require.Equal(t, []gateway.ReplayHold{{Destination: "model", Why: gateway.HoldObserving}}, d.Holds)
		require.Equal(t, "model", d.Notes()[0].Destination)
		require.Equal(t, 2, d.Notes()[1].Count)
	})

	t.Run("what no configured destination takes stays among what fails", func(t *testing.T) {
		o := setup(t)
		p := o.replayed(true)
		require.True(t, o.step(o.writers, newModelPortal("other", gateway.ShowsTrail)))
		d := o.shown(p)
		require.Equal(t, gateway.ReplayDone, d.State, "released it would wait for ever, and nobody would see it fail")
		require.Equal(t, map[string]int{gateway.WhyUnserved: 2}, tally(d.NotDone))
		require.Equal(t, "the configuration has no such destination any more", d.Notes()[0].EN)
		require.Equal(t, 2, o.replayed(false).Eligible)
	})

	t.Run("a site that does not send carries nothing out", func(t *testing.T) {
		o := setup(t)
		p := o.replayed(true)
		other, _ := o.site("other", "node-b", nil)
		require.False(t, o.step(other))
		require.Equal(t, map[string]int{gateway.ItemWaiting: 2}, tally(o.shown(p).Outcomes))
		require.Equal(t, "default", o.shown(p).Site)
		require.True(t, o.step(o.writers))
		require.Equal(t, map[string]int{gateway.ItemReleased: 2}, tally(o.shown(p).Outcomes))

		require.NoError(t, only(o.store.TakeSite(t.Context(), "other", "an", "chuyển")))
		require.Eventually(t, func() bool { return !o.step(o.writers) }, 20*time.Second, 50*time.Millisecond,
			"nor does the one from which it was taken: it asks again once what it believes is a second old")
		require.NoError(t, other.Read(t.Context()))
		require.True(t, o.step(other))
	})
}
