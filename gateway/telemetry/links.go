package telemetry

import (
	"context"
	"sync"

	"github.com/google/uuid"
	"go.opentelemetry.io/otel/trace"

	"github.com/lienthong/lienthong/gateway"
)

// linksLimit bounds the memory of links; the oldest go first.
const linksLimit = 10_000

// links remembers which commit brought the newest of an entity, so that the
// run of the lane that delivers it shows where it came from. It is the memory
// of one process: what a process pushes and another delivers is not linked. A
// nil links remembers nothing.
type links struct {
	mu     sync.Mutex
	commit map[uuid.UUID]trace.SpanContext
	order  []uuid.UUID // ring of what is in commit
	next   int
}

func newLinks() *links {
	return &links{commit: make(map[uuid.UUID]trace.SpanContext), order: make([]uuid.UUID, linksLimit)}
}

// remember notes the commit of what was accepted.
func (l *links) remember(commit trace.SpanContext, outcomes []gateway.UnitOutcome) {
	if l == nil || !commit.IsSampled() {
		return
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	for _, out := range outcomes {
		for _, m := range out.Answer.Results {
			for _, r := range m.Records {
				if r.Verdict == gateway.Accepted && r.EntityID != nil {
					l.put(*r.EntityID, commit)
				}
			}
		}
	}
}

func (l *links) put(entity uuid.UUID, commit trace.SpanContext) {
	if _, known := l.commit[entity]; !known {
		delete(l.commit, l.order[l.next])
		l.order[l.next] = entity
		l.next = (l.next + 1) % len(l.order)
	}
	l.commit[entity] = commit
}

// link tells the span of ctx, a lane's, which commits it delivers.
func (l *links) link(ctx context.Context, deliveries []gateway.Delivery) {
	span := trace.SpanFromContext(ctx)
	if l == nil || !span.IsRecording() {
		return
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	seen := make(map[trace.SpanID]bool)
	for i := range deliveries {
		sc, known := l.commit[deliveries[i].Wanted.EntityID]
		if known && !seen[sc.SpanID()] {
			seen[sc.SpanID()] = true
			span.AddLink(trace.Link{SpanContext: sc})
		}
	}
}
