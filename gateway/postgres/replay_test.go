package postgres_test

import (
	"context"
	"fmt"
	"sync"
	"testing"
	"time"

	"github.com/google/uuid"
	"github.com/stretchr/testify/require"

	"github.com/lienthong/lienthong/gateway"
	"github.com/lienthong/lienthong/internal/fault"
	"github.com/lienthong/lienthong/schema"
)

// failing pushes n dossiers and lets them fail as a lane would have written it.
func (b bundle) failing(t testing.TB, first, n int, state gateway.SyncState, shelf gateway.Shelf, cause string) {
	t.Helper()
	for i := first; i < first+n; i++ {
		b.push(t, dossier(t, i, nil))
		_, err := b.pool.Exec(t.Context(), `
			WITH gone AS (DELETE FROM delivery_due q USING delivery d WHERE d.entity_id = q.entity_id AND d.key = $1)
			UPDATE delivery SET state = $2, shelf = $3, cause = $4, tries = 3, failed_at = now() - make_interval(secs => $5)
			WHERE key = $1`, number(i), string(state), string(shelf), cause, 1000-i)
		require.NoError(t, err)
	}
}

func (b bundle) plan(t testing.TB, r gateway.ReplayRequest) gateway.ReplayPlan {
	t.Helper()
	r.Actor, r.Reason = "an.nguyen", "portal repaired its table"
	if r.Rate == 0 {
		r.Rate = gateway.MaxReplayRate
	}
	p, err := b.store.PlanReplay(t.Context(), r)
	require.NoError(t, err)
	return p
}

func (b bundle) order(t testing.TB, id uuid.UUID, action gateway.ReplayAction) (gateway.ReplayPlan, bool) {
	t.Helper()
	p, changed, err := b.store.OrderReplay(t.Context(), gateway.ReplayOrder{Plan: id, Action: action, Actor: "an.nguyen", Reason: "xong"})
	require.NoError(t, err)
	return p, changed
}

// step lets a plan make steps whatever its pace and the last step's rest.
func (b bundle) step(t testing.TB) bool {
	t.Helper()
	_, err := b.pool.Exec(t.Context(), `UPDATE replay_plan SET lease_until = '-infinity', credited_at = credited_at - interval '1 s' WHERE state IN ('running', 'paused')`)
	require.NoError(t, err)
	found, err := gateway.NewReplayer(gateway.ReplayerConfig{Store: b.store, Reads: b.store}).Step(t.Context())
	require.NoError(t, err)
	return found
}

func named(counts []gateway.ReplayCount) map[string]int {
	m := map[string]int{}
	for _, c := range counts {
		m[c.Name] = c.Count
	}
	return m
}

func (b bundle) detail(t testing.TB, id uuid.UUID) gateway.ReplayDetail {
	t.Helper()
	d, err := b.store.ReplayPlan(t.Context(), id)
	require.NoError(t, err)
	return d
}

var byCause = gateway.ReplaySelection{Cause: "refused:mã"}

func TestFailureGroups(t *testing.T) {
	b := setup(t)
	b.failing(t, 0, 7, gateway.StateFailedData, gateway.ShelfSource, "refused:mã")
	b.failing(t, 10, 3, gateway.StateQueued, gateway.ShelfDestination, "http.503")
	b.failing(t, 20, 1, gateway.StateFailedGateway, gateway.ShelfGateway, "plan.unstable")
	b.push(t, dossier(t, 30, nil)) // does not fail
	_, err := b.pool.Exec(t.Context(), `UPDATE delivery SET problem = '/applicant/phone: lacks' WHERE key = $1`, number(0))
	require.NoError(t, err)

	groups, err := b.store.FailureGroups(t.Context(), gateway.FailureQuery{})
	require.NoError(t, err)
	require.Len(t, groups, 3)
	first := groups[0]
	require.Equal(t, gateway.FailureGroup{
		Destination: "dvcqg", Shelf: gateway.ShelfSource, Cause: "refused:mã", Count: 7, FirstAt: first.FirstAt, LastAt: first.LastAt,
		Samples: []string{number(0), number(1), number(2), number(3), number(4)}, Problem: "/applicant/phone: lacks", Sources: []string{"motcua"},
	}, first)
	require.InDelta(t, 6, first.LastAt.Sub(first.FirstAt).Seconds(), 3)
	require.Equal(t, 3, groups[1].Waiting, "an outage ends by itself")
	require.Equal(t, "our_bug", groups[2].Remedy().Class)

	t.Run("by destination and by commune", func(t *testing.T) {
		groups, err := b.store.FailureGroups(t.Context(), gateway.FailureQuery{By: gateway.ByUnit, Shelf: gateway.ShelfSource})
		require.NoError(t, err)
		require.Len(t, groups, 1)
		require.Equal(t, []any{"H05.31", 7, ""}, []any{groups[0].Unit, groups[0].Count, groups[0].Cause})
		groups, err = b.store.FailureGroups(t.Context(), gateway.FailureQuery{By: gateway.ByDestination, Limit: 2})
		require.NoError(t, err)
		require.Len(t, groups, 2)
	})

	t.Run("one by one, page by page", func(t *testing.T) {
		q := gateway.FailureQuery{Destination: "dvcqg", Shelf: gateway.ShelfSource, Cause: "refused:mã", Limit: 5}
		page, err := b.store.Failures(t.Context(), q)
		require.NoError(t, err)
		require.Len(t, page, 5)
		q.After = gateway.FailureCursor{FailedAt: page[4].FailedAt, EntityID: page[4].EntityID}
		rest, err := b.store.Failures(t.Context(), q)
		require.NoError(t, err)
		require.Len(t, rest, 2)
		require.Equal(t, number(6), rest[1].Key)
	})
}

