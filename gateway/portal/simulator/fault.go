package simulator

import (
	"slices"
	"time"

	"github.com/lienthong/lienthong/internal/fault"
)

// FaultName names one way to misbehave.
type FaultName string

// The faults, in the order in which they are tried: the first that hits a call
// shapes it. Latency, lookup_lag and order_enforcing come on top of others.
const (
	FaultRefuse             FaultName = "refuse"                // the connection is reset, nothing is stored
	FaultThrottle           FaultName = "throttle"              // HTTP 429 with Retry-After (Delay); with Rate only what is above it
	FaultHTTP503            FaultName = "http_503"              // before handling; Delay is sent as Retry-After
	FaultHTTP502            FaultName = "http_502_html"         // a proxy's error page
	FaultHang               FaultName = "hang"                  // never answers, nothing is stored
	FaultSessionExpired     FaultName = "session_expired"       // the session of the call is ended and it is told so
	FaultEmptyBody          FaultName = "empty_body"            // HTTP 200 with nothing
	FaultHTMLPage           FaultName = "html_page"             // HTTP 200 with a page for people
	FaultTruncatedJSON      FaultName = "truncated_json"        // handled, but the answer ends in the middle
	FaultAppliedLate        FaultName = "applied_late"          // cut now, handled after Delay
	FaultStoredAnswerLost   FaultName = "stored_answer_lost"    // handled, then see Ending
	FaultLyingSuccess       FaultName = "lying_success"         // "thành công", nothing is stored
	FaultDuplicateAnswer    FaultName = "duplicate_answer"      // a create is stored and answered "đã tồn tại", as when a bus repeats it
	FaultSuccessTextBadCode FaultName = "success_text_bad_code" // code -1 with a text that says success
	FaultCodeOKBadText      FaultName = "code_ok_bad_text"      // code 0 with a text that does not
	FaultLatency            FaultName = "latency"               // Delay before handling; a client that leaves meanwhile is not handled
	FaultLookupLag          FaultName = "lookup_lag"            // a write is visible to look-ups only after Delay, if that is longer than Options.LookupLag
	FaultOrderEnforcing     FaultName = "order_enforcing"       // transitions of status are checked
)

// Events that the log names beside the faults.
const (
	eventListenerDown   FaultName = "listener_down"
	eventSessionsExpire FaultName = "sessions_expire"
	limitedByCapacity   FaultName = "capacity" // in answer lines: the capacity in force is used up
)

// FaultNames returns every fault that can be switched.
func FaultNames() []FaultName {
	return append(shaping(), FaultLatency, FaultLookupLag, FaultOrderEnforcing)
}

func shaping() []FaultName {
	return []FaultName{
		FaultRefuse, FaultThrottle, FaultHTTP503, FaultHTTP502, FaultHang, FaultSessionExpired, FaultEmptyBody, FaultHTMLPage,
		FaultTruncatedJSON, FaultAppliedLate, FaultStoredAnswerLost, FaultLyingSuccess, FaultDuplicateAnswer,
		FaultSuccessTextBadCode, FaultCodeOKBadText,
	}
}

// Ending is how an answer is lost after the call was stored.
type Ending string

// The endings.
const (
	EndingCut  Ending = "cut"  // the connection is reset; the default
	EndingHang Ending = "hang" // no answer until the client leaves
	EndingSlow Ending = "slow" // the true answer comes after Delay
)

// Endings returns every ending.
func Endings() []Ending { return []Ending{EndingCut, EndingHang, EndingSlow} }

func (e Ending) ending() ending {
	switch e {
	case EndingHang:
		return endHang
	case EndingSlow:
		return endSlow
	}
	return endCut
}

// Fault is one switched fault.
type Fault struct {
	Name   FaultName
	On     bool          // Options.Faults are on, whatever this says
	Share  float64       // of the calls, 0 < Share ≤ 1; 0 means all
	Delay  time.Duration // what it means depends on the fault; for applied_late half of what Options.Settle leaves when 0
	Count  int           // after so many hits the fault switches itself off; 0: never
	Ops    []Op          // only these; empty: all
	Of     []Place       // only calls to these; empty: all
	Rate   float64       // throttle: calls a second that still pass
	Ending Ending        // stored_answer_lost
	Stored *bool         // whether the call is handled all the same; nil: as the fault's description says
}

// withDefaults fills in what a fault that is switched on leaves open; lag is how late a look-up shows.
func (f Fault) withDefaults(settle, lag time.Duration) Fault {
	if f.On && f.Name == FaultAppliedLate && f.Delay == 0 {
		f.Delay = (settle - lag) / 2
	}
	return f
}

// stores says whether a call under this fault changes what is stored.
func (f Fault) stores() bool {
	switch f.Name {
	case FaultHTTP503, FaultHTTP502, FaultEmptyBody, FaultHTMLPage:
		return f.Stored != nil && *f.Stored
	case FaultTruncatedJSON, FaultDuplicateAnswer, FaultSuccessTextBadCode, FaultCodeOKBadText:
		return f.Stored == nil || *f.Stored
	case FaultRefuse, FaultThrottle, FaultHang, FaultLyingSuccess, FaultAppliedLate:
		return false
	}
	return true
}

// fits says whether a call can suffer the fault at all.
func (f Fault) fits(c *call) bool {
	if len(f.Ops) > 0 && !slices.Contains(f.Ops, c.op) || len(f.Of) > 0 && !slices.Contains(f.Of, c.place()) {
		return false
	}
	switch f.Name {
	case FaultSessionExpired:
		return c.op != OpLogin && (!c.wrapper || c.voice == voiceMinistry || c.voice == voiceEvent)
	case FaultAppliedLate, FaultLyingSuccess:
		return c.writes() && !c.issues()
	case FaultDuplicateAnswer:
		return c.op == OpDossier && !c.updating && len(c.items) > 0
	case FaultLookupLag:
		return c.op == OpLookup || c.op == OpEventLookup
	case FaultSuccessTextBadCode, FaultCodeOKBadText, FaultOrderEnforcing:
		return c.voice != voiceEvent // it has neither codes nor statuses of dossiers
	}
	return true
}

func (f Fault) check(settle time.Duration) error {
	const op = "simulator.SetFault"
	switch {
	case !slices.Contains(FaultNames(), f.Name):
		return fault.New(fault.Usage, op, "unknown fault")
	case f.Share < 0 || f.Share > 1:
		return fault.New(fault.Usage, op, "a share lies between 0 and 1")
	case f.Delay < 0 || f.Count < 0 || f.Rate < 0:
		return fault.New(fault.Usage, op, "delay, count and rate are not negative")
	case f.Ending != "" && !oneOf(f.Ending, Endings()):
		return fault.New(fault.Usage, op, "ending is cut, hang or slow")
	case slices.ContainsFunc(f.Ops, func(own Op) bool { return !oneOf(own, Ops()) }):
		return fault.New(fault.Usage, op, "unknown operation")
	case slices.ContainsFunc(f.Of, func(own Place) bool { return !oneOf(own, Places()) }):
		return fault.New(fault.Usage, op, "a fault is of national, ministry or sink")
	case (f.Name == FaultAppliedLate || f.Name == FaultLookupLag) && f.Delay > settle:
		return fault.New(fault.Usage, op, "the delay is longer than the declared settle time")
	}
	return nil
}
