package telemetry

import (
	"context"
	"log/slog"
	"sync"

	sdktrace "go.opentelemetry.io/otel/sdk/trace"
	"go.opentelemetry.io/otel/trace"
)

// wanted samples what begins a trace here: a request, a commit, a run of a
// lane. Questions to the database that belong to none of them, such as River's
// own, would be most of what a collector gets.
type wanted struct{}

// ShouldSample implements sdktrace.Sampler.
func (wanted) ShouldSample(p sdktrace.SamplingParameters) sdktrace.SamplingResult {
	decision := sdktrace.RecordAndSample
	for _, a := range p.Attributes {
		if a.Key == "db.system" || a.Key == "db.system.name" {
			decision = sdktrace.Drop
		}
	}
	return sdktrace.SamplingResult{Decision: decision, Tracestate: trace.SpanContextFromContext(p.ParentContext).TraceState()}
}

// Description implements sdktrace.Sampler.
func (wanted) Description() string { return "lienthong" }

// discreet exports spans without the texts of errors, which libraries attach
// and which may quote values, and tells our log when the collector is away
// instead of the standard error output.
type discreet struct {
	sdktrace.SpanExporter
	log *slog.Logger
}

// ExportSpans implements sdktrace.SpanExporter.
func (d *discreet) ExportSpans(ctx context.Context, spans []sdktrace.ReadOnlySpan) error {
	masked := make([]sdktrace.ReadOnlySpan, len(spans))
	for i, s := range spans {
		masked[i] = withoutTexts{s}
	}
	if err := d.SpanExporter.ExportSpans(ctx, masked); err != nil {
		d.log.WarnContext(ctx, "traces not exported", "spans", len(spans), "err", err)
	}
	return nil
}

type withoutTexts struct{ sdktrace.ReadOnlySpan }

// Events returns those that are ours.
func (s withoutTexts) Events() []sdktrace.Event {
	var kept []sdktrace.Event
	for _, e := range s.ReadOnlySpan.Events() {
		if e.Name == "outcome" {
			kept = append(kept, e)
		}
	}
	return kept
}

// Status returns the code, and our own word for it.
func (s withoutTexts) Status() sdktrace.Status {
	st := s.ReadOnlySpan.Status()
	if s.InstrumentationScope().Name != scope {
		st.Description = ""
	}
	return st
}

// waitingLimit is how many spans are kept until the exporter runs.
const waitingLimit = 2048

// waiting keeps what ends before [Tracing.Run] has begun, and then passes on.
type waiting struct {
	mu    sync.Mutex
	next  sdktrace.SpanProcessor
	spans []sdktrace.ReadOnlySpan
}

func (w *waiting) handOver(next sdktrace.SpanProcessor) {
	w.mu.Lock()
	defer w.mu.Unlock()
	for _, s := range w.spans {
		next.OnEnd(s)
	}
	w.next, w.spans = next, nil
}

// OnStart implements sdktrace.SpanProcessor.
func (*waiting) OnStart(context.Context, sdktrace.ReadWriteSpan) {}

// OnEnd implements sdktrace.SpanProcessor.
func (w *waiting) OnEnd(s sdktrace.ReadOnlySpan) {
	w.mu.Lock()
	defer w.mu.Unlock()
	if w.next != nil {
		w.next.OnEnd(s)
	} else if len(w.spans) < waitingLimit {
		w.spans = append(w.spans, s)
	}
}

// Shutdown implements sdktrace.SpanProcessor.
func (w *waiting) Shutdown(ctx context.Context) error {
	if next := w.exporting(); next != nil {
		return next.Shutdown(ctx)
	}
	return nil
}

// ForceFlush implements sdktrace.SpanProcessor.
func (w *waiting) ForceFlush(ctx context.Context) error {
	if next := w.exporting(); next != nil {
		return next.ForceFlush(ctx)
	}
	return nil
}

func (w *waiting) exporting() sdktrace.SpanProcessor {
	w.mu.Lock()
	defer w.mu.Unlock()
	return w.next
}
