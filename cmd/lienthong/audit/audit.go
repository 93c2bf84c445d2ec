// Package audit is the independent checker. It proves from three witnesses
// that nothing was lost, doubled or put behind: the generator's log of what
// was pushed and answered, the store, and the simulator's log of what its two
// portals and its data store took, which is written before it answers. It shares no code with the
// gateway, so that one misunderstanding cannot hide on both sides.
//
//	report, err := audit.Run(ctx, audit.Options{WorldLog: …, PortalLog: …, DatabaseURL: …})
//	fmt.Println(report.OK())
package audit

import (
	"context"
	"fmt"
	"time"

	"github.com/jackc/pgx/v5"
)

// Options name the witnesses.
type Options struct {
	WorldLog     string // file of JSON lines, see [WorldLine]
	PortalLog    string // file of JSON lines, see package simulator
	DatabaseURL  string
	JournalKey   string        // file with the public key of the journal, in PEM; "" or none there: signatures are not checked
	Destinations []Destination // none: the national portal, "dvcqg", whose look-up shows the trail
}

// Destination is one that is checked.
type Destination struct {
	Code        string   // in the store
	Kind        string   // [National], [Ministry] or [Sink]; which of the simulator's places its log is of
	Lookup      string   // what a portal's look-up shows: "trail", "header", "exists" or "none"; what it hides permits some repeats and gaps after unknown outcomes
	Receives    []string // a sink: the kinds of entities that it must have
	TakesPoison bool     // it demands no appointment, so it shows what others refuse, see [Truth]
}

// Kinds of destinations.
const (
	National = "dvcqg"
	Ministry = "ministry"
	Sink     = "sink"
)

// Report is the result of a check. The counts of effects sum over the destinations.
type Report struct {
	Checks           []Check `json:"checks"`
	Messages         int     `json:"messages"` // answered
	Records          int     `json:"records"`  // in the store
	Dossiers         int     `json:"dossiers"` // that the first destination should show
	Attempts         int     `json:"attempts"` // write calls that were seen over there, counted by record and step
	Effects          int     `json:"effects"`  // that were stored there
	PermittedRepeats int     `json:"permitted_repeats"`
	UnknownOutcomes  int     `json:"unknown_outcomes"`

	Destinations []Shown `json:"destinations"`
}

// Shown is how much came to one destination.
type Shown struct {
	Code             string `json:"code"`
	Kind             string `json:"kind"`
	Things           int    `json:"things"` // that it should show
	Attempts         int    `json:"attempts"`
	Effects          int    `json:"effects"`
	PermittedRepeats int    `json:"permitted_repeats"`
	PermittedGaps    int    `json:"permitted_gaps"` // what it has no place to show after a doubt, and nobody can look
	UnknownOutcomes  int    `json:"unknown_outcomes"`
}

// Check is one invariant.
type Check struct {
	ID          string   `json:"id"`
	Destination string   `json:"destination,omitempty"` // "": the store
	Title       string   `json:"title"`
	Checked     int      `json:"checked"`    // things looked at
	Violations  int      `json:"violations"` //
	Examples    []string `json:"examples"`   // the first few
}

// OK reports whether no invariant is violated and each was put to the test.
func (r *Report) OK() bool {
	for _, c := range r.Checks {
		if c.Violations > 0 || c.Checked == 0 {
			return false
		}
	}
	return len(r.Checks) > 0
}

const maxExamples = 10

func (c *Check) violate(format string, args ...any) {
	c.Violations++
	if len(c.Examples) < maxExamples {
		c.Examples = append(c.Examples, fmt.Sprintf(format, args...))
	}
}

// Run reads the witnesses and checks I1 and I6 of the store and I2 to I4 and I9 of each
// destination. An error means that a witness could not be read; violations are in the report.
func Run(ctx context.Context, o Options) (*Report, error) {
	if len(o.Destinations) == 0 {
		o.Destinations = []Destination{{Code: "dvcqg", Kind: National, Lookup: showsTrail}}
	}
	world, err := readWorld(o.WorldLog)
	if err != nil {
		return nil, fmt.Errorf("audit: the generator's log: %w", err)
	}
	conn, err := pgx.Connect(ctx, o.DatabaseURL)
	if err != nil {
		return nil, fmt.Errorf("audit: the store: %w", err)
	}
	defer func() { _ = conn.Close(context.WithoutCancel(ctx)) }()
	r := &Report{Messages: len(world.answered)}
	i1, err := checkStored(ctx, world, &store{conn: conn}, r)
	if err != nil {
		return nil, fmt.Errorf("audit: the store: %w", err)
	}
	r.Checks = []Check{i1}
	for _, d := range o.Destinations {
		checks, shown, err := checkDestination(ctx, d, world.seenBy(d), &store{conn: conn, destination: d.Code}, o.PortalLog)
		if err != nil {
			return nil, fmt.Errorf("audit: %s: %w", d.Code, err)
		}
		r.add(checks, shown)
	}
	i6, err := checkJournal(ctx, world, &store{conn: conn}, o.JournalKey)
	if err != nil {
		return nil, fmt.Errorf("audit: the journal: %w", err)
	}
	r.Checks = append(r.Checks, i6)
	return r, nil
}

func (r *Report) add(checks []Check, s Shown) {
	for i := range checks {
		checks[i].Destination = s.Code
	}
	r.Checks = append(r.Checks, checks...)
	if len(r.Destinations) == 0 {
		r.Dossiers = s.Things
	}
	r.Destinations = append(r.Destinations, s)
	r.Attempts += s.Attempts
	r.Effects += s.Effects
	r.PermittedRepeats += s.PermittedRepeats
	r.UnknownOutcomes += s.UnknownOutcomes
}

// checkDestination holds one destination against the generator and the store.
func checkDestination(ctx context.Context, d Destination, w *world, s *store, log string) ([]Check, Shown, error) {
	if d.Kind == "" {
		d.Kind = National
	}
	p, err := readPortal(log, d.Kind)
	if err != nil {
		return nil, Shown{}, fmt.Errorf("the portal's log: %w", err)
	}
	doubts, err := s.doubts(ctx)
	if err != nil {
		return nil, Shown{}, err
	}
	i9, err := checkBreaker(ctx, p, s)
	if err != nil {
		return nil, Shown{}, err
	}
	shown := Shown{Code: d.Code, Kind: d.Kind, Things: len(w.truths), Attempts: p.attempts, Effects: p.effects}
	for _, n := range doubts {
		shown.UnknownOutcomes += n
	}
	if d.Kind == Sink {
		entities, err := s.entities(ctx, d.Receives)
		if err != nil {
			return nil, Shown{}, err
		}
		i2 := checkKept(w, p, entities)
		i4 := checkEvents(p, doubts, &shown)
		shown.Things = i2.Checked
		return []Check{i2, checkSequence(p, doubts), i4, i9}, shown, nil
	}
	mercy := &mercy{lookup: d.Lookup, doubts: doubts}
	i2, i3, i4 := checkFinal(w, p, mercy), checkOrder(w, p, mercy), checkOnce(p, mercy)
	shown.PermittedRepeats, shown.PermittedGaps = mercy.repeats, mercy.gaps
	return []Check{i2, i3, i4, i9}, shown, nil
}

// Look-up modes.
const (
	showsTrail     = "trail"
	showsExistence = "exists"
)

// grace is how long after an event a call that was started before it may still arrive on one machine.
const grace = 250 * time.Millisecond
