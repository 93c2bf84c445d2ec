package httpapi_test

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/lienthong/lienthong/gateway"
	"github.com/lienthong/lienthong/gateway/httpapi"
)

func TestRetractions(t *testing.T) {
	t.Parallel()
	k := newKeeper(t)
	const (
		parcel = "entities/land_parcel/0190c3d2-0000-7000-8000-000000000001"
		order  = `{"reason":"cấp nhầm"}`
		apart  = `{"destination":"dvcqg","reason":"không thuộc phạm vi"}`
	)
	k.exec(t, `
		INSERT INTO entity (id, kind, revision, hash, body, created_at, updated_at)
		VALUES ('0190c3d2-0000-7000-8000-000000000001', 'land_parcel', 4, decode(repeat('00', 32), 'hex'), '{}', now(), now()),
		       ('0190c3d2-0000-7000-8000-000000000002', 'land_parcel', 1, decode(repeat('00', 32), 'hex'), '{}', now(), now())`)
	k.exec(t, `UPDATE entity SET merged_into = '0190c3d2-0000-7000-8000-000000000001' WHERE id = '0190c3d2-0000-7000-8000-000000000002'`)
	k.exec(t, `
		INSERT INTO delivery (destination, entity_id, key, slot, state, wanted_rev, due_at, created_at, updated_at)
		VALUES ('dvcqg', '0190c3d2-0000-7000-8000-000000000001', 'P1', 1, 'delivered', 4, now(), now(), now())`)

	for i, step := range []struct {
		path, body, action string
		changed            bool
		revision           int64
	}{
		{"/withdraw", order, "withdraw", true, 5},
		{"/withdraw", order, "withdraw", false, 5},
		{"/restore", order, "restore", true, 6},
		{"/withdraw", apart, "withhold", true, 7},
		{"/withdraw", apart, "withhold", false, 7},
		{"/restore", apart, "restore", true, 8},
	} {
		once := string(rune('a' + i))
		want := httpapi.OpsRetracted{OpsDone: httpapi.OpsDone{Changed: step.changed}, Action: step.action, Revision: step.revision}
		require.Equal(t, want, bodyOf[httpapi.OpsRetracted](t, k.post(t, parcel+step.path, step.body, once), 200))
		require.Equal(t, want, bodyOf[httpapi.OpsRetracted](t, k.post(t, parcel+step.path, step.body, once), 200), "repeated with its key it is answered alike")
	}
	var said []string
	for _, a := range k.actions(t) {
		said = append(said, a.Action+" by "+a.Actor)
	}
	require.Equal(t, []string{"restore by an.nguyen", "withhold by an.nguyen", "restore by an.nguyen", "withdraw by an.nguyen"}, said)

	for name, c := range map[string]struct {
		path, body string
		status     int
	}{
		"no such entity":                    {"entities/land_parcel/0190c3d2-0000-7000-8000-000000000009/withdraw", order, 404},
		"of another kind":                   {"entities/dossier/0190c3d2-0000-7000-8000-000000000001/withdraw", order, 404},
		"no kind":                           {"entities/parcel/0190c3d2-0000-7000-8000-000000000001/withdraw", order, 404},
		"an id in braces":                   {"entities/land_parcel/%7B0190c3d2-0000-7000-8000-000000000001%7D/withdraw", order, 404},
		"a destination that was never told": {parcel + "/withdraw", `{"destination":"kho","reason":"x"}`, 404},
		"one that was merged":               {"entities/land_parcel/0190c3d2-0000-7000-8000-000000000002/withdraw", order, 409},
		"no reason":                         {parcel + "/withdraw", `{}`, 422},
		"a member too many":                 {parcel + "/withdraw", `{"reason":"x","into":"y"}`, 400},
	} {
		require.Equal(t, c.status, problem(t, k.post(t, c.path, c.body, strings.ReplaceAll(name, " ", "-"))).Status, name)
	}
	require.Len(t, k.actions(t), 4)
}

func TestRepairIsShownFirst(t *testing.T) {
	t.Parallel()
	k := newKeeper(t)
	k.exec(t, `
		INSERT INTO look (destination, entity_id, key, commune, agency, procedure, looked_at, class, found_at, shown, revision)
		SELECT CASE WHEN n <= 25 THEN 'dvcqg' ELSE 'kho' END, gen_random_uuid(), 'H05.10-' || n, 'H05.' || n % 2, '', '', now(), 'sent_not_shown',
		       now() - n * interval '1 min', sha256('x'), 1
		FROM generate_series(1, 30) AS n`)
	plan := bodyOf[httpapi.OpsRepairPlan](t, k.get(t, "drift/repair?class=sent_not_shown"), 200)
	require.Equal(t, 30, plan.Count)
	require.Len(t, plan.Samples, 20)
	require.Equal(t, "H05.10-30", plan.Samples[0].Key, "the oldest first")
	vi, en := gateway.DriftSentNotShown.Repair()
	require.Equal(t, vi, plan.Repair)
	require.Equal(t, en, bodyOf[httpapi.OpsRepairPlan](t, k.get(t, "drift/repair?class=sent_not_shown", "Accept-Language", "en"), 200).Repair)
	require.Equal(t, 7, bodyOf[httpapi.OpsRepairPlan](t, k.get(t, "drift/repair?class=sent_not_shown&limit=7"), 200).Count)
	require.Equal(t, 3, bodyOf[httpapi.OpsRepairPlan](t, k.get(t, "drift/repair?class=sent_not_shown&destination=kho&commune=H05.0"), 200).Count)
	none := k.get(t, "drift/repair?class=foreign")
	require.Zero(t, bodyOf[httpapi.OpsRepairPlan](t, none, 200).Count)
	require.Contains(t, none.Body.String(), `"samples":[]`)
	for _, path := range []string{"drift/repair", "drift/repair?class=ghosts", "drift/repair?class=foreign&limit=10001"} {
		require.Equal(t, 422, problem(t, k.get(t, path)).Status, path)
	}
	require.Empty(t, k.actions(t))
}

func TestShadowsAreListedWithTheRules(t *testing.T) {
	t.Parallel()
	k := newKeeper(t)
	k.exec(t, `
		INSERT INTO delivery (destination, entity_id, key, slot, state, cause, wanted_rev, due_at, created_at, updated_at)
		SELECT 'dvcqg', gen_random_uuid(), 'H05.10-' || n, n, 'shadow', CASE WHEN n < 3 THEN 'shadow.same' ELSE 'shadow.differs.steps' END, 1, now(), now(), now()
		FROM generate_series(1, 5) AS n`)
	page := bodyOf[struct{ Shadows []gateway.Shadow }](t, k.get(t, "ownership"), 200)
	require.Equal(t, []gateway.Shadow{
		{Destination: "dvcqg", Cause: "shadow.differs.steps", State: "shadow", Count: 3}, {Destination: "dvcqg", Cause: "shadow.same", State: "shadow", Count: 2},
	}, page.Shadows)
}
