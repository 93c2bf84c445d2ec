package bench_test

import (
	"errors"
	"io"
	"log/slog"
	"runtime"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/lienthong/lienthong/gateway/postgres"
	"github.com/lienthong/lienthong/internal/journal"
)

// throughFile exports the journal and verifies the export, one beside the other.
func throughFile(b *testing.B, store *postgres.Store, keys journal.Keys) {
	b.Helper()
	in, out := io.Pipe()
	go func() {
		w, err := journal.NewWriter(out)
		if err == nil {
			err = errors.Join(store.FollowJournal(b.Context(), w.Batch, func(*journal.Stored) {}), w.Close())
		}
		_ = out.CloseWithError(err)
	}()
	v := journal.NewVerifier(keys)
	require.NoError(b, journal.VerifyFile(in, v))
	require.True(b, v.Report().OK)
}

// BenchmarkJournal seals and verifies a million lines of the size that pushes
// have. "heap_MB" is what the verification holds at its end: it does not grow
// with the journal.
func BenchmarkJournal(b *testing.B) {
	const lines = 1_000_000
	p := durable(b)
	empty(b, p)
	key, err := journal.GenerateKey()
	require.NoError(b, err)
	store := postgres.New(p)
	sealer := postgres.NewSealer(store, key, slog.New(slog.DiscardHandler))
	for b.Loop() {
		empty(b, p)
		run(b, p, `
			INSERT INTO journal_inbox (count, lines)
			SELECT count(*), string_agg('{"kind":"submission","at":"' || to_char(now() AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"') ||
			       '","id":"' || gen_random_uuid() || '","source":"motcua","sha256":"' || encode(sha256(n::text::bytea), 'hex') ||
			       '","adapter":"onestop","version":3,"records":[{"verdict":"accepted","kind":"dossier","revision":1,"entity":"' || gen_random_uuid() ||
			       '","hash":"' || encode(sha256(n::text::bytea), 'hex') || '","links":["' || gen_random_uuid() || '","' || gen_random_uuid() || '"]}]}', E'\n')
			FROM generate_series(1, 1000000) AS n
			GROUP BY n % 1000`)
		sealing := measure(func() {
			for more := 1; more > 0; {
				more, err = sealer.Seal(b.Context())
				require.NoError(b, err)
			}
		})
		var report journal.Report
		verifying := measure(func() {
			report, err = store.VerifyJournal(b.Context(), journal.NewVerifier(key.Keys()))
		})
		require.NoError(b, err)
		require.True(b, report.OK)
		require.EqualValues(b, lines, report.Lines)
		exporting := measure(func() { throughFile(b, store, key.Keys()) })
		var m runtime.MemStats
		runtime.ReadMemStats(&m)
		b.ReportMetric(0, "ns/op")
		b.ReportMetric(lines/sealing.clock.Seconds(), "sealed/s")
		b.ReportMetric(verifying.clock.Seconds(), "verify_s")
		b.ReportMetric(verifying.processors.Seconds(), "verify_cpu_s")
		b.ReportMetric(exporting.clock.Seconds(), "export_and_verify_s")
		b.ReportMetric(float64(m.HeapInuse)/(1<<20), "heap_MB")
	}
}
