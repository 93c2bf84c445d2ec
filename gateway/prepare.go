package gateway

import (
	"context"
	"crypto/sha256"
	"strings"
	"time"

	"github.com/google/uuid"

	"github.com/lienthong/lienthong/adapters"
	"github.com/lienthong/lienthong/internal/fault"
	"github.com/lienthong/lienthong/schema"
)

// Source is one register that pushes to us.
type Source struct {
	Code    string
	Spec    adapters.Spec
	Adapter adapters.Adapter
}

// prepare lets the source's adapter normalise one message. Whatever the
// adapter does, the message is kept; an error means that ctx has ended.
func (s Source) prepare(ctx context.Context, m Message, now time.Time) (Submission, error) {
	return s.prepareOnce(ctx, m, now, nil)
}

// prepareOnce is prepare for messages that may come again soon; memo may be nil.
func (s Source) prepareOnce(ctx context.Context, m Message, now time.Time, memo *memo) (Submission, error) {
	id, err := uuid.NewV7()
	if err != nil {
		return Submission{}, fault.Wrap(err, fault.Internal, "gateway.prepare")
	}
	sub := Submission{
		ID: id, ReceivedAt: now, Source: s.Code, ContentType: m.ContentType, Raw: m.Body, SHA256: sha256.Sum256(m.Body),
		Adapter: s.Spec.Name, AdapterVersion: s.Spec.Version,
	}
	key := memoKey{source: s.Code, contentType: m.ContentType, body: sub.SHA256, version: m.SourceVersion}
	if !m.EventTime.IsZero() {
		key.eventTime = m.EventTime.UnixMicro()
	}
	made, known := memo.get(key)
	if !known {
		var worked bool
		if made, worked = s.normalise(ctx, m); !worked {
			made = adapterFailed()
		}
		if ctx.Err() != nil {
			return Submission{}, ctx.Err()
		}
		if worked {
			memo.put(key, made)
		}
	}
	made.fill(&sub)
	sub.heedClock(now)
	return sub, nil
}

// normalise reports whether the adapter did its work. A panic of it is a bug
// of one message, not the end of the batch that the message came in.
func (s Source) normalise(ctx context.Context, m Message) (made *normalised, worked bool) {
	defer func() {
		if recover() != nil {
			made, worked = nil, false
		}
	}()
	made = new(normalised)
	records, err := s.Adapter.Normalize(ctx, adapters.Raw{ContentType: m.ContentType, Body: m.Body})
	switch code := fault.CodeOf(err); code {
	case "", fault.Invalid:
	case fault.Malformed, fault.UnknownForm, fault.UnsupportedMedia:
		made.code, made.errors = code, fault.ProblemsOf(err)
		made.rejected = []RecordResult{{Verdict: Rejected, Errors: made.errors}}
		return made, true // records beside such an error are not to be trusted
	default:
		return nil, false
	}
	made.records = make([]PreparedRecord, 0, len(records))
	for i := range records {
		if !made.add(&records[i], s, m) {
			return nil, false
		}
	}
	if err == nil && len(records) == 0 {
		made.errors = []fault.Problem{nothingTold()}
	}
	if err != nil {
		made.rejected = append(groupByElement(fault.ProblemsOf(err)), made.rejected...)
		if len(records) == 0 {
			made.code = fault.Invalid
		}
	}
	return made, true
}

// nothingTold explains an answer without records: a register that was asked for
// what it does not have is right to say nothing.
func nothingTold() fault.Problem {
	return fault.Problem{
		Code: "message.no_records", Level: schema.Warning, Detail: "Thông điệp hợp lệ nhưng không nói về bản ghi nào.",
		DetailEN: "The message is valid and speaks of no record.",
	}
}

// adapterFailed says that the adapter has a bug; the message is kept and can be normalised again.
func adapterFailed() *normalised {
	return &normalised{code: fault.Internal, rejected: []RecordResult{{Verdict: Rejected, Errors: []fault.Problem{{
		Code: "adapter.failed", Detail: "Bộ chuyển đổi gặp lỗi; thông điệp đã được giữ lại để xử lý lại.",
		DetailEN: "The adapter failed; the message is kept and will be processed again.",
	}}}}}
}

// groupByElement makes one rejected record of the problems of each element of
// the message; a refusal that does not say why is one too.
func groupByElement(problems []fault.Problem) []RecordResult {
	if len(problems) == 0 {
		return []RecordResult{{Verdict: Rejected}}
	}
	var order []string
	groups := map[string][]fault.Problem{}
	for _, p := range problems {
		e := element(p.Pointer)
		if _, seen := groups[e]; !seen {
			order = append(order, e)
		}
		groups[e] = append(groups[e], p)
	}
	out := make([]RecordResult, 0, len(order))
	for _, e := range order {
		out = append(out, RecordResult{Verdict: Rejected, Errors: groups[e]})
	}
	return out
}

// element returns a pointer up to its first array index: the part of the message that made one record.
func element(pointer string) string {
	start := 0
	for start < len(pointer) {
		end := strings.IndexByte(pointer[start+1:], '/')
		token := pointer[start+1:]
		if end >= 0 {
			token = token[:end]
		}
		if token != "" && strings.Trim(token, "0123456789") == "" {
			return pointer[:start+1+len(token)]
		}
		if end < 0 {
			break
		}
		start += 1 + end
	}
	return ""
}

// add seals one record; a body that breaks its own rules is rejected here,
// before the store sees it. It reports whether the adapter made a record at all.
func (n *normalised) add(r *schema.Record, s Source, m Message) bool {
	if r.Body == nil || r.Body.Kind() != r.Kind {
		return false
	}
	p := PreparedRecord{
		Source: s.Code, Kind: r.Kind, ID: r.ID, Order: s.Spec.Order(r.Kind), Version: r.Version,
		Body: r.Body, Raw: r.Raw, Keys: r.Body.Keys(), Mentions: r.Body.Mentions(), Problems: r.Problems,
	}
	if refusals := refusalsOf(&p); len(refusals) > 0 {
		n.rejected = append(n.rejected, RecordResult{Kind: r.Kind, ID: printable(r.ID), Verdict: Rejected, Errors: refusals})
		return true
	}
	var err error
	if p.Sealed, err = r.Seal(); err != nil {
		return false // such as text that is not UTF-8
	}
	p.date(r.EventTime, m)
	n.records = append(n.records, p)
	return true
}

// date sets version and time: what the sender tells beside the message goes
// over what is in it. Times are cut to what the store keeps.
func (r *PreparedRecord) date(said schema.Time, m Message) {
	if !said.IsZero() {
		r.EventTime = said.Std()
	}
	if m.SourceVersion > 0 {
		r.Version = m.SourceVersion
	}
	if !m.EventTime.IsZero() {
		r.EventTime = m.EventTime.Truncate(time.Microsecond)
	}
}
