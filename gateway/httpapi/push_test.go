package httpapi_test

import (
	"context"
	"crypto/sha256"
	"encoding/base64"
	"errors"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/google/uuid"
	"github.com/stretchr/testify/require"

	"github.com/lienthong/lienthong/gateway"
	"github.com/lienthong/lienthong/gateway/httpapi"
	"github.com/lienthong/lienthong/internal/fault"
	"github.com/lienthong/lienthong/schema"
)

const good = `{"so":"A/1","ten":"Công ty Một"}`

func digestOf(s string) string {
	sum := sha256.Sum256([]byte(s))
	return "sha-256=:" + base64.StdEncoding.EncodeToString(sum[:]) + ":"
}

func TestPushOne(t *testing.T) {
	t.Parallel()

	t.Run("a good message is answered with its verdict", func(t *testing.T) {
		t.Parallel()
		b := setup(t)
		w := b.do(t, request{path: "/v1/records", body: good})
		a := answer(t, w)
		require.Len(t, a.Results, 1)
		require.Equal(t, gateway.Accepted, a.Results[0].Records[0].Verdict)
		require.Equal(t, "A/1", a.Results[0].Records[0].ID)
		require.Equal(t, int64(1), a.Results[0].Records[0].Revision)
		require.Equal(t, 1, a.Summary.Accepted)
		require.NoError(t, uuid.Validate(w.Header().Get("Gateway-Request-Id")))
		require.Equal(t, "vi", w.Header().Get("Content-Language"))
		require.Empty(t, w.Header().Get("Idempotent-Replayed"))
		require.NotContains(t, w.Body.String(), "$schema")
		again := answer(t, b.do(t, request{path: "/v1/records", body: good}))
		require.Equal(t, gateway.Unchanged, again.Results[0].Records[0].Verdict)
	})

	t.Run("some good records of a message are enough for 200", func(t *testing.T) {
		t.Parallel()
		a := answer(t, setup(t).do(t, request{path: "/v1/records", body: `{"so":"1","ten":"x","ds":[{"so":"2"}]}`}))
		require.Equal(t, 1, a.Summary.Accepted)
		require.Equal(t, 1, a.Summary.Rejected)
		require.Equal(t, "/ds/0/ten", a.Results[0].Records[1].Errors[0].Pointer)
	})

	t.Run("gzip is taken", func(t *testing.T) {
		t.Parallel()
		b := setup(t)
		sent := zipped(t, good)
		a := answer(t, b.do(t, request{path: "/v1/records", body: sent, headers: []string{"Content-Encoding", "gzip", "Content-Digest", digestOf(sent)}}))
		require.Equal(t, good, string(b.store.submissions[a.Results[0].SubmissionID].Raw))
	})

	t.Run("headers tell version and time", func(t *testing.T) {
		t.Parallel()
		b := setup(t)
		answer(t, b.do(t, request{path: "/v1/records", body: good, headers: []string{
			"Gateway-Source-Version", "42", "Gateway-Event-Time", "2026-01-31T08:00:00+07:00",
		}}))
		r := b.store.versions[gateway.RecordKey{Source: "onestop", Kind: schema.KindOrganisation, ID: "A/1"}]
		require.Equal(t, int64(42), r.Version)
		require.Equal(t, time.Date(2026, 1, 31, 1, 0, 0, 0, time.UTC), r.EventTime.UTC())
	})

	t.Run("an envelope tells version and time", func(t *testing.T) {
		t.Parallel()
		b := setup(t)
		a := answer(t, b.do(t, request{
			path: "/v1/records", body: `{"source_version":43,"event_time":"2026-01-31T08:00:00Z","message":` + good + `}`,
			headers: []string{"Content-Type", "application/vnd.lienthong.push+json"},
		}))
		r := b.store.versions[gateway.RecordKey{Source: "onestop", Kind: schema.KindOrganisation, ID: "A/1"}]
		require.Equal(t, int64(43), r.Version)
		require.Equal(t, 8, r.EventTime.UTC().Hour())
		sub := b.store.submissions[a.Results[0].SubmissionID]
		require.Equal(t, good, string(sub.Raw))
		require.Equal(t, "application/json", sub.ContentType)
	})

	t.Run("a push that was sent whole is finished though its line broke", func(t *testing.T) {
		t.Parallel()
		b := setup(t)
		ctx, cancel := context.WithCancel(t.Context())
		r := request{path: "/v1/records", body: good}.build(t).WithContext(ctx)
		r.Body = cutter{r.Body, cancel}
		b.api.ServeHTTP(discard{}, r)
		require.Len(t, b.store.records, 1)
	})
}

