package httpapi_test

import (
	"encoding/json"
	"fmt"
	"net/http"
	"sync"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/lienthong/lienthong/gateway"
	"github.com/lienthong/lienthong/gateway/httpapi"
	"github.com/lienthong/lienthong/internal/fault"
)

const (
	pausePath = "/v1/ops/destinations/dvcqg/pause"
	because   = `{"reason": "cổng bảo trì"}`
)

// TestOrders gives orders over the real store.
func TestOrders(t *testing.T) {
	t.Parallel()
	b, sources := whole(t)
	operator, err := b.db.CreateOperatorKey(t.Context(), "truc-ban-1")
	require.NoError(t, err)
	other, err := b.db.CreateOperatorKey(t.Context(), "truc-ban-2")
	require.NoError(t, err)
	order := func(t *testing.T, key, path, body, once string) (w interface{ Header() http.Header }, code int, done httpapi.Ordered) {
		t.Helper()
		answer := b.do(t, request{path: path, body: body, key: key, headers: []string{"Content-Type", "application/json", "Idempotency-Key", once}})
		if answer.Code == 200 {
			require.NoError(t, json.Unmarshal(answer.Body.Bytes(), &done))
		}
		return answer, answer.Code, done
	}
	read := func(t *testing.T, path string, into any) {
		t.Helper()
		w := b.do(t, request{method: http.MethodGet, path: path, key: operator})
		require.Equal(t, 200, w.Code, w.Body.String())
		require.NoError(t, json.Unmarshal(w.Body.Bytes(), into))
	}
	actions := func(t *testing.T) []gateway.OperatorAction {
		t.Helper()
		var list struct{ Items []gateway.OperatorAction }
		read(t, "/v1/ops/actions", &list)
		return list.Items
	}

	t.Run("two who click together cause one effect, in the name of one key", func(t *testing.T) {
		var clicks sync.WaitGroup
		changed := make([]bool, 8)
		for i := range changed {
			clicks.Go(func() {
				key := []string{operator, other}[i%2]
				w := b.do(t, request{path: pausePath, body: because, key: key, headers: []string{"Idempotency-Key", fmt.Sprint("click-", i)}})
				var done httpapi.Ordered
				if w.Code == 200 && json.Unmarshal(w.Body.Bytes(), &done) == nil {
					changed[i] = done.Changed
				}
			})
		}
		clicks.Wait()
		effects := 0
		for _, c := range changed {
			if c {
				effects++
			}
		}
		require.Equal(t, 1, effects)
		all := actions(t)
		require.Len(t, all, 1)
		require.Contains(t, []string{"truc-ban-1", "truc-ban-2"}, all[0].Actor)
		require.Equal(t, "pause", all[0].Action)
		require.Equal(t, "cổng bảo trì", all[0].Reason)
		var list struct{ Items []gateway.ToldBreaker }
		read(t, "/v1/ops/breakers", &list)
		require.Len(t, list.Items, 1)
		require.Equal(t, "open", list.Items[0].Forced)
	})

	t.Run("a request that comes again has no second effect, whatever happened since", func(t *testing.T) {
		const resume = "/v1/ops/destinations/dvcqg/resume"
		_, code, done := order(t, operator, resume, because, "again-1")
		require.Equal(t, 200, code)
		require.True(t, done.Changed)
		_, _, done = order(t, other, pausePath, because, "again-2")
		require.True(t, done.Changed)
		before := len(actions(t))
		w, code, done := order(t, operator, resume, because, "again-1")
		require.Equal(t, 200, code)
		require.Equal(t, "true", w.Header().Get("Idempotent-Replayed"))
		require.True(t, done.Changed, "what was answered then")
		require.Equal(t, "open", done.Breaker.Forced, "as it stands now")
		require.Len(t, actions(t), before)
		_, code, _ = order(t, operator, resume, `{"reason": "khác"}`, "again-1")
		require.Equal(t, 422, code)
	})

	t.Run("a breaker is forced and let go", func(t *testing.T) {
		const breaker = "/v1/ops/destinations/dvcqg/breakers/create/"
		_, _, done := order(t, operator, breaker+"close", because, "b1")
		require.Equal(t, []any{true, "closed", "truc-ban-1", "cổng bảo trì"}, []any{done.Changed, done.Breaker.Forced, done.Breaker.By, done.Breaker.For})
		_, _, done = order(t, operator, breaker+"probe", because, "b2")
		require.True(t, done.Changed)
		_, _, done = order(t, operator, breaker+"probe", because, "b3")
		require.False(t, done.Changed, "nothing waits")
		_, granted, err := b.db.MoveBreaker(t.Context(), gateway.BreakerMove{Key: gateway.BreakerKey{Destination: "dvcqg", Operation: gateway.OpCreate},
			From: []gateway.BreakerState{gateway.BreakerClosed}, To: gateway.BreakerOpen, OpenFor: 1 << 40, Cause: "dvcqg.http.503", Node: "n"})
		require.NoError(t, err)
		require.True(t, granted)
		_, _, done = order(t, operator, breaker+"probe", because, "b4")
		require.True(t, done.Changed, "it is probed before its time")
		require.Zero(t, done.Breaker.OpenForS)
	})

	t.Run("the morning and journeys are told", func(t *testing.T) {
		var m httpapi.Morning
		read(t, "/v1/ops/morning", &m)
		require.Contains(t, m.Text, "dvcqg")
		require.Contains(t, m.Text, "truc-ban-2 tạm dừng")
		require.NotEmpty(t, m.Todo)
		w := b.do(t, request{method: http.MethodGet, path: "/v1/ops/journeys/H05.31-251103-0001", key: operator})
		require.Equal(t, fault.NotFound, problem(t, w).Code)
		w = b.do(t, request{method: http.MethodGet, path: "/v1/ops/morning?since=gestern", key: operator})
		require.Equal(t, 422, problem(t, w).Status)
	})

	t.Run("what is not clear is refused, and nothing is on record", func(t *testing.T) {
		before := len(actions(t))
		for name, c := range map[string]struct {
			key, path, body, once string
			status                int
			code                  string
		}{
			"no key for the repeat":  {operator, pausePath, because, "", 400, "header.idempotency_key"},
			"no reason":              {operator, pausePath, `{}`, "c1", 422, "reason.invalid"},
			"a reason of two lines":  {operator, pausePath, `{"reason":"a\nb"}`, "c2", 422, "reason.invalid"},
			"a member too many":      {operator, pausePath, `{"reason":"a","actor":"b"}`, "c3", 0, ""},
			"no such destination":    {operator, "/v1/ops/destinations/dvcgq/pause", because, "c4", 404, ""},
			"no such operation":      {operator, "/v1/ops/destinations/dvcqg/breakers/delete/open", because, "c5", 404, ""},
			"a breaker of all":       {operator, "/v1/ops/destinations/*/breakers/create/open", because, "c6", 404, ""},
			"the key of a source":    {sources[0], pausePath, because, "c7", 403, "key.does_not_operate"},
			"an operator who pushes": {operator, "/v1/records", `{"so":"1"}`, "c8", 403, "key.operates_only"},
		} {
			w := b.do(t, request{path: c.path, body: c.body, key: c.key, headers: []string{"Idempotency-Key", c.once}})
			p := problem(t, w)
			if c.status != 0 {
				require.Equal(t, c.status, p.Status, name)
			}
			if c.code != "" {
				require.Len(t, p.Errors, 1, name)
				require.Equal(t, c.code, p.Errors[0].Code, name)
			}
		}
		w := b.do(t, request{path: pausePath, body: because, key: operator})
		require.Equal(t, "header.idempotency_key_missing", problem(t, w).Errors[0].Code)
		require.Len(t, actions(t), before)
	})
}

func TestWithoutOps(t *testing.T) {
	t.Parallel()
	b := setup(t)
	b.store.keys[readerKey] = gateway.Caller{Name: "truc-ban", Ops: true}
	for _, path := range []string{"/v1/ops/breakers", "/v1/ops/actions", "/v1/ops/morning", "/v1/ops/journeys/x"} {
		require.Equal(t, 404, problem(t, b.do(t, as(readerKey, get(path)))).Status, path)
		require.Equal(t, "key.does_not_operate", problem(t, b.do(t, get(path))).Errors[0].Code)
	}
	require.Equal(t, 404, b.do(t, as(readerKey, request{path: pausePath, body: because})).Code)
}
