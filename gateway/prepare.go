package gateway

import (
	"context"
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

// prepare lets the source's adapter normalise one message.
func (s Source) prepare(ctx context.Context, m Message, now time.Time) (Submission, error) {
	id, err := uuid.NewV7()
	if err != nil {
		return Submission{}, fault.Wrap(err, fault.Internal, "gateway.prepare")
	}
	sub := Submission{
		ID: id, ReceivedAt: now, Source: s.Code, ContentType: m.ContentType, Raw: m.Body,
		Adapter: s.Spec.Name, AdapterVersion: s.Spec.Version,
	}
	records, err := s.Adapter.Normalize(ctx, adapters.Raw{ContentType: m.ContentType, Body: m.Body})
	if ctx.Err() != nil {
		return Submission{}, ctx.Err()
	}
	sub.refuse(err, len(records))
	for i := range records {
		if err := sub.add(&records[i], s.Spec, m); err != nil {
			return Submission{}, err
		}
	}
	return sub, nil
}

// refuse notes what the adapter could not take.
func (sub *Submission) refuse(err error, good int) {
	if err == nil {
		return
	}
	problems := fault.ProblemsOf(err)
	switch code := fault.CodeOf(err); code {
	case fault.Malformed, fault.UnknownForm:
		sub.Code, sub.Errors = code, problems
		sub.Rejected = []RecordResult{{Verdict: Rejected, Errors: problems}}
	case fault.Invalid:
		sub.Rejected = groupByElement(problems)
		if good == 0 {
			sub.Code = code
		}
	default:
		// An adapter that fails otherwise has a bug; the message is kept and can be normalised again.
		sub.Code = fault.Internal
		sub.Rejected = []RecordResult{{Verdict: Rejected, Errors: []fault.Problem{{
			Code: "adapter.failed", Detail: "Bộ chuyển đổi gặp lỗi; thông điệp đã được giữ lại để xử lý lại.",
			DetailEN: "The adapter failed; the message is kept and will be processed again.",
		}}}}
	}
}

// groupByElement makes one rejected record of the problems of each element of the message.
func groupByElement(problems []fault.Problem) []RecordResult {
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

// add seals one record; a body that breaks its own rules is rejected here, before the store sees it.
func (sub *Submission) add(r *schema.Record, spec adapters.Spec, m Message) error {
	if refusals := refusalsOf(r); len(refusals) > 0 {
		sub.Rejected = append(sub.Rejected, RecordResult{Kind: r.Kind, ID: r.ID, Verdict: Rejected, Errors: refusals})
		return nil
	}
	sealed, err := r.Seal()
	if err != nil {
		return fault.Wrap(err, fault.Internal, "gateway.prepare")
	}
	p := PreparedRecord{
		Source: sub.Source, Kind: r.Kind, ID: r.ID, Order: spec.Order(r.Kind), Version: r.Version,
		Body: r.Body, Sealed: sealed, Raw: r.Raw, Keys: r.Body.Keys(), Mentions: r.Body.Mentions(), Problems: r.Problems,
	}
	if !r.EventTime.IsZero() {
		p.EventTime = r.EventTime.Std()
	}
	if m.SourceVersion > 0 {
		p.Version = m.SourceVersion
	}
	if !m.EventTime.IsZero() {
		p.EventTime = m.EventTime
	}
	if p.Raw == nil {
		p.Raw = m.Body
	}
	sub.Records = append(sub.Records, p)
	return nil
}

// refusalsOf returns what keeps a record from being stored: its own rules, and limits of the store.
func refusalsOf(r *schema.Record) []fault.Problem {
	var refusals []fault.Problem
	for _, p := range r.Body.Validate() {
		if p.IsRefusal() {
			refusals = append(refusals, p)
		}
	}
	if r.ID == "" || len(r.ID) > 512 {
		refusals = append(refusals, fault.Problem{
			Code: "record.id", Detail: "Mã bản ghi trống hoặc dài quá 512 byte.",
			DetailEN: "The record id is empty or longer than 512 bytes.", Expected: "1 to 512 bytes",
		})
	}
	return refusals
}