// cutter ends a request's context when its body has been read.
type cutter struct {
	body interface {
		Read([]byte) (int, error)
		Close() error
	}
	cut context.CancelFunc
}

func (c cutter) Read(p []byte) (int, error) {
	n, err := c.body.Read(p)
	if err != nil {
		c.cut()
	}
	return n, err
}

func (c cutter) Close() error { return c.body.Close() }

type discard struct{}

func (discard) Header() http.Header         { return http.Header{} }
func (discard) Write(p []byte) (int, error) { return len(p), nil }
func (discard) WriteHeader(int)             {}

// refusals are the pushes that are answered with a problem document.
var refusals = []struct {
	name    string
	request request
	limits  httpapi.Limits
	status  int
	code    fault.Code
	item    httpapi.ProblemItem // the first; texts are not compared
	header  []string
	kept    bool // under a submission id
}{
	{name: "broken JSON", request: request{body: `{"so":`}, status: 400, code: fault.Malformed, item: httpapi.ProblemItem{Pointer: "/so", Code: "json.syntax"}, kept: true},
	{name: "no body", request: request{}, status: 400, code: fault.Malformed, item: httpapi.ProblemItem{Code: "json.empty"}, kept: true},
	{name: "a duplicate key", request: request{body: `{"so":"1","so":"2"}`}, status: 400, code: fault.Malformed, item: httpapi.ProblemItem{Pointer: "/so", Code: "json.duplicate_key"}, kept: true},
	{name: "a key in the wrong case", request: request{body: `{"SO":"1","ten":"x"}`}, status: 422, code: fault.Invalid, item: httpapi.ProblemItem{Pointer: "/SO", Code: "json.key_case"}, kept: true},
	{name: "an unknown form", request: request{body: `{"ten":"x"}`}, status: 422, code: fault.UnknownForm, kept: true},
	{name: "a form that only the adapter refuses", request: request{body: `<a/>`, headers: []string{"Content-Type", "application/xml"}}, status: 422, code: fault.UnknownForm, kept: true},
	{name: "no good record", request: request{body: `{"so":"1"}`}, status: 422, code: fault.Invalid, item: httpapi.ProblemItem{Pointer: "/ten", Code: "required", Expected: "text"}, kept: true},
	{name: "a record that breaks its own rules", request: request{body: `{"so":"` + strings.Repeat("1", 600) + `","ten":"x"}`}, status: 422, code: fault.Invalid, item: httpapi.ProblemItem{Code: "record.id"}, kept: true},
	{name: "an adapter that breaks", request: request{body: `{"hong":true}`}, status: 500, code: fault.Internal, item: httpapi.ProblemItem{Code: "adapter.failed"}, kept: true},
	{name: "a form post", request: request{body: good, headers: []string{"Content-Type", "application/x-www-form-urlencoded"}}, status: 415, code: fault.UnsupportedMedia, item: httpapi.ProblemItem{Header: "Content-Type", Code: "header.content_type", Expected: singleAccepts}, header: []string{"Accept-Post", singleAccepts}},
	{name: "lines at the door for one", request: request{body: good, headers: []string{"Content-Type", "application/x-ndjson"}}, status: 415, code: fault.UnsupportedMedia, item: httpapi.ProblemItem{Header: "Content-Type", Code: "header.content_type", Expected: singleAccepts}},
	{name: "another character set", request: request{body: good, headers: []string{"Content-Type", "application/json; charset=windows-1258"}}, status: 415, code: fault.UnsupportedMedia, item: httpapi.ProblemItem{Header: "Content-Type", Code: "header.content_type", Expected: singleAccepts}},
	{name: "another compression", request: request{body: good, headers: []string{"Content-Encoding", "br"}}, status: 415, code: fault.UnsupportedMedia, item: httpapi.ProblemItem{Header: "Content-Encoding", Code: "header.content_encoding", Expected: "gzip"}, header: []string{"Accept-Encoding", "gzip, identity"}},
	{name: "two compressions", request: request{body: good, headers: []string{"Content-Encoding", "gzip", "Content-Encoding", "gzip"}}, status: 415, code: fault.UnsupportedMedia, item: httpapi.ProblemItem{Header: "Content-Encoding", Code: "header.content_encoding", Expected: "gzip"}},
	{name: "gzip that is none", request: request{body: good, headers: []string{"Content-Encoding", "gzip"}}, status: 400, code: fault.Malformed, item: httpapi.ProblemItem{Header: "Content-Encoding", Code: "body.gzip"}},
	{name: "gzip that was cut", request: request{body: cutZip, headers: []string{"Content-Encoding", "gzip"}}, status: 400, code: fault.Malformed, item: httpapi.ProblemItem{Header: "Content-Encoding", Code: "body.gzip"}},
	{name: "a body over the limit", request: request{body: good}, limits: httpapi.Limits{Single: 10}, status: 413, code: fault.TooLarge, item: httpapi.ProblemItem{Code: "body.too_large", Expected: "≤ 10 bytes"}},
	{name: "a body over the limit once decompressed", request: request{body: bigZip, headers: []string{"Content-Encoding", "gzip"}}, limits: httpapi.Limits{Single: 100_000}, status: 413, code: fault.TooLarge, item: httpapi.ProblemItem{Code: "body.too_large", Expected: "≤ 100000 bytes"}},
	{name: "no memory left", request: request{body: good}, limits: httpapi.Limits{BodyMemory: 10}, status: 503, code: fault.Unavailable, header: []string{"Retry-After", "2"}},
	{name: "a digest of something else", request: request{body: good, headers: []string{"Content-Digest", digestOf("x")}}, status: 400, code: fault.Malformed, item: httpapi.ProblemItem{Header: "Content-Digest", Code: "digest.mismatch"}},
	{name: "a digest of the wrong form", request: request{body: good, headers: []string{"Content-Digest", "sha-256=abc"}}, status: 400, code: fault.Malformed, item: httpapi.ProblemItem{Header: "Content-Digest", Code: "header.content_digest", Expected: "sha-256=:BASE64:"}},
	{name: "a broken idempotency key", request: request{body: good, headers: []string{"Idempotency-Key", `"a`}}, status: 400, code: fault.Malformed, item: httpapi.ProblemItem{Header: "Idempotency-Key", Code: "header.idempotency_key", Expected: `"…", 1 to 255 characters`}},
	{name: "two idempotency keys", request: request{body: good, headers: []string{"Idempotency-Key", `"a"`, "Idempotency-Key", `"b"`}}, status: 400, code: fault.Malformed, item: httpapi.ProblemItem{Header: "Idempotency-Key", Code: "header.idempotency_key", Expected: `"…", 1 to 255 characters`}},
	{name: "a version that is none", request: request{body: good, headers: []string{"Gateway-Source-Version", "0"}}, status: 400, code: fault.Malformed, item: httpapi.ProblemItem{Header: "Gateway-Source-Version", Code: "source_version.invalid", Expected: "1 to 9223372036854775807"}},
	{name: "a time without offset", request: request{body: good, headers: []string{"Gateway-Event-Time", "2026-01-31T08:00:00"}}, status: 400, code: fault.Malformed, item: httpapi.ProblemItem{Header: "Gateway-Event-Time", Code: "event_time.invalid", Expected: "2026-01-31T08:00:00+07:00"}},
	{name: "a parameter that would change the meaning", request: request{path: "/v1/records?test=true", body: good}, status: 422, code: fault.Invalid, item: httpapi.ProblemItem{Code: "query.unknown", Expected: "dry_run"}},
	{name: "an envelope without a message", request: envelope(`{"source_version":1}`), status: 400, code: fault.Malformed, item: httpapi.ProblemItem{Pointer: "/message", Code: "envelope.message"}, kept: true},
	{name: "an envelope with a stranger", request: envelope(`{"message":{},"phien_ban":1}`), status: 422, code: fault.Invalid, item: httpapi.ProblemItem{Pointer: "/phien_ban", Code: "json.unknown_key"}, kept: true},
	{name: "an envelope with a bad version", request: envelope(`{"message":{},"source_version":-1}`), status: 400, code: fault.Malformed, item: httpapi.ProblemItem{Pointer: "/source_version", Code: "source_version.invalid", Expected: "1 to 9223372036854775807"}, kept: true},
	{name: "an envelope with a bad time", request: envelope(`{"message":{},"event_time":"hôm qua"}`), status: 400, code: fault.Malformed, item: httpapi.ProblemItem{Pointer: "/event_time", Code: "event_time.invalid", Expected: "2026-01-31T08:00:00+07:00"}, kept: true},
	{name: "an envelope against its header", request: envelope(`{"message":{},"source_version":2}`, "Gateway-Source-Version", "3"), status: 400, code: fault.Malformed, item: httpapi.ProblemItem{Pointer: "/source_version", Code: "envelope.contradiction"}, kept: true},
	{name: "a bad message in an envelope", request: envelope(`{"message":{"so":"1"}}`), status: 422, code: fault.Invalid, item: httpapi.ProblemItem{Pointer: "/message/ten", Code: "required", Expected: "text"}, kept: true},
	{name: "a source without an adapter", request: request{body: good, key: otherKey}, status: 403, code: fault.Forbidden},
	{name: "another method", request: request{method: "GET"}, status: 405, code: "method_not_allowed", header: []string{"Allow", "POST"}},
	{name: "no such path", request: request{method: "GET", path: "/v2/records"}, status: 404, code: fault.NotFound},
	{name: "a path that a mux would redirect", request: request{path: "/v1//records"}, status: 404, code: fault.NotFound},
	{name: "a path that climbs", request: request{path: "/v1/x/../records"}, status: 404, code: fault.NotFound},
}

