package gateway

import (
	"cmp"
	"slices"
	"time"

	"github.com/google/uuid"
)

// DossierJourney is everything that happened to one dossier: revisions of all
// its records, calls, deliveries, breakers of its destinations, operators.
type DossierJourney struct {
	Number   string
	EntityID uuid.UUID
	At       time.Time      // when it was asked
	Events   []JourneyEvent // oldest first
	Outages  []Outage       // of its destinations
}

// Blame says in one line for each destination where the time went.
func (j DossierJourney) Blame() []Text {
	var lines []Text
	for _, e := range j.Events {
		if e.What == "delivery" {
			lines = append(lines, j.blame(e))
		}
	}
	if len(lines) == 0 && len(j.Events) > 0 {
		lines = append(lines, textf("%s; chưa có gì để gửi đi đâu", "%s; nothing is to be sent anywhere yet", j.fromSource(j.Events[0].At)))
	}
	return lines
}

// wait is a time in which a destination did not show what we knew.
type wait struct {
	from, to time.Time
	arrived  time.Time // of the revision that began it
}

// waits returns them in order; the last one goes on where pending.
func (j DossierJourney) waits(d JourneyEvent, pending bool) []wait {
	var all []wait
	var since *time.Time
	for _, e := range j.Events {
		switch {
		case e.What == "revision" && since == nil:
			at := e.At
			since = &at
		case e.What == "attempt" && e.Destination == d.Destination && e.Outcome == Delivered && e.Operation != OpLookup && !e.Operation.Prepares():
			switch {
			case since != nil:
				all = append(all, wait{*since, e.Ended(), *since})
			case len(all) > 0: // the steps after the create
				all[len(all)-1].to = e.Ended()
			}
			since = nil
		}
	}
	switch {
	case pending && since == nil && len(all) > 0:
		all[len(all)-1].to = j.At
	case pending && since != nil:
		all = append(all, wait{*since, j.At, *since})
	case since != nil && d.At.After(*since): // it showed that already, or its calls are not kept any more
		all = append(all, wait{*since, d.At, *since})
	}
	return all
}

func (j DossierJourney) blame(d JourneyEvent) Text {
	state := SyncState(d.Detail)
	done := state == StateDelivered || state == StateConfirmed
	all := j.waits(d, !done)
	if len(all) == 0 {
		return textf("%s: %s", "%s: %s", d.Destination, state.Words())
	}
	w := all[len(all)-1]
	if done {
		w = slices.MaxFunc(all, func(a, b wait) int { return cmp.Compare(a.to.Sub(a.from), b.to.Sub(b.from)) })
	}
	end := textf("nhận %s", "accepted %s", clock(w.to, j.At))
	if !done {
		end = textf("chưa nhận (%s)", "not accepted yet (%s)", state.Words())
	}
	return textf("%s; ta → %s %s: %s", "%s; us → %s %s: %s", j.fromSource(w.arrived), d.Destination, span(w.to.Sub(w.from)),
		listed(", ", j.reason(d, w, done), end))
}

// fromSource says how long a revision took to us, where its source says when it happened.
func (j DossierJourney) fromSource(arrived time.Time) Text {
	for _, e := range j.Events {
		if e.What == "revision" && e.At.Equal(arrived) && e.Happened != nil && !e.Happened.After(e.At) {
			return textf("nguồn %s → ta %s", "source %s → us %s", e.Source, span(e.At.Sub(*e.Happened)))
		}
	}
	return textf("tới ta %s", "with us %s", clock(arrived, j.At))
}

// reason says what stood in the way for the most of a wait.
func (j DossierJourney) reason(d JourneyEvent, w wait, done bool) Text {
	var words []Text
	if s := SyncState(d.Detail); s == StateFailedData || s == StateFailedGateway { // an outage beside it keeps it from nothing
		return explained(d.Cause, d.Shelf)
	}
	for _, o := range j.Outages {
		if (o.Destination == d.Destination || o.Destination == EveryDestination) && o.From.Before(w.to) && o.End(j.At).After(w.from) {
			words = append(words, o.Words(j.At))
		}
	}
	failed := 0
	var last JourneyEvent
	for _, e := range j.Events {
		if e.What == "attempt" && e.Destination == d.Destination && e.Cause != "" && !e.At.Before(w.from) && !e.At.After(w.to) {
			failed, last = failed+1, e
		}
	}
	switch {
	case !done && SyncState(d.Detail) != StateHeld && d.Cause != "":
		words = append(words, explained(d.Cause, d.Shelf))
	case len(words) == 0 && failed > 0:
		words = append(words, textf("%d lần gọi không thành, lần cuối %s: %s", "%d calls came to nothing, the last %s: %s", failed, clock(last.At, j.At),
			explained(last.Cause, last.Shelf)))
	case len(words) == 0 && !done:
		words = append(words, Text{"không có lỗi nào được ghi, đang chờ tới lượt", "no failure on record, it waits for its turn"})
	}
	return listed(", ", words...)
}

// explained says what and whose; the shelf decides where it is known.
func explained(cause string, shelf Shelf) Text {
	e := Explain(cause)
	if p := partyOf(shelf); p == PartySource || p == PartyGateway || e.Party == PartyNone {
		e.Party = p
	}
	if e.Party == PartyNone {
		return e.What
	}
	return textf("%s, thuộc %s", "%s, belongs to %s", e.What, e.Party.Words())
}

func partyOf(s Shelf) Party {
	return map[Shelf]Party{ShelfSource: PartySource, ShelfGateway: PartyGateway, ShelfDestination: PartyDestination}[s]
}
