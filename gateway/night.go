package gateway

import (
	"cmp"
	"slices"
	"strings"
	"time"

	"github.com/google/uuid"
)

// Night is what the store knows of what is open, as counts.
type Night struct {
	Open      []OpenCount    // what destinations do not show yet
	Due       []DueDossier   // of it, the legal deadlines of the last seven days, of today and of tomorrow; of each destination and of each of the three the first DueLimit
	Delivered map[string]int // by destination: entities that were accepted within RateSpan

	Overdue, DueToday, DueTomorrow map[string]int // by destination: legal deadlines, of all; overdue are those of the last seven days
}

// Limits of a night.
const (
	DueLimit = 200              // dossiers that are listed
	RateSpan = 10 * time.Minute // in which the rate is measured
)

// OpenCount counts deliveries that are alike.
type OpenCount struct {
	Destination string
	Agency      string    // as the number of the dossier begins; "": it says none
	State       SyncState // queued stands for all that is sent or settled by itself
	Shelf       Shelf
	Cause       string // "" where nothing fails
	Count       int
	First, Last time.Time // when the oldest and the newest began to fail so; zero where nothing fails
}

// AgencyOf returns the code of an agency or commune that a number begins with; "" where it begins with none.
func AgencyOf(number string) string {
	code, _, _ := strings.Cut(number, "-")
	if !strings.Contains(code, ".") || strings.Trim(code, "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ.") != "" {
		return ""
	}
	return code
}

// DueDossier is one that has to be there soon. A number says nothing about a person.
type DueDossier struct {
	EntityID    uuid.UUID `json:"entity_id"`
	Number      string    `json:"number"`
	Destination string    `json:"destination"`
	Agency      string    `json:"agency,omitempty"`
	DueAt       time.Time `json:"due_at"`
	State       SyncState `json:"state"`
	Cause       string    `json:"cause,omitempty"`
}

// DayBounds returns when the day of a time began in Việt Nam.
func DayBounds(t time.Time) time.Time { return t.UTC().Add(hanoi).Truncate(day).Add(-hanoi) }

// Morning is what a person who comes in has to know.
type Morning struct {
	Since        time.Time            `json:"since"`
	At           time.Time            `json:"at"`
	Destinations []MorningDestination `json:"destinations"`
	Due          []DueDossier         `json:"due"`

	stands, standing []Text // what keeps everything back, and what to do about it: see Stand
}

// MorningDestination is one destination in the morning.
type MorningDestination struct {
	Code       string        `json:"code"`
	Outages    []Outage      `json:"outages"`
	Waiting    int           `json:"waiting"` // are sent or settled by themselves
	Failed     int           `json:"failed"`  // wait for a person or for new data
	Aside      int           `json:"aside"`   // are left as they are shown until their source says something newer
	Causes     []CauseCount  `json:"causes"`
	Agencies   []AgencyCount `json:"agencies"` // the most first
	Overdue    int           `json:"overdue"`  // legal deadlines of the last seven days that were missed
	DueToday   int           `json:"due_today"`
	DueTomor   int           `json:"due_tomorrow"`
	PerMinute  float64       `json:"per_minute"`           // accepted, measured over the last minutes
	Declared   float64       `json:"declared_per_minute"`  // at most, by the declared rate; 0: none is declared
	DrainedAt  *time.Time    `json:"drained_at,omitempty"` // estimate
	DrainBasis string        `json:"drain_basis,omitempty" enum:"measured,declared"`
}

// CauseCount is one cause with what it holds up.
type CauseCount struct {
	Shelf Shelf     `json:"shelf"`
	Cause string    `json:"cause"`
	Count int       `json:"count"`
	Stuck int       `json:"stuck"` // of them, those that wait for a person or for new data
	First time.Time `json:"first"`
	Last  time.Time `json:"last"`
}

// AgencyCount is one commune or agency.
type AgencyCount struct {
	Agency string `json:"agency"`
	Count  int    `json:"count"`
}

// Capacity is what a destination takes by declaration.
type Capacity struct {
	Shape Shape
	Spec  DestinationSpec
}

// callsEach is how many calls a dossier needs at least: its header and its steps.
const callsEach = 2

// perMinute is how many dossiers a minute the declared rate allows at best.
func (c Capacity) perMinute(now time.Time) float64 {
	return c.Shape.At(now, c.Spec.Timeout).Rate * 60 * float64(max(c.Spec.Batch, 1)) / callsEach
}