func TestReplayPlan(t *testing.T) {
	b := setup(t)
	b.failing(t, 0, 6, gateway.StateFailedData, gateway.ShelfSource, "refused:mã")
	b.failing(t, 6, 1, gateway.StateUnknown, gateway.ShelfSource, "refused:mã")
	b.failing(t, 7, 1, gateway.StateFailedData, gateway.ShelfSource, "refused:mã")
	_, err := b.pool.Exec(t.Context(), `UPDATE entity SET withdrawn_at = now() WHERE id = (SELECT entity_id FROM delivery WHERE key = $1)`, number(7))
	require.NoError(t, err)
	b.failing(t, 8, 2, gateway.StateFailedData, gateway.ShelfSource, "another")

	p := b.plan(t, gateway.ReplayRequest{Selection: byCause})
	require.Equal(t, []int{8, 6}, []int{p.Total, p.Eligible})
	require.Equal(t, gateway.ReplayPlanned, p.State)
	require.InDelta(t, 24, p.ExpiresAt.Sub(p.CreatedAt).Hours(), 0.01)
	d := b.detail(t, p.ID)
	require.Equal(t, map[string]int{"unknown_outcome": 1, "withdrawn": 1}, named(d.NotDone))
	require.Equal(t, map[string]int{"refused:mã": 6}, named(d.Causes))
	require.Len(t, d.Samples, 6)
	require.False(t, b.step(t), "a plan that nobody started does nothing")

	_, err = b.pool.Exec(t.Context(), `UPDATE delivery SET state = 'delivered', shelf = '' WHERE key = $1`, number(0))
	require.NoError(t, err)
	_, err = b.pool.Exec(t.Context(), `UPDATE delivery SET cause = 'other' WHERE key = $1`, number(1))
	require.NoError(t, err)
	require.Equal(t, map[string]int{"delivered_since": 1, "cause_changed": 1}, named(b.detail(t, p.ID).Since))

	p, changed := b.order(t, p.ID, gateway.ReplayRun)
	require.True(t, changed)
	require.Equal(t, gateway.ReplayRunning, p.State)
	_, changed = b.order(t, p.ID, gateway.ReplayRun)
	require.False(t, changed, "who clicks second changes nothing")

	require.True(t, b.step(t))
	d = b.detail(t, p.ID)
	require.Equal(t, map[string]int{"ineligible": 2, "released": 4, "skipped": 2}, named(d.Outcomes))
	require.Equal(t, 4, b.count(t, `
		SELECT count(*) FROM delivery d JOIN delivery_due q ON q.entity_id = d.entity_id
		WHERE d.state = 'queued' AND d.shelf = '' AND d.tries = 0 AND d.action_id = (SELECT action_id FROM replay_plan)`))

	_, err = b.pool.Exec(t.Context(), `
		WITH gone AS (DELETE FROM delivery_due)
		UPDATE delivery SET state = CASE key WHEN $1 THEN 'failed_data' ELSE 'delivered' END, cause = CASE key WHEN $1 THEN 'again' ELSE '' END
		WHERE state = 'queued'`, number(2))
	require.NoError(t, err)
	require.True(t, b.step(t))
	d = b.detail(t, p.ID)
	require.Equal(t, gateway.ReplayDone, d.State)
	require.Equal(t, map[string]int{"ineligible": 2, "delivered": 3, "failed": 1, "skipped": 2}, named(d.Outcomes))
	require.Zero(t, b.count(t, `SELECT count(*) FROM replay_item WHERE holds`))
	require.False(t, b.step(t))
	require.Equal(t, 1, b.count(t, `SELECT count(*) FROM operator_action WHERE action = 'replay_run'`))

	plans, err := b.store.ReplayPlans(t.Context(), gateway.ReplayCursor{}, 10)
	require.NoError(t, err)
	require.Len(t, plans, 1)
	older, err := b.store.ReplayPlans(t.Context(), gateway.ReplayCursor{CreatedAt: plans[0].CreatedAt, ID: plans[0].ID}, 10)
	require.NoError(t, err)
	require.Empty(t, older)
	items, err := b.store.ReplayItems(t.Context(), p.ID, 5, 2)
	require.NoError(t, err)
	require.Equal(t, []int{6, 7}, []int{items[0].Ordinal, items[1].Ordinal})
}

