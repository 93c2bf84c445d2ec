package bench_test

import (
	"bytes"
	"flag"
	"slices"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"golang.org/x/sync/errgroup"

	"github.com/lienthong/lienthong/gateway"
	"github.com/lienthong/lienthong/gateway/config"
	"github.com/lienthong/lienthong/gateway/portal/simulator"
)

var healthyTime = flag.Duration("healthy.time", 30*time.Second, "how long BenchmarkHealthy pushes")

// healthyRate is how many dossiers a second arrive: thirty times the peak of a province.
const healthyRate = 200

// BenchmarkHealthy pushes dossiers one by one at a steady rate, whatever the
// answers take, and measures how long each needs from the 2xx of its push to its
// effect at the portal. late is how far behind its plan the pusher itself fell.
func BenchmarkHealthy(b *testing.B) {
	for b.Loop() {
		p := openPortal(b, simulator.Options{})
		s := openSite(b, p, func(d *config.Destination) { d.Batch = 50 })
		first, rest := singles(int(healthyRate*healthyTime.Seconds()) + 100).split(100)
		s.push(b, first)
		s.waitDelivered(b, first.messages(), time.Minute)

		answered, late := s.pushSteadily(b, rest)
		s.waitDelivered(b, first.messages()+rest.messages(), time.Minute)
		var delays []time.Duration
		for _, e := range p.effects(b) {
			if at, ok := answered[e.Key]; ok && e.Kind == "create" {
				delays = append(delays, max(e.At.Sub(at), 0))
			}
		}
		require.Greater(b, len(delays), rest.messages()*99/100)
		slices.Sort(delays)
		for name, share := range map[string]int{"p50_ms": 50, "p95_ms": 95, "p99_ms": 99} {
			b.ReportMetric(float64(delays[len(delays)*share/100].Microseconds())/1000, name)
		}
		b.ReportMetric(float64(late.Milliseconds()), "late_ms")
	}
	b.ReportMetric(0, "ns/op")
}

// pushSteadily pushes one thing after the other at the rate, each on its own, and
// returns when each dossier was answered for, and the worst delay of a push.
func (s *site) pushSteadily(b *testing.B, t traffic) (answered map[string]time.Time, late time.Duration) {
	b.Helper()
	answered = map[string]time.Time{}
	var mu sync.Mutex
	var g errgroup.Group
	n, began := 0, time.Now()
	for i := 0; n < t.messages(); i++ {
		for c := range clients {
			if i >= len(t[c]) {
				continue
			}
			one := t[c][i]
			planned := began.Add(time.Duration(n) * time.Second / healthyRate)
			n++
			pause(time.Until(planned))
			late = max(late, time.Since(planned))
			g.Go(func() error {
				var sum gateway.Summary
				var buffer bytes.Buffer
				if err := s.pushOne(one, &sum, &buffer); err != nil {
					return err
				}
				mu.Lock()
				defer mu.Unlock()
				answered[string(dossierNumber.Find(one.body))] = time.Now()
				return nil
			})
		}
	}
	require.NoError(b, g.Wait())
	return answered, late
}
