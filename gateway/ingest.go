package gateway

import (
	"cmp"
	"context"
	"crypto/sha256"
	"errors"
	"log/slog"
	"time"

	"github.com/google/uuid"

	"github.com/lienthong/lienthong/internal/fault"
	"github.com/lienthong/lienthong/internal/journal"
)

// IngestStore keeps units, all in one transaction: when it returns without an
// error everything is durable. A unit whose idempotency key was used before
// has its own error; any other error is for all units.
type IngestStore interface {
	Ingest(ctx context.Context, units []Unit) (IngestOutcome, error)
}

// IngestOutcome is what a store made of units.
type IngestOutcome struct {
	Units []UnitOutcome
	Due   []LaneKey // lanes that gained work
	Moved bool      // the feed gained changes
}

// UnitOutcome is the answer to one unit, or why there is none.
type UnitOutcome struct {
	Answer Answer
	Err    error // fault.KeyReused or fault.InProgress
}

// Sequencer numbers the feed; a nudge tells it that there is something to number.
type Nudger interface{ Nudge() }

// Ingestor is the one core behind every transport that brings records.
type Ingestor struct {
	sources map[string]Source
	store   IngestStore
	waker   Waker
	feed    Nudger
	log     *slog.Logger
	now     func() time.Time
	memo    *memo
	key     *journal.Key
}

// IngestorOptions are the parts of an [Ingestor].
type IngestorOptions struct {
	Sources []Source
	Store   IngestStore
	Waker   Waker            // nil: nobody is woken
	Feed    Nudger           // nil: nobody is nudged
	Logger  *slog.Logger     // nil: silent
	Now     func() time.Time // nil: time.Now
	Key     *journal.Key     // signs receipts; nil: there are none
	Memo    int              // bytes to recognise messages that come again; 0: MemoBytes, negative: none
}

// NewIngestor returns an ingestor.
func NewIngestor(o IngestorOptions) *Ingestor {
	in := &Ingestor{sources: map[string]Source{}, store: o.Store, waker: o.Waker, feed: o.Feed, log: o.Logger, now: o.Now, key: o.Key}
	for _, s := range o.Sources {
		in.sources[s.Code] = s
	}
	if in.log == nil {
		in.log = slog.New(slog.DiscardHandler)
	}
	if in.now == nil {
		in.now = time.Now
	}
	in.memo = newMemo(cmp.Or(o.Memo, MemoBytes))
	return in
}

// Ingest takes one push and answers it when everything of it is durable. Bad
// messages are answers, not errors; an error means that nothing was kept.
func (in *Ingestor) Ingest(ctx context.Context, p Push) (Answer, error) {
	unit, err := in.Prepare(ctx, p)
	if err != nil {
		return Answer{}, err
	}
	in.sign(&unit)
	answers, errs := in.Commit(ctx, []Unit{unit})
	return answers[0], errs[0]
}

// Prepare lets the adapter work; nothing is stored yet.
func (in *Ingestor) Prepare(ctx context.Context, p Push) (Unit, error) {
	const op = "gateway.Ingest"
	source, ok := in.sources[p.Source]
	if !ok {
		return Unit{}, fault.New(fault.Forbidden, op, "the source is not configured")
	}
	if len(p.Messages) > MaxMessages {
		return Unit{}, fault.New(fault.TooLarge, op, "more than 1,000 messages in one batch")
	}
	unit := Unit{Idempotency: p.Idempotency, Submissions: make([]Submission, 0, len(p.Messages)), Trace: CorrelationOf(ctx).Trace}
	now, records := in.now(), 0
	for _, m := range p.Messages {
		sub, err := source.prepareOnce(ctx, m, now, in.memo)
		if err != nil {
			return Unit{}, err
		}
		records += len(sub.Records)
		unit.Submissions = append(unit.Submissions, sub)
	}
	if records > MaxRecords {
		return Unit{}, fault.New(fault.TooLarge, op, "more than 5,000 records in one batch")
	}
	return unit, nil
}

// Commit stores prepared units in one transaction and wakes who must know.
// Both slices have one element for each unit.
func (in *Ingestor) Commit(ctx context.Context, units []Unit) ([]Answer, []error) {
	answers, errs := make([]Answer, len(units)), make([]error, len(units))
	out, err := in.store.Ingest(ctx, units)
	if err != nil {
		for i := range errs {
			errs[i] = err
		}
		return answers, errs
	}
	for i, u := range out.Units {
		answers[i], errs[i] = u.Answer, u.Err
	}
	in.announce(ctx, out)
	return answers, errs
}

// announce runs after the commit; whatever it loses, the dispatcher and the sequencer's own clock find.
func (in *Ingestor) announce(ctx context.Context, out IngestOutcome) {
	if in.feed != nil && out.Moved {
		in.feed.Nudge()
	}
	if in.waker != nil && len(out.Due) > 0 {
		in.waker.Wake(context.WithoutCancel(ctx), out.Due)
	}
}

// Refuse keeps a body of a known source that could not even be split into messages.
func (in *Ingestor) Refuse(ctx context.Context, source, contentType string, body []byte, cause error) (uuid.UUID, error) {
	id, err := uuid.NewV7()
	if err != nil {
		return uuid.Nil, fault.Wrap(err, fault.Internal, "gateway.Refuse")
	}
	problems := fault.ProblemsOf(cause)
	spec := in.sources[source].Spec
	_, errs := in.Commit(ctx, []Unit{{Submissions: []Submission{{
		ID: id, ReceivedAt: in.now(), Source: source, ContentType: contentType, Raw: body, SHA256: sha256.Sum256(body),
		Adapter: spec.Name, AdapterVersion: spec.Version, Code: fault.CodeOf(cause), Errors: problems,
		Rejected: []RecordResult{{Verdict: Rejected, Errors: problems}},
	}}}})
	return id, errs[0]
}

// Fingerprint is what an idempotency key is bound to: method, path and the decompressed body.
func Fingerprint(method, path string, body []byte) (f [sha256.Size]byte) {
	h := sha256.New()
	h.Write([]byte(method + " " + path + "\n"))
	h.Write(body)
	h.Sum(f[:0])
	return f
}

// Retryable reports whether the same push may simply be sent again.
func Retryable(err error) bool {
	switch fault.CodeOf(err) {
	case fault.Unavailable, fault.Throttled, fault.Conflict, fault.InProgress:
		return true
	}
	return errors.Is(err, context.DeadlineExceeded)
}
