package telemetry

import (
	"slices"
	"strconv"

	"github.com/lienthong/lienthong/gateway"
	"github.com/lienthong/lienthong/internal/fault"
	"github.com/lienthong/lienthong/schema"
)

// unknown stands for whatever is not a word of the list that a label is made of.
const unknown = "unknown"

func kindLabel(k schema.Kind) string {
	if slices.Contains(schema.Kinds(), k) {
		return string(k)
	}
	return unknown // a message that did not get as far as to have a kind
}

func verdictLabel(v gateway.Verdict) string {
	if slices.Contains(gateway.Verdicts(), v) {
		return string(v)
	}
	return unknown
}

func codeLabel(c fault.Code) string {
	if slices.Contains(fault.Codes(), c) {
		return string(c)
	}
	return unknown
}

func outcomeLabel(k gateway.OutcomeKind) string {
	switch k {
	case gateway.Delivered, gateway.RefusedData, gateway.Exists, gateway.Absent, gateway.Unavailable, gateway.Throttled,
		gateway.SessionExpired, gateway.Found:
		return string(k)
	}
	return string(gateway.Unknown) // as the lane takes it
}

func operationLabel(op gateway.Operation) string {
	switch op {
	case gateway.OpLogin, gateway.OpCreate, gateway.OpUpdate, gateway.OpSteps, gateway.OpLookup,
		gateway.OpNumber, gateway.OpUpload, gateway.OpStatus, gateway.OpCatalogue:
		return string(op)
	}
	return unknown
}

// httpClass is "2xx" to "5xx", or "none" when there was no answer.
func httpClass(status int) string {
	if status < 100 || status > 599 {
		return "none"
	}
	return strconv.Itoa(status/100) + "xx"
}
