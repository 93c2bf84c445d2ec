package pusher

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"

	"github.com/lienthong/lienthong/internal/fault"
)

// Limits of one request; the API takes twice as many messages, and more bytes.
const (
	batchMessages = 500
	batchBytes    = 8 << 20
)

// batch is what goes into one request: consecutive messages of one file.
type batch struct {
	items []Message
	size  int
	alone bool // a message that cannot stand in a batch
}

// add takes a message unless it belongs into the next batch.
func (b *batch) add(m Message) bool {
	alone := m.Unread == nil && (m.ContentType != jsonMedia || !wellFormed(m.Body))
	switch {
	case len(b.items) == 0:
	case b.alone || alone || m.File != b.items[0].File || len(b.items) >= batchMessages || b.size+len(m.Body) > batchBytes:
		return false
	}
	b.items = append(b.items, m)
	b.size += len(m.Body)
	b.alone = alone
	return true
}

// readable returns the messages that there are to send.
func (b *batch) readable() []Message {
	all := make([]Message, 0, len(b.items))
	for _, m := range b.items {
		if m.Unread == nil {
			all = append(all, m)
		}
	}
	return all
}

// request is one push of messages.
type request struct {
	path, contentType, key string
	body                   []byte
}

// newRequest makes the same request of the same messages at the same place of
// one push, however often that is cut and resumed. Another push of them asks
// anew: what was stored since may be corrected back by an earlier file.
func newRequest(run string, messages []Message, single bool) request {
	var r request
	if single {
		r = request{path: "/v1/records", contentType: messages[0].ContentType, body: messages[0].Body}
	} else {
		r = request{path: "/v1/records:batch", contentType: jsonMedia, body: joined(messages)}
	}
	h := sha256.New()
	_, _ = fmt.Fprintf(h, "%s %s %s %d\n", run, r.path, r.contentType, messages[0].Number)
	h.Write(r.body)
	r.key = "push-" + hex.EncodeToString(h.Sum(nil)[:20])
	return r
}

// joined makes one array of messages that are JSON.
func joined(messages []Message) []byte {
	size := 2
	for _, m := range messages {
		size += len(m.Body) + 2
	}
	b := append(make([]byte, 0, size), '[')
	for i, m := range messages {
		if i > 0 {
			b = append(b, ',', '\n')
		}
		b = append(b, m.Body...)
	}
	return append(b, ']')
}

// Counts are verdicts on records, and messages.
type Counts struct {
	Messages    int64 `json:"messages"`
	Accepted    int64 `json:"accepted"`
	Unchanged   int64 `json:"unchanged"`
	Superseded  int64 `json:"superseded"`
	NeedsReview int64 `json:"needs_review"`
	Rejected    int64 `json:"rejected"`
}

func (c *Counts) verdict(v string) {
	switch v {
	case "accepted":
		c.Accepted++
	case "unchanged":
		c.Unchanged++
	case "superseded":
		c.Superseded++
	case "needs_review":
		c.NeedsReview++
	case "rejected":
		c.Rejected++
	}
}

func (c *Counts) add(o Counts) {
	c.Messages += o.Messages
	c.Accepted += o.Accepted
	c.Unchanged += o.Unchanged
	c.Superseded += o.Superseded
	c.NeedsReview += o.NeedsReview
	c.Rejected += o.Rejected
}

// answered is what became of one message.
type answered struct {
	SubmissionID string    `json:"submission_id"`
	Code         string    `json:"code"`
	Records      []verdict `json:"records"`
	Errors       []problem `json:"errors"`
}

type verdict struct {
	Verdict string    `json:"verdict"`
	Errors  []problem `json:"errors"`
}

// problem is one thing that is wrong. The API never puts a value into one.
type problem struct {
	Pointer string `json:"pointer"`
	Code    string `json:"code"`
	Level   string `json:"level"`
	Detail  string `json:"detail"`
}

// tally counts what became of a message and writes down its refusals.
func (a *answered) tally(m Message, counts *Counts, rejects *Rejects) error {
	refused := false
	for _, r := range a.Records {
		counts.verdict(r.Verdict)
		if r.Verdict != "rejected" {
			continue
		}
		refused = true
		if err := a.write(m, rejects, r.Errors); err != nil {
			return err
		}
	}
	if a.Code == "" || refused {
		return nil
	}
	counts.Rejected++ // as a whole
	return a.write(m, rejects, a.Errors)
}

func (a *answered) write(m Message, rejects *Rejects, problems []problem) error {
	line := Reject{File: m.File, Position: m.Number, Line: m.Line, SubmissionID: a.SubmissionID, Code: a.Code}
	told := false
	for _, p := range problems {
		if p.Level != "" && p.Level != string(fault.Refused) {
			continue
		}
		told = true
		line.Pointer, line.Code, line.Detail = p.Pointer, p.Code, p.Detail
		if err := rejects.Add(line); err != nil {
			return err
		}
	}
	if told {
		return nil
	}
	return rejects.Add(line)
}
