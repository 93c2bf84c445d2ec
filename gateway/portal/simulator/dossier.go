package simulator

import (
	"slices"
	"time"

	"github.com/go-json-experiment/json/jsontext"
)

// Dossier is what is stored under one MaHoSo, without any look-up lag.
type Dossier struct {
	Record  jsontext.Value `json:"record"`
	Updates int            `json:"updates"`          // stored after the create
	Steps   []Step         `json:"steps"`            // in the order in which they were stored
	States  []Step         `json:"states,omitempty"` // gen-2: CapNhatTrangThai
	Files   []FileMark     `json:"files"`            // of the record that stands, as far as they were pulled
}

// Unreachable says that the portal could not fetch a file of the record.
func (d Dossier) Unreachable() bool {
	return slices.ContainsFunc(d.Files, func(f FileMark) bool { return f.Outcome == FileUnreachable })
}

// Step is one stored progress step.
type Step struct {
	Body      jsontext.Value `json:"body"`
	At        time.Time      `json:"at"`
	Late      bool           `json:"late"`
	Duplicate bool           `json:"duplicate"`
}

// Dossier returns a stored dossier.
func (s *Simulator) Dossier(key string) (Dossier, bool) {
	s.ledger.mu.Lock()
	defer s.ledger.mu.Unlock()
	stored := s.ledger.dossiers[key]
	if stored == nil {
		return Dossier{}, false
	}
	newest := stored.versions[len(stored.versions)-1]
	d := Dossier{Record: newest.body, Updates: stored.updates, Steps: []Step{}, Files: append([]FileMark{}, newest.files...)}
	for _, one := range stored.steps {
		d.Steps = append(d.Steps, Step{Body: one.body, At: one.at, Late: one.late, Duplicate: one.duplicate})
	}
	for _, one := range stored.states {
		d.States = append(d.States, Step{Body: one.body, At: one.at, Late: one.late, Duplicate: one.duplicate})
	}
	return d, true
}
