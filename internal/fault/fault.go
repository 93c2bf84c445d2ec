// Package fault is the one way to fail. What crosses a package border as an
// error a caller can act on is a [*Error] with a [Code]; every other error is
// internal and never shown to anybody outside. Each edge (HTTP problem, job
// outcome, CLI exit code, metric label) maps codes with one table of its own.
//
// The package imports nothing of the project, so that every package may use it.
package fault

import (
	"errors"
	"fmt"
	"log/slog"
	"strings"
	"time"
)

// Code says what kind of failure it is, in terms of what the caller can do.
type Code string

// The codes. A new one is added to [Codes] too; tests at each edge go through that list.
const (
	Internal         Code = "internal"               // our bug; nothing the caller can do
	Invalid          Code = "invalid"                // the data is wrong; see Problems
	Malformed        Code = "malformed"              // the bytes are not what they claim to be (syntax, encoding, duplicate key)
	UnknownForm      Code = "form.unknown"           // well-formed, but no adapter of the source knows it
	Unauthorized     Code = "unauthorized"           // no valid credential
	Forbidden        Code = "forbidden"              // valid credential, not for this
	NotFound         Code = "not_found"              //
	TooLarge         Code = "too_large"              // body over the limit
	UnsupportedMedia Code = "media_type.unsupported" // content type or encoding that the operation does not take
	KeyReused        Code = "idempotency.key_reused" // same idempotency key, other payload
	InProgress       Code = "idempotency.in_progress"
	CursorInvalid    Code = "feed.cursor.invalid"
	CursorExpired    Code = "feed.cursor.expired"
	Conflict         Code = "conflict"    // somebody else was faster; look again, then retry
	Throttled        Code = "throttled"   // slow down; RetryAfter says how long
	Unavailable      Code = "unavailable" // a part we need is away; retry later
	Usage            Code = "usage"       // a command was called wrongly
)

// Codes returns every code, in the order of their declaration.
func Codes() []Code {
	return []Code{
		Internal, Invalid, Malformed, UnknownForm, Unauthorized, Forbidden, NotFound, TooLarge, UnsupportedMedia,
		KeyReused, InProgress, CursorInvalid, CursorExpired, Conflict, Throttled, Unavailable, Usage,
	}
}

// Level says how much a [Problem] matters.
type Level string

// Levels of a problem, from worst to least.
const (
	Refused  Level = "refused"  // the record cannot be taken
	Warning  Level = "warning"  // taken as it is, but doubtful
	Repaired Level = "repaired" // taken after a change that the problem names
)

// Problem is one thing that is wrong with one place of a message. It names the
// place and the rule, never the value.
type Problem struct {
	Pointer  string `json:"pointer"`             // RFC 6901 into the message as the sender wrote it; "" is the whole message
	Code     string `json:"code"`                // dotted, stable, e.g. "date.invalid"
	Level    Level  `json:"level,omitempty"`     // empty means Refused
	Detail   string `json:"detail,omitempty"`    // Vietnamese, for the person who sent it
	DetailEN string `json:"detail_en,omitempty"` // the same in English
	Expected string `json:"expected,omitempty"`  // what would have been right, in general terms
}

// Error implements error, so that problems can be joined with others.
func (p Problem) Error() string {
	if p.Pointer == "" {
		return p.Code
	}
	return p.Pointer + ": " + p.Code
}

// IsRefusal reports whether the problem keeps the record from being taken.
func (p Problem) IsRefusal() bool { return p.Level == "" || p.Level == Refused }

// Error is a failure with a code.
type Error struct {
	Code       Code
	Op         string        // "package.Operation" where it was noticed
	Msg        string        // for people, lower case, without personal values
	Problems   []Problem     // what is wrong with the data, when that is the reason
	RetryAfter time.Duration // when a retry makes sense; zero: unknown
	Err        error         // the cause; never shown outside
}

// New returns an error with a code and a message.
func New(code Code, op, msg string) *Error { return &Error{Code: code, Op: op, Msg: msg} }

// Wrap returns err behind a code, or nil for nil. An err that is a fault already keeps its own code.
func Wrap(err error, code Code, op string) error {
	if err == nil {
		return nil
	}
	var f *Error
	if errors.As(err, &f) {
		return fmt.Errorf("%s: %w", op, err)
	}
	return &Error{Code: code, Op: op, Err: err}
}

// Error returns the whole chain for logs.
func (e *Error) Error() string {
	parts := make([]string, 0, 4)
	for _, s := range []string{e.Op, e.Msg} {
		if s != "" {
			parts = append(parts, s)
		}
	}
	if len(parts) == 0 || e.Msg == "" {
		parts = append(parts, string(e.Code))
	}
	if e.Err != nil {
		parts = append(parts, e.Err.Error())
	}
	if len(e.Problems) > 0 {
		parts = append(parts, fmt.Sprintf("%d problems, first %s", len(e.Problems), e.Problems[0].Error()))
	}
	return strings.Join(parts, ": ")
}

// Unwrap returns the cause.
func (e *Error) Unwrap() error { return e.Err }

// LogValue keeps logs to code, place and message.
func (e *Error) LogValue() slog.Value {
	attrs := []slog.Attr{slog.String("code", string(e.Code)), slog.String("op", e.Op)}
	if e.Msg != "" {
		attrs = append(attrs, slog.String("msg", e.Msg))
	}
	if e.Err != nil {
		attrs = append(attrs, slog.String("err", e.Err.Error()))
	}
	return slog.GroupValue(attrs...)
}

// CodeOf returns the code of the outermost fault in err, Internal for any other error and "" for nil.
func CodeOf(err error) Code {
	if err == nil {
		return ""
	}
	var f *Error
	if errors.As(err, &f) {
		return f.Code
	}
	return Internal
}

// ProblemsOf collects the problems of err: those of faults and problems joined with [errors.Join].
func ProblemsOf(err error) []Problem {
	if err == nil {
		return nil
	}
	switch e := err.(type) {
	case Problem:
		return []Problem{e}
	case *Error:
		return append(append([]Problem(nil), e.Problems...), ProblemsOf(e.Err)...)
	case interface{ Unwrap() []error }:
		var all []Problem
		for _, inner := range e.Unwrap() {
			all = append(all, ProblemsOf(inner)...)
		}
		return all
	case interface{ Unwrap() error }:
		return ProblemsOf(e.Unwrap())
	}
	return nil
}
