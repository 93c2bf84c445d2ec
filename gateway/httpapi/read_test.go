package httpapi_test

import (
	"bytes"
	"encoding/json"
	"errors"
	"net/http"
	"testing"
	"time"

	"github.com/google/uuid"
	"github.com/stretchr/testify/require"

	"github.com/lienthong/lienthong/gateway"
	"github.com/lienthong/lienthong/gateway/httpapi"
	"github.com/lienthong/lienthong/internal/fault"
)

func get(path string, headers ...string) request {
	return request{method: http.MethodGet, path: path, headers: headers}
}

func decode[T any](t testing.TB, data []byte) (v T) {
	t.Helper()
	dec := json.NewDecoder(bytes.NewReader(data))
	dec.DisallowUnknownFields() // nothing that the document does not know
	require.NoError(t, dec.Decode(&v))
	return v
}

func TestRecord(t *testing.T) {
	t.Parallel()
	b := setup(t)
	for _, id := range []string{"A/1", "a b", "x/journey", "..", "đ?#%", "a//b"} {
		body, err := json.Marshal(map[string]string{"so": id, "ten": "Công ty <Một>"})
		require.NoError(t, err)
		answer(t, b.do(t, request{path: "/v1/records", body: string(body)}))
	}
	b.store.journey = []gateway.JourneyEvent{{At: time.Unix(0, 0), What: "revision", Detail: "1"}, {At: time.Unix(9, 0), What: "attempt", Destination: "dvcqg", Detail: "create delivered"}}

	for _, tt := range []struct{ name, path, id string }{
		{"a slash as %2F", "A%2F1", "A/1"},
		{"a slash as it is", "A/1", "A/1"},
		{"a space", "a%20b", "a b"},
		{"an id that looks like a suffix", "x%2Fjourney", "x/journey"},
		{"an id that looks like a step up", "%2E%2E", ".."},
		{"signs that paths do not have", "%C4%91%3F%23%25", "đ?#%"},
		{"slashes in a row", "a%2F%2Fb", "a//b"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			w := b.do(t, get("/v1/records/onestop/organisation/"+tt.path))
			require.Equal(t, 200, w.Code, w.Body.String())
			r := decode[httpapi.Record](t, w.Body.Bytes())
			require.Equal(t, tt.id, r.ID)
			require.Equal(t, `"r1"`, w.Header().Get("ETag"))
			require.Contains(t, w.Body.String(), `"legal_name":"Công ty <Một>"`)
			require.NotContains(t, w.Body.String(), "$schema")
			w = b.do(t, get("/v1/records/onestop/organisation/"+tt.path+"/journey"))
			require.Equal(t, 200, w.Code, w.Body.String())
			j := decode[httpapi.Journey](t, w.Body.Bytes())
			require.Equal(t, tt.id, j.Record.ID)
			require.Len(t, j.Events, 2)
			require.Equal(t, "dvcqg", j.Events[1].Destination)
		})
	}

	for _, tt := range []struct {
		name string
		q    request
	}{
		{"a record that is not there", get("/v1/records/onestop/organisation/zzz")},
		{"a record of another source looks like one that is not there", request{method: "GET", path: "/v1/records/onestop/organisation/A%2F1", key: otherKey}},
		{"an unknown kind", get("/v1/records/onestop/Organisation/A%2F1")},
		{"an id that is no text", get("/v1/records/onestop/organisation/%FF")},
		{"an id with NUL", get("/v1/records/onestop/organisation/a%00")},
		{"no id", get("/v1/records/onestop/organisation/")},
		{"the journey of nothing", get("/v1/records/onestop/organisation/zzz/journey")},
		{"bare slashes in a row", get("/v1/records/onestop/organisation/a//b")},
	} {
		t.Run(tt.name, func(t *testing.T) {
			p := problem(t, b.do(t, tt.q))
			require.Equal(t, fault.NotFound, p.Code)
			require.Equal(t, 404, p.Status)
		})
	}

	t.Run("a parameter is refused", func(t *testing.T) {
		require.Equal(t, "query.unknown", problem(t, b.do(t, get("/v1/records/onestop/organisation/A%2F1?fields=x"))).Errors[0].Code)
	})

	t.Run("an answer is JSON whatever Accept says", func(t *testing.T) {
		for _, accept := range []string{"text/html", "application/problem+json", "json", "*/*"} {
			w := b.do(t, get("/v1/records/onestop/organisation/a%20b", "Accept", accept))
			require.Equal(t, "application/json", w.Header().Get("Content-Type"), accept)
			require.Equal(t, "application/problem+json", b.do(t, get("/v1/records/onestop/organisation/zz", "Accept", accept)).Header().Get("Content-Type"))
		}
	})

	t.Run("a store that is away is told apart", func(t *testing.T) {
		b := setup(t)
		b.store.readErr = fault.New(fault.Unavailable, "x", "y")
		require.Equal(t, 503, problem(t, b.do(t, get("/v1/records/onestop/organisation/1"))).Status)
		b.store.readErr = errors.New("secret")
		w := b.do(t, get("/v1/records/onestop/organisation/1"))
		require.Equal(t, 500, problem(t, w).Status)
		require.NotContains(t, w.Body.String(), "secret")
		require.Contains(t, b.log.String(), "secret")
	})
}

