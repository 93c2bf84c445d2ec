package migrations_test

import (
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/jackc/pgx/v5/pgxpool"
	"golang.org/x/sync/errgroup"

	"github.com/lienthong/lienthong/internal/pgtest"
	"github.com/lienthong/lienthong/migrations"
)

const visits = `
	CREATE TABLE visit (
		at timestamptz NOT NULL,
		id bigint NOT NULL,
		note text NOT NULL CHECK (note <> ''),
		length int GENERATED ALWAYS AS (length(note)) STORED,
		PRIMARY KEY (id, at)
	) PARTITION BY RANGE (at);
	CREATE TABLE visit_default PARTITION OF visit DEFAULT;
	CREATE TABLE by_list (kind text) PARTITION BY LIST (kind);
	CREATE TABLE by_number (n bigint) PARTITION BY RANGE (n);
	CREATE TABLE plain (at timestamptz)`

func TestEnsurePartitions(t *testing.T) {
	t.Parallel()
	setup := func(t *testing.T) *pgxpool.Pool {
		t.Helper()
		pool, err := pgxpool.New(t.Context(), pgtest.Empty(t))
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(pool.Close)
		if _, err := pool.Exec(t.Context(), visits); err != nil {
			t.Fatal(err)
		}
		return pool
	}
	november := time.Date(2025, 11, 22, 8, 0, 0, 0, time.UTC)
	fourMonths := []string{"visit_202511", "visit_202512", "visit_202601", "visit_202602"}

	t.Run("makes this month and the next three, over the turn of the year, once", func(t *testing.T) {
		t.Parallel()
		pool := setup(t)
		made, err := migrations.EnsurePartitions(t.Context(), pool, november, 3)
		if err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(fourMonths, made); diff != "" {
			t.Errorf("made (-want +got):\n%s", diff)
		}
		again, err := migrations.EnsurePartitions(t.Context(), pool, november, 3)
		if err != nil || len(again) > 0 {
			t.Errorf("the second call made %v, %v", again, err)
		}
	})

	t.Run("cuts months at midnight UTC, whatever the zones of clock and session", func(t *testing.T) {
		t.Parallel()
		pool := setup(t)
		hanoi := time.FixedZone("+07", 7*3600)
		// Still October in Greenwich.
		if _, err := migrations.EnsurePartitions(t.Context(), pool, time.Date(2025, 11, 1, 6, 59, 0, 0, hanoi), 1); err != nil {
			t.Fatal(err)
		}
		for at, want := range map[string]string{
			"2025-09-30 23:59:59.999999+00": "visit_default",
			"2025-10-01 00:00:00+00":        "visit_202510",
			"2025-10-31 23:59:59.999999+00": "visit_202510",
			"2025-11-01 06:59:59+07":        "visit_202510",
			"2025-11-01 07:00:00+07":        "visit_202511",
			"2025-12-01 00:00:00+00":        "visit_default",
		} {
			var got string
			err := pool.QueryRow(t.Context(),
				`INSERT INTO visit (id, at, note) VALUES (1, $1::text::timestamptz, 'x') RETURNING tableoid::regclass::text`, at).Scan(&got)
			if err != nil {
				t.Fatal(err)
			}
			if got != want {
				t.Errorf("%s is in %s, want %s", at, got, want)
			}
		}
	})

	t.Run("moves rows out of the default partition", func(t *testing.T) {
		t.Parallel()
		pool := setup(t)
		_, err := pool.Exec(t.Context(), `INSERT INTO visit (id, at, note)
			VALUES (1, '2025-11-30 10:00+00', 'early'), (2, '2031-01-01 10:00+00', 'far away')`)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := migrations.EnsurePartitions(t.Context(), pool, november, 3); err != nil {
			t.Fatal(err)
		}
		for id, want := range map[int]string{1: "visit_202511", 2: "visit_default"} {
			var got string
			var length int
			err := pool.QueryRow(t.Context(), `SELECT tableoid::regclass::text, length FROM visit WHERE id = $1`, id).Scan(&got, &length)
			if err != nil {
				t.Fatal(err)
			}
			if got != want || length == 0 {
				t.Errorf("row %d is in %s with length %d, want %s", id, got, length, want)
			}
		}
	})

	t.Run("works without a default partition and keeps the rules of the table", func(t *testing.T) {
		t.Parallel()
		pool := setup(t)
		if _, err := pool.Exec(t.Context(), `DROP TABLE visit_default`); err != nil {
			t.Fatal(err)
		}
		if _, err := migrations.EnsurePartitions(t.Context(), pool, november, 0); err != nil {
			t.Fatal(err)
		}
		for name, sql := range map[string]string{
			"CHECK":       `INSERT INTO visit (id, at, note) VALUES (1, '2025-11-02', '')`,
			"NOT NULL":    `INSERT INTO visit (id, at) VALUES (1, '2025-11-02')`,
			"PRIMARY KEY": `INSERT INTO visit (id, at, note) VALUES (1, '2025-11-02', 'a'), (1, '2025-11-02', 'b')`,
		} {
			if _, err := pool.Exec(t.Context(), sql); err == nil {
				t.Errorf("the partition has lost its %s", name)
			}
		}
	})

	t.Run("several at once make each partition once", func(t *testing.T) {
		t.Parallel()
		pool := setup(t)
		group, ctx := errgroup.WithContext(t.Context())
		made := make([][]string, 4)
		for i := range made {
			group.Go(func() (err error) {
				made[i], err = migrations.EnsurePartitions(ctx, pool, november, 3)
				return err
			})
		}
		if err := group.Wait(); err != nil {
			t.Fatal(err)
		}
		count := map[string]int{}
		for _, names := range made {
			for _, name := range names {
				count[name]++
			}
		}
		want := map[string]int{}
		for _, name := range fourMonths {
			want[name] = 1
		}
		if diff := cmp.Diff(want, count); diff != "" {
			t.Errorf("made (-want +got):\n%s", diff)
		}
	})
}
