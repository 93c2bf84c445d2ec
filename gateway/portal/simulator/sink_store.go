package simulator

import (
	"slices"
	"strings"
	"time"

	"github.com/go-json-experiment/json/jsontext"
)

// eventStore is what the sink holds.
type eventStore struct {
	ids  map[string]bool
	held map[string]*heldEvent // by subject
}

type heldEvent struct {
	SinkEvent
	first time.Time
}

// SinkEvent is what stands of one subject at the sink.
type SinkEvent struct {
	Subject  string         `json:"subject"`
	ID       string         `json:"id"`
	Sequence string         `json:"sequence"`
	Body     jsontext.Value `json:"body"`
	At       time.Time      `json:"at"`
	Effects  int            `json:"effects"`  // events that changed it, the first included
	Arrivals int            `json:"arrivals"` // repeats and older ones included
	Gone     bool           `json:"gone"`     // a retraction stands
}

// eventLine is one event that arrived at the sink.
type eventLine struct {
	head
	ID        string         `json:"id"`
	Subject   string         `json:"subject"`
	Sequence  string         `json:"sequence"`
	Body      jsontext.Value `json:"body"`
	Call      uint64         `json:"call"`
	Index     int            `json:"index"`
	Of        int            `json:"of"`
	Late      bool           `json:"late"`
	Duplicate bool           `json:"duplicate"`
	Stale     bool           `json:"stale"`
	Effect    bool           `json:"effect"`
	Gone      bool           `json:"gone,omitzero"` // it says that the subject is gone
}

func (e *eventLine) belated() { e.Late = true }

// apply puts an event that is in the log into memory.
func (e *eventLine) apply(l *ledger) {
	l.totals.Events++
	l.totals.EventRepeats += count(e.Duplicate)
	l.totals.EventsStale += count(e.Stale)
	l.events.ids[e.ID] = true
	held := l.events.held[e.Subject]
	if held == nil {
		held = &heldEvent{first: e.At, SinkEvent: SinkEvent{Subject: e.Subject}}
		l.events.held[e.Subject] = held
	}
	held.Arrivals++
	if e.Effect {
		held.ID, held.Sequence, held.Body, held.At, held.Gone = e.ID, e.Sequence, e.Body, e.At, e.Gone
		held.Effects++
	}
}

// stageEvents decides about a call to the sink: all of it, or none. Events of one call may be about one subject.
func (l *ledger) stageEvents(c *call) ([]change, outcome) {
	ids, standing := map[string]bool{}, map[string]string{}
	changes := make([]change, len(c.items))
	var repeats int
	for i := range c.items {
		it := &c.items[i]
		if it.problem != nil {
			return nil, it.problem.outcome()
		}
		highest, known := standing[it.key]
		if held := l.events.held[it.key]; held != nil && !known {
			highest, known = held.Sequence, true
		}
		e := &eventLine{
			head: head{Type: typeEvent}, ID: it.event, Subject: it.key, Sequence: it.sequence, Body: it.body, Call: c.seq, Index: i, Of: len(c.items),
			Duplicate: ids[it.event] || l.events.ids[it.event], Stale: known && it.sequence < highest, Gone: it.gone,
		}
		e.Effect = c.rules.Sink.Forgetful || !e.Duplicate && !e.Stale
		repeats += count(e.Duplicate)
		ids[it.event], changes[i] = true, e
		if e.Effect {
			standing[it.key] = it.sequence
		}
	}
	if c.rules.Sink.Conflict && len(c.items) == 1 && repeats == 1 {
		return changes, outcome{code: "409", message: "taken before", refused: true}
	}
	return changes, outcome{code: codeOK}
}

// SinkEvent returns what stands of a subject at the sink.
func (s *Simulator) SinkEvent(subject string) (SinkEvent, bool) {
	s.ledger.mu.Lock()
	defer s.ledger.mu.Unlock()
	held := s.ledger.events.held[subject]
	if held == nil {
		return SinkEvent{}, false
	}
	return held.SinkEvent, true
}

// SinkEvents returns at most limit subjects of the sink, those touched last first, and how many there are.
func (s *Simulator) SinkEvents(limit int) (found []SinkEvent, total int) {
	s.ledger.mu.Lock()
	defer s.ledger.mu.Unlock()
	found = []SinkEvent{}
	for _, held := range s.ledger.events.held {
		found = append(found, held.SinkEvent)
	}
	slices.SortFunc(found, func(a, b SinkEvent) int {
		if c := b.At.Compare(a.At); c != 0 {
			return c
		}
		return strings.Compare(a.Subject, b.Subject)
	})
	return found[:min(limit, len(found))], len(found)
}
