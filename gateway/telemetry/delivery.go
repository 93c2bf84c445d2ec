package telemetry

import (
	"context"
	"log/slog"
	"time"

	"go.opentelemetry.io/otel/attribute"
	"go.opentelemetry.io/otel/codes"
	"go.opentelemetry.io/otel/trace"

	"github.com/lienthong/lienthong/gateway"
	"github.com/lienthong/lienthong/internal/fault"
)

// Drainer works on one lane of one destination; [gateway.Lane] does.
type Drainer interface {
	Drain(ctx context.Context, destination string, lane int) (gateway.Next, error)
}

// Drainer traces the runs of lanes.
func (o *Observer) Drainer(next Drainer) Drainer {
	if o.links == nil {
		return next
	}
	return &drainer{next: next, o: o}
}

type drainer struct {
	next Drainer
	o    *Observer
}

// Drain implements [Drainer].
func (d *drainer) Drain(ctx context.Context, destination string, lane int) (gateway.Next, error) {
	ctx, span := d.o.tracer.Start(ctx, "lane", trace.WithAttributes(
		attribute.String("lienthong.destination", destination), attribute.Int("lienthong.lane", lane)))
	defer span.End()
	next, err := d.next.Drain(ctx, destination, lane)
	if err != nil {
		span.SetStatus(codes.Error, string(fault.CodeOf(err)))
	}
	span.SetAttributes(attribute.Bool("lienthong.held", next.Held))
	return next, err
}

// Destinations counts, times and traces the calls of each of them. The times of
// every operation that one declares are shown from the start, with no call yet.
func (o *Observer) Destinations(all []gateway.Destination) []gateway.Destination {
	watched := make([]gateway.Destination, len(all))
	for i, d := range all {
		spec := d.Spec()
		watched[i] = &destination{Destination: d, o: o, code: spec.Code}
		for _, op := range spec.Guarded() {
			o.metrics.callTime.WithLabelValues(spec.Code, operationLabel(op))
		}
	}
	return watched
}

type destination struct {
	gateway.Destination
	o    *Observer
	code string
}

// Send implements [gateway.Destination].
func (d *destination) Send(ctx context.Context, op gateway.Operation, calls []gateway.PlannedCall) []gateway.Outcome {
	ctx, call := d.begin(ctx, op, len(calls))
	outcomes := d.Destination.Send(ctx, op, calls)
	call.end(ctx, outcomes)
	return outcomes
}

// Lookup implements [gateway.Destination].
func (d *destination) Lookup(ctx context.Context, key string) (gateway.Known, gateway.Outcome) {
	ctx, call := d.begin(ctx, gateway.OpLookup, 1)
	known, outcome := d.Destination.Lookup(ctx, key)
	call.end(ctx, []gateway.Outcome{outcome})
	return known, outcome
}

// portalCall is one call under way.
type portalCall struct {
	*destination
	op      gateway.Operation
	size    int
	started time.Time
	span    trace.Span
}

func (d *destination) begin(ctx context.Context, op gateway.Operation, size int) (context.Context, *portalCall) {
	c := &portalCall{destination: d, op: op, size: size, started: time.Now()}
	// No trace headers leave for the portal: it is not ours, and nobody knows what it makes of headers that it does not expect.
	ctx, c.span = d.o.tracer.Start(ctx, "portal "+operationLabel(op), trace.WithSpanKind(trace.SpanKindClient), trace.WithAttributes(
		attribute.String("lienthong.destination", d.code), attribute.String("lienthong.operation", operationLabel(op)),
		attribute.Int("lienthong.deliveries", size)))
	return ctx, c
}

func (c *portalCall) end(ctx context.Context, outcomes []gateway.Outcome) {
	took := time.Since(c.started)
	c.o.metrics.callTime.WithLabelValues(c.code, operationLabel(c.op)).Observe(took.Seconds())
	kinds := make(map[gateway.OutcomeKind]int, 2)
	for _, out := range outcomes {
		kinds[out.Kind]++
		c.o.metrics.attempts.WithLabelValues(c.code, outcomeLabel(out.Kind), httpClass(out.HTTPStatus)).Inc()
	}
	for kind := range kinds {
		c.span.AddEvent("outcome", trace.WithAttributes(
			attribute.String("lienthong.outcome", outcomeLabel(kind)), attribute.Int("lienthong.deliveries", kinds[kind])))
		if gateway.Dispose(kind, gateway.ShelfNone).Health == gateway.HealthSick {
			c.span.SetStatus(codes.Error, outcomeLabel(kind))
		}
	}
	c.span.End()
	if len(outcomes) == 0 || !c.o.log.Enabled(ctx, slog.LevelDebug) {
		return
	}
	first := outcomes[0]
	c.o.log.LogAttrs(ctx, slog.LevelDebug, "destination called", slog.String("destination_id", c.code),
		slog.String("operation", operationLabel(c.op)), slog.Int("deliveries", c.size), slog.String("outcome", outcomeLabel(first.Kind)),
		slog.String("error_class", string(first.Shelf)), slog.Int("http_status", first.HTTPStatus), slog.Int64("duration_ms", took.Milliseconds()))
}

var _ gateway.Destination = (*destination)(nil)
