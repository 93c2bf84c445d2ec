package telemetry_test

import (
	"fmt"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/lienthong/lienthong/adapters"
	"github.com/lienthong/lienthong/gateway"
	"github.com/lienthong/lienthong/gateway/postgres"
	"github.com/lienthong/lienthong/gateway/telemetry"
	"github.com/lienthong/lienthong/internal/pgtest"
	"github.com/lienthong/lienthong/schema"
)

// BenchmarkIngest judges repeats, which cost the store the least, so that
// whatever watching adds shows the most. Both shapes take turns in one run:
// their ratio is in the metric watched/bare.
func BenchmarkIngest(b *testing.B) {
	for _, size := range []int{1, 100, 1000} {
		b.Run(fmt.Sprintf("%d records", size), func(b *testing.B) {
			store := postgres.New(pgtest.New(b))
			watched := telemetry.New(telemetry.Options{}).IngestStore(store)
			units := dossiers(b, size)
			ingest := func(s gateway.IngestStore) time.Duration {
				for i := range units[0].Submissions {
					units[0].Submissions[i].ID = id(b)
				}
				started := time.Now()
				_, err := s.Ingest(b.Context(), units)
				require.NoError(b, err)
				return time.Since(started)
			}
			ingest(store)
			var bare, seen time.Duration
			for turn := 0; b.Loop(); turn++ {
				if turn%2 == 0 {
					bare += ingest(store)
					seen += ingest(watched)
				} else {
					seen += ingest(watched)
					bare += ingest(store)
				}
			}
			b.ReportMetric(float64(seen)/float64(bare), "watched/bare")
		})
	}
}

// BenchmarkObserve is what watching adds by itself, for each record.
func BenchmarkObserve(b *testing.B) {
	const size = 1000
	store := new(stored)
	units := dossiers(b, size)
	var out gateway.UnitOutcome
	for range size {
		out.Answer.Results = append(out.Answer.Results, gateway.MessageResult{Records: []gateway.RecordResult{{Kind: schema.KindDossier, Verdict: gateway.Unchanged}}})
	}
	store.out.Units = []gateway.UnitOutcome{out}
	watched := telemetry.New(telemetry.Options{}).IngestStore(store)
	for b.Loop() {
		_, err := watched.Ingest(b.Context(), units)
		require.NoError(b, err)
	}
	b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N)/size, "ns/record")
}

func dossiers(b *testing.B, n int) []gateway.Unit {
	b.Helper()
	var u gateway.Unit
	for i := range n {
		d := &schema.Dossier{Number: fmt.Sprintf("H05.31-251103-%04d", i), Procedure: schema.ProcedureRef{Code: "1.001193"}, Status: schema.Received}
		sealed, err := schema.SealBody(d)
		require.NoError(b, err)
		u.Submissions = append(u.Submissions, gateway.Submission{
			Source: "motcua", ReceivedAt: time.Now(), ContentType: "application/json", Raw: sealed.JSON, Adapter: "test", AdapterVersion: 1,
			Records: []gateway.PreparedRecord{{Source: "motcua", Kind: schema.KindDossier, ID: d.Number, Order: adapters.ByEventTime, Body: d, Sealed: sealed, Raw: sealed.JSON}},
		})
	}
	return []gateway.Unit{u}
}
