package httpapi_test

import (
	"fmt"
	"net/http"
	"net/http/httptest"
	"sync"
	"testing"
	"time"

	"github.com/jackc/pgx/v5/pgxpool"
	"github.com/stretchr/testify/require"

	"github.com/lienthong/lienthong/gateway"
	"github.com/lienthong/lienthong/gateway/httpapi"
	"github.com/lienthong/lienthong/gateway/postgres"
	"github.com/lienthong/lienthong/internal/pgtest"
	"github.com/lienthong/lienthong/schema"
	"github.com/lienthong/lienthong/schema/score"
)

// keeper is an operator at an API over a real store.
type keeper struct {
	bundle
	pool *pgxpool.Pool
	name string // of the key's owner
	key  string
}

func newKeeper(t *testing.T) keeper {
	t.Helper()
	pool := pgtest.New(t)
	db := postgres.New(pool)
	b := setup(t, func(o *httpapi.Options) {
		o.Access = db
		o.Owners = &httpapi.Owners{Store: db, Shows: map[string]gateway.LookupMode{"dvcqg": gateway.ShowsTrail}}
	})
	b.db = db
	key, err := db.CreateOperatorKey(t.Context(), "an.nguyen")
	require.NoError(t, err)
	return keeper{bundle: b, pool: pool, name: "an.nguyen", key: key}
}

func (k keeper) exec(t *testing.T, sql string, args ...any) {
	t.Helper()
	_, err := k.pool.Exec(t.Context(), sql, args...)
	require.NoError(t, err)
}

func (k keeper) get(t *testing.T, path string, headers ...string) *httptest.ResponseRecorder {
	t.Helper()
	return k.do(t, request{method: http.MethodGet, path: "/v1/ops/" + path, key: k.key, headers: headers})
}

func (k keeper) post(t *testing.T, path, body, once string) *httptest.ResponseRecorder {
	t.Helper()
	return k.do(t, request{path: "/v1/ops/" + path, key: k.key, body: body, headers: []string{"Idempotency-Key", once}})
}

// actions are what is on record, newest first.
func (k keeper) actions(t *testing.T) []gateway.OperatorAction {
	t.Helper()
	all, err := k.db.OperatorActions(t.Context(), 1000)
	require.NoError(t, err)
	return all
}

func TestScore(t *testing.T) {
	t.Parallel()
	k := newKeeper(t)
	_, err := k.db.ScoreCounts(t.Context(), "2026-11", "") // the rules are counted by from here on
	require.NoError(t, err)
	for n := range 5 {
		for _, i := range score.Indicators() {
			k.exec(t, `INSERT INTO score_count (month, commune, indicator, good, counted) VALUES ('2026-11', $1, $2, $3, 8)`, []string{"", "H05.1", "H05.2", "H05.3", "Xã An Phú"}[n], i.Code, n)
		}
	}
	indicators := len(score.Indicators())

	t.Run("it says the numbers that the command says, and why one is not known", func(t *testing.T) {
		page := bodyOf[httpapi.OpsScore](t, k.get(t, "score?month=2026-11"), 200)
		require.Equal(t, []any{"2026-11", score.Version, false}, []any{page.Month, page.Version, page.HasMore})
		counts, err := k.db.ScoreCounts(t.Context(), "2026-11", "")
		require.NoError(t, err)
		require.Len(t, page.Items, 5*indicators)
		for i, c := range counts {
			l := page.Items[i]
			require.Equal(t, c, gateway.ScoreCount{Commune: l.Commune, Indicator: l.Indicator, Good: l.Good, Of: l.Of})
			require.NotEmpty(t, l.Name)
			if vi, _ := score.NotKnown(l.Indicator); vi != "" {
				require.Equal(t, vi, l.NotKnown)
				require.Nil(t, l.Percent)
			} else {
				require.InDelta(t, 12.5*float64(c.Good), *l.Percent, 1e-9)
			}
		}
		english := bodyOf[httpapi.OpsScore](t, k.get(t, "score?month=2026-11", "Accept-Language", "en"), 200)
		require.NotEqual(t, page.Items[0].Name, english.Items[0].Name)
	})
	t.Run("pages are of whole communes, and miss none", func(t *testing.T) {
		var seen []httpapi.OpsScoreLine
		path := "score?month=2026-11&limit=2"
		for _, communes := range []int{2, 2, 1} {
			page := bodyOf[httpapi.OpsScore](t, k.get(t, path), 200)
			require.Len(t, page.Items, communes*indicators)
			require.Equal(t, communes == 2, page.HasMore)
			seen, path = append(seen, page.Items...), "score?month=2026-11&limit=2&cursor="+page.NextCursor
		}
		require.Equal(t, bodyOf[httpapi.OpsScore](t, k.get(t, "score?month=2026-11"), 200).Items, seen)
	})
	t.Run("one commune, and a month with nothing", func(t *testing.T) {
		require.Len(t, bodyOf[httpapi.OpsScore](t, k.get(t, "score?month=2026-11&commune=H05.2"), 200).Items, indicators)
		empty := k.get(t, "score?month=2020-01")
		require.Empty(t, bodyOf[httpapi.OpsScore](t, empty, 200).Items)
		require.Contains(t, empty.Body.String(), `"items":[]`)
		now := bodyOf[httpapi.OpsScore](t, k.get(t, "score"), 200).Month
		require.Contains(t, []string{now, time.Now().In(schema.VietNam()).Format(gateway.ScoreMonth)}, now)
	})
	for _, path := range []string{"score?month=2026-13", "score?month=x", "score?limit=0", "score?limit=1001", "score?cursor=x", "score?unit=H05"} {
		require.Equal(t, 422, problem(t, k.get(t, path)).Status, path)
	}
	t.Run("rules", func(t *testing.T) {
		rules := bodyOf[struct{ Items []httpapi.OpsScoreRule }](t, k.get(t, "score/rules"), 200).Items
		require.Len(t, rules, len(score.Rules()))
		require.Equal(t, httpapi.OpsScoreRule{Code: score.Rules()[0].Code, Indicator: score.Rules()[0].Indicator, Policy: string(score.Rules()[0].Policy), Reason: score.Rules()[0].VI}, rules[0])
	})
}

