package telemetry_test

import (
	"bytes"
	"context"
	"errors"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"testing"
	"time"

	"github.com/google/uuid"
	"github.com/stretchr/testify/require"
	"go.opentelemetry.io/otel/attribute"
	sdktrace "go.opentelemetry.io/otel/sdk/trace"
	"go.opentelemetry.io/otel/sdk/trace/tracetest"
	"go.opentelemetry.io/otel/trace"

	"github.com/lienthong/lienthong/gateway"
	"github.com/lienthong/lienthong/gateway/telemetry"
	"github.com/lienthong/lienthong/schema"
)

// kept is an exporter that keeps what it got after its end.
type kept struct {
	*tracetest.InMemoryExporter
	spans tracetest.SpanStubs
}

func (k *kept) Shutdown(ctx context.Context) error {
	k.spans = k.GetSpans()
	return k.InMemoryExporter.Shutdown(ctx)
}

// traced runs body under an observer that traces, and returns its spans by name.
func traced(t *testing.T, body func(o *telemetry.Observer, tracing *telemetry.Tracing)) map[string]tracetest.SpanStub {
	t.Helper()
	exporter := &kept{InMemoryExporter: tracetest.NewInMemoryExporter()}
	tracing, err := telemetry.NewTracing(t.Context(), telemetry.TracingOptions{Service: "lienthong", Version: "1", Node: "n", Exporter: exporter})
	require.NoError(t, err)
	ctx, stop := context.WithCancel(t.Context())
	ended := make(chan error, 1)
	go func() { ended <- tracing.Run(ctx) }()
	o := telemetry.New(telemetry.Options{Tracing: tracing})
	body(o, tracing)
	stop()
	require.NoError(t, <-ended)
	byName := map[string]tracetest.SpanStub{}
	for _, s := range exporter.spans {
		byName[s.Name] = s
	}
	return byName
}

// committing is an ingestor of one push, as the gateway has it.
type committing struct{ store gateway.IngestStore }

func (c committing) push(ctx context.Context, units ...gateway.Unit) {
	_, _ = c.store.Ingest(ctx, units)
}

func unitOf(ctx context.Context, t testing.TB) gateway.Unit {
	u, _ := pushed(t, gateway.Submission{Source: "onestop"})
	u.Trace = gateway.CorrelationOf(ctx).Trace
	return u
}

func request(header, id string) *http.Request {
	r := httptest.NewRequest(http.MethodPost, "/v1/records/"+canary, nil)
	if header != "" {
		r.Header.Set("traceparent", header)
	}
	return r.WithContext(gateway.WithCorrelation(r.Context(), gateway.Correlation{RequestID: "r", CorrelationID: id}))
}

