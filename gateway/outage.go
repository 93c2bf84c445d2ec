package gateway

import (
	"cmp"
	"context"
	"slices"
	"time"
)

// Transition is one line of a breaker's history.
type Transition struct {
	Key    BreakerKey
	At     time.Time
	To     string // state, or forced_open and forced_closed
	Who    string // node, or the operator who forced it
	Reason string // failure_rate, probe_failed, …; or the operator's words
	Cause  string // code of what the destination did
}

// stops reports whether no call but probes leaves from then on.
func (t Transition) stops() bool { return t.To != string(BreakerClosed) && t.To != "forced_closed" }

// Outage is a time in which calls to a destination did not leave.
type Outage struct {
	Destination string      `json:"destination"`
	From        time.Time   `json:"from"`
	To          *time.Time  `json:"to,omitempty"` // nil: it goes on
	Operations  []Operation `json:"operations"`   // that were stopped; OpAll: an operator paused it
	Cause       string      `json:"cause,omitempty"`
	By          string      `json:"by,omitempty"`     // operator who stopped it; "": it stopped by itself
	Reason      string      `json:"reason,omitempty"` // of the operator
}

// End returns when it ended, or now.
func (o Outage) End(now time.Time) time.Time {
	if o.To != nil {
		return *o.To
	}
	return now
}

// Words say of an outage when it was, and why.
func (o Outage) Words(now time.Time) Text {
	times := textf("từ %s", "since %s", clock(o.From, now))
	if o.To != nil {
		times = textf("%s–%s", "%s–%s", clock(o.From, now), clock(*o.To, now))
	}
	if o.By != "" {
		return textf("%s tạm dừng %s (%s)", "%s paused it %s (%s)", o.By, times, o.Reason)
	}
	return textf("cầu dao mở %s (%s)", "breaker open %s (%s)", times, Explain(o.Cause).What)
}

// flutter is how long a breaker may stand closed within one outage: a probe went
// well, the calls after it did not.
const flutter = 2 * time.Minute

// Outages makes outages of history in the order of time. Those of several operations of
// one destination that overlap are one; what operators did stands apart.
func Outages(history []Transition) []Outage {
	var all []Outage
	open := map[BreakerKey]int{}
	for _, t := range history {
		i, down := open[t.Key]
		switch {
		case t.stops() && !down:
			open[t.Key] = len(all)
			all = append(all, begun(t))
		case t.stops():
			all[i].Cause = cmp.Or(all[i].Cause, t.Cause)
		case down:
			at := t.At
			all[i].To = &at
			delete(open, t.Key)
		}
	}
	return together(all)
}

func begun(t Transition) Outage {
	o := Outage{Destination: t.Key.Destination, From: t.At, Operations: []Operation{t.Key.Operation}, Cause: t.Cause}
	if t.To == "forced_open" {
		o.By, o.Reason, o.Cause = t.Who, t.Reason, ""
	}
	return o
}

// together makes one of outages that overlap or nearly do.
func together(all []Outage) []Outage {
	slices.SortStableFunc(all, func(a, b Outage) int {
		return cmp.Or(cmp.Compare(a.Destination, b.Destination), cmp.Compare(a.By, b.By), a.From.Compare(b.From))
	})
	var out []Outage
	for _, o := range all {
		if n := len(out) - 1; n >= 0 && out[n].Destination == o.Destination && out[n].By == o.By && out[n].Reason == o.Reason &&
			(out[n].To == nil || o.From.Sub(*out[n].To) <= flutter) {
			last := &out[n]
			if last.To != nil && (o.To == nil || o.To.After(*last.To)) {
				last.To = o.To
			}
			last.Cause = cmp.Or(last.Cause, o.Cause)
			for _, op := range o.Operations {
				if !slices.Contains(last.Operations, op) {
					last.Operations = append(last.Operations, op)
				}
			}
			continue
		}
		out = append(out, o)
	}
	slices.SortStableFunc(out, func(a, b Outage) int { return a.From.Compare(b.From) })
	return out
}

// HistoryStore keeps what happened to destinations, for people who ask.
type HistoryStore interface {
	// Transitions returns the history of breakers since a time, in order, with what came before as far as it stood then.
	Transitions(ctx context.Context, since time.Time) ([]Transition, error)
	// DossierJourney returns what happened to a dossier, to all its records and at all destinations; NotFound where there is none.
	DossierJourney(ctx context.Context, number string) (DossierJourney, error)
	// Night returns what is open and what lately went well.
	Night(ctx context.Context, now time.Time) (Night, error)
	// OperatorActions returns the last actions, newest first.
	OperatorActions(ctx context.Context, limit int) ([]OperatorAction, error)
}
