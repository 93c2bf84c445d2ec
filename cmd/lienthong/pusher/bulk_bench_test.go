package pusher_test

import (
	"bufio"
	"context"
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"runtime"
	"strconv"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgtype"
	"github.com/jackc/pgx/v5/pgxpool"
	"github.com/stretchr/testify/require"
	"golang.org/x/sync/errgroup"

	"github.com/lienthong/lienthong/cmd/lienthong/pusher"
	"github.com/lienthong/lienthong/cmd/lienthong/world"
	"github.com/lienthong/lienthong/gateway"
	"github.com/lienthong/lienthong/gateway/postgres"
	"github.com/lienthong/lienthong/internal/pgtest"
	"github.com/lienthong/lienthong/schema"
)

var bulkRecords = flag.Int("bulk.records", 100_000, "records of BenchmarkBulkLoad")

// BenchmarkBulkLoad loads a file and then writes the same rows into the same
// tables of a second database, with nothing but set-based inserts. It runs
// once, whatever -benchtime says:
//
//	go test -run '^$' -bench BulkLoad -benchtime 1x ./cmd/lienthong/pusher -bulk.records 1000000
//
// LIENTHONG_BENCH_URLS, two connection strings of migrated empty databases,
// takes the place of the volatile test server.
func BenchmarkBulkLoad(b *testing.B) {
	for _, set := range []struct {
		name string
		take func(world.Message) bool
	}{
		{"new dossiers", func(m world.Message) bool {
			return m.Form == "P3" && !strings.Contains(string(m.Body), `"NgayKetThucXuLy":"2`) && m.Class == world.Good
		}},
		{"whole lives", func(m world.Message) bool { return m.Source == world.OneStop }},
	} {
		b.Run(set.name, func(b *testing.B) {
			file := filepath.Join(b.TempDir(), "messages.ndjson")
			writeWorld(b, file, *bulkRecords, set.take)
			target, bare := databases(b)
			b.ResetTimer()
			benchmarkLoad(b, file, target, bare) // takes more than a second: the framework calls once
		})
	}
}

func databases(b *testing.B) (target, bare *pgxpool.Pool) {
	urls := strings.Fields(os.Getenv("LIENTHONG_BENCH_URLS"))
	if len(urls) != 2 {
		target = pgtest.New(b)
		bare, _ = pgtest.Another(b)
		return target, bare
	}
	pools := make([]*pgxpool.Pool, 2)
	for i, url := range urls {
		pool, err := pgxpool.New(b.Context(), url)
		require.NoError(b, err)
		b.Cleanup(pool.Close)
		_, err = pool.Exec(b.Context(), `TRUNCATE submission, record, record_revision, entity, identifier_binding, mention, review,
			bulk_load, bulk_load_part, snapshot_mark, change_inbox`)
		require.NoError(b, err)
		pools[i] = pool
	}
	return pools[0], pools[1]
}

func writeWorld(b *testing.B, file string, records int, take func(world.Message) bool) {
	b.Helper()
	f, err := os.Create(file)
	require.NoError(b, err)
	w := bufio.NewWriter(f)
	n := 0
	for block := range world.New(world.Options{Seed: 1, Dossiers: records * 2}).Blocks() {
		for _, m := range block.Messages {
			if n < records && m.Class != world.Bad && take(m) {
				n++
				_, _ = w.Write(m.Body)
				_ = w.WriteByte('\n')
			}
		}
		if n == records {
			break
		}
	}
	require.NoError(b, w.Flush())
	require.NoError(b, f.Close())
}