const singleAccepts = "application/json, application/*+json, application/xml, text/xml, application/*+xml, text/csv"

var (
	cutZip = zipped(&testing.T{}, good)[:20]
	bigZip = zipped(&testing.T{}, `{"so":"`+strings.Repeat("0", 200_000)+`"}`)
)

func envelope(body string, headers ...string) request {
	return request{body: body, headers: append(headers, "Content-Type", "application/vnd.lienthong.push+json")}
}

func TestRefusals(t *testing.T) {
	t.Parallel()
	for _, tt := range refusals {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			b := setup(t, func(o *httpapi.Options) { o.Limits = tt.limits })
			if tt.request.path == "" {
				tt.request.path = "/v1/records"
			}
			w := b.do(t, tt.request)
			p := problem(t, w)
			require.Equal(t, tt.status, w.Code)
			require.Equal(t, tt.code, p.Code)
			if tt.item.Code != "" {
				require.NotEmpty(t, p.Errors, w.Body.String())
				require.NotEmpty(t, p.Errors[0].Detail)
				p.Errors[0].Detail = ""
				if tt.code == fault.Invalid && tt.kept { // what is expected of a record is the core's to say
					p.Errors[0].Expected, tt.item.Expected = "", ""
				}
				require.Equal(t, tt.item, p.Errors[0])
			}
			for i := 0; i < len(tt.header); i += 2 {
				require.Equal(t, tt.header[i+1], w.Header().Get(tt.header[i]))
			}
			require.Equal(t, tt.kept, p.SubmissionID != "", w.Body.String())
			if tt.kept {
				require.Contains(t, b.store.submissions, uuid.MustParse(p.SubmissionID))
			} else {
				require.Empty(t, b.store.submissions)
			}
		})
	}
}

