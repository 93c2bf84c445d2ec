package httpapi

import (
	"context"
	"fmt"
	"log/slog"
	"net/http"
	"runtime"
	"runtime/debug"
	"strconv"
	"strings"
	"sync"
	"time"

	"github.com/google/uuid"

	"github.com/lienthong/lienthong/adapters/strict"
	"github.com/lienthong/lienthong/gateway"
	"github.com/lienthong/lienthong/internal/fault"
)

// API is the HTTP interface. It is an [http.Handler].
type API struct {
	opts     Options
	log      *slog.Logger
	mux      *http.ServeMux
	gate     *gate
	intake   *intake
	decoder  *strict.Decoder // of envelopes
	buffers  sync.Pool       // *[]byte, of answers
	document []byte          // OpenAPI
	walks    map[string]*walked

	waits    context.Context // ends when long polls have to
	endWaits context.CancelFunc
}

var _ http.Handler = (*API)(nil)

// New returns an API. It starts nothing.
func New(o Options) (*API, error) {
	o, err := o.withDefaults()
	if err != nil {
		return nil, err
	}
	a := &API{
		opts: o, log: o.Logger, mux: http.NewServeMux(), gate: newGate(o), intake: newIntake(o.Limits),
		decoder: strict.New(strict.Options{RefuseUnknown: true}), walks: walksTo(o.Ops),
	}
	a.waits, a.endWaits = context.WithCancel(context.Background())
	if err := a.routes(); err != nil {
		return nil, err
	}
	return a, nil
}

// Handler returns the API as a handler.
func (a *API) Handler() http.Handler { return a }

// StopWaiting ends the long polls with what they have, so that a server can
// stop without waiting for them. Requests that come later do not wait.
func (a *API) StopWaiting() { a.endWaits() }

// ServeHTTP takes a request through id, deadline, route and key to its handler.
func (a *API) ServeHTTP(rw http.ResponseWriter, r *http.Request) {
	started := time.Now()
	c := &call{lang: languageOf(r.Header.Get("Accept-Language"))}
	c.id, _ = uuid.NewV7() // without entropy the id is nil, which harms nobody
	w := newResponse(rw, a.opts.Limits.Progress)
	h := w.Header()
	h.Set("Gateway-Request-Id", c.id.String())
	correlation := correlationOf(r, c)
	h.Set("Gateway-Correlation-Id", correlation.CorrelationID)
	h.Set("Cache-Control", "no-store")
	h.Set("X-Content-Type-Options", "nosniff")
	r = r.WithContext(gateway.WithCorrelation(withCall(r.Context(), c), correlation))
	pattern := "none"
	defer func() {
		if p := recover(); p != nil {
			a.panicked(w, c, p)
		}
		a.logRequest(r, w, c, pattern, started)
	}()
	if r.Body != nil && r.Body != http.NoBody {
		_ = w.ctl.SetReadDeadline(started.Add(a.opts.Limits.Progress)) // also for bodies that nobody reads
	}
	if pattern = a.route(w, r, c); pattern != "" {
		r, done := a.begin(r, c, pattern)
		defer func() { done(w.status) }() // before the recovery above: a panic has no status yet
		a.mux.ServeHTTP(w, r)
	}
}

// begin hands a request that was let in to who follows it.
func (a *API) begin(r *http.Request, c *call, pattern string) (*http.Request, func(int)) {
	if a.opts.Begin == nil || c.caller.Name == "" {
		return r, func(int) {}
	}
	ctx, done := a.opts.Begin(r, pattern)
	return r.WithContext(ctx), done
}

// correlationOf names what the request belongs to: the trace of the caller, else itself.
func correlationOf(r *http.Request, c *call) gateway.Correlation {
	id, ok := gateway.TraceID(r.Header.Get("traceparent"))
	if !ok {
		id = strings.ReplaceAll(c.id.String(), "-", "")
	}
	return gateway.Correlation{RequestID: c.id.String(), CorrelationID: id}
}

// route finds the operation of a request and lets its caller in. It returns ""
// when the request has been answered.
func (a *API) route(w *response, r *http.Request, c *call) (pattern string) {
	if !clean(r.URL.EscapedPath()) { // the mux would redirect, with the path in an HTML page
		a.fail(w, c, fault.New(fault.NotFound, "httpapi.route", "the path has empty or dot segments"))
		return ""
	}
	miss, pattern := a.mux.Handler(r)
	if pattern == "" {
		a.fail(w, c, missed(miss, r))
		return ""
	}
	if _, public := publicRoutes[pattern]; public {
		return pattern
	}
	caller, err := a.gate.admit(w, r)
	if err != nil {
		a.fail(w, c, err)
		return ""
	}
	c.caller, c.source = caller, caller.Source()
	if err := permitted(caller, pattern); err != nil {
		a.fail(w, c, err)
		return ""
	}
	return pattern
}

// missed turns the mux's own 404 and 405 into a failure.
func missed(miss http.Handler, r *http.Request) error {
	probe := &headerOnly{header: http.Header{}}
	miss.ServeHTTP(probe, r)
	if probe.status != http.StatusMethodNotAllowed {
		return fault.New(fault.NotFound, "httpapi.route", "no such path")
	}
	return &failure{
		cause:  fault.New(methodNotAllowed, "httpapi.route", "the path has other methods"),
		header: http.Header{"Allow": probe.header["Allow"]},
	}
}

// headerOnly takes an answer and forgets its body.
type headerOnly struct {
	header http.Header
	status int
}

func (h *headerOnly) Header() http.Header         { return h.header }
func (h *headerOnly) WriteHeader(status int)      { h.status = status }
func (h *headerOnly) Write(p []byte) (int, error) { return len(p), nil }

// panicked answers for a bug. The value of a panic may hold data of a caller: only that of the runtime is logged.
func (a *API) panicked(w *response, c *call, value any) {
	if value == http.ErrAbortHandler {
		panic(value)
	}
	what := fmt.Sprintf("%T", value)
	if e, is := value.(runtime.Error); is {
		what = e.Error()
	}
	a.log.Error("handler panicked", "request_id", c.id, "panic", what, "stack", string(debug.Stack()))
	if w.status == 0 {
		a.fail(w, c, fault.New(fault.Internal, "httpapi", "panic"))
	}
}

func (a *API) logRequest(r *http.Request, w *response, c *call, pattern string, started time.Time) {
	if !a.log.Enabled(r.Context(), slog.LevelDebug) {
		return
	}
	a.log.LogAttrs(r.Context(), slog.LevelDebug, "request", slog.String("request_id", c.id.String()),
		slog.String("route", pattern), slog.String("source_system", c.caller.Name), slog.Int("http_status", w.status),
		slog.Int64("duration_ms", time.Since(started).Milliseconds()))
}

// clean reports whether a path has neither empty nor dot segments; a trailing slash is no segment.
func clean(escaped string) bool {
	rest, rooted := strings.CutPrefix(escaped, "/")
	if !rooted {
		return false
	}
	rest = strings.TrimSuffix(rest, "/")
	for segment := range strings.SplitSeq(rest, "/") {
		if segment == "." || segment == ".." || segment == "" && rest != "" {
			return false
		}
	}
	return true
}

func itoa(n int) string { return strconv.Itoa(n) }
