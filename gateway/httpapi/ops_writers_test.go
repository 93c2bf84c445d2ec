package httpapi_test

import (
	"fmt"
	"net/http"
	"net/http/httptest"
	"sync"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/lienthong/lienthong/gateway"
	"github.com/lienthong/lienthong/gateway/httpapi"
	"github.com/lienthong/lienthong/gateway/postgres"
	"github.com/lienthong/lienthong/internal/pgtest"
)

// TestWriterOrders gives orders about who writes over the real store.
func TestWriterOrders(t *testing.T) {
	t.Parallel()
	pool := pgtest.New(t)
	db := postgres.New(pool)
	b := setup(t, func(o *httpapi.Options) {
		o.Access = db
		o.Owners = &httpapi.Owners{Store: db, Shows: map[string]gateway.LookupMode{"dvcqg": gateway.ShowsTrail, "kho": gateway.ShowsNothing}}
	})
	key, err := db.CreateOperatorKey(t.Context(), "an.nguyen")
	require.NoError(t, err)
	_, err = pool.Exec(t.Context(), `
		WITH one AS (
		    INSERT INTO delivery (destination, entity_id, key, slot, state, wanted_rev, due_at, created_at, updated_at)
		    SELECT 'dvcqg', gen_random_uuid(), 'H05.10-251103-000' || n, n, 'delivered', 1, now(), now(), now()
		    FROM generate_series(1, 5) AS n
		    RETURNING entity_id, key),
		differs AS (
		    INSERT INTO look (destination, entity_id, key, commune, agency, procedure, looked_at, class, found_at, shown, revision)
		    SELECT 'dvcqg', entity_id, key, 'H05.10', '', '', now(), 'sent_not_shown', now(), sha256('x'), 1 FROM one)
		INSERT INTO entity (id, kind, revision, hash, body, created_at, updated_at)
		SELECT entity_id, 'dossier', 1, decode(repeat('00', 32), 'hex'), '{}', now(), now() FROM one`)
	require.NoError(t, err)
	get := func(path string) *httptest.ResponseRecorder {
		return b.do(t, request{method: http.MethodGet, path: "/v1/ops/" + path, key: key})
	}
	post := func(path, body, once string) *httptest.ResponseRecorder {
		return b.do(t, request{path: "/v1/ops/" + path, key: key, body: body, headers: []string{"Idempotency-Key", once}})
	}
	actions := func() (n int) {
		require.NoError(t, pool.QueryRow(t.Context(), `SELECT count(*) FROM operator_action`).Scan(&n))
		return n
	}
	count := func(where string) (n int) {
		require.NoError(t, pool.QueryRow(t.Context(), `SELECT count(*) FROM delivery WHERE `+where).Scan(&n))
		return n
	}

	t.Run("what differs is repaired once for a key, and nothing is due twice", func(t *testing.T) {
		const order = `{"class":"sent_not_shown","destination":"dvcqg","limit":3,"reason":"cổng mất dữ liệu"}`
		done := bodyOf[gateway.DriftDone](t, post("drift/repair", order, "r1"), 200)
		require.Equal(t, 3, done.Done)
		again := post("drift/repair", order, "r1")
		require.Equal(t, done, bodyOf[gateway.DriftDone](t, again, 200))
		require.Equal(t, "true", again.Header().Get("Idempotent-Replayed"))
		require.Equal(t, 3, count(`state = 'queued' AND operation = 'lookup'`), "the repeat has no second effect")
		require.Equal(t, 1, actions())
		require.Equal(t, 422, problem(t, post("drift/repair", `{"class":"foreign","reason":"x"}`, "r1")).Status, "the key was another request's")
		require.Equal(t, 422, problem(t, post("drift/repair", `{"class":"portal_newer","reason":"x"}`, "r2")).Status, "nothing may be written there")
		require.Equal(t, 400, problem(t, post("drift/repair", `{"class":"ghosts","reason":"x"}`, "r3")).Status)
	})

	t.Run("owners change once, whoever says so", func(t *testing.T) {
		before := actions()
		const order = `{"agency":"H05.10","from":"2026-07-01","to":"ministry","reason":"bộ đang ghi"}`
		var changed [6]bool
		var all sync.WaitGroup
		for i := range changed {
			all.Go(func() {
				changed[i] = bodyOf[httpapi.OpsDone](t, post("destinations/dvcqg/disown", order, fmt.Sprint("d", i)), 200).Changed
			})
		}
		all.Wait()
		n := 0
		for _, c := range changed {
			if c {
				n++
			}
		}
		require.Equal(t, 1, n)
		require.Equal(t, before+1, actions())
		rules := bodyOf[struct{ Items []httpapi.OpsRule }](t, get("ownership"), 200).Items
		require.Len(t, rules, 1)
		require.Equal(t, []string{"ministry", "H05.10", "2026-07-01", "an.nguyen"}, []string{rules[0].Owner, rules[0].Agency, rules[0].From, rules[0].Actor})
		require.Equal(t, 404, problem(t, post("destinations/dvcgq/disown", order, "x")).Status)
		require.Equal(t, 400, problem(t, post("destinations/dvcqg/disown", `{"to":"gateway","reason":"x"}`, "y")).Status)
		require.Equal(t, 422, problem(t, post("destinations/dvcqg/disown", `{"to":"onestop"}`, "z")).Status, "a reason is missing")
	})

	t.Run("what is owned again is decided anew, and the rule of its scope can be taken back", func(t *testing.T) {
		_, err := pool.Exec(t.Context(), `UPDATE delivery SET state = 'shadow' WHERE slot = 5`)
		require.NoError(t, err)
		owned := bodyOf[httpapi.OpsOwned](t, post("destinations/dvcqg/own", `{"reason":"về lại"}`, "o1"), 200)
		require.Equal(t, httpapi.OpsOwned{OpsDone: httpapi.OpsDone{Changed: true}, Reconsidered: 1, Complete: true}, owned)
		require.Zero(t, count(`state = 'shadow'`))
		const back = `{"agency":"H05.10","from":"2026-07-01","withdraw":true,"reason":"nhầm"}`
		require.True(t, bodyOf[httpapi.OpsOwned](t, post("destinations/dvcqg/own", back, "o2"), 200).Changed)
		again := bodyOf[httpapi.OpsOwned](t, post("destinations/dvcqg/own", back, "o3"), 200)
		require.Equal(t, httpapi.OpsOwned{Complete: true}, again, "who was cut off behind the rule goes on")
		require.Equal(t, 404, problem(t, post("destinations/dvcqg/own", `{"agency":"H05.99","withdraw":true,"reason":"nhầm"}`, "o4")).Status, "there was none")
		require.True(t, bodyOf[httpapi.OpsOwned](t, post("destinations/dvcqg/own", back, "o2"), 200).Changed, "the same request is answered alike")
	})

	t.Run("an adoption is begun once, steered, and listed", func(t *testing.T) {
		const path = "destinations/dvcqg/adoptions"
		first := bodyOf[httpapi.OpsAdopted](t, post(path, `{"all":true,"reason":"bàn giao"}`, "a1"), 200)
		require.True(t, first.Changed && first.Adoption.Complete)
		require.EqualValues(t, 5, first.Adoption.Chosen)
		second := bodyOf[httpapi.OpsAdopted](t, post(path, `{"all":true,"reason":"bàn giao"}`, "a2"), 200)
		require.False(t, second.Changed)
		require.Equal(t, first.Adoption.ID, second.Adoption.ID)
		require.Equal(t, 409, problem(t, post(path, `{"commune":"H05.10","reason":"bàn giao"}`, "a3")).Status)
		require.Equal(t, 400, problem(t, post(path, `{"reason":"bàn giao"}`, "a4")).Status)
		require.Equal(t, 409, problem(t, post("destinations/kho/adoptions", `{"all":true,"reason":"bàn giao"}`, "a5")).Status)
		for i, step := range []struct {
			action  string
			changed bool
		}{{"pause", true}, {"pause", false}, {"resume", true}, {"cancel", true}} {
			require.Equal(t, step.changed, bodyOf[httpapi.OpsDone](t, post(path+"/"+step.action, `{"reason":"x"}`, fmt.Sprint("s", i)), 200).Changed, step.action)
		}
		require.Equal(t, 404, problem(t, post(path+"/cancel", `{"reason":"x"}`, "s9")).Status)
		require.Len(t, bodyOf[struct{ Items []gateway.Adoption }](t, get("adoptions"), 200).Items, 1)
	})

	t.Run("site and restore", func(t *testing.T) {
		require.True(t, bodyOf[httpapi.OpsDone](t, post("site/take", `{"site":"du-phong","reason":"mất điện"}`, "t1"), 200).Changed)
		require.False(t, bodyOf[httpapi.OpsDone](t, post("site/take", `{"site":"du-phong","reason":"mất điện"}`, "t2"), 200).Changed)
		require.True(t, bodyOf[httpapi.OpsDone](t, post("restored", `{"reason":"khôi phục"}`, "e1"), 200).Changed)
		require.False(t, bodyOf[httpapi.OpsDone](t, post("restored", `{"reason":"khôi phục"}`, "e2"), 200).Changed)
		site := bodyOf[httpapi.OpsSite](t, get("site"), 200)
		require.Equal(t, "du-phong", site.Site)
		require.Equal(t, []string{"dvcqg"}, site.Observing)
		require.True(t, bodyOf[httpapi.OpsDone](t, post("destinations/dvcqg/observed", `{"reason":"đã xem"}`, "f1"), 200).Changed)
		require.False(t, bodyOf[httpapi.OpsDone](t, post("destinations/dvcqg/observed", `{"reason":"đã xem"}`, "f2"), 200).Changed)
		require.Empty(t, bodyOf[httpapi.OpsSite](t, get("site"), 200).Observing)
	})

	t.Run("many at once do not wait for each other's connections", func(t *testing.T) {
		var all sync.WaitGroup
		for i := range 40 {
			all.Go(func() {
				require.Equal(t, 200, post("restored", `{"reason":"khôi phục"}`, fmt.Sprint("many", i)).Code)
			})
		}
		all.Wait()
	})

	t.Run("an order that failed leaves its key free, and nothing half done", func(t *testing.T) {
		before := actions()
		require.Equal(t, 422, problem(t, post("site/take", `{"site":"x","reason":""}`, "free")).Status)
		require.Equal(t, before, actions())
		require.Equal(t, 422, problem(t, post("site/take", `{"site":"x","reason":""}`, "free")).Status, "it is tried again")
	})

	t.Run("a source's key says nothing about who writes, and an API without a store does not either", func(t *testing.T) {
		plain := setup(t)
		plain.store.keys[readerKey] = gateway.Caller{Name: "an", Ops: true}
		for _, path := range []string{
			"/v1/ops/ownership", "/v1/ops/adoptions", "/v1/ops/site", "/v1/ops/score", "/v1/ops/score/rules", "/v1/ops/drift/repair?class=foreign",
		} {
			require.Equal(t, "key.does_not_operate", problem(t, plain.do(t, request{method: http.MethodGet, path: path})).Errors[0].Code)
			require.Equal(t, 404, problem(t, plain.do(t, request{method: http.MethodGet, path: path, key: readerKey})).Status)
		}
		for _, path := range []string{"/v1/ops/site/take", "/v1/ops/dossiers/H05.10-251103-0001/release", "/v1/ops/entities/land_parcel/0190c3d2-0000-7000-8000-000000000001/withdraw"} {
			require.Equal(t, 403, problem(t, plain.do(t, request{path: path, body: "{}"})).Status)
			require.Equal(t, 404, problem(t, plain.do(t, request{path: path, body: "{}", key: readerKey})).Status)
		}
	})
}
