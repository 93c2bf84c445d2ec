package simulator

import (
	"slices"
	"strings"
	"time"
)

// Summary is one line of a list of dossiers.
type Summary struct {
	Key         string    `json:"key"`
	Status      string    `json:"status"` // of the record
	Touched     time.Time `json:"touched"`
	Updates     int       `json:"updates"`
	Steps       int       `json:"steps"`
	Unreachable bool      `json:"unreachable"` // a file of the record could not be fetched
}

// Dossiers returns at most limit dossiers whose MaHoSo contains the text, in
// whatever case, the one touched last first; and how many there are.
func (s *Simulator) Dossiers(search string, limit int) (found []Summary, total int) {
	type row struct {
		key     string
		touched time.Time
	}
	search = strings.ToUpper(strings.TrimSpace(search))
	s.ledger.mu.Lock()
	defer s.ledger.mu.Unlock()
	var rows []row
	for key, d := range s.ledger.dossiers {
		if search == "" || strings.Contains(strings.ToUpper(key), search) {
			rows = append(rows, row{key, d.touched})
		}
	}
	slices.SortFunc(rows, func(a, b row) int {
		if c := b.touched.Compare(a.touched); c != 0 {
			return c
		}
		return strings.Compare(a.key, b.key)
	})
	found = []Summary{}
	for _, r := range rows[:min(limit, len(rows))] {
		found = append(found, s.ledger.dossiers[r.key].summary(r.key))
	}
	return found, len(rows)
}

func (d *dossier) summary(key string) Summary {
	newest := d.versions[len(d.versions)-1]
	return Summary{
		Key: key, Status: newest.status, Touched: d.touched, Updates: d.updates, Steps: len(d.steps),
		Unreachable: Dossier{Files: newest.files}.Unreachable(),
	}
}
