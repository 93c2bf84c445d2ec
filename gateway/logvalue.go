package gateway

import (
	"log/slog"

	"github.com/lienthong/lienthong/schema"
)

// What holds bodies, keys or names of people shows in logs which one it is,
// never what is in it: a JSON log handler would marshal the rest faithfully.

// LogValue shows source and kind; the id may be a person's own number. A
// handler that knows the type adds a keyed hash of it.
func (k RecordKey) LogValue() slog.Value {
	return slog.GroupValue(slog.String("source_system", k.Source), slog.String("record_type", string(k.Kind)))
}

// LogValue shows media type and length.
func (m Message) LogValue() slog.Value {
	return slog.GroupValue(slog.String("content_type", m.ContentType), slog.Int("bytes", len(m.Body)))
}

// LogValue shows how many submissions there are.
func (u Unit) LogValue() slog.Value {
	return slog.GroupValue(slog.Int("submissions", len(u.Submissions)))
}

// LogValue shows whose submission it is.
func (s Submission) LogValue() slog.Value {
	return slog.GroupValue(slog.String("submission_id", s.ID.String()), slog.String("source_system", s.Source))
}

// LogValue shows source and kind.
func (r PreparedRecord) LogValue() slog.Value { return r.Key().LogValue() }

// LogValue shows source and kind.
func (r StoredRecord) LogValue() slog.Value { return r.RecordKey.LogValue() }

// LogValue shows kind and verdict.
func (r RecordResult) LogValue() slog.Value {
	return slog.GroupValue(slog.String("record_type", string(r.Kind)), slog.String("verdict", string(r.Verdict)))
}

// LogValue counts verdicts.
func (a Answer) LogValue() slog.Value { return slog.AnyValue(a.Summary) }

// LogValue shows the counts that are not zero.
func (s Summary) LogValue() slog.Value {
	var counts []slog.Attr
	for _, c := range []struct {
		verdict Verdict
		n       int
	}{{Accepted, s.Accepted}, {Unchanged, s.Unchanged}, {Superseded, s.Superseded}, {Rejected, s.Rejected}, {NeedsReview, s.NeedsReview}} {
		if c.n > 0 {
			counts = append(counts, slog.Int(string(c.verdict), c.n))
		}
	}
	return slog.GroupValue(counts...)
}

// LogValue shows entity and revision.
func (w Wanted) LogValue() slog.Value {
	return slog.GroupValue(slog.String("entity_id", w.EntityID.String()), slog.Int64("revision", w.Revision))
}

// LogValue shows what kind of call it is.
func (c PlannedCall) LogValue() slog.Value { return slog.StringValue(string(c.Operation)) }

// LogValue shows outcome and cause; the destination's words may quote what was sent.
func (o Outcome) LogValue() slog.Value {
	return slog.GroupValue(slog.String("outcome", string(o.Kind)), slog.String("cause", o.Cause), slog.Int("http_status", o.HTTPStatus))
}

// LogValue shows position and kind.
func (c Change) LogValue() slog.Value {
	return slog.GroupValue(slog.Int64("position", c.Position), slog.String("entity_id", c.EntityID.String()), slog.String("kind", string(c.Kind)))
}

// LogValue shows where a delivery is, without the steps.
func (k Known) LogValue() slog.Value {
	return slog.GroupValue(slog.Bool("exists", k.Exists), slog.Int("steps", len(k.Steps)))
}

var _ = []slog.LogValuer{
	RecordKey{}, Message{}, Unit{}, Submission{}, PreparedRecord{}, StoredRecord{}, RecordResult{}, Answer{}, Summary{},
	Wanted{}, PlannedCall{}, Outcome{}, Change{}, Known{}, Push{}, Delivery{}, DeliveryUpdate{}, schema.Record{},
}
