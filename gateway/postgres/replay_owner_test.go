package postgres_test

import (
	"fmt"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/lienthong/lienthong/gateway"
	"github.com/lienthong/lienthong/gateway/postgres"
	"github.com/lienthong/lienthong/schema"
)

// What a statement takes for somebody else's is what lanes take for it.
func TestForeignAsLanesSeeIt(t *testing.T) {
	b := setup(t)
	edge := gateway.DayInVietnam(2025, time.November, 4)
	n := 0
	for _, agency := range []string{"", "H05.31", "H05.32"} {
		for _, procedure := range []string{"1.001193", "2.000815"} {
			for _, received := range []string{"20251103235959", "20251104000000", "20251201083000"} {
				b.push(t, dossier(t, n, func(d *schema.Dossier) {
					d.ReceivingAgency, d.Procedure.Code, d.ReceivedAt, d.DueAt = agency, procedure, at(t, received), at(t, "20251231170000")
				}))
				n++
			}
		}
	}
	scopes := []gateway.Scope{
		{}, {Agency: "H05.31"}, {Procedure: "2.000815"}, {Agency: "H05.32", Procedure: "2.000815"},
		{From: edge}, {Agency: "H05.31", From: edge}, {Procedure: "2.000815", From: edge.AddDate(0, 0, 10)},
	}
	owners := []gateway.Owner{gateway.OwnerGateway, gateway.OwnerOneStop, gateway.OwnerMinistry}
	both := map[bool]int{}
	for round := range 40 {
		_, err := b.pool.Exec(t.Context(), `DELETE FROM ownership`)
		require.NoError(t, err)
		for i, scope := range scopes {
			if (round+1)>>(i%6)&1 == 0 && round < 39 {
				continue
			}
			scope.Destination = "dvcqg"
			require.NoError(t, only(b.store.SetOwner(t.Context(), gateway.OwnerOrder{OwnerRule: gateway.OwnerRule{
				Scope: scope, Owner: owners[(round+i)%3], Actor: "an", Reason: "thử"}})))
		}
		writers, err := gateway.NewWriters(gateway.WritersConfig{Store: b.store, Site: "default", Node: fmt.Sprint("n", round)})
		require.NoError(t, err)
		require.NoError(t, writers.Read(t.Context()))
		rows, err := b.pool.Query(t.Context(), `SELECT d.key, e.body::text, `+postgres.ForeignSQL+` FROM delivery d JOIN entity e ON e.id = d.entity_id`)
		require.NoError(t, err)
		seen := 0
		for rows.Next() {
			var key, body string
			var foreign bool
			require.NoError(t, rows.Scan(&key, &body, &foreign))
			owner := writers.Owner("dvcqg", gateway.Wanted{Kind: schema.KindDossier, Body: []byte(body)})
			require.Equal(t, owner != gateway.OwnerGateway, foreign, "round %d, %s: %s", round, key, owner)
			both[foreign]++
			seen++
		}
		require.NoError(t, rows.Err())
		require.Equal(t, n, seen)
	}
	require.Positive(t, both[true])
	require.Positive(t, both[false])
}

