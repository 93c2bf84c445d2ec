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
	mu       sync.Mutex
	journal  journal
	dossiers map[string]*dossier
	totals   Totals
}

// Totals count what is stored.
type Totals struct {
	Dossiers      int `json:"dossiers"`
	Updates       int `json:"updates"`
	Steps         int `json:"steps"`
	UpdateRepeats int `json:"update_repeats"` // updates equal to what they replaced
	StepRepeats   int `json:"step_repeats"`   // steps whose key was stored before
}

type dossier struct {
	versions []version // oldest first; the last one stands
	steps    []step    // in the order in which they were stored
	seen     map[stepKey]bool
	updates  int
}

type version struct {
	at     time.Time
	body   jsontext.Value
	hash   [sha256.Size]byte
	status string
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

// apply puts effects that are in the log into memory.
func (l *ledger) apply(effects []*effectLine) {
	for _, e := range effects {
		d := l.dossiers[e.Key]
		if d == nil {
			d = &dossier{seen: map[stepKey]bool{}}
			l.dossiers[e.Key] = d
		}
		switch e.Kind {
		case kindStep:
			d.steps = append(d.steps, step{at: e.At, body: e.Body, status: e.read.status, late: e.Late, duplicate: e.Duplicate})
			d.seen[stepKey{e.read.moment, e.read.status}] = true
			l.totals.Steps++
			l.totals.StepRepeats += count(e.Duplicate)
			continue
		case kindUpdate:
			d.updates++
			l.totals.Updates++
			l.totals.UpdateRepeats += count(e.Duplicate)
		case kindCreate:
			l.totals.Dossiers++
		}
		d.versions = append(d.versions, version{at: e.At, body: e.Body, hash: e.read.hash, status: e.read.status})
		d.forget(e.At.Add(-maxHistory))
	}
}

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

// commit decides about the records of a call, writes effects and answer, and
// then makes the effects visible. settle turns the decision into the reply;
// effects are dropped where it says that nothing is to be stored.
func (l *ledger) commit(c *call, m mode, settle func(outcome) (rep reply, store bool)) (reply, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	effects, out := l.stage(c, m)
	rep, store := settle(out)
	if !store {
		effects = nil
	}
	lines := make([]line, 0, len(effects)+1)
	for _, e := range effects {
		lines = append(lines, e)
	}
	if rep.ending != endSlow { // a slow answer is noted when it leaves
		lines = append(lines, rep.line(c))
	}
	if err := l.journal.append(lines...); err != nil {
		return reply{}, err
	}
	l.apply(effects)
	return rep, nil
}

// commitLate applies a call whose connection was cut; nobody hears what comes of it.
func (l *ledger) commitLate(c *call, m mode) error {
	l.mu.Lock()
	defer l.mu.Unlock()
	effects, _ := l.stage(c, m)
	lines := make([]line, len(effects))
	for i, e := range effects {
		e.Late = true
		lines[i] = e
	}
	if err := l.journal.append(lines...); err != nil {
		return err
	}
	l.apply(effects)
	return nil
}

func count(yes bool) int {
	if yes {
		return 1
	}
	return 0
}
