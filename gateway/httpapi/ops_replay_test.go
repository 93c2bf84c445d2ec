package httpapi_test

import (
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/lienthong/lienthong/gateway"
	"github.com/lienthong/lienthong/gateway/httpapi"
	"github.com/lienthong/lienthong/gateway/postgres"
	"github.com/lienthong/lienthong/internal/pgtest"
)

// opsWorld is an API over a real store in which five deliveries fail.
func opsWorld(t *testing.T) (bundle, string) {
	t.Helper()
	pool := pgtest.New(t)
	db := postgres.New(pool)
	b := setup(t, func(o *httpapi.Options) { o.Replays, o.Access = db, db })
	key, err := db.CreateOperatorKey(t.Context(), "an.nguyen")
	require.NoError(t, err)
	_, err = pool.Exec(t.Context(), `
		WITH one AS (
		    INSERT INTO delivery (destination, entity_id, key, slot, state, wanted_rev, due_at, shelf, cause, failed_at, created_at, updated_at)
		    SELECT 'dvcqg', gen_random_uuid(), 'H05.10-251103-000' || n, n, 'failed_data', 1, now(), 'source', 'dvcqg.refused:x',
		           now() - make_interval(mins => n), now(), now()
		    FROM generate_series(1, 5) AS n
		    RETURNING entity_id)
		INSERT INTO entity (id, kind, revision, hash, body, created_at, updated_at)
		SELECT entity_id, 'dossier', 1, decode(repeat('00', 32), 'hex'), '{}', now(), now() FROM one`)
	require.NoError(t, err)
	return b, key
}

func bodyOf[T any](t *testing.T, w *httptest.ResponseRecorder, status int) (v T) {
	t.Helper()
	require.Equal(t, status, w.Code, w.Body.String())
	require.NoError(t, json.Unmarshal(w.Body.Bytes(), &v))
	return v
}

