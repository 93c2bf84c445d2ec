package telemetry

import (
	"context"
	"log/slog"
	"slices"
	"time"

	"github.com/google/uuid"
	"go.opentelemetry.io/otel/attribute"
	"go.opentelemetry.io/otel/codes"
	"go.opentelemetry.io/otel/trace"

	"github.com/lienthong/lienthong/gateway"
	"github.com/lienthong/lienthong/internal/fault"
	"github.com/lienthong/lienthong/schema"
)

// Pusher takes pushes, one at a time or in batches.
type Pusher interface {
	Ingest(ctx context.Context, p gateway.Push) (gateway.Answer, error)
}

// Ingestor is a [Pusher] that also keeps what could not be split into messages, and rehearses.
type Ingestor interface {
	Pusher
	refuser
}

// Pusher times the pushes that next takes.
func (o *Observer) Pusher(next Pusher) Pusher { return &pusher{next: next, o: o} }

type pusher struct {
	next Pusher
	o    *Observer
}

// Ingest implements [Pusher].
func (p *pusher) Ingest(ctx context.Context, push gateway.Push) (gateway.Answer, error) {
	started := time.Now()
	answer, err := p.next.Ingest(ctx, push)
	p.o.metrics.ingestTime.Observe(time.Since(started).Seconds())
	return answer, err
}

// Ingestor is [Observer.Pusher] for one that also refuses.
func (o *Observer) Ingestor(next Ingestor) Ingestor {
	return struct {
		Pusher
		refuser
	}{o.Pusher(next), next}
}

type refuser interface {
	Refuse(ctx context.Context, source, contentType string, body []byte, cause error) (uuid.UUID, error)
	Rehearse(ctx context.Context, p gateway.Push) (gateway.Rehearsal, error)
}

// IngestStore counts what next judges, whatever transport brought it, and
// traces its commits.
func (o *Observer) IngestStore(next gateway.IngestStore) gateway.IngestStore {
	return &ingestStore{IngestStore: next, o: o}
}

type ingestStore struct {
	gateway.IngestStore
	o *Observer
}

// Rehearse implements [gateway.Rehearser]; what is not kept is not counted.
func (s *ingestStore) Rehearse(ctx context.Context, unit gateway.Unit) (gateway.Rehearsal, error) {
	next, can := s.IngestStore.(gateway.Rehearser)
	if !can {
		return gateway.Rehearsal{}, fault.New(fault.Internal, "telemetry.Rehearse", "the store cannot rehearse")
	}
	return next.Rehearse(ctx, unit)
}

// Ingest implements [gateway.IngestStore].
func (s *ingestStore) Ingest(ctx context.Context, units []gateway.Unit) (gateway.IngestOutcome, error) {
	ctx, span := s.o.commitSpan(ctx, units)
	defer span.End()
	out, err := s.IngestStore.Ingest(ctx, units)
	if err != nil {
		span.SetStatus(codes.Error, string(fault.CodeOf(err)))
		return out, err
	}
	s.o.countUnits(units, out.Units)
	s.o.links.remember(span.SpanContext(), out.Units)
	if s.o.log.Enabled(ctx, slog.LevelDebug) {
		s.o.logUnits(ctx, units, out.Units)
	}
	return out, nil
}

// commitSpan opens a span below the push, or for a shared commit beside the pushes, linked to each of them.
func (o *Observer) commitSpan(ctx context.Context, units []gateway.Unit) (context.Context, trace.Span) {
	if o.links == nil {
		return ctx, trace.SpanFromContext(context.Background())
	}
	options := []trace.SpanStartOption{trace.WithAttributes(attribute.Int("lienthong.units", len(units)))}
	if !trace.SpanContextFromContext(ctx).IsValid() {
		pushes := contexts(units)
		switch len(pushes) {
		case 0:
			return ctx, trace.SpanFromContext(context.Background()) // nobody asks
		case 1:
			ctx = trace.ContextWithRemoteSpanContext(ctx, pushes[0])
		default:
			for _, p := range pushes {
				options = append(options, trace.WithLinks(trace.Link{SpanContext: p}))
			}
		}
	}
	return o.tracer.Start(ctx, "commit", options...)
}

// contexts returns the spans of the pushes that are being recorded, each once.
func contexts(units []gateway.Unit) (all []trace.SpanContext) {
	var last string
	for _, u := range units {
		if u.Trace == "" || u.Trace == last {
			continue
		}
		last = u.Trace
		if sc := spanContext(u.Trace); sc.IsSampled() && !slices.ContainsFunc(all, sc.Equal) {
			all = append(all, sc)
		}
	}
	return all
}

// verdictKey is one time series of lienthong_ingest_records_total.
type verdictKey struct {
	source  string
	kind    schema.Kind
	verdict gateway.Verdict
}

// countUnits adds up before it counts: a batch of a thousand records touches a handful of series.
func (o *Observer) countUnits(units []gateway.Unit, outcomes []gateway.UnitOutcome) {
	verdicts := make(map[verdictKey]int, 4)
	failures := make(map[[2]string]int)
	for i, out := range outcomes {
		if out.Err != nil || out.Answer.Replayed || i >= len(units) {
			continue
		}
		for j, result := range out.Answer.Results {
			if j >= len(units[i].Submissions) {
				break
			}
			sub := &units[i].Submissions[j]
			for _, r := range result.Records {
				verdicts[verdictKey{sub.Source, r.Kind, r.Verdict}]++
			}
			if sub.Code != "" && sub.Code != fault.Invalid {
				failures[[2]string{sub.Adapter, codeLabel(sub.Code)}]++
			} else if n := len(sub.Rejected); n > 0 {
				failures[[2]string{sub.Adapter, string(fault.Invalid)}] += n
			}
		}
	}
	for k, n := range verdicts {
		o.metrics.ingested.WithLabelValues(k.source, kindLabel(k.kind), verdictLabel(k.verdict)).Add(float64(n))
	}
	for k, n := range failures {
		o.metrics.adapterErrors.WithLabelValues(k[0], k[1]).Add(float64(n))
	}
}

// logUnits writes a line per record, for whoever follows one message through.
func (o *Observer) logUnits(ctx context.Context, units []gateway.Unit, outcomes []gateway.UnitOutcome) {
	for i, out := range outcomes {
		for j, result := range out.Answer.Results {
			for _, r := range result.Records {
				key := gateway.RecordKey{Source: units[i].Submissions[j].Source, Kind: r.Kind, ID: r.ID}
				attrs := []slog.Attr{
					slog.Any("record", key), slog.String("outcome", string(r.Verdict)),
					slog.String("submission_id", result.SubmissionID.String()),
				}
				if r.EntityID != nil {
					attrs = append(attrs, slog.String("entity_id", r.EntityID.String()))
				}
				if id, ok := gateway.TraceID(units[i].Trace); ok {
					attrs = append(attrs, slog.String("correlation_id", id))
				}
				o.log.LogAttrs(ctx, slog.LevelDebug, "record judged", attrs...)
			}
		}
	}
}