func TestSubmission(t *testing.T) {
	t.Parallel()
	b := setup(t)
	refused := problem(t, b.do(t, request{path: "/v1/records", body: `{"so":"1"}`}))

	t.Run("what was refused can be asked for", func(t *testing.T) {
		w := b.do(t, get("/v1/submissions/"+refused.SubmissionID, "Accept-Language", "en"))
		require.Equal(t, 200, w.Code, w.Body.String())
		s := decode[httpapi.Submission](t, w.Body.Bytes())
		require.Equal(t, refused.SubmissionID, s.SubmissionID.String())
		require.Equal(t, fault.Invalid, s.Code)
		require.Equal(t, int64(10), s.Length)
		require.Len(t, s.SHA256, 64)
		require.Equal(t, "toy", s.Adapter)
		require.Equal(t, "The name is missing.", s.Result.Records[0].Errors[0].Detail)
	})

	for name, q := range map[string]request{
		"of another source":          {method: "GET", path: "/v1/submissions/" + refused.SubmissionID, key: otherKey},
		"that is not there":          get("/v1/submissions/" + uuid.NewString()),
		"that is no id":              get("/v1/submissions/1"),
		"in a form that is not ours": get("/v1/submissions/urn:uuid:" + refused.SubmissionID),
	} {
		t.Run("a submission "+name+" is not found", func(t *testing.T) {
			require.Equal(t, fault.NotFound, problem(t, b.do(t, q)).Code)
		})
	}
}

func TestHealth(t *testing.T) {
	t.Parallel()
	b := setup(t)
	public := func(path string) request { return request{method: "GET", path: path, key: "none"} }

	w := b.do(t, public("/livez"))
	require.Equal(t, 200, w.Code)
	require.Equal(t, "application/health+json", w.Header().Get("Content-Type"))
	require.Equal(t, httpapi.Health{Status: "pass", Version: "test"}, decode[httpapi.Health](t, w.Body.Bytes()))

	w = b.do(t, public("/readyz"))
	require.Equal(t, 200, w.Code)
	require.Equal(t, "pass", decode[httpapi.Health](t, w.Body.Bytes()).Checks["postgres:connection"][0].Status)

	b.store.readErr = errors.New("secret")
	w = b.do(t, public("/readyz"))
	require.Equal(t, 503, w.Code)
	require.Equal(t, "fail", decode[httpapi.Health](t, w.Body.Bytes()).Status)
	require.NotContains(t, w.Body.String(), "secret")
	require.Equal(t, 200, b.do(t, public("/livez")).Code, "a database that is away is no reason to restart")

	b.store.readErr = nil
	b.api.StopWaiting()
	w = b.do(t, public("/readyz"))
	require.Equal(t, 503, w.Code)
	require.Equal(t, "warn", decode[httpapi.Health](t, w.Body.Bytes()).Status)
}

func TestOptions(t *testing.T) {
	t.Parallel()
	_, err := httpapi.New(httpapi.Options{})
	require.Equal(t, fault.Usage, fault.CodeOf(err))
}
