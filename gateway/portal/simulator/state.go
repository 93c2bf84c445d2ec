package simulator

import "sync"

// State is a picture of the simulator for people and tests.
type State struct {
	Seq         uint64        `json:"seq"` // of the last line in the log
	Stored      Totals        `json:"stored"`
	Calls       map[Op]uint64 `json:"calls"`
	InFlight    int           `json:"in_flight"`
	Sessions    int           `json:"sessions"`
	PendingLate int           `json:"pending_late"`
	ListenerUp  bool          `json:"listener_up"`
	Faults      []Fault       `json:"-"`
}

// State returns the picture.
func (s *Simulator) State() State {
	st := State{
		Sessions: s.sessions.count(), PendingLate: s.late.pending(), Faults: s.faults.list(), ListenerUp: s.front.isUp(),
	}
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
