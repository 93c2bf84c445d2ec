package simulator

import (
	"crypto/sha256"
	"sync"
	"time"

	"github.com/go-json-experiment/json/jsontext"
)

// maxHistory is how long replaced versions are remembered for lagging look-ups.
const maxHistory = 10 * time.Minute

// ledger is what the portal has stored: the log and its image in memory. One
// lock orders everything: a call is staged, written and applied under it, so a
// batch is atomic and no look-up sees what is not in the log.
type ledger struct {
	mu        sync.Mutex
	journal   journal
	dossiers  map[string]*dossier
	born      map[string]*folder // by the portal's MaHoSo
	units     map[string]string  // MaHoSoDonVi → the portal's MaHoSo that named it first
	documents map[string]*folder // by DocCode
	numbers   map[string]bool    // that gen-2 issued
	uploads   map[string]string  // files of gen-2: id → hash
	events    eventStore         // of the sink
	totals    Totals

	stored func([]*effectLine) // is told of the records of a call once they are stored, under the lock; may be nil
}

func newLedger() *ledger {
	return &ledger{dossiers: map[string]*dossier{}, born: map[string]*folder{}, units: map[string]string{}, documents: map[string]*folder{},
		numbers: map[string]bool{}, uploads: map[string]string{},
		events: eventStore{ids: map[string]bool{}, held: map[string]*heldEvent{}}}
}

// Totals count what is stored.
type Totals struct {
	Dossiers      int `json:"dossiers"`
	Updates       int `json:"updates"`
	Steps         int `json:"steps"`
	UpdateRepeats int `json:"update_repeats"` // updates equal to what they replaced
	StepRepeats   int `json:"step_repeats"`   // steps whose key was stored before

	Born            int `json:"born"`             // portal-born dossiers, announced or first heard of in a status
	Statuses        int `json:"statuses"`         // sent back to them
	StatusRepeats   int `json:"status_repeats"`   // with the number, time and status of one before
	StatusConflicts int `json:"status_conflicts"` // whose two numbers contradict what was said before
	Documents       int `json:"documents"`        // of the interface of 2017
	Traces          int `json:"traces"`           // of those documents

	Numbers      int `json:"numbers"`       // gen-2: issued
	Uploads      int `json:"uploads"`       // gen-2: files taken
	States       int `json:"states"`        // gen-2: CapNhatTrangThai
	StateRepeats int `json:"state_repeats"` // equal to one before

	Events       int `json:"events"`        // that arrived at the sink
	EventRepeats int `json:"event_repeats"` // with an id that it had
	EventsStale  int `json:"events_stale"`  // older than what it had of the subject

	FilesFetched     int `json:"files_fetched"`
	FilesUnreachable int `json:"files_unreachable"`
	FilesSkipped     int `json:"files_skipped"` // not on this machine
}

type dossier struct {
	versions []version // oldest first; the last one stands
	states   []step    // gen-2, in the order in which they were stored
	steps    []step    // in the order in which they were stored
	seen     map[stepKey]bool
	updates  int
	touched  time.Time // of the last effect
}

type version struct {
	at     time.Time
	body   jsontext.Value
	hash   [sha256.Size]byte
	status string
	call   uint64
	files  []FileMark
}

type step struct {
	at        time.Time
	body      jsontext.Value
	status    string
	late      bool
	duplicate bool
}

// stepKey is what makes two steps of one dossier the same.
type stepKey struct{ moment, status string }

// apply puts an effect that is in the log into memory.
func (e *effectLine) apply(l *ledger) {
	d := l.dossiers[e.Key]
	if d == nil {
		d = &dossier{seen: map[stepKey]bool{}}
		l.dossiers[e.Key] = d
	}
	d.touched = e.At
	switch e.Kind {
	case kindStep:
		d.steps = append(d.steps, step{at: e.At, body: e.Body, status: e.read.status, late: e.Late, duplicate: e.Duplicate})
		d.seen[stepKey{e.read.moment, e.read.status}] = true
		l.totals.Steps++
		l.totals.StepRepeats += count(e.Duplicate)
		return
	case kindState:
		d.states = append(d.states, step{at: e.At, body: e.Body, status: e.read.status, late: e.Late, duplicate: e.Duplicate})
		l.totals.States++
		l.totals.StateRepeats += count(e.Duplicate)
		return
	case kindUpdate:
		d.updates++
		l.totals.Updates++
		l.totals.UpdateRepeats += count(e.Duplicate)
	case kindCreate:
		l.totals.Dossiers++
	}
	d.versions = append(d.versions, version{at: e.At, body: e.Body, hash: e.read.hash, status: e.read.status, call: e.Call})
	d.forget(e.At.Add(-maxHistory))
}

