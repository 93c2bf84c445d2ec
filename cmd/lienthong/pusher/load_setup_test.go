package pusher_test

import (
	"context"
	"fmt"
	"os"
	"strings"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgxpool"
	"github.com/stretchr/testify/require"

	"github.com/lienthong/lienthong/adapters"
	"github.com/lienthong/lienthong/adapters/all"
	"github.com/lienthong/lienthong/cmd/lienthong/pusher"
	"github.com/lienthong/lienthong/cmd/lienthong/world"
	"github.com/lienthong/lienthong/gateway"
	"github.com/lienthong/lienthong/gateway/postgres"
	"github.com/lienthong/lienthong/schema"
)

// TestMain makes the test binary a loader when it is called as one, so that it can be killed.
func TestMain(m *testing.M) {
	if url := os.Getenv("LIENTHONG_TEST_LOAD"); url != "" {
		if err := loadUntilKilled(url, os.Args[1]); err != nil {
			fmt.Fprintln(os.Stderr, err)
			os.Exit(1)
		}
		return
	}
	os.Exit(m.Run())
}

func loadUntilKilled(url, file string) error {
	ctx := context.Background()
	pool, err := pgxpool.New(ctx, url)
	if err != nil {
		return err
	}
	defer pool.Close()
	src, err := newSource(world.OneStop, "onestop")
	if err != nil {
		return err
	}
	_, err = load(ctx, gateway.LoaderOptions{Source: src, Store: postgres.New(pool), Window: 300, Commits: 3}, told{}, file)
	return err
}

// told says on standard output how far a load has come.
type told struct{ quiet }

// Advanced implements gateway.LoadReport.
func (told) Advanced(l gateway.Load) (int64, error) {
	fmt.Println("advanced", l.Position)
	return 0, nil
}

// quiet is a report that keeps nothing.
type quiet struct{}

func (quiet) Begin(gateway.Load) error                                   { return nil }
func (quiet) Rejected(gateway.LoadMessage, []gateway.RecordResult) error { return nil }
func (quiet) Advanced(gateway.Load) (int64, error)                       { return 0, nil }

func newSource(code, adapter string) (gateway.Source, error) {
	spec, err := all.Registry().Get(adapter)
	if err != nil {
		return gateway.Source{}, err
	}
	a, err := spec.New(adapters.Config{Province: "24"})
	return gateway.Source{Code: code, Spec: spec, Adapter: a}, err
}

func source(t testing.TB, code, adapter string) gateway.Source {
	t.Helper()
	s, err := newSource(code, adapter)
	require.NoError(t, err)
	return s
}

// load runs a load of files once.
func load(ctx context.Context, o gateway.LoaderOptions, report gateway.LoadReport, files ...string) (gateway.Load, error) {
	input := pusher.InputOptions{Files: files}
	print, err := pusher.Fingerprint(ctx, input)
	if err != nil {
		return gateway.Load{}, err
	}
	in, err := pusher.Open(input)
	if err != nil {
		return gateway.Load{}, err
	}
	defer func() { _ = in.Close() }()
	return gateway.NewLoader(o).Run(ctx, gateway.LoadOrder{Source: o.Source.Code, Fingerprint: print}, pusher.LoadInput{Input: in}, report)
}