func TestOneTraceFromPushToPortal(t *testing.T) {
	t.Parallel()
	const caller = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01"
	entity := uuid.New()
	spans := traced(t, func(o *telemetry.Observer, _ *telemetry.Tracing) {
		store := &stored{out: gateway.IngestOutcome{Units: []gateway.UnitOutcome{{Answer: gateway.Answer{Results: []gateway.MessageResult{{
			Records: []gateway.RecordResult{{Kind: schema.KindDossier, ID: canary, Verdict: gateway.Accepted, EntityID: &entity}},
		}}}}}}}
		ctx, done := o.Request(request(caller, "0af7651916cd43dd8448eb211c80319c"), "POST /v1/records:batch")
		committing{o.IngestStore(store)}.push(ctx, unitOf(ctx, t))
		done(200)

		destination := o.Destinations([]gateway.Destination{&answering{outcomes: []gateway.Outcome{
			{Kind: gateway.Unknown, Message: name, Err: errors.New(name)},
		}}})[0]
		lane := o.Drainer(draining(func(ctx context.Context) error {
			deliveries := []gateway.Delivery{{Wanted: gateway.Wanted{EntityID: entity, Key: canary}}, {Wanted: gateway.Wanted{EntityID: uuid.New()}}}
			_, _ = o.LaneStore(beginning{}).BeginCall(ctx, gateway.LaneLease{}, 0, gateway.BeginCall{Deliveries: deliveries})
			destination.Send(ctx, gateway.OpCreate, []gateway.PlannedCall{{Key: canary}})
			return nil
		}))
		_, err := lane.Drain(t.Context(), "dvcqg", 3)
		require.NoError(t, err)
	})
	push, commit, lane, portal := spans["POST /v1/records:batch"], spans["commit"], spans["lane"], spans["portal create"]
	require.Equal(t, "0af7651916cd43dd8448eb211c80319c", push.SpanContext.TraceID().String(), "the caller's trace goes on")
	require.Equal(t, "b7ad6b7169203331", push.Parent.SpanID().String())
	require.Equal(t, push.SpanContext.SpanID(), commit.Parent.SpanID())
	require.Equal(t, lane.SpanContext.SpanID(), portal.Parent.SpanID())
	require.NotEqual(t, push.SpanContext.TraceID(), lane.SpanContext.TraceID(), "a delivery may come hours later")
	require.Len(t, lane.Links, 1)
	require.Equal(t, commit.SpanContext.SpanID(), lane.Links[0].SpanContext.SpanID())
	require.Equal(t, "Error", portal.Status.Code.String())
	require.Contains(t, portal.Events[0].Attributes, attribute.String("lienthong.outcome", "unknown"))
	require.Contains(t, push.Attributes, attribute.Int("http.response.status_code", 200))
	require.Contains(t, lane.Resource.Attributes(), attribute.String("service.name", "lienthong"))
	for _, s := range spans {
		require.NotContains(t, formatted(s), canary)
		require.NotContains(t, formatted(s), "Canary")
	}
}

type draining func(ctx context.Context) error

func (d draining) Drain(ctx context.Context, _ string, _ int) (gateway.Next, error) {
	return gateway.Next{}, d(ctx)
}

type beginning struct{ gateway.LaneStore }

func (beginning) BeginCall(context.Context, gateway.LaneLease, time.Duration, gateway.BeginCall) (map[uuid.UUID]bool, error) {
	return nil, nil
}

func TestSharedCommit(t *testing.T) {
	t.Parallel()
	var pushes []trace.SpanContext
	spans := traced(t, func(o *telemetry.Observer, _ *telemetry.Tracing) {
		in := committing{o.IngestStore(new(stored))}
		var units []gateway.Unit
		for _, id := range []string{"0af7651916cd43dd8448eb211c80319a", "0af7651916cd43dd8448eb211c80319b"} {
			ctx, done := o.Request(request("", id), "POST /v1/records")
			pushes = append(pushes, trace.SpanContextFromContext(ctx))
			units = append(units, unitOf(ctx, t))
			done(200)
			require.Equal(t, id, trace.SpanContextFromContext(ctx).TraceID().String(), "a trace that begins here is named as the answer's header names it")
		}
		// The committer's own context belongs to no request.
		in.push(context.Background(), units...)
	})
	commit := spans["commit"]
	require.False(t, commit.Parent.IsValid())
	require.Len(t, commit.Links, 2)
	for i, l := range commit.Links {
		require.Equal(t, pushes[i].SpanID(), l.SpanContext.SpanID())
	}
}

