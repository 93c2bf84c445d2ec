package portal

import (
	"errors"
	"fmt"
	"slices"
	"strconv"

	"github.com/lienthong/lienthong/gateway"
)

// Unanswered is the outcome of a call that ended without a whole answer: it is
// unknown, unless nothing can have reached the other side.
func Unanswered(err error) gateway.Outcome {
	out := gateway.Outcome{Kind: gateway.Unknown, Shelf: gateway.ShelfDestination, Cause: "call.failed", Err: err}
	var call *CallError
	if errors.As(err, &call) {
		out.Cause, out.HTTPStatus = call.Reason, call.Status
		if !call.Left {
			out.Kind = gateway.Unavailable
		}
	}
	return out
}

// Whole is the outcome of a call about n deliveries that was answered, or failed, as a whole: one for each of them.
func Whole(out gateway.Outcome, n int) []gateway.Outcome {
	out.Whole = true
	return slices.Repeat([]gateway.Outcome{out}, n)
}

// Outcome is what a status that such a rule fits says by itself.
func (r StatusRule) Outcome(status int) gateway.Outcome {
	return gateway.Outcome{
		Kind: r.Kind, Shelf: r.Shelf, Cause: "http." + strconv.Itoa(status), Err: fmt.Errorf("answer with http status %d", status),
	}
}

// Outcome is what a rule makes of the answer that it fits. The answer's text is
// masked; personal lists the values of the call to hide and is asked for failures only.
func (r Rule) Outcome(a Answer, personal func() []string) gateway.Outcome {
	out := gateway.Outcome{Kind: r.Kind, Shelf: r.Shelf}
	if out.Kind == gateway.Delivered {
		return out
	}
	values := personal()
	out.Cause = r.Name
	if r.Reason {
		out.Cause += ":" + Fingerprint(a.Text, values...)
	}
	if a.Formed {
		out.Message = Mask(a.Text, values...)
	}
	if out.Kind != gateway.Exists && out.Kind != gateway.Absent {
		out.Err = fmt.Errorf("answer with code %q, read as %s", Mask(a.Code), r.Name)
	}
	return out
}
