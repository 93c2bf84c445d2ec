package httpapi

import (
	"encoding/hex"
	"strconv"

	"github.com/go-json-experiment/json/jsontext"
	"github.com/google/uuid"

	"github.com/lienthong/lienthong/gateway"
	"github.com/lienthong/lienthong/internal/fault"
	"github.com/lienthong/lienthong/schema"
)

// Answer is what a push is answered: Results[i] is about message i.
type Answer struct {
	Results []MessageResult `json:"results" nullable:"false"`
	Receipt *Receipt        `json:"receipt,omitempty" doc:"Signed; absent where the gateway has no key. Keep the whole answer: lienthong journal receipt proves it"`
	Summary gateway.Summary `json:"summary" doc:"How many records got which verdict"`
}

// MessageResult says what became of one message.
type MessageResult struct {
	Index        int            `json:"index" doc:"Of the message in the batch, from 0"`
	SubmissionID uuid.UUID      `json:"submission_id" format:"uuid" doc:"Under which the message is kept"`
	SHA256       string         `json:"sha256,omitempty" doc:"Of the message as received, hexadecimal; present where the receipt is for several messages"`
	Code         fault.Code     `json:"code,omitempty" doc:"Present when the message was refused as a whole"`
	Records      []RecordResult `json:"records" nullable:"false"`
	Errors       []ProblemItem  `json:"errors,omitempty" nullable:"false" doc:"Of the message as a whole"`
}

// RecordResult is the verdict on one record of a message.
type RecordResult struct {
	Kind     schema.Kind     `json:"kind,omitempty" doc:"Absent where a rejected record did not get that far"`
	ID       string          `json:"id,omitempty" doc:"The source's own id"`
	Verdict  gateway.Verdict `json:"verdict" enum:"accepted,unchanged,superseded,rejected,needs_review"`
	Revision int64           `json:"revision,omitempty" doc:"Ours, of the record as held now"`
	EntityID *uuid.UUID      `json:"entity_id,omitempty" format:"uuid" doc:"The thing that the record is about"`
	Errors   []ProblemItem   `json:"errors,omitempty" nullable:"false" doc:"Refusals, warnings and repairs"`
}

// appendAnswer appends an [Answer] as JSON. A batch is answered with a thousand
// results, for which package json takes four times as long.
func appendAnswer(b []byte, a gateway.Answer, lang language, root string) []byte {
	b = append(b, `{"results":[`...)
	for i := range a.Results {
		b = comma(b, i)
		var sum []byte
		if r := a.Receipt; r != nil && r.Count > 1 && i < len(r.SHA256) {
			sum = r.SHA256[i][:]
		}
		b = appendMessage(b, &a.Results[i], sum, lang, root)
	}
	b = append(b, ']')
	if a.Receipt != nil {
		b = appendReceipt(append(b, `,"receipt":`...), a.Receipt, a.Results)
	}
	b = append(b, `,"summary":{`...)
	s := a.Summary
	for i, count := range []struct {
		name string
		n    int
	}{
		{"accepted", s.Accepted}, {"unchanged", s.Unchanged}, {"superseded", s.Superseded},
		{"rejected", s.Rejected}, {"needs_review", s.NeedsReview},
	} {
		b = comma(b, i)
		b = append(append(append(b, '"'), count.name...), `":`...)
		b = strconv.AppendInt(b, int64(count.n), 10)
	}
	return append(b, "}}\n"...)
}

func appendMessage(b []byte, m *gateway.MessageResult, sum []byte, lang language, root string) []byte {
	b = strconv.AppendInt(append(b, `{"index":`...), int64(m.Index), 10)
	if m.SubmissionID != uuid.Nil { // of a rehearsal nothing is kept
		b = appendUUID(append(b, `,"submission_id":`...), m.SubmissionID)
	}
	if sum != nil {
		b = append(hex.AppendEncode(append(b, `,"sha256":"`...), sum), '"')
	}
	b = appendField(b, `,"code":`, string(m.Code))
	b = append(b, `,"records":[`...)
	for i := range m.Records {
		b = comma(b, i)
		b = appendRecord(b, &m.Records[i], lang, root)
	}
	b = append(b, ']')
	return append(appendErrors(b, m.Errors, lang, root), '}')
}

func appendRecord(b []byte, r *gateway.RecordResult, lang language, root string) []byte {
	b = quote(append(b, `{"verdict":`...), string(r.Verdict))
	b = appendField(b, `,"kind":`, string(r.Kind))
	b = appendField(b, `,"id":`, r.ID)
	if r.Revision != 0 {
		b = strconv.AppendInt(append(b, `,"revision":`...), r.Revision, 10)
	}
	if r.EntityID != nil {
		b = appendUUID(append(b, `,"entity_id":`...), *r.EntityID)
	}
	return append(appendErrors(b, r.Errors, lang, root), '}')
}

func appendErrors(b []byte, errors []fault.Problem, lang language, root string) []byte {
	if len(errors) == 0 {
		return b
	}
	b = append(b, `,"errors":[`...)
	for i, p := range errors {
		b = comma(b, i)
		b = quote(append(b, `{"pointer":`...), root+p.Pointer)
		b = quote(append(b, `,"code":`...), p.Code)
		b = appendField(b, `,"level":`, string(p.Level))
		b = appendField(b, `,"detail":`, lang.in(p.Detail, p.DetailEN))
		b = append(appendField(b, `,"expected":`, p.Expected), '}')
	}
	return append(b, ']')
}

func comma(b []byte, i int) []byte {
	if i > 0 {
		b = append(b, ',')
	}
	return b
}

// appendField appends name and value, nothing for an empty value.
func appendField(b []byte, name, value string) []byte {
	if value == "" {
		return b
	}
	return quote(append(b, name...), value)
}

func quote(b []byte, s string) []byte {
	b, _ = jsontext.AppendQuote(b, s) // invalid UTF-8 becomes U+FFFD
	return b
}

func appendUUID(b []byte, id uuid.UUID) []byte {
	b = append(b, '"')
	for i, part := range [][]byte{id[:4], id[4:6], id[6:8], id[8:10], id[10:]} {
		if i > 0 {
			b = append(b, '-')
		}
		b = hex.AppendEncode(b, part)
	}
	return append(b, '"')
}