func TestOps(t *testing.T) {
	t.Parallel()
	b, key := opsWorld(t)
	get := func(path string) *httptest.ResponseRecorder {
		return b.do(t, request{method: http.MethodGet, path: "/v1/ops/" + path, key: key})
	}
	post := func(path, body string, headers ...string) *httptest.ResponseRecorder {
		return b.do(t, request{path: "/v1/ops/" + path, key: key, body: body, headers: headers})
	}
	const request1 = `{"destination":"dvcqg","cause":"dvcqg.refused:x","reason":"da khai bao","rate":1000}`

	contacts := post("contacts", `{"reason":"danh ba","contacts":[{"scope":"commune","code":"H05.10","name":"Bình","phone":"0900000000","valid_from":"2025-07-01"}]}`, "Idempotency-Key", "c")
	require.Equal(t, 200, contacts.Code, contacts.Body.String())
	require.Len(t, bodyOf[httpapi.OpsPage[httpapi.OpsContact]](t, get("contacts"), 200).Items, 1)

	t.Run("a list that comes again is not taken again", func(t *testing.T) {
		const list = `{"reason":"danh ba","contacts":[{"scope":"commune","code":"H05.10","name":"Bình","phone":"0911111111","valid_from":"2025-07-01"}]}`
		require.Equal(t, 200, post("contacts", list, "Idempotency-Key", "newer").Code)
		require.Equal(t, 422, problem(t, post("contacts", list, "Idempotency-Key", "c")).Status, "the key was another list's")
		again := post("contacts", strings.Replace(list, "0911111111", "0900000000", 1), "Idempotency-Key", "c")
		require.Equal(t, "true", again.Header().Get("Idempotent-Replayed"))
		require.Equal(t, "0911111111", bodyOf[httpapi.OpsPage[httpapi.OpsContact]](t, get("contacts"), 200).Items[0].Phone)
	})

	t.Run("who answered before is listed when it is asked for", func(t *testing.T) {
		past := post("contacts", `{"reason":"danh ba","contacts":[{"scope":"commune","code":"H05.11","name":"An","phone":"0900000001","valid_from":"2024-07-01","valid_to":"2024-12-31"}]}`, "Idempotency-Key", "c2")
		require.Equal(t, 200, past.Code, past.Body.String())
		require.Len(t, bodyOf[httpapi.OpsPage[httpapi.OpsContact]](t, get("contacts"), 200).Items, 1)
		first := bodyOf[httpapi.OpsPage[httpapi.OpsContact]](t, get("contacts?all=true&limit=1"), 200)
		second := bodyOf[httpapi.OpsPage[httpapi.OpsContact]](t, get("contacts?all=true&limit=1&cursor="+first.NextCursor), 200)
		require.Equal(t, []string{"Bình", "An"}, []string{first.Items[0].Name, second.Items[0].Name})
	})

	t.Run("failures are causes, with what to do and whom to call", func(t *testing.T) {
		groups := bodyOf[httpapi.OpsFailureGroups](t, get("failures?group_by=cause"), 200).Items
		require.Len(t, groups, 1)
		require.Equal(t, 5, groups[0].Count)
		require.Contains(t, groups[0].WhatToDo, "Nơi nhận từ chối")
		require.Equal(t, "Bình", groups[0].Contacts[0].Name)
	})

	t.Run("one by one they come in pages", func(t *testing.T) {
		const path = "failures/items?destination=dvcqg&shelf=source&cause=dvcqg.refused:x&limit=3"
		first := bodyOf[httpapi.OpsPage[httpapi.OpsFailure]](t, get(path), 200)
		second := bodyOf[httpapi.OpsPage[httpapi.OpsFailure]](t, get(path+"&cursor="+first.NextCursor), 200)
		require.Equal(t, []bool{true, false}, []bool{first.HasMore, second.HasMore})
		require.Equal(t, []int{3, 2}, []int{len(first.Items), len(second.Items)})
		require.True(t, first.Items[2].FailedAt.Before(second.Items[0].FailedAt))
		require.Equal(t, 422, problem(t, get(path+"&cursor=o1.x")).Status)
	})

	t.Run("a plan is made once for a key, started, paused, resumed and cancelled", func(t *testing.T) {
		made := post("replay-plans", request1, "Idempotency-Key", "one")
		plan := bodyOf[gateway.PlanDetailView](t, made, 201)
		require.Equal(t, []any{5, 5, "an.nguyen"}, []any{plan.Total, plan.Eligible, plan.Actor})
		require.Len(t, plan.Samples, 5)
		require.Equal(t, "/v1/ops/replay-plans/"+plan.ID.String(), made.Header().Get("Location"))
		require.Equal(t, plan.ID, bodyOf[gateway.PlanDetailView](t, post("replay-plans", request1, "Idempotency-Key", "one"), 201).ID)
		require.Equal(t, 422, problem(t, post("replay-plans", `{"destination":"dvcqg","reason":"x"}`, "Idempotency-Key", "one")).Status)
		require.Len(t, bodyOf[httpapi.OpsPage[gateway.PlanView]](t, get("replay-plans"), 200).Items, 1)
		require.Len(t, bodyOf[httpapi.OpsPage[gateway.ItemView]](t, get("replay-plans/"+plan.ID.String()+"/items?limit=2"), 200).Items, 2)

		for i, step := range []struct{ path, body, changed, state string }{
			{"replays", `{"plan_id":"` + plan.ID.String() + `","reason":"a"}`, "true", "running"},
			{"replays", `{"plan_id":"` + plan.ID.String() + `","reason":"a"}`, "false", "running"},
			{"replays/" + plan.ID.String() + "/pause", `{"reason":"a"}`, "true", "paused"},
			{"replays/" + plan.ID.String() + "/resume", `{"reason":"a"}`, "true", "running"},
			{"replays/" + plan.ID.String() + "/cancel", `{"reason":"a"}`, "true", "cancelled"},
		} {
			w := post(step.path, step.body, "Idempotency-Key", "k"+string(rune('0'+i)))
			require.Equal(t, 200, w.Code, step.path)
			require.Equal(t, step.state, string(bodyOf[gateway.PlanView](t, w, 200).State))
			require.Equal(t, step.changed, w.Header().Get("Gateway-Changed"))
		}
		late := post("replays/"+plan.ID.String()+"/resume", `{"reason":"a"}`, "Idempotency-Key", "k3")
		require.Equal(t, "running", string(bodyOf[gateway.PlanView](t, late, 200).State), "a request that comes again is answered as it was")
		require.Equal(t, []string{"true", "true"}, []string{late.Header().Get("Gateway-Changed"), late.Header().Get("Idempotent-Replayed")})
		require.Equal(t, "cancelled", string(bodyOf[gateway.PlanDetailView](t, get("replay-plans/"+plan.ID.String()), 200).State), "and undoes nothing")
		p := problem(t, post("replays/"+plan.ID.String()+"/resume", `{"reason":"a"}`, "Idempotency-Key", "z"))
		require.Equal(t, 422, p.Status)
		require.Equal(t, "ops.refused", p.Errors[0].Code)
	})

	t.Run("orders need a key of their own, a reason and a body without more", func(t *testing.T) {
		require.Equal(t, "header.idempotency_key_missing", problem(t, post("replay-plans", request1)).Errors[0].Code)
		for body, status := range map[string]int{`{"destination":"dvcqg"}`: 422, `{"reason":"a"}`: 422, `{"reason":"a","Destination":"dvcqg"}`: 400, `[`: 400} {
			require.Equal(t, status, problem(t, post("replay-plans", body, "Idempotency-Key", "b")).Status, body)
		}
		require.Equal(t, 404, problem(t, get("replay-plans/x")).Status)
	})
}

func TestWhoOperates(t *testing.T) {
	t.Parallel()
	b := setup(t)
	b.store.keys[readerKey] = gateway.Caller{Name: "an", Ops: true}
	for _, path := range []string{"/v1/ops/failures", "/v1/ops/replay-plans", "/v1/ops/contacts"} {
		p := problem(t, b.do(t, request{method: http.MethodGet, path: path}))
		require.Equal(t, "key.does_not_operate", p.Errors[0].Code, "a key that pushes does not repair")
		require.Equal(t, 404, problem(t, b.do(t, request{method: http.MethodGet, path: path, key: readerKey})).Status, "this API has nothing to operate")
	}
	require.Equal(t, 403, problem(t, b.do(t, request{path: "/v1/records", key: readerKey, body: good})).Status, "nor the other way round")
	require.Equal(t, 403, problem(t, b.do(t, request{path: "/v1/ops/replay-plans", body: "{}"})).Status)
}
