package telemetry

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/lienthong/lienthong/gateway"
)

// ExaminerOptions are the parts of an [Examiner].
type ExaminerOptions struct {
	Store        gateway.StandingStore
	Destinations []string // codes
	Schema       int64    // newest migration of ours that the program knows
	RiverSchema  int64    // the same of River
	Site         string   // name of this node's site

	Writing func(context.Context) (gateway.Writing, error) // who may write; nil: not asked
}

// Examiner says how the process and what it needs stand. It answers from
// memory when it was asked less than half a second ago: health checks need no key.
type Examiner struct {
	o ExaminerOptions

	mu   sync.Mutex
	at   time.Time
	last []gateway.Check
}

const examineAgain = 500 * time.Millisecond

// NewExaminer returns an examiner.
func NewExaminer(o ExaminerOptions) *Examiner { return &Examiner{o: o} }

// Examine implements [gateway.Examiner]. Without an answer of the database the
// first check fails and is the only one.
func (e *Examiner) Examine(ctx context.Context) []gateway.Check {
	e.mu.Lock()
	defer e.mu.Unlock()
	if time.Since(e.at) < examineAgain {
		return e.last
	}
	_, checks := e.examine(ctx)
	e.at, e.last = time.Now(), checks
	return checks
}

func (e *Examiner) examine(ctx context.Context) (gateway.Standing, []gateway.Check) {
	asked := time.Now()
	connection := gateway.Check{Name: "postgres:connection", Component: datastore, Status: gateway.CheckPass, Unit: "ms", At: asked}
	st, err := e.o.Store.Standing(ctx)
	connection.Observed = time.Since(asked).Milliseconds()
	if err != nil {
		connection.Status, connection.Output = gateway.CheckFail, "the database does not answer"
		return st, []gateway.Check{connection}
	}
	checks := []gateway.Check{connection, writable(st, asked),
		migrated("lienthong", st.Schema, e.o.Schema, asked), migrated("river", st.RiverSchema, e.o.RiverSchema, asked), leader(st, asked)}
	rows, err := e.o.Store.Breakers(ctx)
	if err != nil {
		return st, checks // before the first migration there is no such table; that has been said
	}
	checks = append(checks, breakerChecks(e.o.Destinations, rows, asked)...)
	return st, append(checks, e.writingChecks(ctx, asked)...)
}

// Kinds of components, as health+json has them.
const (
	datastore = "datastore"
	component = "component"
	system    = "system"
)

func writable(st gateway.Standing, at time.Time) gateway.Check {
	c := gateway.Check{Name: "postgres:writable", Component: datastore, Status: gateway.CheckPass, At: at}
	if !st.Writable {
		c.Status, c.Output = gateway.CheckFail, "the database is a standby or takes no writes"
	}
	return c
}

// migrated accepts a schema that is newer than the program: migrations run while programs of the version before still serve.
func migrated(line string, have, want int64, at time.Time) gateway.Check {
	c := gateway.Check{Name: "migrations:" + line, Component: datastore, Status: gateway.CheckPass, Observed: have, Unit: "version", At: at}
	switch {
	case have < want:
		c.Status, c.Output = gateway.CheckFail, fmt.Sprintf("the program needs version %d: run lienthong migrate up", want)
	case have > want:
		c.Output = fmt.Sprintf("newer than the program, which knows version %d", want)
	}
	return c
}

func leader(st gateway.Standing, at time.Time) gateway.Check {
	c := gateway.Check{Name: "sequencer:leader", Component: component, Status: gateway.CheckPass, Observed: 1, Unit: "nodes", At: at}
	if !st.Leader {
		c.Status, c.Observed, c.Output = gateway.CheckWarn, 0, "no node numbers the feed at this moment; pushes are taken"
	}
	return c
}

// breakerChecks has one check for each destination: its worst breaker. What
// stands open is a warning, for pushes are taken and kept.
func breakerChecks(destinations []string, rows []gateway.BreakerRow, at time.Time) []gateway.Check {
	checks := make([]gateway.Check, 0, len(destinations))
	for _, code := range destinations {
		c := gateway.Check{Name: "destination:" + code + ":breaker", Component: component, Status: gateway.CheckPass, Unit: "state", At: at}
		var open []string
		for _, row := range rows {
			v := int64(breakerValue(row))
			every := row.Key.Destination == gateway.EveryDestination
			if row.Key.Destination != code && !every || v == 0 {
				continue
			}
			c.Observed = max(c.Observed, v)
			switch {
			case every:
				open = append(open, "every destination paused")
			case row.Key.IsSwitch():
				open = append(open, "paused")
			default:
				open = append(open, fmt.Sprintf("%s %s", operationLabel(row.Key.Operation), standsAt(row)))
			}
		}
		if len(open) > 0 {
			slices.Sort(open)
			c.Status, c.Output = gateway.CheckWarn, strings.Join(open, ", ")
		}
		checks = append(checks, c)
	}
	return checks
}

var _ gateway.Examiner = (*Examiner)(nil)
