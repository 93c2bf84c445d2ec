package httpapi

import (
	"context"
	"encoding/hex"
	"encoding/json"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/google/uuid"

	"github.com/lienthong/lienthong/gateway"
	"github.com/lienthong/lienthong/internal/fault"
	"github.com/lienthong/lienthong/schema"
	"github.com/lienthong/lienthong/schema/score"
)

// recordPath names a record.
type recordPath struct {
	Source string `path:"source" doc:"Code of the source; a key reads its own source's records only"`
	Kind   string `path:"kind" doc:"Kind of record"`
	ID     string `path:"id" doc:"The source's own id; slashes are written %2F"`
}

// key returns the record's key where the caller may know of it. Records of
// other sources are answered like records that do not exist.
func (p *recordPath) key(c *call) (gateway.RecordKey, error) {
	kind := schema.Kind(p.Kind)
	if p.Source != c.source || !kind.Valid() || !storable(p.ID) {
		return gateway.RecordKey{}, fault.New(fault.NotFound, "httpapi.record", "no such record")
	}
	return gateway.RecordKey{Source: p.Source, Kind: kind, ID: p.ID}, nil
}

// storable reports whether a database could hold the text at all.
func storable(s string) bool { return utf8.ValidString(s) && !strings.ContainsRune(s, 0) }

// Record is the current revision of a record.
type Record struct {
	Source        string          `json:"source"`
	Kind          schema.Kind     `json:"kind"`
	ID            string          `json:"id"`
	EntityID      uuid.UUID       `json:"entity_id" format:"uuid" doc:"The thing that the record is about"`
	Revision      int64           `json:"revision" doc:"Ours, counted from 1"`
	SourceVersion int64           `json:"source_version,omitempty" doc:"As the source told"`
	EventTime     *time.Time      `json:"event_time,omitempty" doc:"As the source told"`
	SubmissionID  uuid.UUID       `json:"submission_id" format:"uuid" doc:"That brought this revision"`
	FirstAt       time.Time       `json:"first_at"`
	UpdatedAt     time.Time       `json:"updated_at"`
	InReview      bool            `json:"in_review"`
	Body          json.RawMessage `json:"body" doc:"Canonical form"`
}

type recordAnswer struct {
	ETag string `header:"ETag"`
	Body Record
}

func (a *API) record(ctx context.Context, c *call, in *recordPath) (*recordAnswer, error) {
	key, err := in.key(c)
	if err != nil {
		return nil, err
	}
	r, err := a.opts.Read.Record(ctx, key)
	if err != nil {
		return nil, err
	}
	return &recordAnswer{ETag: `"r` + itoa(int(r.Revision)) + `"`, Body: recordOf(r)}, nil
}

func recordOf(r gateway.StoredRecord) Record {
	out := Record{
		Source: r.Source, Kind: r.Kind, ID: r.ID, EntityID: r.EntityID, Revision: r.Revision, SourceVersion: r.SourceVersion,
		SubmissionID: r.SubmissionID, FirstAt: r.FirstAt.UTC(), UpdatedAt: r.UpdatedAt.UTC(), InReview: r.InReview, Body: r.Body,
	}
	if r.EventTime != nil {
		t := r.EventTime.UTC()
		out.EventTime = &t
	}
	return out
}

// Journey is the way of one record so far.
type Journey struct {
	Record Record         `json:"record"`
	Events []JourneyEvent `json:"events" nullable:"false" doc:"Oldest first"`
}

// JourneyEvent is one thing that happened on the way.
type JourneyEvent struct {
	At          time.Time `json:"at"`
	What        string    `json:"what" doc:"revision, attempt, delivery or warning: what left hurts the score of the portal" example:"revision"`
	Destination string    `json:"destination,omitempty" doc:"Absent for revisions" example:"dvcqg"`
	Detail      string    `json:"detail" doc:"Number of the revision, outcome of the attempt or state of the delivery"`
	Shelf       string    `json:"shelf,omitempty" doc:"Whose a failure is: source, gateway or destination"`
	Cause       string    `json:"cause,omitempty" doc:"Fingerprint of a failure; equal ones have one cause" example:"plan.field.required"`
	Problem     string    `json:"problem,omitempty" doc:"What a failure is about, in Vietnamese: the fields of the entity by pointer, or the destination's words, masked"`
}

