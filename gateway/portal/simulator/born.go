package simulator

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/go-json-experiment/json"
	"github.com/go-json-experiment/json/jsontext"

	"github.com/lienthong/lienthong/internal/fault"
)

// Born is a dossier that a citizen submitted on the portal. It has two numbers:
// the portal's, and the one that the province gave it (MaHoSoDonVi in the first status
// that was sent back). It stands apart from what DongBoHoSoMC stores.
type Born struct {
	Key      string         `json:"key"`
	Unit     string         `json:"unit"`   // "" before the first status
	Record   jsontext.Value `json:"record"` // null for a number that was never announced
	At       time.Time      `json:"at"`
	Statuses []Status       `json:"statuses"`
}

// Status is one status that was sent back with DongBoTrangThaiHoSo.
type Status struct {
	Body      jsontext.Value `json:"body"`
	Status    string         `json:"status"`
	At        time.Time      `json:"at"`
	Late      bool           `json:"late"`
	Duplicate bool           `json:"duplicate"` // the number, time and status of one before
	Conflict  bool           `json:"conflict"`  // the two numbers contradict what was said before
}

// Announce stores a portal-born dossier, a JSON object of any shape, and returns its
// number: the MaHoSo in it, or one that the portal issues and puts there. It fails with a
// [fault.Malformed] when the record is no object, and a [fault.Conflict] when there is such a dossier.
func (s *Simulator) Announce(record jsontext.Value) (key string, err error) {
	const op = "simulator.Announce"
	var fields map[string]jsontext.Value
	record = record.Clone()
	if record.Compact(jsontext.PreserveRawStrings(true)) != nil || record.Kind() != '{' || json.Unmarshal(record, &fields) != nil {
		return "", fault.New(fault.Malformed, op, "a portal-born dossier is a JSON object")
	}
	_, named := fields["MaHoSo"]
	l := s.ledger
	l.mu.Lock()
	defer l.mu.Unlock()
	if !named {
		if record, err = numbered(record, l.freshNumber(time.Now())); err != nil {
			return "", fault.Wrap(err, fault.Internal, op)
		}
	}
	e := &asideLine{head: head{Type: typeBorn}, Body: record, read: s.now().decoder.born.read(record)}
	if e.read.problem != nil {
		return "", fault.New(fault.Malformed, op, "MaHoSo is a text that is not empty")
	}
	e.Key = e.read.key
	if known := l.born[e.Key]; known != nil && known.body != nil {
		return "", fault.New(fault.Conflict, op, "there is such a portal-born dossier")
	}
	return e.Key, l.put([]change{e})
}

// numbered puts the portal's number into a record.
func numbered(record jsontext.Value, key string) (jsontext.Value, error) {
	head := quote([]byte(`{"MaHoSo":`), key)
	if rest := record[1:]; rest[0] != '}' {
		head = append(head, ',')
	}
	out := append(jsontext.Value(head), record[1:]...)
	return out, out.Compact(jsontext.PreserveRawStrings(true))
}

// freshNumber issues a number of the portal: its agency, the day, a running number.
func (l *ledger) freshNumber(now time.Time) string {
	for n := len(l.born) + 1; ; n++ {
		key := fmt.Sprintf("G22-%s-%07d", now.In(vietnam).Format("060102"), n)
		if l.born[key] == nil {
			return key
		}
	}
}

// BornDossiers returns at most limit portal-born dossiers, the youngest first, and how many there are.
func (s *Simulator) BornDossiers(limit int) (found []Born, total int) {
	s.ledger.mu.Lock()
	defer s.ledger.mu.Unlock()
	found = []Born{}
	for key, f := range s.ledger.born {
		found = append(found, f.born(key))
	}
	slices.SortFunc(found, func(a, b Born) int {
		if c := b.At.Compare(a.At); c != 0 {
			return c
		}
		return strings.Compare(a.Key, b.Key)
	})
	return found[:min(limit, len(found))], len(found)
}

func (f *folder) born(key string) Born {
	b := Born{Key: key, Unit: f.unit, Record: f.body, At: f.at, Statuses: []Status{}}
	for _, n := range f.notes {
		b.Statuses = append(b.Statuses, Status{Body: n.body, Status: n.status, At: n.at, Late: n.late, Duplicate: n.duplicate, Conflict: n.conflict})
	}
	return b
}
