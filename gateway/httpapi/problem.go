package httpapi

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"log/slog"
	"math"
	"net/http"

	"github.com/google/uuid"

	"github.com/lienthong/lienthong/internal/fault"
)

const problemMedia = "application/problem+json"

// maxItems is how many errors one problem document lists; the submission has them all.
const maxItems = 100

// Problem is a problem document (RFC 9457).
type Problem struct {
	Type          string        `json:"type" format:"uri" doc:"Identifies the kind of problem; stable"`
	Title         string        `json:"title" doc:"The kind of problem in a few words"`
	Status        int           `json:"status" doc:"The HTTP status"`
	Detail        string        `json:"detail" doc:"What the caller can do, in Vietnamese or, by Accept-Language, in English"`
	Instance      string        `json:"instance" format:"uri" doc:"This occurrence, a URN of request_id"`
	Code          fault.Code    `json:"code" doc:"The kind of problem, for programs; the same in every language" example:"form.unknown"`
	RequestID     string        `json:"request_id" format:"uuid"`
	Origin        origin        `json:"origin" enum:"caller,gateway" doc:"Whose fault it is"`
	Retryable     bool          `json:"retryable" doc:"Whether the same request may succeed later"`
	RetryAfterS   int           `json:"retry_after_s,omitempty" doc:"When to retry, seconds"`
	SubmissionID  string        `json:"submission_id,omitempty" format:"uuid" doc:"Under which the refused body is kept"`
	SnapshotURL   string        `json:"snapshot_url,omitempty" doc:"Where a reader of the feed takes everything anew; what follows is read from its delta_cursor"`
	ResumeCursor  string        `json:"resume_cursor,omitempty" doc:"The oldest cursor that the feed still serves; with it alone, what was dropped is missing"`
	ResumeURL     string        `json:"resume_url,omitempty" doc:"The feed from resume_cursor on"`
	Errors        []ProblemItem `json:"errors,omitempty" nullable:"false" doc:"What is wrong and where; never the rejected value"`
	ErrorsOmitted int           `json:"errors_omitted,omitempty" doc:"How many more errors there are"`

	header http.Header
}

// ProblemItem is one thing that is wrong.
type ProblemItem struct {
	Pointer   string      `json:"pointer" doc:"RFC 6901 into the message as it was sent; empty is the whole of it"`
	Header    string      `json:"header,omitempty" doc:"The request header that is meant"`
	Parameter string      `json:"parameter,omitempty" doc:"The query parameter that is meant"`
	Code      string      `json:"code" example:"date.invalid"`
	Level     fault.Level `json:"level,omitempty" enum:"refused,warning,repaired" doc:"Absent means refused"`
	Detail    string      `json:"detail,omitempty"`
	Expected  string      `json:"expected,omitempty" doc:"What would have been right, in general terms"`
}

// Error, GetStatus, ContentType and GetHeaders let huma answer with a problem.
func (p *Problem) Error() string { return string(p.Code) }

// GetStatus returns the HTTP status.
func (p *Problem) GetStatus() int { return p.Status }

// ContentType returns the media type of problem documents.
func (p *Problem) ContentType(string) string { return problemMedia }

// GetHeaders returns the headers that go with the problem.
func (p *Problem) GetHeaders() http.Header { return p.header }

// problemOf makes the problem document of an error.
func problemOf(c *call, err error) *Problem {
	f := new(failure)
	errors.As(err, &f)
	code, cause := codeOf(err)
	rule := problems[code]
	text := rule.vi
	if c.lang == english {
		text = rule.en
	}
	p := &Problem{
		Type: problemBase + string(code), Title: text.title, Status: rule.status, Detail: text.detail,
		Instance: "urn:uuid:" + c.id.String(), Code: code, RequestID: c.id.String(), Origin: rule.origin,
		Retryable: rule.retryable || f.again, header: http.Header{},
	}
	if f.feed != "" {
		p.SnapshotURL, p.ResumeCursor = snapshotURL(f.feed), f.oldest.String()
		p.ResumeURL = feedURL(f.feed) + "?cursor=" + p.ResumeCursor
	}
	wait := rule.after
	if cause != nil && cause.RetryAfter > 0 {
		wait = cause.RetryAfter
	}
	p.RetryAfterS = int(math.Ceil(wait.Seconds()))
	if f.submission != uuid.Nil {
		p.SubmissionID = f.submission.String()
	}
	p.list(c.lang, f.items, err, code)
	p.dress(c.lang, f.header)
	return p
}

// codeOf returns the code of an error and its fault; whatever has no entry in the table is internal.
func codeOf(err error) (fault.Code, *fault.Error) {
	var cause *fault.Error
	switch {
	case errors.As(err, &cause):
		if _, known := problems[cause.Code]; known {
			return cause.Code, cause
		}
	case errors.Is(err, context.DeadlineExceeded), errors.Is(err, context.Canceled):
		return fault.Unavailable, nil
	}
	return fault.Internal, nil
}

// list fills Errors; those of an internal error are not for the caller.
func (p *Problem) list(lang language, items []item, err error, code fault.Code) {
	for _, it := range items {
		p.add(lang, it)
	}
	if code == fault.Internal {
		return
	}
	for _, problem := range fault.ProblemsOf(err) {
		p.add(lang, item{Problem: problem})
	}
}

func (p *Problem) add(lang language, it item) {
	if len(p.Errors) == maxItems {
		p.ErrorsOmitted++
		return
	}
	p.Errors = append(p.Errors, ProblemItem{
		Pointer: it.Pointer, Header: it.header, Parameter: it.parameter, Code: it.Code, Level: it.Level,
		Detail: lang.in(it.Detail, it.DetailEN), Expected: it.Expected,
	})
}

// dress sets the headers that go with the problem.
func (p *Problem) dress(lang language, more http.Header) {
	for name, values := range more {
		p.header[name] = values
	}
	p.header.Set("Content-Language", string(lang))
	p.header.Set("Gateway-Error-Origin", string(p.Origin))
	if p.RetryAfterS > 0 {
		p.header.Set("Retry-After", itoa(p.RetryAfterS))
	}
	if p.Status == http.StatusUnauthorized {
		p.header.Set("WWW-Authenticate", `Bearer realm="lienthong"`)
	}
}

// fail answers a request with the problem document of err.
func (a *API) fail(w http.ResponseWriter, c *call, err error) {
	p := problemOf(c, err)
	a.logFailure(c, p, err)
	for name, values := range p.header {
		w.Header()[name] = values
	}
	send(w, p.Status, problemMedia, encode(p))
}

// logFailure tells the operators of what is not the caller's fault.
func (a *API) logFailure(c *call, p *Problem, err error) {
	if p.Origin == byCaller || errors.Is(err, context.Canceled) {
		return
	}
	level := slog.LevelWarn
	if p.Code == fault.Internal {
		level = slog.LevelError
	}
	a.log.LogAttrs(context.Background(), level, "request failed", slog.String("request_id", c.id.String()),
		slog.String("source_system", c.caller.Name), slog.Int("http_status", p.Status), slog.String("error_code", string(p.Code)),
		slog.String("err", err.Error()))
}

// encode returns JSON as a reader wants it: no HTML escapes, and no error for our own plain structs.
func encode(v any) []byte {
	var b bytes.Buffer
	enc := json.NewEncoder(&b)
	enc.SetEscapeHTML(false)
	if err := enc.Encode(v); err != nil {
		return nil
	}
	return b.Bytes()
}
