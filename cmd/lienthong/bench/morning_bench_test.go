package bench_test

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/lienthong/lienthong/gateway/config"
	"github.com/lienthong/lienthong/gateway/portal/simulator"
)

// What a night's outage leaves to a province, and what the portal then allows.
const (
	morningDossiers = 8000
	morningCalls    = 5 // a second
	morningBatch    = 50
)

// BenchmarkMorning measures in minutes how long a morning's backlog takes at a
// portal that allows five calls a second, from the first call that it takes, and
// how long it would take at best with calls as large: one after the other, each full.
func BenchmarkMorning(b *testing.B) {
	for b.Loop() {
		p := openPortal(b, simulator.Options{})
		s := openSite(b, p, func(d *config.Destination) {
			d.Batch, d.Rate = morningBatch, config.Rate(fmt.Sprintf("%d/s", morningCalls))
		})
		p.shut.Store(true)
		all := lives(morningDossiers)
		s.push(b, all)
		s.waitOpen(b)
		allow(b, p, morningCalls)
		p.shut.Store(false)
		s.waitSettled(b, time.Hour)

		arrived := p.effects(b)
		took := arrived[len(arrived)-1].At.Sub(arrived[0].At)
		best := time.Duration(fullCalls(arrived)) * time.Second / morningCalls
		b.ReportMetric(took.Minutes(), "minutes")
		b.ReportMetric(best.Minutes(), "best_minutes")
		b.ReportMetric(best.Seconds()/took.Seconds(), "ratio")
	}
	b.ReportMetric(0, "ns/op")
}

// allow lets a portal take so many calls a second, and refuse what comes beyond.
func allow(b *testing.B, p *portal, calls float64) {
	b.Helper()
	switches := p.Switches()
	switches.Capacity = simulator.Capacity{CallsPerSecond: calls, Over: simulator.OverWait}
	require.NoError(b, p.SetSwitches(switches))
}

// fullCalls is in how few calls the same effects would fit: headers together, and
// dossiers with their steps together.
func fullCalls(all []effect) int {
	headers, trails := map[string]bool{}, map[string]bool{}
	for _, e := range all {
		if e.Kind == "step" {
			trails[e.Key] = true
		} else {
			headers[e.Key] = true
		}
	}
	return calls(len(headers)) + calls(len(trails))
}

func calls(dossiers int) int { return (dossiers + morningBatch - 1) / morningBatch }

// BenchmarkDeadlines brings back a portal that takes 25 dossiers a second to a
// backlog of which not all can be in time: deadlines fall evenly into the first four
// fifths of the time that it takes. The oracle gives each place in the portal's own row to
// the dossier with the nearest deadline that can still be met, which no order can better.
func BenchmarkDeadlines(b *testing.B) {
	const dossiers, batch = morningDossiers, 5
	for b.Loop() {
		p := openPortal(b, simulator.Options{})
		s := openSite(b, p, func(d *config.Destination) { d.Batch = batch })
		p.shut.Store(true)
		all := newDossiers(dossiers)
		s.push(b, all)
		s.waitOpen(b)
		deadlines := s.setDeadlines(b, dossiers/(morningCalls*batch)*time.Second*4/5)
		allow(b, p, morningCalls)
		p.shut.Store(false)
		s.waitDelivered(b, all.messages(), time.Hour)

		var places []time.Time
		met := 0
		for _, e := range p.effects(b) {
			if e.Kind == "create" {
				places = append(places, e.At)
				if !e.At.After(deadlines[e.Key]) {
					met++
				}
			}
		}
		require.Len(b, places, len(deadlines))
		missed, best := share(len(places)-met, len(places)), share(len(places)-meetable(places, deadlines), len(places))
		b.ReportMetric(missed, "missed_%")
		b.ReportMetric(best, "best_missed_%")
		b.ReportMetric(missed-best, "worse_by_%")
	}
	b.ReportMetric(0, "ns/op")
}

func share(n, of int) float64 { return 100 * float64(n) / float64(of) }

// setDeadlines gives what waits deadlines within a time from when the breaker
// lets calls through, as if it had been pushed with them, and returns them by dossier.
func (s *site) setDeadlines(b *testing.B, within time.Duration) map[string]time.Time {
	b.Helper()
	rows, err := s.db.Query(b.Context(), `SELECT key FROM delivery ORDER BY key`)
	require.NoError(b, err)
	var keys []string
	for rows.Next() {
		var key string
		require.NoError(b, rows.Scan(&key))
		keys = append(keys, key)
	}
	require.NoError(b, rows.Err())
	draw := rand.New(rand.NewPCG(1, 1))
	deadlines := map[string]time.Time{}
	var due []time.Time
	for i, key := range keys {
		at := time.Now().Add(within * time.Duration(i) / time.Duration(len(keys))).Truncate(time.Microsecond)
		due = append(due, at)
		deadlines[key] = at
	}
	draw.Shuffle(len(keys), func(i, j int) {
		due[i], due[j] = due[j], due[i]
		deadlines[keys[i]], deadlines[keys[j]] = due[i], due[j]
	})
	_, err = s.db.Exec(b.Context(), `
		UPDATE delivery d SET due_at = w.due_at
		FROM unnest($1::text[], $2::timestamptz[]) AS w (key, due_at)
		WHERE d.key = w.key`, keys, due)
	require.NoError(b, err)
	s.rank(b)
	return deadlines
}

// meetable is how many deadlines can be met with an effect at each of the given
// times: to each goes the nearest deadline that is still to come.
func meetable(places []time.Time, deadlines map[string]time.Time) (n int) {
	var due []time.Time
	for _, at := range deadlines {
		due = append(due, at)
	}
	slices.SortFunc(due, time.Time.Compare)
	slices.SortFunc(places, time.Time.Compare)
	next := 0
	for _, at := range places {
		for next < len(due) && due[next].Before(at) {
			next++
		}
		if next == len(due) {
			break
		}
		n, next = n+1, next+1
	}
	return n
}
