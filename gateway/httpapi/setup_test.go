package httpapi_test

import (
	"bytes"
	"compress/gzip"
	"encoding/json"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/lienthong/lienthong/adapters"
	"github.com/lienthong/lienthong/adapters/strict"
	"github.com/lienthong/lienthong/gateway"
	"github.com/lienthong/lienthong/gateway/httpapi"
	"github.com/lienthong/lienthong/gateway/postgres"
	"github.com/lienthong/lienthong/internal/journal"
	"github.com/lienthong/lienthong/schema"
)

const (
	goodKey   = "lt_onestop_0123456789abcdef"
	otherKey  = "lt_land_0123456789abcdef0123"
	readerKey = "lt_reader_0123456789abcdef01"
)

// bundle is an API over fakes.
type bundle struct {
	api   *httpapi.API
	store *store
	feed  *feedStore
	log   *bytes.Buffer
	key   *journal.Key    // with the real store alone
	db    *postgres.Store // with the real store alone
}

func setup(t testing.TB, change ...func(*httpapi.Options)) bundle {
	t.Helper()
	b := bundle{store: newStore(), feed: newFeedStore(), log: new(bytes.Buffer)}
	spec := adapters.Spec{Name: "toy", Version: 3, Kinds: []adapters.KindSpec{{Kind: schema.KindOrganisation, Order: adapters.ByArrival}}}
	in := gateway.NewIngestor(gateway.IngestorOptions{
		Sources: []gateway.Source{{Code: "onestop", Spec: spec, Adapter: adapter{dec: strict.New(strict.Options{})}}}, Store: b.store,
	})
	o := httpapi.Options{
		Ingestor: in, Committer: in, Feed: gateway.NewFeed(b.feed), Read: b.store, Access: b.store, Version: "test",
		Logger: slog.New(slog.NewJSONHandler(b.log, &slog.HandlerOptions{Level: slog.LevelDebug})),
	}
	for _, c := range change {
		c(&o)
	}
	api, err := httpapi.New(o)
	require.NoError(t, err)
	b.api = api
	return b
}

// request is one call; headers are name, value, name, value, …
type request struct {
	method, path, body string
	key                string // "": the good one; "none": no Authorization
	headers            []string
}

func (q request) build(t testing.TB) *http.Request {
	t.Helper()
	method := q.method
	if method == "" {
		method = http.MethodPost
	}
	var body io.Reader
	if q.body != "" {
		body = strings.NewReader(q.body)
	}
	r := httptest.NewRequest(method, q.path, body)
	switch q.key {
	case "":
		r.Header.Set("Authorization", "Bearer "+goodKey)
	case "none":
	default:
		r.Header.Set("Authorization", "Bearer "+q.key)
	}
	require.Zero(t, len(q.headers)%2)
	for i := 0; i < len(q.headers); i += 2 {
		r.Header.Add(q.headers[i], q.headers[i+1])
	}
	return r
}

func (b bundle) do(t testing.TB, q request) *httptest.ResponseRecorder {
	t.Helper()
	w := httptest.NewRecorder()
	b.api.Handler().ServeHTTP(w, q.build(t))
	return w
}

// problem decodes a problem document and checks what holds for all of them.
func problem(t testing.TB, w *httptest.ResponseRecorder) httpapi.Problem {
	t.Helper()
	require.Equal(t, "application/problem+json", w.Header().Get("Content-Type"), w.Body.String())
	var p httpapi.Problem
	require.NoError(t, json.Unmarshal(w.Body.Bytes(), &p))
	require.Equal(t, w.Code, p.Status)
	require.Equal(t, w.Header().Get("Gateway-Request-Id"), p.RequestID)
	require.Equal(t, "urn:uuid:"+p.RequestID, p.Instance)
	require.Equal(t, w.Header().Get("Gateway-Error-Origin"), string(p.Origin))
	require.NotEmpty(t, p.Title)
	require.NotEmpty(t, p.Detail)
	require.True(t, strings.HasSuffix(p.Type, "#"+string(p.Code)), p.Type)
	return p
}

func answer(t testing.TB, w *httptest.ResponseRecorder) httpapi.Answer {
	t.Helper()
	require.Equal(t, http.StatusOK, w.Code, w.Body.String())
	require.Equal(t, "application/json", w.Header().Get("Content-Type"))
	var a httpapi.Answer
	require.NoError(t, json.Unmarshal(w.Body.Bytes(), &a))
	return a
}

func newRecorder() *httptest.ResponseRecorder { return httptest.NewRecorder() }

func zipped(t testing.TB, s string) string {
	t.Helper()
	var b bytes.Buffer
	z := gzip.NewWriter(&b)
	_, err := z.Write([]byte(s))
	require.NoError(t, err)
	require.NoError(t, z.Close())
	return b.String()
}
