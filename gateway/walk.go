package gateway

import (
	"context"
	"time"
)

// Hop is one part of the way to a destination.
type Hop string

// Hops, from us outwards.
const (
	HopName    Hop = "dns"
	HopConnect Hop = "tcp"
	HopTLS     Hop = "tls"
	HopFront   Hop = "front" // what takes our calls first: adapter of the axis, LGSP, bus, or the destination's own front
	HopLogin   Hop = "login"
	HopRead    Hop = "read"  // a look-up of what is not there
	HopWrite   Hop = "write" // as breakers and the last calls show; nothing is written
)

// Words names a hop.
func (h Hop) Words() Text {
	return map[Hop]Text{
		HopName: {"phân giải tên máy chủ", "name of the host"}, HopConnect: {"kết nối TCP", "TCP connection"}, HopTLS: {"TLS", "TLS"},
		HopFront: {"máy chủ tiếp nhận (trục/LGSP)", "front (axis or LGSP)"}, HopLogin: {"đăng nhập", "login"}, HopRead: {"tra cứu", "look-up"},
		HopWrite: {"ghi dữ liệu", "writes"},
	}[h]
}

// HopStatus says how a hop stands.
type HopStatus string

// Statuses of hops.
const (
	HopGood    HopStatus = "good"
	HopBad     HopStatus = "bad"
	HopSkipped HopStatus = "skipped" // nothing was tried, or what was tried did not come so far
)

// HopResult is what was found at one hop.
type HopResult struct {
	Hop    Hop           `json:"hop"`
	Status HopStatus     `json:"status"`
	Took   time.Duration `json:"took_ns,omitempty"`
	Cause  string        `json:"cause,omitempty"` // code alone
	Party  Party         `json:"party,omitempty"` // whose it is, where it is bad
}

// Walk is one walk along the way to a destination.
type Walk struct {
	Destination string      `json:"destination"`
	Host        string      `json:"host"`
	At          time.Time   `json:"at"`
	Hops        []HopResult `json:"hops"`
	Outage      *Outage     `json:"outage,omitempty"` // that goes on
	Calls       LastCalls   `json:"calls"`
}

// LastCalls says how the calls of the last hour went.
type LastCalls struct {
	Good      int        `json:"good"`
	Bad       int        `json:"bad"`
	LastGood  *time.Time `json:"last_good,omitempty"`
	LastBad   *time.Time `json:"last_bad,omitempty"`
	BadCause  string     `json:"bad_cause,omitempty"`
	BadStatus int        `json:"bad_http_status,omitempty"`
}

// CallsStore tells how calls went lately.
type CallsStore interface {
	// LastCalls counts the calls to a destination since a time; refused data counts as good: it was answered.
	LastCalls(ctx context.Context, destination string, since time.Time) (LastCalls, error)
}

// AskedHops reads the hops from front to read out of the one question that was asked.
func AskedHops(o Outcome, took time.Duration) []HopResult {
	front, login, read := HopResult{Hop: HopFront, Status: HopGood}, HopResult{Hop: HopLogin, Status: HopGood}, HopResult{Hop: HopRead, Status: HopGood, Took: took}
	if o.Kind == Found || o.Kind == Absent || o.Kind == Delivered {
		return []HopResult{front, login, read}
	}
	code := causeCode(o.Cause)
	e := Explain(code)
	bad := HopResult{Status: HopBad, Took: took, Cause: code, Party: e.Party}
	atLogin := hasPart(code, "login")
	switch {
	case e.Party == PartyFront, hasPart(code, "timeout"), hasPart(code, "connection"), hasPart(code, "answer"):
		bad.Hop = HopFront
		login.Status, read = HopSkipped, HopResult{Hop: HopRead, Status: HopSkipped}
		if !atLogin { // it let us in before
			login.Status = HopGood
		}
		return []HopResult{bad, login, read}
	case atLogin:
		bad.Hop = HopLogin
		return []HopResult{front, bad, {Hop: HopRead, Status: HopSkipped}}
	}
	bad.Hop = HopRead
	if e.Party == PartySource { // nobody's data is at fault when a question is refused
		bad.Party = PartyDestination
	}
	return []HopResult{front, login, bad}
}

// Fault returns the first bad hop, and false when there is none.
func (w Walk) Fault() (HopResult, bool) {
	for _, h := range w.Hops {
		if h.Status == HopBad {
			return h, true
		}
	}
	return HopResult{}, false
}
