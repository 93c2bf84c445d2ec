// Package audit is the independent checker. It proves from three witnesses
// that nothing was lost, doubled or put behind: the generator's log of what
// was pushed and answered, the store, and the portal simulator's log of what
// it stored, which is written before it answers. It shares no code with the
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
	WorldLog    string // file of JSON lines, see [WorldLine]
	PortalLog   string // file of JSON lines, see package simulator
	DatabaseURL string
	Destination string // code of the portal in the store; "dvcqg" if empty
	JournalKey  string // file with the public key of the journal, in PEM; "" or none there: signatures are not checked
	Portal      string // "ministry": that of gen-2, which the simulator serves beside the national one
	Lookup      string // what the portal's look-up shows: "trail", "header", "exists" or "none"; what it hides permits some repeats and gaps after unknown outcomes
}

// Report is the result of a check.
type Report struct {
	Checks           []Check `json:"checks"`
	Messages         int     `json:"messages"` // answered
	Records          int     `json:"records"`  // in the store
	Dossiers         int     `json:"dossiers"` // that the portal should show
	Attempts         int     `json:"attempts"` // write calls that the portal saw, counted by record and step
	Effects          int     `json:"effects"`  // that it stored
	PermittedRepeats int     `json:"permitted_repeats"`
	UnknownOutcomes  int     `json:"unknown_outcomes"`
}

// Check is one invariant.
type Check struct {
	ID         string   `json:"id"`
	Title      string   `json:"title"`
	Checked    int      `json:"checked"`    // things looked at
	Violations int      `json:"violations"` //
	Examples   []string `json:"examples"`   // the first few
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

// Run reads the witnesses and checks I1 to I4, I6 and I9. An error means that a
// witness could not be read; violations are in the report.
func Run(ctx context.Context, o Options) (*Report, error) {
	if o.Destination == "" {
		o.Destination = "dvcqg"
	}
	world, err := readWorld(o.WorldLog)
	if err != nil {
		return nil, fmt.Errorf("audit: the generator's log: %w", err)
	}
	portal, err := readPortal(o.PortalLog, o.Portal)
	if err != nil {
		return nil, fmt.Errorf("audit: the portal's log: %w", err)
	}
	conn, err := pgx.Connect(ctx, o.DatabaseURL)
	if err != nil {
		return nil, fmt.Errorf("audit: the store: %w", err)
	}
	defer func() { _ = conn.Close(context.WithoutCancel(ctx)) }()
	store := &store{conn: conn, destination: o.Destination}

	r := &Report{Messages: len(world.answered), Dossiers: len(world.truths), Attempts: portal.attempts, Effects: portal.effects}
	i1, err := checkStored(ctx, world, store, r)
	if err != nil {
		return nil, fmt.Errorf("audit: the store: %w", err)
	}
	if r.UnknownOutcomes, err = store.unknownOutcomes(ctx); err != nil {
		return nil, fmt.Errorf("audit: the store: %w", err)
	}
	i9, err := checkBreaker(ctx, portal, store)
	if err != nil {
		return nil, fmt.Errorf("audit: the store: %w", err)
	}
	i6, err := checkJournal(ctx, world, store, o.JournalKey)
	if err != nil {
		return nil, fmt.Errorf("audit: the journal: %w", err)
	}
	gaps := 0
	i2 := checkFinal(world, portal, o.Lookup == showsTrail, &gaps)
	i4 := checkOnce(portal, o.Lookup, r)
	if o.Lookup != showsTrail && gaps+r.PermittedRepeats > r.UnknownOutcomes {
		i4.violate("%d gaps and %d repeats in the trails, but only %d unknown outcomes permit them", gaps, r.PermittedRepeats, r.UnknownOutcomes)
	}
	r.Checks = []Check{i1, i2, checkOrder(world, portal), i4, i6, i9}
	return r, nil
}

// Look-up modes. Where only existence is shown, the gateway must send an update
// of unknown outcome again, and the portal may then store it twice.
const (
	showsTrail     = "trail"
	showsExistence = "exists"
)

// grace is how long after an event a call that was started before it may still arrive on one machine.
const grace = 250 * time.Millisecond
