package portal

import "github.com/lienthong/lienthong/gateway"

// StatusRule says what an HTTP status means for a write.
type StatusRule struct {
	From, To int  // inclusive
	Body     bool // an answer in the destination's own form decides first
	Kind     gateway.OutcomeKind
	Shelf    gateway.Shelf
}

// StatusTable is a list of rules of which the first that fits stands.
type StatusTable []StatusRule

// Statuses is how HTTP statuses of writes are read unless a destination knows
// better.
//
// 502 and 504 are the word of a proxy in between: the destination behind it may
// have taken the write, and only a look-up tells. So are 500, 408 and a
// redirect, which may follow a write that was done. 503 and 429 are said
// instead of handling a request (RFC 9110, 15.6.4; RFC 6585, 4): nothing was
// taken. 401 to 407 and their kind come from a front that lets nothing through,
// as long as the path or the credentials of our configuration are wrong.
func Statuses() StatusTable {
	const (
		destination = gateway.ShelfDestination
		ours        = gateway.ShelfGateway
	)
	return StatusTable{
		{200, 299, true, gateway.Unknown, destination},
		{300, 399, false, gateway.Unknown, destination},
		{400, 400, true, gateway.RefusedData, ours},
		{401, 401, true, gateway.Unavailable, ours},
		{402, 407, true, gateway.Unavailable, ours},
		{408, 408, false, gateway.Unknown, destination},
		{409, 409, true, gateway.RefusedData, ours},
		{413, 413, false, gateway.RefusedData, ours}, // bisecting the batch helps
		{422, 422, true, gateway.RefusedData, ours},
		{429, 429, false, gateway.Throttled, destination},
		{400, 499, false, gateway.Unavailable, ours},
		{501, 501, false, gateway.Unavailable, ours},
		{503, 503, false, gateway.Unavailable, destination},
		{500, 599, false, gateway.Unknown, destination},
	}
}

// Of returns the rule for a status; for one that nobody knows, doubt.
func (t StatusTable) Of(status int) StatusRule {
	for _, r := range t {
		if status >= r.From && status <= r.To {
			return r
		}
	}
	return StatusRule{From: status, To: status, Kind: gateway.Unknown, Shelf: gateway.ShelfDestination}
}