// contents is every table that a load fills, ids aside: things are named by
// what they are found by, messages by their bytes.
func contents(t testing.TB, pool *pgxpool.Pool) map[string][]string {
	t.Helper()
	const thing = `(SELECT string_agg(b.scheme || '=' || b.value, ',' ORDER BY b.scheme, b.value) FROM identifier_binding b WHERE b.entity_id = `
	const noIDs = `'[0-9a-f]{8}-[0-9a-f-]{27}', '', 'g')`
	got := map[string][]string{}
	for name, query := range map[string]string{
		"submission": `SELECT concat_ws('|', source, content_type, adapter, adapter_version, encode(sha256, 'hex'), md5(raw), code, regexp_replace(result::text, ` + noIDs + `) FROM submission`,
		"record":     `SELECT concat_ws('|', source, kind, local_id, ` + thing + `r.entity_id), revision, encode(hash, 'hex'), source_version, event_time, adapter_version, body, in_review, md5(raw)) FROM record r`,
		"revision": `SELECT concat_ws('|', r.source, r.kind, r.local_id, v.revision, encode(v.hash, 'hex'), encode(s.sha256, 'hex'))
			FROM record_revision v JOIN record r ON r.id = v.record_id JOIN submission s ON s.id = v.submission_id`,
		"entity":  `SELECT concat_ws('|', kind, ` + thing + `e.id), revision, encode(hash, 'hex'), body, merged_into) FROM entity e`,
		"mention": `SELECT concat_ws('|', r.source, r.kind, r.local_id, m.ordinal, m.role, m.kind, ` + thing + `m.entity_id), m.ground) FROM mention m JOIN record r ON r.id = m.record_id`,
		"review":  `SELECT concat_ws('|', source, kind, local_id, encode(hash, 'hex'), reason) FROM review`,
		"load":    `SELECT concat_ws('|', source, state, position, tally) FROM bulk_load`,
		"part":    `SELECT id::text FROM bulk_load_part`,
		"mark":    `SELECT concat_ws('|', i.entity_kind, i.type, m.kind, m.body ->> 'kind', m.body ->> 'created', m.body ->> 'changed') FROM change_inbox i LEFT JOIN snapshot_mark m ON m.id = i.entity_id`,
		"due":     `SELECT key FROM delivery`,
	} {
		rows, err := pool.Query(context.Background(), query+` ORDER BY 1`)
		require.NoError(t, err, name)
		got[name], err = pgx.CollectRows(rows, pgx.RowTo[string])
		require.NoError(t, err, name)
	}
	return got
}

// same compares tables and tells the first difference alone.
func same(t *testing.T, want, got map[string][]string, tables ...string) {
	t.Helper()
	if len(tables) == 0 {
		for name := range want {
			tables = append(tables, name)
		}
	}
	for _, name := range tables {
		w, g := want[name], got[name]
		for i := range min(len(w), len(g)) {
			require.Equal(t, w[i], g[i], "%s, row %d", name, i)
		}
		require.Len(t, g, len(w), name)
	}
}

func receivers() gateway.Receiver {
	return gateway.Receiver{Code: "dvcqg", Receives: []schema.Kind{schema.KindDossier}}
}

// rebuilt checks that every golden body is what the records of its dossier make of it.
func rebuilt(t *testing.T, pool *pgxpool.Pool) {
	t.Helper()
	rows, err := pool.Query(t.Context(), `
		SELECT e.body, r.source, r.kind, r.local_id, r.event_time, r.body, e.id::text
		FROM entity e JOIN record r ON r.entity_id = e.id WHERE e.kind = 'dossier'`)
	require.NoError(t, err)
	claims, golden := map[string][]gateway.Claim{}, map[string][]byte{}
	var (
		held, body []byte
		kind       schema.Kind
		c          gateway.Claim
		id         string
		at         *time.Time
	)
	_, err = pgx.ForEachRow(rows, []any{&held, &c.Source, &kind, &c.ID, &at, &body, &id}, func() error {
		claim := c
		if at != nil {
			claim.EventTime = *at
		}
		var err error
		claim.Body, err = schema.OpenBody(kind, body)
		claims[id], golden[id] = append(claims[id], claim), append([]byte(nil), held...)
		return err
	})
	require.NoError(t, err)
	require.NotEmpty(t, golden)
	for id, of := range claims {
		sealed, err := schema.SealBody(gateway.Derive(schema.KindDossier, of, nil))
		require.NoError(t, err)
		require.JSONEq(t, strings.TrimSpace(string(golden[id])), string(sealed.JSON))
	}
}
