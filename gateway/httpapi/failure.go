package httpapi

import (
	"net/http"
	"time"

	"github.com/google/uuid"

	"github.com/lienthong/lienthong/gateway"
	"github.com/lienthong/lienthong/internal/fault"
)

// item is one entry of a problem's errors: a problem of the message, of a header or of a query parameter.
type item struct {
	fault.Problem
	header    string
	parameter string
}

// failure is an error with what the HTTP edge knows beside it.
type failure struct {
	cause      error          // its code decides status and texts
	items      []item         // beside the problems of cause
	submission uuid.UUID      // under which the body is kept; nil: it is not
	feed       string         // that the cursor is no cursor of any more; "": not about one
	oldest     gateway.Cursor // of that feed, which is still served
	again      bool           // a retry may help though the code says otherwise
	header     http.Header    // of the answer
}

// Error returns the cause for logs.
func (f *failure) Error() string { return f.cause.Error() }

// Unwrap returns the cause.
func (f *failure) Unwrap() error { return f.cause }

// badHeader refuses a request for one of its headers.
func badHeader(code fault.Code, name string, p fault.Problem) *failure {
	return &failure{cause: fault.New(code, "httpapi.header", p.Code), items: []item{{Problem: p, header: name}}}
}

// badQuery refuses a request for its query; parameter is "" where its name is not one of ours.
func badQuery(parameter string, p fault.Problem) *failure {
	return &failure{cause: fault.New(fault.Invalid, "httpapi.query", p.Code), items: []item{{Problem: p, parameter: parameter}}}
}

// badBody refuses a body as a whole.
func badBody(code fault.Code, p fault.Problem) *fault.Error {
	return &fault.Error{Code: code, Op: "httpapi.body", Msg: p.Code, Problems: []fault.Problem{p}}
}

func throttled(after time.Duration) error {
	return &fault.Error{Code: fault.Throttled, Op: "httpapi.gate", Msg: "too many refusals from this address", RetryAfter: after}
}