func benchmarkLoad(b *testing.B, file string, target, bare *pgxpool.Pool) {
	runtime.GC()
	stop, heap := watchHeap()
	start, busy := time.Now(), processorTime(b, target)
	o := pusher.InputOptions{Files: []string{file}}
	print, err := pusher.Fingerprint(b.Context(), o)
	require.NoError(b, err)
	in, err := pusher.Open(o)
	require.NoError(b, err)
	loader := gateway.NewLoader(gateway.LoaderOptions{Source: source(b, world.OneStop, "onestop"), Store: postgres.New(target)})
	load, err := loader.Run(b.Context(), gateway.LoadOrder{Source: world.OneStop, Fingerprint: schema.Hash(print)}, pusher.LoadInput{Input: in}, quiet{})
	require.NoError(b, err)
	took, busy := time.Since(start), processorTime(b, target)-busy
	stop()
	require.NoError(b, in.Close())
	records := 0
	s := load.Tally.Summary
	records = s.Accepted + s.Unchanged + s.Superseded + s.NeedsReview + s.Rejected
	b.ReportMetric(float64(records)/took.Seconds(), "records/s")
	b.ReportMetric(float64(heap())/(1<<20), "heap-MiB")
	alone, work := bareInsert(b, target, bare, min(max(runtime.GOMAXPROCS(0), 2), 4)) // as many as the loader commits at a time
	b.ReportMetric(alone.Seconds()/took.Seconds(), "ratio")
	b.ReportMetric(work.Seconds()/busy.Seconds(), "cpu-ratio")
	b.ReportMetric(busy.Seconds()*1e6/float64(records), "cpu-µs/record")
	b.ReportMetric(0, "ns/op")
}

// watchHeap looks at the heap each 20 ms.
func watchHeap() (stop func(), most func() uint64) {
	var max atomic.Uint64
	done, ended := make(chan struct{}), make(chan struct{})
	go func() {
		defer close(ended)
		tick := time.NewTicker(20 * time.Millisecond)
		defer tick.Stop()
		for {
			select {
			case <-tick.C:
				var m runtime.MemStats
				runtime.ReadMemStats(&m)
				if m.HeapInuse > max.Load() {
					max.Store(m.HeapInuse)
				}
			case <-done:
				return
			}
		}
	}()
	return func() { close(done); <-ended }, max.Load
}

// table is one table that a load fills.
type table struct {
	name    string
	columns string
	types   []string
}

var filled = []table{
	{"submission", "id, received_at, source, content_type, adapter, adapter_version, sha256, raw, code, result",
		[]string{"uuid", "timestamptz", "text", "text", "text", "integer", "bytea", "bytea", "text", "text"}},
	{"record", "id, source, kind, local_id, entity_id, revision, hash, source_version, event_time, adapter_version, submission_id, first_at, updated_at, body, in_review, raw",
		[]string{"uuid", "text", "text", "text", "uuid", "bigint", "bytea", "bigint", "timestamptz", "integer", "uuid", "timestamptz", "timestamptz", "text", "boolean", "bytea"}},
	{"record_revision", "record_id, revision, hash, arrived_at, submission_id", []string{"uuid", "bigint", "bytea", "timestamptz", "uuid"}},
	{"identifier_binding", "kind, scheme, value, entity_id, created_at", []string{"text", "text", "text", "uuid", "timestamptz"}},
	{"entity", "id, kind, revision, hash, body, created_at, updated_at", []string{"uuid", "text", "bigint", "bytea", "text", "timestamptz", "timestamptz"}},
	{"mention", "record_id, ordinal, role, kind, entity_id, ground", []string{"uuid", "smallint", "text", "text", "uuid", "text"}},
}

// bareInsert copies the rows of one database to the other, 4,000 messages to a
// transaction, and returns the time of the inserts alone.
func bareInsert(b *testing.B, from, to *pgxpool.Pool, conns int) (took, busy time.Duration) {
	b.Helper()
	ctx := b.Context()
	_, err := to.Exec(ctx, `TRUNCATE submission, record, record_revision, entity, identifier_binding, mention, review`)
	require.NoError(b, err)
	src, err := from.Begin(ctx)
	require.NoError(b, err)
	defer func() { _ = src.Rollback(context.Background()) }()
	total := map[string]int{}
	for _, t := range filled {
		var n int
		require.NoError(b, src.QueryRow(ctx, `SELECT count(*) FROM `+t.name).Scan(&n))
		total[t.name] = n
		columns := strings.NewReplacer("body", "body::text", "result", "result::text").Replace(t.columns)
		_, err := src.Exec(ctx, `DECLARE c_`+t.name+` NO SCROLL CURSOR FOR SELECT `+columns+` FROM `+t.name)
		require.NoError(b, err)
	}
	rounds := max(1, total["submission"]/4000)
	for round := 0; round < rounds; round += conns {
		sets := make([][][]any, 0, conns)
		for k := round; k < min(round+conns, rounds); k++ {
			set := make([][]any, len(filled))
			for i, t := range filled {
				n := total[t.name]*(k+1)/rounds - total[t.name]*k/rounds
				set[i] = fetch(b, src, t, n)
			}
			sets = append(sets, set)
		}
		start, before := time.Now(), processorTime(b, to)
		g, ctx := errgroup.WithContext(ctx)
		for _, set := range sets {
			g.Go(func() error { return insertAll(ctx, to, set) })
		}
		require.NoError(b, g.Wait())
		took += time.Since(start)
		busy += processorTime(b, to) - before
	}
	for _, t := range filled {
		var n int
		require.NoError(b, to.QueryRow(ctx, `SELECT count(*) FROM `+t.name).Scan(&n))
		require.Equal(b, total[t.name], n)
	}
	return took, busy
}

