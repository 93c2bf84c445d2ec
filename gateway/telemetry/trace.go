package telemetry

import (
	"context"
	"crypto/rand"
	"encoding/hex"
	"log/slog"
	"net/http"
	"time"

	"go.opentelemetry.io/otel/attribute"
	"go.opentelemetry.io/otel/codes"
	"go.opentelemetry.io/otel/exporters/otlp/otlptrace/otlptracehttp"
	"go.opentelemetry.io/otel/propagation"
	"go.opentelemetry.io/otel/sdk/resource"
	sdktrace "go.opentelemetry.io/otel/sdk/trace"
	"go.opentelemetry.io/otel/trace"
	"go.opentelemetry.io/otel/trace/noop"

	"github.com/lienthong/lienthong/gateway"
	"github.com/lienthong/lienthong/internal/fault"
)

// TracingOptions say who traces and where to.
type TracingOptions struct {
	Service, Version, Node string
	Exporter               sdktrace.SpanExporter // nil: OTLP over HTTP
	Logger                 *slog.Logger          // nil: silent
}

// Tracing sends spans to a collector while Run does. A nil Tracing traces nothing.
type Tracing struct {
	provider *sdktrace.TracerProvider
	exporter sdktrace.SpanExporter
	waiting  *waiting
}

// TracesWanted reports whether the environment asks for traces:
// LIENTHONG_TRACES is on, or an endpoint of OTLP is named, and neither
// LIENTHONG_TRACES nor OTEL_SDK_DISABLED forbids it.
func TracesWanted(getenv func(string) string) bool {
	if getenv("LIENTHONG_TRACES") == "off" || getenv("OTEL_SDK_DISABLED") == "true" {
		return false
	}
	return getenv("LIENTHONG_TRACES") == "on" || getenv("OTEL_EXPORTER_OTLP_ENDPOINT") != "" || getenv("OTEL_EXPORTER_OTLP_TRACES_ENDPOINT") != ""
}

// NewTracing returns a tracing that exports to where the standard variables
// OTEL_EXPORTER_OTLP_* say, else to localhost:4318. It connects to nobody yet.
func NewTracing(ctx context.Context, o TracingOptions) (*Tracing, error) {
	exporter := o.Exporter
	if exporter == nil {
		var err error
		if exporter, err = otlptracehttp.New(ctx); err != nil {
			return nil, &fault.Error{Code: fault.Usage, Op: "telemetry.NewTracing", Msg: "the variables OTEL_EXPORTER_OTLP_* cannot be used"}
		}
	}
	log := o.Logger
	if log == nil {
		log = slog.New(slog.DiscardHandler)
	}
	first := new(waiting)
	return &Tracing{
		exporter: &discreet{SpanExporter: exporter, log: log},
		waiting:  first,
		provider: sdktrace.NewTracerProvider(
			sdktrace.WithSpanProcessor(first),
			sdktrace.WithResource(resource.NewSchemaless(attribute.String("service.name", o.Service),
				attribute.String("service.version", o.Version), attribute.String("service.instance.id", o.Node))),
			sdktrace.WithSampler(sdktrace.ParentBased(wanted{})),
			sdktrace.WithIDGenerator(ids{}),
		),
	}, nil
}

// flushTime is how long the last spans may take to leave.
const flushTime = 5 * time.Second

// Run exports until ctx ends, then sends what is left.
func (t *Tracing) Run(ctx context.Context) error {
	if t == nil {
		<-ctx.Done()
		return nil
	}
	t.waiting.handOver(sdktrace.NewBatchSpanProcessor(t.exporter))
	<-ctx.Done()
	flushing, cancel := context.WithTimeout(context.WithoutCancel(ctx), flushTime)
	defer cancel()
	_ = t.provider.Shutdown(flushing) // a collector that is away must not hold the stop; the exporter has told the log
	return nil
}

// Provider makes tracers for libraries, such as that of the database.
func (t *Tracing) Provider() trace.TracerProvider {
	if t == nil {
		return noop.NewTracerProvider()
	}
	return t.provider
}

// scope names our own spans among those of libraries.
const scope = "github.com/lienthong/lienthong"

func (t *Tracing) on() bool { return t != nil }

func (t *Tracing) tracer() trace.Tracer {
	return t.Provider().Tracer(scope)
}

// Request opens the span of a request, below that of the caller who sends a
// traceparent. The returned function ends it with the answer's status.
func (o *Observer) Request(r *http.Request, route string) (context.Context, func(status int)) {
	ctx := r.Context()
	if o.links == nil {
		return ctx, func(int) {}
	}
	ctx = propagation.TraceContext{}.Extract(ctx, propagation.HeaderCarrier(r.Header))
	ctx, span := o.tracer.Start(ctx, route, trace.WithSpanKind(trace.SpanKindServer), trace.WithAttributes(
		attribute.String("http.request.method", r.Method), attribute.String("http.route", route)))
	c := gateway.CorrelationOf(ctx)
	c.Trace = traceparent(span.SpanContext())
	return gateway.WithCorrelation(ctx, c), func(status int) {
		span.SetAttributes(attribute.Int("http.response.status_code", status))
		if status == 0 || status >= http.StatusInternalServerError { // 0: it panicked
			span.SetStatus(codes.Error, "")
		}
		span.End()
	}
}

// traceparent writes a span as W3C Trace Context does.
func traceparent(sc trace.SpanContext) string {
	carrier := propagation.MapCarrier{}
	propagation.TraceContext{}.Inject(trace.ContextWithSpanContext(context.Background(), sc), carrier)
	return carrier["traceparent"]
}

func spanContext(traceparent string) trace.SpanContext {
	carrier := propagation.MapCarrier{"traceparent": traceparent}
	return trace.SpanContextFromContext(propagation.TraceContext{}.Extract(context.Background(), carrier))
}

// ids gives a trace that begins here the correlation id of its request, so that
// logs, headers and traces name it alike.
type ids struct{}

// NewIDs implements sdktrace.IDGenerator.
func (ids) NewIDs(ctx context.Context) (t trace.TraceID, s trace.SpanID) {
	raw, err := hex.DecodeString(gateway.CorrelationOf(ctx).CorrelationID)
	if err != nil || copy(t[:], raw) != len(t) || !t.IsValid() {
		_, _ = rand.Read(t[:]) // never fails
	}
	_, _ = rand.Read(s[:])
	return t, s
}

// NewSpanID implements sdktrace.IDGenerator.
func (ids) NewSpanID(context.Context, trace.TraceID) (s trace.SpanID) {
	_, _ = rand.Read(s[:])
	return s
}