// Two operators plan the same and start both at once, each twice, and two nodes work: one effect per dossier.
func TestReplayTogether(t *testing.T) {
	b := setup(t)
	b.failing(t, 0, 20, gateway.StateFailedData, gateway.ShelfSource, "refused:mã")
	one, two := b.plan(t, gateway.ReplayRequest{Selection: byCause}), b.plan(t, gateway.ReplayRequest{Selection: byCause})
	var all sync.WaitGroup
	for range 2 {
		for _, p := range []gateway.ReplayPlan{one, two} {
			all.Go(func() {
				_, _, err := b.store.OrderReplay(context.Background(), gateway.ReplayOrder{Plan: p.ID, Action: gateway.ReplayRun, Actor: "a", Reason: "b"})
				require.NoError(t, err)
			})
		}
	}
	all.Wait()
	require.Equal(t, 20, b.count(t, `SELECT count(*) FROM replay_item WHERE holds`))
	require.Equal(t, 20, b.count(t, `SELECT count(*) FROM replay_item WHERE outcome = 'skipped' AND why = 'held' AND held_by <> plan_id`))
	three := b.plan(t, gateway.ReplayRequest{Selection: byCause})
	require.Zero(t, three.Eligible)
	d := b.detail(t, three.ID)
	require.Equal(t, map[string]int{"held": 20}, named(d.NotDone))
	require.Len(t, d.HeldBy, 1)

	_, err := b.pool.Exec(t.Context(), `UPDATE replay_plan SET credited_at = now() - interval '1 minute'`)
	require.NoError(t, err)
	for range 4 {
		all.Go(func() {
			r := gateway.NewReplayer(gateway.ReplayerConfig{Store: b.store, Reads: b.store})
			for range 5 {
				_, err := r.Step(context.Background())
				require.NoError(t, err)
			}
		})
	}
	all.Wait()
	require.Equal(t, 20, b.count(t, `SELECT count(*) FROM replay_item WHERE outcome = 'released'`))
	require.Equal(t, 20, b.count(t, `SELECT count(*) FROM delivery_due`))
}

// A plan that was paused and forgotten takes no turns from one that runs; what it had released is followed to its end.
func TestReplayPausedTakesNoTurns(t *testing.T) {
	b := setup(t)
	b.failing(t, 0, 2, gateway.StateFailedData, gateway.ShelfSource, "refused:mã")
	p := b.plan(t, gateway.ReplayRequest{Selection: byCause, Rate: 1})
	b.order(t, p.ID, gateway.ReplayRun)
	require.True(t, b.step(t))
	require.Equal(t, map[string]int{gateway.ItemReleased: 1, gateway.ItemWaiting: 1}, named(b.detail(t, p.ID).Outcomes))
	b.order(t, p.ID, gateway.ReplayPause)
	require.True(t, b.step(t), "one is on its way")
	_, err := b.pool.Exec(t.Context(), `UPDATE delivery SET state = 'delivered' WHERE state = 'queued'`)
	require.NoError(t, err)
	require.True(t, b.step(t))
	require.Equal(t, map[string]int{gateway.ItemDelivered: 1, gateway.ItemWaiting: 1}, named(b.detail(t, p.ID).Outcomes))
	require.False(t, b.step(t), "nothing is left to do while it is paused")
	b.order(t, p.ID, gateway.ReplayResume)
	require.True(t, b.step(t))
	require.Equal(t, map[string]int{gateway.ItemDelivered: 1, gateway.ItemReleased: 1}, named(b.detail(t, p.ID).Outcomes))
}