type journeyAnswer struct{ Body Journey }

func (a *API) journey(ctx context.Context, c *call, in *recordPath) (*journeyAnswer, error) {
	key, err := in.key(c)
	if err != nil {
		return nil, err
	}
	j, err := a.opts.Read.Journey(ctx, key)
	if err != nil {
		return nil, err
	}
	out := Journey{Record: recordOf(j.Record), Events: make([]JourneyEvent, 0, len(j.Events))}
	for _, e := range j.Events {
		if vi, en, ok := score.Words(e.Cause); ok {
			e.Problem = c.lang.in(vi, en)
		}
		out.Events = append(out.Events, JourneyEvent{At: e.At.UTC(), What: e.What, Destination: e.Destination, Detail: e.Detail,
			Shelf: string(e.Shelf), Cause: e.Cause, Problem: e.Problem})
	}
	return &journeyAnswer{Body: out}, nil
}

// Submission is what was answered to one message.
type Submission struct {
	SubmissionID   uuid.UUID     `json:"submission_id" format:"uuid"`
	Source         string        `json:"source"`
	ReceivedAt     time.Time     `json:"received_at"`
	ContentType    string        `json:"content_type"`
	Adapter        string        `json:"adapter"`
	AdapterVersion int           `json:"adapter_version"`
	SHA256         string        `json:"sha256" doc:"Of the message as received, hexadecimal"`
	Length         int64         `json:"length" doc:"Of the message as received, bytes"`
	Code           fault.Code    `json:"code,omitempty" doc:"Present when the message was refused as a whole"`
	Result         MessageResult `json:"result"`
}

type submissionPath struct {
	ID string `path:"id" doc:"As the answer to the push gave it"`
}

type submissionAnswer struct{ Body Submission }

func (a *API) submission(ctx context.Context, c *call, in *submissionPath) (*submissionAnswer, error) {
	s, err := a.stored(ctx, c, in)
	if err != nil {
		return nil, err
	}
	return &submissionAnswer{Body: Submission{
		SubmissionID: s.ID, Source: s.Source, ReceivedAt: s.ReceivedAt.UTC(), ContentType: s.ContentType, Adapter: s.Adapter,
		AdapterVersion: s.AdapterVersion, SHA256: hex.EncodeToString(s.SHA256), Length: s.Length, Code: s.Code,
		Result: resultOf(s.Result, c.lang),
	}}, nil
}

// stored reads a submission of the caller's.
func (a *API) stored(ctx context.Context, c *call, in *submissionPath) (gateway.StoredSubmission, error) {
	const canonical = 36 // the parser also knows braces and URNs
	id, err := uuid.Parse(in.ID)
	if err != nil || len(in.ID) != canonical {
		return gateway.StoredSubmission{}, fault.New(fault.NotFound, "httpapi.submission", "no such submission")
	}
	return a.opts.Read.Submission(ctx, c.source, id)
}

func resultOf(m gateway.MessageResult, lang language) MessageResult {
	out := MessageResult{
		Index: m.Index, SubmissionID: m.SubmissionID, Code: m.Code, Records: make([]RecordResult, 0, len(m.Records)),
		Errors: itemsOf(m.Errors, lang),
	}
	for _, r := range m.Records {
		out.Records = append(out.Records, RecordResult{
			Kind: r.Kind, ID: r.ID, Verdict: r.Verdict, Revision: r.Revision, EntityID: r.EntityID, Errors: itemsOf(r.Errors, lang),
		})
	}
	return out
}

func itemsOf(found []fault.Problem, lang language) []ProblemItem {
	var items []ProblemItem
	for _, p := range found {
		items = append(items, ProblemItem{
			Pointer: p.Pointer, Code: p.Code, Level: p.Level, Detail: lang.in(p.Detail, p.DetailEN), Expected: p.Expected,
		})
	}
	return items
}