func TestWhatIsNotTraced(t *testing.T) {
	t.Parallel()
	spans := traced(t, func(o *telemetry.Observer, tracing *telemetry.Tracing) {
		in := committing{o.IngestStore(new(stored))}
		in.push(context.Background(), gateway.Unit{}) // nobody asks
		ctx, done := o.Request(request("00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-00", ""), "unsampled")
		in.push(ctx, unitOf(ctx, t))
		in.push(context.Background(), unitOf(ctx, t), unitOf(ctx, t))
		done(200)
		sql := tracing.Provider().Tracer("github.com/exaring/otelpgx")
		_, poll := sql.Start(context.Background(), "poll", trace.WithAttributes(attribute.String("db.system.name", "postgresql")))
		poll.End()
		ctx, done = o.Request(request("", ""), "sampled")
		_, query := sql.Start(ctx, "query", trace.WithAttributes(attribute.String("db.system.name", "postgresql")))
		query.RecordError(errors.New("invalid input for " + canary))
		query.SetStatus(2, "no "+canary)
		query.End()
		done(0)
	})
	require.NotContains(t, spans, "commit")
	require.NotContains(t, spans, "unsampled")
	require.NotContains(t, spans, "poll", "a question that belongs to no request")
	require.Contains(t, spans, "query")
	require.NotContains(t, formatted(spans["query"]), canary, "texts of errors stay here")
	require.Equal(t, "Error", spans["sampled"].Status.Code.String(), "a handler that panicked has no status")
}

func TestTracesAreOffByDefault(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		wanted bool
		env    map[string]string
	}{
		{false, nil},
		{true, map[string]string{"LIENTHONG_TRACES": "on"}},
		{true, map[string]string{"OTEL_EXPORTER_OTLP_ENDPOINT": "http://c:4318"}},
		{true, map[string]string{"OTEL_EXPORTER_OTLP_TRACES_ENDPOINT": "http://c:4318"}},
		{false, map[string]string{"OTEL_EXPORTER_OTLP_ENDPOINT": "http://c:4318", "LIENTHONG_TRACES": "off"}},
		{false, map[string]string{"OTEL_SDK_DISABLED": "true", "LIENTHONG_TRACES": "on"}},
	} {
		require.Equal(t, c.wanted, telemetry.TracesWanted(func(k string) string { return c.env[k] }), "%v", c.env)
	}
	o := telemetry.New(telemetry.Options{})
	r := request("00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01", "x")
	ctx, done := o.Request(r, "route")
	done(200)
	require.Equal(t, r.Context(), ctx)
	lane := draining(func(ctx context.Context) error {
		require.False(t, trace.SpanFromContext(ctx).IsRecording())
		return nil
	})
	_, err := o.Drainer(lane).Drain(t.Context(), "", 0)
	require.NoError(t, err)
	var none *telemetry.Tracing
	stopped, stop := context.WithCancel(t.Context())
	stop()
	require.NoError(t, none.Run(stopped))
}

func TestOTLP(t *testing.T) { // not parallel: the variables are those of the process
	t.Run("spans arrive at the collector that the standard variables name", func(t *testing.T) {
		got := make(chan string, 10)
		collector := httptest.NewServer(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) { got <- r.URL.Path }))
		defer collector.Close()
		export(t, collector.URL, nil)
		require.Equal(t, "/v1/traces", <-got)
	})
	t.Run("a collector that is away harms nobody, and the log says so", func(t *testing.T) {
		var out bytes.Buffer
		export(t, "http://127.0.0.1:1", slog.New(slog.NewJSONHandler(&out, nil)))
		require.Contains(t, out.String(), "traces not exported")
	})
}

// export sends one span to an address.
func export(t *testing.T, address string, log *slog.Logger) {
	t.Helper()
	t.Setenv("OTEL_EXPORTER_OTLP_ENDPOINT", address)
	tracing, err := telemetry.NewTracing(t.Context(), telemetry.TracingOptions{Service: "lienthong", Logger: log})
	require.NoError(t, err)
	ctx, stop := context.WithCancel(t.Context())
	ended := make(chan error, 1)
	go func() { ended <- tracing.Run(ctx) }()
	_, done := telemetry.New(telemetry.Options{Tracing: tracing}).Request(request("", ""), "route")
	done(200)
	stop()
	require.NoError(t, <-ended)
}

var _ sdktrace.SpanExporter = (*kept)(nil)
