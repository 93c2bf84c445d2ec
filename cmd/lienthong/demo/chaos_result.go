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
	P95        time.Duration `json:"p95_ns"`       // see [chaos.effectDelay]
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
	r.P95, err = x.effectDelay(ctx, last)
	return r, err
}

// effectDelay returns the 95th percentile, over dossiers, of the time from
// their newest change in the store to their last effect at the portal. Those
// whose newest change the portal does not show have none.
func (x *chaos) effectDelay(ctx context.Context, last map[string]time.Time) (time.Duration, error) {
	conn, err := pgx.Connect(ctx, x.databaseURL)
	if err != nil {
		return 0, err
	}
	defer func() { _ = conn.Close(context.WithoutCancel(ctx)) }()
	rows, err := conn.Query(ctx, `SELECT d.key, e.updated_at FROM delivery d JOIN entity e ON e.id = d.entity_id`)
	if err != nil {
		return 0, err
	}
	var key string
	var changed time.Time
	var delays []time.Duration
	_, err = pgx.ForEachRow(rows, []any{&key, &changed}, func() error {
		if at, ok := last[key]; ok && at.After(changed) {
			delays = append(delays, at.Sub(changed))
		}
		return nil
	})
	if err != nil || len(delays) == 0 {
		return 0, err
	}
	slices.Sort(delays)
	return delays[len(delays)*95/100], nil
}

// readEffects reads from a simulator's log when each dossier was last written, and what its faults spoilt.
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
			Type, Key, Fault string
			At               time.Time
		}
		if err := json.Unmarshal(text, &l); err != nil {
			return nil, nil, err
		}
		switch {
		case l.Type == "effect":
			last[l.Key] = l.At
		case l.Type == "answer" && l.Fault != "":
			hits[l.Fault]++
		}
	}
}

// names returns the hazards that came, by name.
func (t *Tally) names() []string { return slices.Sorted(maps.Keys(t.Hazards)) }