// A destination that answers nothing keeps what a plan has for another from nobody.
func TestReplayGoesOnBesideABlockedDestination(t *testing.T) {
	b := setup(t)
	b.failing(t, 0, 53, gateway.StateFailedData, gateway.ShelfSource, "refused:mã")
	_, err := b.pool.Exec(t.Context(), `
		INSERT INTO delivery (destination, entity_id, key, slot, state, wanted_rev, due_at, shelf, cause, failed_at, created_at, updated_at)
		SELECT 'sink', entity_id, key, slot, state, wanted_rev, due_at + interval '1 day', shelf, cause, failed_at, created_at, updated_at
		FROM delivery WHERE key IN ($1, $2)`, number(0), number(1))
	require.NoError(t, err)
	p := b.plan(t, gateway.ReplayRequest{Selection: byCause, Rate: 1})
	require.Equal(t, 55, p.Eligible)
	b.order(t, p.ID, gateway.ReplayRun)
	for range 60 { // one a step
		require.True(t, b.step(t))
	}
	released := func(destination string) int {
		return b.count(t, `SELECT count(*) FROM replay_item WHERE plan_id = $1 AND outcome = 'released' AND destination = $2`, p.ID, destination)
	}
	require.Equal(t, 50, released("dvcqg"), "most that may be unanswered")
	require.Equal(t, 2, released("sink"))
	_, err = b.pool.Exec(t.Context(), `UPDATE delivery SET state = 'delivered' WHERE destination = 'dvcqg' AND state = 'queued'`)
	require.NoError(t, err)
	for range 5 {
		require.True(t, b.step(t))
	}
	require.Equal(t, 3, released("dvcqg"))
}

func TestReplayOrders(t *testing.T) {
	b := setup(t)
	b.failing(t, 0, 30, gateway.StateFailedData, gateway.ShelfSource, "refused:mã")
	p := b.plan(t, gateway.ReplayRequest{Selection: byCause, Rate: 2})
	b.order(t, p.ID, gateway.ReplayRun)
	for range 3 {
		require.True(t, b.step(t))
	}
	released := func() int { return b.count(t, `SELECT count(*) FROM replay_item WHERE outcome = 'released'`) }
	n := released()
	require.InDelta(t, 6, n, 1, "two a second, three seconds")
	b.order(t, p.ID, gateway.ReplayPause)
	require.True(t, b.step(t), "what was released is still watched")
	require.Equal(t, n, released())
	b.order(t, p.ID, gateway.ReplayResume)
	require.True(t, b.step(t))
	require.Greater(t, released(), n)

	t.Run("a step that was overtaken releases nothing", func(t *testing.T) {
		n, items := released(), []gateway.ReplayRelease{}
		next, err := b.store.NextReplayItems(t.Context(), p.ID, 5)
		require.NoError(t, err)
		for _, it := range next {
			items = append(items, gateway.ReplayRelease{ReplayItem: it})
		}
		due, err := b.store.ReleaseReplay(t.Context(), uuid.New(), p.ID, items)
		require.NoError(t, err)
		require.Empty(t, due)
		require.Equal(t, n, released())
	})

	q, _ := b.order(t, p.ID, gateway.ReplayCancel)
	require.Equal(t, gateway.ReplayCancelled, q.State)
	require.Zero(t, b.count(t, `SELECT count(*) FROM replay_item WHERE holds OR outcome = 'waiting'`))
	_, _, err := b.store.OrderReplay(t.Context(), gateway.ReplayOrder{Plan: p.ID, Action: gateway.ReplayRun, Actor: "a", Reason: "b"})
	require.Equal(t, fault.Invalid, fault.CodeOf(err))

	t.Run("one that expired is not started", func(t *testing.T) {
		p := b.plan(t, gateway.ReplayRequest{Selection: byCause, Expires: time.Microsecond})
		require.Eventually(t, func() bool { return b.detail(t, p.ID).State == gateway.ReplayExpired }, time.Minute, time.Millisecond)
		_, _, err := b.store.OrderReplay(t.Context(), gateway.ReplayOrder{Plan: p.ID, Action: gateway.ReplayRun, Actor: "a", Reason: "b"})
		require.Equal(t, fault.Invalid, fault.CodeOf(err))
	})

	t.Run("a request that comes again has one plan", func(t *testing.T) {
		r := gateway.ReplayRequest{Selection: byCause, Key: "k", Hash: schema.Hash{1}}
		require.Equal(t, b.plan(t, r).ID, b.plan(t, r).ID)
		r.Hash, r.Actor, r.Reason = schema.Hash{2}, "a", "b"
		_, err := b.store.PlanReplay(t.Context(), r)
		require.Equal(t, fault.KeyReused, fault.CodeOf(err))
	})

	t.Run("nothing is planned without an actor, a reason and a selection", func(t *testing.T) {
		for _, r := range []gateway.ReplayRequest{{Selection: byCause, Reason: "b"}, {Selection: byCause, Actor: "a"}, {Actor: "a", Reason: "b"}} {
			_, err := b.store.PlanReplay(t.Context(), r)
			require.Equal(t, fault.Invalid, fault.CodeOf(err), fmt.Sprint(r))
		}
	})
	_, err = b.store.ReplayPlan(t.Context(), uuid.New())
	require.Equal(t, fault.NotFound, fault.CodeOf(err))
}