func (e *effectLine) belated() { e.Late = true }

// forget drops the versions that were replaced before a time.
func (d *dossier) forget(before time.Time) {
	old := 0
	for old+1 < len(d.versions) && !d.versions[old+1].at.After(before) {
		old++
	}
	d.versions = append(d.versions[:0], d.versions[old:]...)
}

// arrive writes the call line.
func (l *ledger) arrive(c *call) error {
	entry := &callLine{
		head: head{Type: "call"}, Arrived: c.arrived.UTC(), Op: c.op, Service: c.service,
		Updating: c.updating, Items: len(c.items), Keys: c.keys(),
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	if err := l.journal.append(entry); err != nil {
		return err
	}
	c.seq = entry.Seq
	return nil
}

// note writes lines that change nothing: answers, faults, the start.
func (l *ledger) note(lines ...line) error {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.journal.append(lines...)
}

// commit decides about the records of a call, writes what changes and the answer, and
// then makes the changes visible. settle turns the decision into the reply;
// changes are dropped where it says that nothing is to be stored.
func (l *ledger) commit(c *call, m mode, settle func(outcome) (rep reply, store bool)) (reply, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	changes, out := l.stage(c, m)
	rep, store := settle(out)
	if !store {
		changes = nil
	}
	var answer []line
	if rep.ending != endSlow { // a slow answer is noted when it leaves
		answer = append(answer, rep.line(c))
	}
	return rep, l.put(changes, answer...)
}

// commitLate applies a call whose connection was cut; nobody hears what comes of it.
func (l *ledger) commitLate(c *call, m mode) error {
	l.mu.Lock()
	defer l.mu.Unlock()
	changes, _ := l.stage(c, m)
	for _, one := range changes {
		one.belated()
	}
	return l.put(changes)
}

// put writes changes and the lines after them at once, then makes the changes visible.
func (l *ledger) put(changes []change, after ...line) error {
	lines := make([]line, 0, len(changes)+len(after))
	for _, one := range changes {
		lines = append(lines, one)
	}
	if err := l.journal.append(append(lines, after...)...); err != nil {
		return err
	}
	var records []*effectLine
	for _, one := range changes {
		one.apply(l)
		if e, ok := one.(*effectLine); ok && e.Kind != kindStep && e.Portal == "" {
			records = append(records, e)
		}
	}
	if l.stored != nil && len(records) > 0 {
		l.stored(records)
	}
	return nil
}

// noteFile writes down what became of a file.
func (l *ledger) noteFile(p pull, outcome FileOutcome, status int) error {
	l.mu.Lock()
	defer l.mu.Unlock()
	entry := &fileLine{head: head{Type: "file"}, Key: p.key, Call: p.call, Pointer: p.pointer, Outcome: outcome, Status: status}
	if err := l.journal.append(entry); err != nil {
		return err
	}
	entry.apply(l)
	return nil
}

// apply marks the file, if the record that it belongs to still stands.
func (f *fileLine) apply(l *ledger) {
	switch f.Outcome {
	case FileFetched:
		l.totals.FilesFetched++
	case FileUnreachable:
		l.totals.FilesUnreachable++
	case FileSkipped:
		l.totals.FilesSkipped++
	}
	d := l.dossiers[f.Key]
	if d == nil {
		return
	}
	if v := &d.versions[len(d.versions)-1]; v.call == f.Call {
		v.files = append(v.files, FileMark{Pointer: f.Pointer, Outcome: f.Outcome, Status: f.Status, At: f.At})
	}
}

func count(yes bool) int {
	if yes {
		return 1
	}
	return 0
}
