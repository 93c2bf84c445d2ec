package bench_test

import (
	"log/slog"
	"testing"

	"github.com/jackc/pgx/v5/pgxpool"
	"github.com/stretchr/testify/require"

	"github.com/lienthong/lienthong/gateway"
	"github.com/lienthong/lienthong/gateway/postgres"
	"github.com/lienthong/lienthong/internal/journal"
)

// BenchmarkIngest pushes what is new and measures against COPY of the same
// rows into the same tables, in transactions of the same messages. "lives"
// changes records and dossiers several times over; its limit is charged for
// their last state alone. "sealed" is the first with receipts, and the journal
// sealed meanwhile.
func BenchmarkIngest(b *testing.B) {
	for _, load := range []struct {
		name    string
		traffic traffic
		sealed  bool
	}{{"new_dossiers", newDossiers(16_000), false}, {"lives", lives(4_000), false}, {"sealed", newDossiers(16_000), true}} {
		b.Run(load.name, func(b *testing.B) {
			p := durable(b)
			var ingest, limit cost
			for b.Loop() {
				empty(b, p)
				keys := keysOf(b, load.sealed)
				s := serve(b, p, 0, keys...) // to which the messages are new
				var sum gateway.Summary
				ingest = ingest.plus(measure(func() {
					sum = s.push(b, load.traffic)
					seal(b, p, keys)
				}))
				require.GreaterOrEqual(b, sum.Accepted+sum.NeedsReview+sum.Superseded, load.traffic.messages())
				rows := capture(b, p)
				empty(b, p)
				limit = limit.plus(measure(func() { insert(b, p, rows) }))
			}
			report(b, "messages", load.traffic.messages(), ingest, limit)
		})
	}
}

// seal seals what is left when the last push is answered.
func seal(b *testing.B, p *pgxpool.Pool, keys []*journal.Key) {
	b.Helper()
	for more := len(keys); more > 0; {
		var err error
		more, err = postgres.NewSealer(postgres.New(p), keys[0], slog.New(slog.DiscardHandler)).Seal(b.Context())
		require.NoError(b, err)
	}
}

func keysOf(b *testing.B, sealed bool) []*journal.Key {
	b.Helper()
	if !sealed {
		return nil
	}
	key, err := journal.GenerateKey()
	require.NoError(b, err)
	return []*journal.Key{key}
}

// BenchmarkRepeat pushes everything once more: "remembered" soon afterwards,
// while what the adapters made of it is still at hand, "forgotten" after that.
// Its limit is the bare look at keys and hashes; "kept_ratio" and
// "kept_cpu_ratio" add to the limit the COPY of the submissions, which a repeat
// leaves behind too.
func BenchmarkRepeat(b *testing.B) {
	t := newDossiers(8_000) // fits into what is remembered
	for _, memory := range []struct {
		name string
		memo int
	}{{"remembered", 0}, {"forgotten", forgetful}} {
		b.Run(memory.name, func(b *testing.B) {
			p := durable(b)
			s := serve(b, p, memory.memo)
			empty(b, p)
			s.push(b, t)
			looks := known(b, p)
			run(b, p, `TRUNCATE submission`)
			var repeat, look, keep cost
			for b.Loop() {
				run(b, p, `CHECKPOINT`)
				var sum gateway.Summary
				repeat = repeat.plus(measure(func() { sum = s.push(b, t) }))
				require.Equal(b, t.messages(), sum.Unchanged+sum.NeedsReview)
				rows := capture(b, p, "submission")
				run(b, p, `TRUNCATE submission`)
				run(b, p, `CHECKPOINT`)
				look = look.plus(measure(func() { probe(b, p, looks) }))
				keep = keep.plus(measure(func() { insert(b, p, rows) }))
				run(b, p, `TRUNCATE submission`)
			}
			report(b, "messages", t.messages(), repeat, look)
			both := look.plus(keep)
			b.ReportMetric(both.clock.Seconds()/repeat.clock.Seconds(), "kept_ratio")
			if repeat.processors > 0 {
				b.ReportMetric(both.processors.Seconds()/repeat.processors.Seconds(), "kept_cpu_ratio")
			}
		})
	}
}