// MorningOf makes a morning of what is known. declared may lack destinations.
func MorningOf(since, at time.Time, history []Transition, n Night, declared map[string]Capacity) Morning {
	m := Morning{Since: since, At: at, Due: n.Due}
	index := map[string]int{}
	of := func(code string) *MorningDestination {
		i, known := index[code]
		if !known {
			i = len(m.Destinations)
			index[code] = i
			m.Destinations = append(m.Destinations, MorningDestination{Code: code, Outages: []Outage{}, Causes: []CauseCount{}, Agencies: []AgencyCount{}})
		}
		return &m.Destinations[i]
	}
	for code := range declared {
		of(code)
	}
	for _, o := range Outages(history) {
		if o.End(at).After(since) {
			d := of(o.Destination)
			d.Outages = append(d.Outages, o)
		}
	}
	for _, c := range n.Open {
		of(c.Destination).count(c)
	}
	for code, count := range n.Overdue {
		of(code).Overdue = count
	}
	for code, count := range n.DueToday {
		of(code).DueToday = count
	}
	for code, count := range n.DueTomorrow {
		of(code).DueTomor = count
	}
	for code, n := range n.Delivered {
		of(code).PerMinute = float64(n) / RateSpan.Minutes()
	}
	everywhere := m.paused(EveryDestination)
	for i := range m.Destinations {
		d := &m.Destinations[i]
		if c, ok := declared[d.Code]; ok {
			d.Declared = c.perMinute(at)
		}
		d.sort()
		d.estimate(at, everywhere)
	}
	slices.SortFunc(m.Destinations, func(a, b MorningDestination) int { return cmp.Compare(a.Code, b.Code) })
	return m
}

func (m Morning) paused(code string) bool {
	return slices.ContainsFunc(m.Destinations, func(d MorningDestination) bool { return d.Code == code && d.Down() })
}

// Down reports whether an outage goes on.
func (d MorningDestination) Down() bool {
	return slices.ContainsFunc(d.Outages, func(o Outage) bool { return o.To == nil })
}

func (d *MorningDestination) count(c OpenCount) {
	if c.State == StateParked && c.Shelf == ShelfNone { // somebody decided so: nothing is wrong with it
		d.Aside += c.Count
		return
	}
	stuck := c.Count
	if c.State == StateQueued || c.State == StateHeld || c.State == StateSending || c.State == StateUnknown {
		stuck = 0
	}
	d.Waiting, d.Failed = d.Waiting+c.Count-stuck, d.Failed+stuck
	d.Agencies = addAgency(d.Agencies, c)
	if c.Shelf == ShelfNone {
		return
	}
	for i := range d.Causes {
		if k := &d.Causes[i]; k.Shelf == c.Shelf && k.Cause == c.Cause {
			k.Count, k.Stuck = k.Count+c.Count, k.Stuck+stuck
			if c.First.Before(k.First) {
				k.First = c.First
			}
			if c.Last.After(k.Last) {
				k.Last = c.Last
			}
			return
		}
	}
	d.Causes = append(d.Causes, CauseCount{Shelf: c.Shelf, Cause: c.Cause, Count: c.Count, Stuck: stuck, First: c.First, Last: c.Last})
}

func addAgency(all []AgencyCount, c OpenCount) []AgencyCount {
	for i := range all {
		if all[i].Agency == c.Agency {
			all[i].Count += c.Count
			return all
		}
	}
	return append(all, AgencyCount{c.Agency, c.Count})
}

func (d *MorningDestination) sort() {
	slices.SortFunc(d.Causes, func(a, b CauseCount) int { return cmp.Or(b.Count-a.Count, cmp.Compare(a.Cause, b.Cause)) })
	slices.SortFunc(d.Agencies, func(a, b AgencyCount) int { return cmp.Or(b.Count-a.Count, cmp.Compare(a.Agency, b.Agency)) })
}

// estimate says when what waits is gone: as fast as in the last minutes, else, where
// nothing went out lately, as fast as declared. While calls are stopped nobody can say.
func (d *MorningDestination) estimate(now time.Time, everywhere bool) {
	rate, basis := d.PerMinute, "measured"
	if rate <= 0 {
		rate, basis = d.Declared, "declared"
	}
	if d.Waiting == 0 || rate <= 0 || everywhere || d.Down() {
		return
	}
	at := now.Add(time.Duration(float64(d.Waiting) / rate * float64(time.Minute)))
	d.DrainedAt, d.DrainBasis = &at, basis
}