func TestStoreFailures(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		name      string
		err       error
		status    int
		code      fault.Code
		retryable bool
		after     string
	}{
		{"a conflict", fault.New(fault.Conflict, "x", "y"), 409, fault.Conflict, true, "1"},
		{"a database that is away", fault.New(fault.Unavailable, "x", "y"), 503, fault.Unavailable, true, "5"},
		{"a wait that is told", &fault.Error{Code: fault.Throttled, RetryAfter: 1500 * time.Millisecond}, 429, fault.Throttled, true, "2"},
		{"a commit that takes too long", context.DeadlineExceeded, 503, fault.Unavailable, true, "5"},
		{"a bug", errors.New("secret detail"), 500, fault.Internal, false, ""},
		{"a code that the edge does not know", fault.New("new.code", "x", "secret detail"), 500, fault.Internal, false, ""},
	} {
		for _, path := range []string{"/v1/records", "/v1/records:batch"} {
			t.Run(tt.name+" at "+path, func(t *testing.T) {
				t.Parallel()
				b := setup(t)
				b.store.ingestErr = tt.err
				w := b.do(t, request{path: path, body: `[` + good + `]`})
				if path == "/v1/records" {
					w = b.do(t, request{path: path, body: good})
				}
				p := problem(t, w)
				require.Equal(t, tt.status, w.Code)
				require.Equal(t, tt.code, p.Code)
				require.Equal(t, tt.retryable, p.Retryable)
				require.Equal(t, tt.after, w.Header().Get("Retry-After"))
				require.NotContains(t, w.Body.String(), "secret")
				if tt.status >= 500 {
					require.Contains(t, b.log.String(), p.RequestID)
				}
			})
		}
	}
}