// A plan takes what is ours of a cause of which some is not, from whatever it begins.
func TestReplayTakesWhatIsOurs(t *testing.T) {
	b := setup(t)
	b.failing(t, 0, 4, gateway.StateFailedData, gateway.ShelfSource, "refused:mã")
	for i := 4; i < 7; i++ {
		b.push(t, dossier(t, i, func(d *schema.Dossier) { d.ReceivingAgency = "H05.32" }))
	}
	_, err := b.pool.Exec(t.Context(), `
		WITH gone AS (DELETE FROM delivery_due)
		UPDATE delivery SET state = 'failed_data', shelf = 'source', cause = 'refused:mã', failed_at = now()`)
	require.NoError(t, err)
	late := b.plan(t, gateway.ReplayRequest{Selection: byCause})
	require.Equal(t, []int{7, 7}, []int{late.Total, late.Eligible})
	require.NoError(t, only(b.store.SetOwner(t.Context(), gateway.OwnerOrder{OwnerRule: gateway.OwnerRule{
		Scope: gateway.Scope{Destination: "dvcqg", Agency: "H05.32"}, Owner: gateway.OwnerOneStop, Actor: "an", Reason: "thử"}})))
	p := b.plan(t, gateway.ReplayRequest{Selection: byCause})
	require.Equal(t, []int{7, 4}, []int{p.Total, p.Eligible})
	require.Equal(t, map[string]int{gateway.WhyForeign: 3}, named(b.detail(t, p.ID).NotDone))

	b.order(t, late.ID, gateway.ReplayRun)
	require.True(t, b.step(t))
	require.Equal(t, map[string]int{gateway.ItemReleased: 4, gateway.ItemSkipped: 3}, named(b.detail(t, late.ID).Outcomes))
	require.Equal(t, 4, b.count(t, `SELECT count(*) FROM delivery_due`))

	t.Run("a pause of the destination is said", func(t *testing.T) {
		_, err := b.store.ForceBreaker(t.Context(), gateway.Order{Key: gateway.SwitchKey(gateway.EveryDestination), State: gateway.BreakerOpen, Actor: "an", Reason: "thử"})
		require.NoError(t, err)
		require.Equal(t, []gateway.ReplayHold{{Destination: "dvcqg", Why: gateway.HoldPaused}}, b.detail(t, late.ID).Holds)
		_, err = b.store.ForceBreaker(t.Context(), gateway.Order{Key: gateway.SwitchKey(gateway.EveryDestination), Actor: "an", Reason: "thử"})
		require.NoError(t, err)
	})

	t.Run("and so is a breaker that is open, unless an operator holds it closed", func(t *testing.T) {
		_, err := b.pool.Exec(t.Context(), `
			INSERT INTO breaker (destination, operation, state, open_until, updated_at) VALUES ('dvcqg', 'create', 'open', now(), now()), ('other', 'create', 'open', now(), now())`)
		require.NoError(t, err)
		d := b.detail(t, late.ID)
		require.Equal(t, []gateway.ReplayHold{{Destination: "dvcqg", Why: gateway.HoldBreaker}}, d.Holds)
		require.Contains(t, d.Notes()[0].EN, "breaker")
		_, err = b.store.ForceBreaker(t.Context(), gateway.Order{
			Key: gateway.BreakerKey{Destination: "dvcqg", Operation: gateway.OpCreate}, State: gateway.BreakerClosed, Actor: "an", Reason: "thử"})
		require.NoError(t, err)
		require.Empty(t, b.detail(t, late.ID).Holds)
	})
}

// What another system writes by now, and what is to be looked at first, is not repaired.
func TestRepairLeavesWhatIsNotOurs(t *testing.T) {
	b := setup(t)
	for i := range 3 {
		b.push(t, dossier(t, i, nil))
	}
	_, err := b.pool.Exec(t.Context(), `
		WITH gone AS (DELETE FROM delivery_due)
		UPDATE delivery SET state = 'delivered', look = CASE key WHEN $1 THEN 'adopt' END`, number(2))
	require.NoError(t, err)
	_, err = b.pool.Exec(t.Context(), `
		INSERT INTO look (destination, entity_id, key, commune, agency, procedure, looked_at, class, found_at, shown, revision)
		SELECT destination, entity_id, key, '', '', '', now(), 'sent_not_shown', now(), sha256('x'), 1 FROM delivery`)
	require.NoError(t, err)
	order := gateway.DriftOrder{Class: gateway.DriftSentNotShown, Actor: "an", Reason: "thử", Limit: 10}
	_, err = b.store.SetOwner(t.Context(), gateway.OwnerOrder{OwnerRule: gateway.OwnerRule{
		Scope: gateway.Scope{Destination: "dvcqg", Procedure: "1.001193"}, Owner: gateway.OwnerOneStop, Actor: "an", Reason: "thử"}})
	require.NoError(t, err)
	done, err := b.store.RepairDrift(t.Context(), order)
	require.NoError(t, err)
	require.Equal(t, map[string]int{gateway.WhyForeign: 3}, done.Left)
	_, err = b.pool.Exec(t.Context(), `DELETE FROM ownership`)
	require.NoError(t, err)
	done, err = b.store.RepairDrift(t.Context(), order)
	require.NoError(t, err)
	require.Equal(t, 2, done.Done)
	require.Equal(t, map[string]int{gateway.WhyLook: 1}, done.Left)
}