func TestReleaseOfAHeldDossier(t *testing.T) {
	t.Parallel()
	k := newKeeper(t)
	k.exec(t, `
		WITH one AS (
		    INSERT INTO delivery (destination, entity_id, key, slot, state, wanted_rev, due_at, shelf, cause, failed_at, created_at, updated_at)
		    SELECT 'dvcqg', gen_random_uuid(), 'H05.10-251103-000' || n, n, 'failed_data', 1, now(), 'source',
		           CASE WHEN n < 4 THEN 'score.second_supplement' ELSE 'dvcqg.refused:x' END, now(), now(), now()
		    FROM generate_series(1, 4) AS n
		    RETURNING entity_id, key),
		bound AS (
		    INSERT INTO identifier_binding (kind, scheme, value, entity_id, created_at) SELECT 'dossier', $1, key, entity_id, now() FROM one)
		INSERT INTO entity (id, kind, revision, hash, body, created_at, updated_at)
		SELECT entity_id, 'dossier', 1, decode(repeat('00', 32), 'hex'), '{}', now(), now() FROM one`, string(schema.SchemeDossier))
	path := func(n int) string { return fmt.Sprintf("dossiers/H05.10-251103-000%d/release", n) }
	const order = `{"reason":"đã xác nhận với đơn vị"}`

	t.Run("once for a key, in the name of its owner, and it is due", func(t *testing.T) {
		first := k.post(t, path(1), order, "r1")
		want := httpapi.OpsReleased{OpsDone: httpapi.OpsDone{Changed: true}, Released: []string{"dvcqg"}}
		require.Equal(t, want, bodyOf[httpapi.OpsReleased](t, first, 200))
		again := k.post(t, path(1), order, "r1")
		require.Equal(t, want, bodyOf[httpapi.OpsReleased](t, again, 200), "the same request is answered alike")
		require.Equal(t, "true", again.Header().Get("Idempotent-Replayed"))
		other := k.post(t, path(1), order, "r2")
		require.Equal(t, httpapi.OpsReleased{Released: []string{}}, bodyOf[httpapi.OpsReleased](t, other, 200))
		require.Equal(t, 422, problem(t, k.post(t, path(1), `{"reason":"khác"}`, "r1")).Status, "the key was another order's")
		all := k.actions(t)
		require.Len(t, all, 1)
		require.Equal(t, []string{"an.nguyen", "score_release", "đã xác nhận với đơn vị"}, []string{all[0].Actor, all[0].Action, all[0].Reason})
		var due int
		require.NoError(t, k.pool.QueryRow(t.Context(), `
			SELECT count(*) FROM delivery_due JOIN delivery USING (destination, entity_id) WHERE state = 'queued' AND key LIKE '%1' AND released_rev = 1`).Scan(&due))
		require.Equal(t, 1, due)
	})
	t.Run("many at once cause one effect", func(t *testing.T) {
		var all sync.WaitGroup
		changed := make([]bool, 8)
		for i := range changed {
			all.Go(func() {
				changed[i] = bodyOf[httpapi.OpsReleased](t, k.post(t, path(2), order, fmt.Sprint("m", i)), 200).Changed
			})
		}
		all.Wait()
		effects := 0
		for _, c := range changed {
			if c {
				effects++
			}
		}
		require.Equal(t, 1, effects)
		require.Len(t, k.actions(t), 2)
	})
	t.Run("what is not clear is refused, and nothing is on record", func(t *testing.T) {
		conflict := problem(t, k.post(t, path(4), order, "c1"))
		require.Equal(t, []any{409, "score.not_held"}, []any{conflict.Status, conflict.Errors[0].Code})
		require.Equal(t, 409, problem(t, k.post(t, path(3), `{"destination":"kho","reason":"x"}`, "c2")).Status, "that one holds nothing back")
		require.Equal(t, 404, problem(t, k.post(t, path(9), order, "c3")).Status)
		require.Equal(t, 422, problem(t, k.post(t, path(3), `{}`, "c4")).Status, "a reason is missing")
		require.Equal(t, 400, problem(t, k.post(t, path(3), `{"reason":"x","actor":"binh"}`, "c5")).Status)
		require.Equal(t, 400, problem(t, k.do(t, request{path: "/v1/ops/" + path(3), key: k.key, body: order})).Status, "nothing names the order")
		require.Len(t, k.actions(t), 2)
	})
}
