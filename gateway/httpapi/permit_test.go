package httpapi_test

import (
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/lienthong/lienthong/gateway"
	"github.com/lienthong/lienthong/gateway/httpapi"
	"github.com/lienthong/lienthong/internal/fault"
)

func as(key string, q request) request {
	q.key = key
	return q
}

func TestWhatAKeyOpens(t *testing.T) {
	t.Parallel()
	b := setup(t)
	answer(t, b.do(t, request{path: "/v1/records", body: good}))
	refused := problem(t, b.do(t, request{path: "/v1/records", body: `{"so":"1"}`}))

	t.Run("a consumer reads its feeds and their snapshots", func(t *testing.T) {
		for _, path := range []string{"/v1/feeds/dossiers", "/v1/feeds/parcels", "/v1/feeds/dossiers/snapshot"} {
			require.Equal(t, 200, b.do(t, as(readerKey, get(path))).Code, path)
		}
	})

	t.Run("a source without feeds pushes and sees its own records", func(t *testing.T) {
		b := setup(t)
		b.store.keys[goodKey] = gateway.Caller{Name: "onestop", Push: true}
		answer(t, b.do(t, request{path: "/v1/records", body: good}))
		require.Equal(t, 200, b.do(t, get("/v1/records/onestop/organisation/A%2F1")).Code)
		require.Equal(t, 403, b.do(t, get("/v1/feeds/all")).Code)
	})

	for _, tt := range []struct {
		name string
		q    request
		item httpapi.ProblemItem
	}{
		{"a consumer pushing", as(readerKey, request{path: "/v1/records", body: good}), httpapi.ProblemItem{Code: "key.reads_feeds_only", Expected: "GET /v1/feeds/{feed}"}},
		{"a consumer pushing a batch", as(readerKey, request{path: "/v1/records:batch", body: "[]"}), httpapi.ProblemItem{Code: "key.reads_feeds_only", Expected: "GET /v1/feeds/{feed}"}},
		{"a consumer at a record", as(readerKey, get("/v1/records/onestop/organisation/A%2F1")), httpapi.ProblemItem{Code: "key.reads_feeds_only", Expected: "GET /v1/feeds/{feed}"}},
		{"a consumer at a record with bare slashes", as(readerKey, get("/v1/records/onestop/organisation/A/1")), httpapi.ProblemItem{Code: "key.reads_feeds_only", Expected: "GET /v1/feeds/{feed}"}},
		{"a consumer at a record that is not there", as(readerKey, get("/v1/records/onestop/organisation/zz")), httpapi.ProblemItem{Code: "key.reads_feeds_only", Expected: "GET /v1/feeds/{feed}"}},
		{"a consumer at a record of its own name", as(readerKey, get("/v1/records/portal-vn/organisation/1")), httpapi.ProblemItem{Code: "key.reads_feeds_only", Expected: "GET /v1/feeds/{feed}"}},
		{"a consumer at a journey", as(readerKey, get("/v1/records/onestop/organisation/A%2F1/journey")), httpapi.ProblemItem{Code: "key.reads_feeds_only", Expected: "GET /v1/feeds/{feed}"}},
		{"a consumer at a submission", as(readerKey, get("/v1/submissions/"+refused.SubmissionID)), httpapi.ProblemItem{Code: "key.reads_feeds_only", Expected: "GET /v1/feeds/{feed}"}},
		{"a consumer at another feed", as(readerKey, get("/v1/feeds/people")), httpapi.ProblemItem{Code: "key.feed_not_permitted", Expected: "dossiers, parcels"}},
		{"a consumer at the feed of all", as(readerKey, get("/v1/feeds/all")), httpapi.ProblemItem{Code: "key.feed_not_permitted", Expected: "dossiers, parcels"}},
		{"a consumer at another snapshot", as(readerKey, get("/v1/feeds/people/snapshot")), httpapi.ProblemItem{Code: "key.feed_not_permitted", Expected: "dossiers, parcels"}},
		{"a source at a feed", as(otherKey, get("/v1/feeds/dossiers")), httpapi.ProblemItem{Code: "key.feed_not_permitted", Expected: "no feed"}},
	} {
		t.Run(tt.name+" is told so", func(t *testing.T) {
			texts := map[string]bool{}
			for _, lang := range []string{"vi", "en"} {
				q := tt.q
				q.headers = []string{"Accept-Language", lang}
				w := b.do(t, q)
				p := problem(t, w)
				require.Equal(t, 403, w.Code)
				require.Equal(t, fault.Forbidden, p.Code)
				require.False(t, p.Retryable)
				require.Len(t, p.Errors, 1)
				require.NotEmpty(t, p.Errors[0].Detail)
				texts[p.Errors[0].Detail], texts[p.Detail] = true, true
				p.Errors[0].Detail = ""
				require.Equal(t, tt.item, p.Errors[0])
			}
			require.Len(t, texts, 4, "two languages, two texts each")
		})
	}

	t.Run("nothing of a push by a consumer is kept", func(t *testing.T) {
		before := len(b.store.submissions)
		b.do(t, as(readerKey, request{path: "/v1/records", body: `{"so":"7","ten":"x"}`}))
		require.Len(t, b.store.submissions, before)
	})

	t.Run("a feed that there is not is not found, whatever the key", func(t *testing.T) {
		require.Equal(t, 404, b.do(t, as(otherKey, get("/v1/feeds/secrets"))).Code)
	})
}

// What a key opens is remembered as long as the key itself, and no longer.
func TestPermissionsAreRemembered(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		b := setup(t)
		require.Equal(t, 200, b.do(t, as(readerKey, get("/v1/feeds/parcels"))).Code)
		b.store.keys[readerKey] = gateway.Caller{Name: "portal-vn", Feeds: []string{"dossiers"}}
		time.Sleep(29 * time.Second)
		require.Equal(t, 200, b.do(t, as(readerKey, get("/v1/feeds/parcels"))).Code)
		require.Equal(t, 1, b.store.asked)
		time.Sleep(2 * time.Second)
		require.Equal(t, 403, b.do(t, as(readerKey, get("/v1/feeds/parcels"))).Code)
		require.Equal(t, 200, b.do(t, as(readerKey, get("/v1/feeds/dossiers"))).Code)
	})
}
