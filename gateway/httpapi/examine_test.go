package httpapi_test

import (
	"context"
	"encoding/json"
	"io"
	"net/http"
	"testing"
	"time"

	"github.com/google/uuid"
	"github.com/stretchr/testify/require"

	"github.com/lienthong/lienthong/gateway"
	"github.com/lienthong/lienthong/gateway/httpapi"
)

// found is an examiner that finds what it is told.
type found []gateway.Check

func (f found) Examine(context.Context) []gateway.Check { return f }

func TestHealthChecks(t *testing.T) {
	t.Parallel()
	check := func(name string, status gateway.CheckStatus) gateway.Check {
		return gateway.Check{Name: name, Component: "component", Status: status, Observed: 7, Unit: "x", Output: "say so", At: time.Now()}
	}
	ask := func(t *testing.T, path string, checks ...gateway.Check) (int, httpapi.Health) {
		b := setup(t, func(o *httpapi.Options) { o.Examiner = found(checks) })
		w := b.do(t, request{method: "GET", path: path, key: "none"})
		require.Equal(t, "application/health+json", w.Header().Get("Content-Type"))
		var h httpapi.Health
		require.NoError(t, json.Unmarshal(w.Body.Bytes(), &h))
		return w.Code, h
	}
	connection, old := check("postgres:connection", gateway.CheckPass), check("migrations:river", gateway.CheckFail)
	open := check("destination:dvcqg:breaker", gateway.CheckWarn)

	t.Run("an open breaker or a missing leader is a warning, and ready", func(t *testing.T) {
		code, h := ask(t, "/readyz", connection, open, check("sequencer:leader", gateway.CheckWarn))
		require.Equal(t, 200, code)
		require.Equal(t, "warn", h.Status)
		require.Equal(t, "warn", h.Checks["destination:dvcqg:breaker"][0].Status)
		require.Equal(t, int64(7), h.Checks["destination:dvcqg:breaker"][0].ObservedValue)
		require.Equal(t, "say so", h.Checks["destination:dvcqg:breaker"][0].Output)
		require.Equal(t, "pass", h.Checks["postgres:connection"][0].Status)
		require.Equal(t, "test", h.Version)
	})
	t.Run("what fails is not ready, and the log says what", func(t *testing.T) {
		code, h := ask(t, "/readyz", connection, old, open)
		require.Equal(t, 503, code)
		require.Equal(t, "fail", h.Status)
		require.Len(t, h.Checks, 3)
	})
	t.Run("startup waits for the schema and for nothing else", func(t *testing.T) {
		code, h := ask(t, "/startupz", connection, old)
		require.Equal(t, 503, code)
		require.Equal(t, "fail", h.Status)
		code, h = ask(t, "/startupz", connection, check("migrations:river", gateway.CheckPass), check("postgres:writable", gateway.CheckFail), open)
		require.Equal(t, 200, code)
		require.Equal(t, "pass", h.Status)
		require.Len(t, h.Checks, 2)
	})
	t.Run("without an examiner the database is asked", func(t *testing.T) {
		b := setup(t)
		require.Equal(t, 200, b.do(t, request{method: "GET", path: "/readyz", key: "none"}).Code)
		require.Equal(t, 200, b.do(t, request{method: "GET", path: "/startupz", key: "none"}).Code)
	})
}

func TestMetricsPath(t *testing.T) {
	t.Parallel()
	require.Equal(t, 404, setup(t).do(t, request{method: "GET", path: "/metrics", key: "none"}).Code)
	b := setup(t, func(o *httpapi.Options) {
		o.Metrics = http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { _, _ = io.WriteString(w, "up 1\n") })
	})
	w := b.do(t, request{method: "GET", path: "/metrics", key: "none"})
	require.Equal(t, 200, w.Code)
	require.Equal(t, "up 1\n", w.Body.String())
	require.Equal(t, 405, b.do(t, request{path: "/metrics", key: "none"}).Code)
}

// looking notes which span a push carries.
type looking struct {
	httpapi.Pusher
	carried *string
}

func (l looking) Ingest(ctx context.Context, p gateway.Push) (gateway.Answer, error) {
	*l.carried = gateway.CorrelationOf(ctx).Trace
	return l.Pusher.Ingest(ctx, p)
}

func TestBeginAndCorrelation(t *testing.T) {
	t.Parallel()
	const trace = "0af7651916cd43dd8448eb211c80319c"
	type seen struct {
		route       string
		status      int
		correlation gateway.Correlation
	}
	var all []seen
	var carried string
	b := setup(t, func(o *httpapi.Options) {
		o.Begin = func(r *http.Request, route string) (context.Context, func(int)) {
			s := seen{route: route, correlation: gateway.CorrelationOf(r.Context())}
			c := s.correlation
			c.Trace = "passed on"
			return gateway.WithCorrelation(r.Context(), c), func(status int) {
				s.status = status
				all = append(all, s)
			}
		}
		o.Committer = looking{o.Committer, &carried}
	})
	w := b.do(t, request{path: "/v1/records", body: good, headers: []string{"traceparent", "00-" + trace + "-b7ad6b7169203331-01"}})
	require.Equal(t, 200, w.Code, w.Body.String())
	require.Equal(t, trace, w.Header().Get("Gateway-Correlation-Id"))
	require.Equal(t, []seen{{"POST /v1/records", 200, gateway.Correlation{RequestID: w.Header().Get("Gateway-Request-Id"), CorrelationID: trace}}}, all)
	require.Equal(t, "passed on", carried)

	t.Run("a request without a trace is its own", func(t *testing.T) {
		for _, header := range []string{"", "00-" + trace, "00-" + trace + "-b7ad6b7169203331-01-x", "00-00000000000000000000000000000000-b7ad6b7169203331-01", "00-" + canary + "00000000000000000000-b7ad6b7169203331-zz"} {
			w := b.do(t, request{path: "/v1/records", body: good, headers: []string{"traceparent", header}})
			id, err := uuid.Parse(w.Header().Get("Gateway-Correlation-Id"))
			require.NoError(t, err)
			require.Equal(t, w.Header().Get("Gateway-Request-Id"), id.String())
		}
	})
	t.Run("strangers and health checks are not followed", func(t *testing.T) {
		before := len(all)
		b.do(t, request{path: "/v1/records", body: good, key: "none"})
		b.do(t, request{method: "GET", path: "/livez", key: "none"})
		require.Len(t, all, before)
	})
	t.Run("a panic has no status", func(t *testing.T) {
		p := setup(t, func(o *httpapi.Options) {
			o.Read = panicking{o.Read.(*store)}
			o.Begin = func(r *http.Request, route string) (context.Context, func(int)) {
				return r.Context(), func(status int) { all = append(all, seen{status: status}) }
			}
		})
		require.Equal(t, 500, p.do(t, get("/v1/records/onestop/organisation/1")).Code)
		require.Zero(t, all[len(all)-1].status)
	})
}