// processorTime is what this program and the PostgreSQL server of the pool
// have used: on a machine that others use too, a ratio of it says more than
// one of times. Linux only, and for a server on this machine; else 0.
func processorTime(b *testing.B, pool *pgxpool.Pool) (sum time.Duration) {
	b.Helper()
	var backend int
	require.NoError(b, pool.QueryRow(b.Context(), `SELECT pg_backend_pid()`).Scan(&backend))
	server, _ := readStat(backend)
	files, err := filepath.Glob("/proc/[0-9]*")
	require.NoError(b, err)
	for _, file := range files {
		pid, _ := strconv.Atoi(filepath.Base(file))
		if parent, used := readStat(pid); parent == server || pid == os.Getpid() {
			sum += used
		}
	}
	return sum
}

// readStat returns the parent of a process and the processor time that it has used.
func readStat(pid int) (parent int, used time.Duration) {
	stat, _ := os.ReadFile(fmt.Sprintf("/proc/%d/stat", pid))
	_, rest, _ := strings.Cut(string(stat), ") ")
	fields := strings.Fields(rest)
	if len(fields) < 13 {
		return 0, 0 // it has ended
	}
	parent, _ = strconv.Atoi(fields[1])
	for _, ticks := range fields[11:13] {
		n, _ := strconv.Atoi(ticks)
		used += time.Duration(n) * 10 * time.Millisecond
	}
	return parent, used
}

// fetch returns n rows as one array a column.
func fetch(b *testing.B, src pgx.Tx, t table, n int) []any {
	b.Helper()
	rows, err := src.Query(b.Context(), fmt.Sprintf(`FETCH %d FROM c_%s`, n, t.name))
	require.NoError(b, err)
	columns := make([]any, len(t.types))
	var scan []any
	var add []func()
	for i, typ := range t.types {
		switch typ {
		case "uuid":
			column(&columns[i], &scan, &add, new(pgtype.UUID))
		case "text":
			column(&columns[i], &scan, &add, new(string))
		case "bytea":
			column(&columns[i], &scan, &add, new([]byte))
		case "timestamptz":
			column(&columns[i], &scan, &add, new(*time.Time))
		case "boolean":
			column(&columns[i], &scan, &add, new(bool))
		case "bigint":
			column(&columns[i], &scan, &add, new(int64))
		case "integer":
			column(&columns[i], &scan, &add, new(int32))
		case "smallint":
			column(&columns[i], &scan, &add, new(int16))
		}
	}
	for rows.Next() {
		require.NoError(b, rows.Scan(scan...))
		for _, a := range add {
			a()
		}
	}
	require.NoError(b, rows.Err())
	for i := range columns {
		if columns[i] == nil {
			return nil
		}
	}
	return columns
}

func column[T any](into *any, scan *[]any, add *[]func(), value *T) {
	var all []T
	*scan = append(*scan, value)
	*add = append(*add, func() { all = append(all, *value); *into = all })
}

func insertAll(ctx context.Context, to *pgxpool.Pool, set [][]any) error {
	return pgx.BeginFunc(ctx, to, func(tx pgx.Tx) error {
		for i, t := range filled {
			if set[i] == nil {
				continue
			}
			if _, err := tx.Exec(ctx, t.insert(), set[i]...); err != nil {
				return err
			}
		}
		return nil
	})
}

func (t table) insert() string {
	params := make([]string, len(t.types))
	for i, typ := range t.types {
		params[i] = fmt.Sprintf("$%d::%s[]", i+1, typ)
	}
	columns := strings.NewReplacer("body", "body::json", "result", "result::json").Replace(t.columns)
	return `INSERT INTO ` + t.name + ` (` + t.columns + `) SELECT ` + columns +
		` FROM unnest(` + strings.Join(params, ", ") + `) AS r (` + t.columns + `)`
}
