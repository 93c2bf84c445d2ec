package simulator

import (
	"time"

	"github.com/go-json-experiment/json/jsontext"
)

// Dossier is what is stored under one MaHoSo, without any look-up lag.
type Dossier struct {
	Record  jsontext.Value `json:"record"`
	Updates int            `json:"updates"` // stored after the create
	Steps   []Step         `json:"steps"`   // in the order in which they were stored
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
	d := Dossier{Record: stored.versions[len(stored.versions)-1].body, Updates: stored.updates, Steps: []Step{}}
	for _, one := range stored.steps {
		d.Steps = append(d.Steps, Step{Body: one.body, At: one.at, Late: one.late, Duplicate: one.duplicate})
	}
	return d, true
}
