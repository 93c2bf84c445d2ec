package simulator

import (
	"crypto/sha256"
	"time"

	"github.com/go-json-experiment/json/jsontext"
)

// folder is what stands under one number beside the dossiers of DongBoHoSoMC:
// a dossier that was born on the portal, or a document of the interface of 2017.
type folder struct {
	at     time.Time
	body   jsontext.Value // nil for a number that nobody announced
	hash   [sha256.Size]byte
	unit   string // the number that the province gave it (MaHoSoDonVi), "" before its first status
	notes  []note // statuses or traces, in the order in which they were stored
	keys   map[stepKey]bool
	hashes map[[sha256.Size]byte]bool
}

// note is one status that was sent back, or one trace.
type note struct {
	at        time.Time
	body      jsontext.Value
	status    string
	late      bool
	duplicate bool
	conflict  bool
}

func openFolder(shelf map[string]*folder, key string, at time.Time) (f *folder, fresh bool) {
	f = shelf[key]
	if f == nil {
		f = &folder{at: at, keys: map[stepKey]bool{}, hashes: map[[sha256.Size]byte]bool{}}
		shelf[key] = f
		return f, true
	}
	return f, false
}

// apply puts the line into memory.
func (a *asideLine) apply(l *ledger) {
	shelf := l.documents
	if a.Type == typeBorn || a.Type == typeStatus {
		shelf = l.born
	}
	f, fresh := openFolder(shelf, a.Key, a.At)
	switch a.Type {
	case typeBorn, typeDocument:
		f.body, f.hash = a.Body, a.read.hash
	case typeStatus:
		if f.unit == "" {
			f.unit = a.read.unit
		}
		if _, known := l.units[a.read.unit]; !known {
			l.units[a.read.unit] = a.Key
		}
		l.totals.Statuses++
		l.totals.StatusRepeats += count(a.Duplicate)
		l.totals.StatusConflicts += count(a.Conflict)
	case typeTrace:
		l.totals.Traces++
	}
	if a.Type == typeStatus || a.Type == typeTrace {
		f.keys[stepKey{a.read.moment, a.read.status}], f.hashes[a.read.hash] = true, true
		f.notes = append(f.notes, note{at: a.At, body: a.Body, status: a.read.status, late: a.Late, duplicate: a.Duplicate, conflict: a.Conflict})
	}
	if fresh && (a.Type == typeBorn || a.Type == typeStatus) {
		l.totals.Born++
	} else if fresh {
		l.totals.Documents++
	}
}

func (a *asideLine) belated() { a.Late = true }

// stageStatus decides about DongBoTrangThaiHoSo. Numbers that contradict what was said
// before are stored and marked: nobody knows what the portal does about them.
func (l *ledger) stageStatus(c *call, m mode) ([]change, outcome) {
	it := &c.items[0]
	if it.problem != nil {
		return nil, it.problem.outcome()
	}
	f := l.born[it.key]
	if f == nil && !m.anyBorn {
		return nil, refuse(textAbsent(it.key)).outcome()
	}
	e := &asideLine{head: head{Type: typeStatus}, Key: it.key, Body: it.body, Call: c.seq, read: *it}
	if owner, known := l.units[it.unit]; known && owner != it.key {
		e.Conflict = true
	}
	if f != nil {
		from := ""
		if n := len(f.notes); n > 0 {
			from = f.notes[n-1].status
		}
		if m.enforceOrder && !m.transitions.mayFollow(from, it.status) {
			return nil, refuse(textOrder(it.key)).outcome()
		}
		e.Duplicate = f.keys[stepKey{it.moment, it.status}]
		e.Conflict = e.Conflict || (f.unit != "" && f.unit != it.unit)
	}
	return []change{e}, outcome{code: codeOK, message: textStatusTaken}
}

// stageDocument decides about the calls of the interface of 2017.
func (l *ledger) stageDocument(c *call) ([]change, outcome) {
	it := &c.items[0]
	if it.problem != nil {
		return nil, it.problem.outcome()
	}
	f := l.documents[it.key]
	e := &asideLine{head: head{Type: typeDocument}, Key: it.key, Body: it.body, Call: c.seq, read: *it}
	if c.service == serviceTraces {
		if f == nil {
			return nil, refuse(textAbsent(it.key)).outcome()
		}
		e.Type, e.Duplicate = typeTrace, f.hashes[it.hash]
		return []change{e}, outcome{code: codeOK, message: textAdvanced}
	}
	e.Duplicate = f != nil && f.hash == it.hash
	return []change{e}, outcome{code: codeOK, message: textStored}
}
