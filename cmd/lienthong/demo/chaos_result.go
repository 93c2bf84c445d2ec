package demo

import (
	"bufio"
	"context"
	"encoding/json"
	"errors"
	"io"
	"maps"
	"os"
	"slices"
	"sync"
	"time"

	"github.com/jackc/pgx/v5"
)

// Tally counts what was done to a run.
type Tally struct {
	mu          sync.Mutex
	Hazards     map[string]int `json:"hazards"`      // times of trouble, by name
	Kills       int            `json:"kills"`        // of gateways
	Crashes     int            `json:"crashes"`      // of the database
	Hits        map[string]int `json:"hits"`         // answers that the simulator spoilt, by the name of its fault
	Terminated  int            `json:"terminated"`   // connections to the database
	Cuts        int            `json:"cuts"`         // connections to the portal
	Falls       int            `json:"falls"`        // gateways that ended though nobody killed them
	Replayed    int            `json:"replayed"`     // deliveries tried again in the end
	LookedAgain int            `json:"looked_again"` // deliveries looked at again in the end
}

func (t *Tally) count(hazard string) {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.Hazards[hazard]++
}

func (t *Tally) add(to *int, n int) {
	t.mu.Lock()
	defer t.mu.Unlock()
	*to += n
}

// ChaosResult is what a chaos run came to.
type ChaosResult struct {
	*Result
	*Tally
	Duration   time.Duration `json:"duration_ns"`
	Lost       int           `json:"lost"`         // violations of I1 and I2
	Duplicated int           `json:"duplicated"`   // of I4
	Disordered int           `json:"out_of_order"` // of I3
	Barred     int           `json:"barred"`       // of I9: calls through an open breaker
	P95        time.Duration `json:"p95_ns"`       // of the national portal, see [chaos.effectDelay]

	Delays map[string]time.Duration `json:"p95_by_destination_ns"`
}

// result asks the checker and sums up.
func (x *chaos) result(ctx context.Context) (*ChaosResult, error) {
	whole, err := x.run.result(ctx)
	if err != nil {
		return nil, err
	}
	x.tally.Cuts = int(x.proxy.Cuts())
	for _, m := range x.gateways {
		x.tally.Falls += m.fallen()
	}
	r := &ChaosResult{Result: whole, Tally: &x.tally, Duration: x.Duration}
	for _, c := range whole.Report.Checks {
		switch c.ID {
		case "I1", "I2":
			r.Lost += c.Violations
		case "I3":
			r.Disordered += c.Violations
		case "I4":
			r.Duplicated += c.Violations
		case "I9":
			r.Barred += c.Violations
		}
	}
	last, hits, err := readEffects(x.folder.run.PortalLog)
	if err != nil {
		return nil, err
	}
	x.tally.Hits = hits
	r.Delays, err = x.effectDelay(ctx, last)
	r.P95 = r.Delays[portalCode]
	return r, err
}

// effectDelay returns, by destination, the 95th percentile over things of the time from
// their newest change in the store to their last effect over there. Those
// whose newest change is not shown there have none.
func (x *chaos) effectDelay(ctx context.Context, last map[string]time.Time) (map[string]time.Duration, error) {
	conn, err := pgx.Connect(ctx, x.databaseURL)
	if err != nil {
		return nil, err
	}
	defer func() { _ = conn.Close(context.WithoutCancel(ctx)) }()
	rows, err := conn.Query(ctx, `
		SELECT d.destination, coalesce(d.issued ->> 'number', d.key), e.updated_at
		FROM delivery d
		JOIN entity e ON e.id = d.entity_id`)
	if err != nil {
		return nil, err
	}
	var destination, key string
	var changed time.Time
	delays := map[string][]time.Duration{}
	_, err = pgx.ForEachRow(rows, []any{&destination, &key, &changed}, func() error {
		if at, ok := last[key]; ok && at.After(changed) {
			delays[destination] = append(delays[destination], at.Sub(changed))
		}
		return nil
	})
	p95 := map[string]time.Duration{}
	for destination, all := range delays {
		slices.Sort(all)
		p95[destination] = all[len(all)*95/100]
	}
	return p95, err
}

// readEffects reads from a simulator's log when each thing was last written, by what its place calls it, and what its faults spoilt.
func readEffects(path string) (last map[string]time.Time, hits map[string]int, err error) {
	file, err := os.Open(path)
	if err != nil {
		return nil, nil, err
	}
	defer func() { _ = file.Close() }()
	last, hits = map[string]time.Time{}, map[string]int{}
	for r := bufio.NewReaderSize(file, 1<<20); ; {
		text, err := r.ReadBytes('\n')
		if errors.Is(err, io.EOF) {
			return last, hits, nil
		}
		if err != nil {
			return nil, nil, err
		}
		var l struct {
			Type, Key, Subject, Fault string
			At                        time.Time
			Effect                    bool
		}
		if err := json.Unmarshal(text, &l); err != nil {
			return nil, nil, err
		}
		switch {
		case l.Type == "effect":
			last[l.Key] = l.At
		case l.Type == "event" && l.Effect:
			last[l.Subject] = l.At
		case l.Type == "answer" && l.Fault != "":
			hits[l.Fault]++
		}
	}
}

// names returns the hazards that came, by name.
func (t *Tally) names() []string { return slices.Sorted(maps.Keys(t.Hazards)) }