func TestIdempotency(t *testing.T) {
	t.Parallel()
	for _, path := range []string{"/v1/records", "/v1/records:batch"} {
		body := good
		if path != "/v1/records" {
			body = "[" + good + "]"
		}
		t.Run("a repeat gets the saved answer at "+path, func(t *testing.T) {
			t.Parallel()
			b := setup(t)
			first := b.do(t, request{path: path, body: body, headers: []string{"Idempotency-Key", `"k-1"`}})
			again := b.do(t, request{path: path, body: zipped(t, body), headers: []string{"Idempotency-Key", `k-1`, "Content-Encoding", "gzip"}})
			require.Equal(t, "true", again.Header().Get("Idempotent-Replayed"))
			require.Equal(t, first.Body.String(), again.Body.String())
		})
		t.Run("a key with another body is refused at "+path, func(t *testing.T) {
			t.Parallel()
			b := setup(t)
			answer(t, b.do(t, request{path: path, body: body, headers: []string{"Idempotency-Key", `"k-1"`}}))
			w := b.do(t, request{path: path, body: strings.Replace(body, "Một", "Hai", 1), headers: []string{"Idempotency-Key", `"k-1"`}})
			require.Equal(t, fault.KeyReused, problem(t, w).Code)
			require.Equal(t, 422, w.Code)
		})
		t.Run("a key in progress is told to wait at "+path, func(t *testing.T) {
			t.Parallel()
			b := setup(t)
			b.store.busy = "k-1"
			w := b.do(t, request{path: path, body: body, headers: []string{"Idempotency-Key", `"k-1"`}})
			require.Equal(t, fault.InProgress, problem(t, w).Code)
			require.Equal(t, 409, w.Code)
			require.Equal(t, "1", w.Header().Get("Retry-After"))
		})
	}

	t.Run("a saved refusal is refused again, and says so", func(t *testing.T) {
		t.Parallel()
		b := setup(t)
		q := request{path: "/v1/records", body: `{"so":"1"}`, headers: []string{"Idempotency-Key", `"k-1"`}}
		first, again := b.do(t, q), b.do(t, q)
		require.Equal(t, 422, again.Code)
		require.Equal(t, "true", again.Header().Get("Idempotent-Replayed"))
		require.Equal(t, problem(t, first).SubmissionID, problem(t, again).SubmissionID)
	})

	t.Run("one key does for one at each path and for each source", func(t *testing.T) {
		t.Parallel()
		b := setup(t)
		answer(t, b.do(t, request{path: "/v1/records", body: good, headers: []string{"Idempotency-Key", "k"}}))
		w := b.do(t, request{path: "/v1/records:batch", body: "[" + good + "]", headers: []string{"Idempotency-Key", "k"}})
		answer(t, w)
		require.Empty(t, w.Header().Get("Idempotent-Replayed"))
		require.Contains(t, b.store.answers, "onestop POST /v1/records\nk")
		require.Contains(t, b.store.answers, "onestop POST /v1/records:batch\nk")
	})
}

func BenchmarkPush(bench *testing.B) {
	b := setup(bench, func(o *httpapi.Options) { o.Logger = nil })
	q := request{path: "/v1/records", body: good}
	bench.ReportAllocs()
	for bench.Loop() {
		if w := b.do(bench, q); w.Code != 200 {
			bench.Fatal(w.Code)
		}
	}
}
