package simulator

import (
	"sync"
	"time"
)

// State is a picture of the simulator for people and tests.
type State struct {
	Seq          uint64        `json:"seq"` // of the last line in the log
	Stored       Totals        `json:"stored"`
	Calls        map[Op]uint64 `json:"calls"`
	InFlight     int           `json:"in_flight"`
	Sessions     int           `json:"sessions"`
	PendingLate  int           `json:"pending_late"`  // writes that wait to be applied
	PendingFiles int           `json:"pending_files"` // files that wait to be pulled
	ListenerUp   bool          `json:"listener_up"`
	Load         Load          `json:"load"`
	Faults       []Fault       `json:"-"`
}

// Load is how busy the portal is, against what it declares to take at the moment.
type Load struct {
	Peak     bool     `json:"peak"`     // it is peak time
	Capacity Capacity `json:"capacity"` // in force
	Inside   int      `json:"inside"`   // calls that passed the gate
	Waiting  int      `json:"waiting"`  // calls that wait for a place
	Over     uint64   `json:"over"`     // calls so far that were rejected, left hanging or slowed down
}

// State returns the picture.
func (s *Simulator) State() State {
	rules, now := s.now(), time.Now()
	st := State{
		Sessions: s.sessions.count(&rules.Options), PendingLate: s.late.pending(), PendingFiles: s.files.pending(),
		Faults: s.faults.list(), ListenerUp: s.front.isUp(),
		Load: Load{Peak: rules.Peak.at(now), Capacity: rules.capacityAt(now)},
	}
	st.Load.Inside, st.Load.Waiting, st.Load.Over = s.gate.read()
	st.Calls, st.InFlight = s.tally.read()
	s.ledger.mu.Lock()
	defer s.ledger.mu.Unlock()
	st.Seq, st.Stored = s.ledger.journal.seq, s.ledger.totals
	return st
}

// tally counts calls. The zero value is ready.
type tally struct {
	mu       sync.Mutex
	calls    map[Op]uint64
	inFlight int
}

func (t *tally) begin(op Op) {
	t.mu.Lock()
	defer t.mu.Unlock()
	if t.calls == nil {
		t.calls = map[Op]uint64{}
	}
	t.calls[op]++
	t.inFlight++
}

func (t *tally) end() {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.inFlight--
}

func (t *tally) read() (calls map[Op]uint64, inFlight int) {
	t.mu.Lock()
	defer t.mu.Unlock()
	calls = make(map[Op]uint64, len(t.calls))
	for op, n := range t.calls {
		calls[op] = n
	}
	return calls, t.inFlight
}
