package pgtest

import (
	"context"
	"fmt"
	"strings"
	"testing"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgxpool"
	"go.uber.org/goleak"
)

// number runs one statement that returns a number.
func number(t *testing.T, pool *pgxpool.Pool, sql string) int {
	t.Helper()
	var n int
	if err := pool.QueryRow(t.Context(), sql).Scan(&n); err != nil {
		t.Fatal(err)
	}
	return n
}

func database(t *testing.T, pool *pgxpool.Pool) string {
	t.Helper()
	var name string
	if err := pool.QueryRow(t.Context(), "SELECT current_database()").Scan(&name); err != nil {
		t.Fatal(err)
	}
	return name
}

const insertJob = `INSERT INTO river_job (args, kind, max_attempts) VALUES ('{}', 'test', 1) RETURNING id`

func TestNew(t *testing.T) {
	t.Run("has our tables and River's", func(t *testing.T) {
		pool := New(t)
		number(t, pool, "SELECT count(*) FROM river_job")
		number(t, pool, "SELECT count(*) FROM record")
	})

	t.Run("a database comes back clean, with its sequences at the start", func(t *testing.T) {
		seen := map[string]bool{}
		for range 2*stockSize + 1 {
			t.Run("use", func(t *testing.T) {
				pool := New(t)
				name := database(t, pool)
				if n := number(t, pool, "SELECT count(*) FROM river_job"); n != 0 {
					t.Errorf("%d jobs of an earlier test in %s", n, name)
				}
				if id := number(t, pool, insertJob); id != 1 {
					t.Errorf("the first job has id %d", id)
				}
				seen[name] = true
			})
		}
		if len(seen) != 1 {
			t.Errorf("one test after the other used %d databases instead of the same one", len(seen))
		}
	})

	t.Run("tests at the same time have databases of their own", func(t *testing.T) {
		t.Run("group", func(t *testing.T) {
			for i := range stockSize + 2 {
				t.Run(fmt.Sprint(i), func(t *testing.T) {
					t.Parallel()
					pool := New(t)
					number(t, pool, insertJob)
					if n := number(t, pool, "SELECT count(*) FROM river_job"); n != 1 {
						t.Errorf("%d jobs, want only my own", n)
					}
				})
			}
		})
	})

	t.Run("the same test means the same database, Another means another", func(t *testing.T) {
		first := database(t, New(t))
		if second := database(t, New(t)); second != first {
			t.Errorf("New: %s, then %s", first, second)
		}
		config, err := pgx.ParseConfig(URL(t))
		if err != nil || config.Database != first {
			t.Errorf("URL leads to another database than New, or nowhere: %v", err)
		}
		other, _ := Another(t)
		if database(t, other) == first {
			t.Error("Another returned the same database")
		}
	})

	t.Run("Empty has no tables", func(t *testing.T) {
		conn, err := pgx.Connect(t.Context(), Empty(t))
		if err != nil {
			t.Fatal(err)
		}
		defer func() { _ = conn.Close(context.Background()) }()
		var n int
		err = conn.QueryRow(t.Context(), `SELECT count(*) FROM pg_class WHERE oid >= 16384`).Scan(&n)
		if err != nil || n != 0 {
			t.Errorf("%d tables, %v", n, err)
		}
	})

	t.Run("leaves no goroutine but the server's", func(t *testing.T) {
		current(t)
		ignore := goleak.IgnoreCurrent()
		t.Run("use", func(t *testing.T) { number(t, New(t), insertJob) })
		goleak.VerifyNone(t, ignore)
		goleak.VerifyNone(t, IgnoreServer(), goleak.IgnoreTopFunction("testing.(*T).Run"))
	})
}

// recorder is a test that may fail without failing this one.
type recorder struct {
	testing.TB
	cleanups []func()
	said     []string
}

func (r *recorder) Helper()          {}
func (r *recorder) Cleanup(f func()) { r.cleanups = append(r.cleanups, f) }
func (r *recorder) Errorf(format string, args ...any) {
	r.said = append(r.said, fmt.Sprintf(format, args...))
}

func (r *recorder) finish() {
	for i := len(r.cleanups) - 1; i >= 0; i-- {
		r.cleanups[i]()
	}
}

func TestWhatATestLeavesBehind(t *testing.T) {
	t.Run("a connection that is never released fails the test, not the next one", func(t *testing.T) {
		careless := &recorder{TB: t}
		pool := openWithin(careless, URL(careless), 0)
		conn, err := pool.Acquire(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		defer conn.Release()
		if _, err := conn.Exec(t.Context(), "BEGIN; "+insertJob); err != nil {
			t.Fatal(err)
		}
		careless.finish()
		if len(careless.said) != 1 || !strings.Contains(careless.said[0], "never released") {
			t.Errorf("the careless test heard %q", careless.said)
		}
		if err := conn.Ping(t.Context()); err == nil {
			t.Error("the forgotten connection still works")
		}
	})

	t.Run("a changed schema costs the database, and the next test has a right one", func(t *testing.T) {
		for _, change := range []string{
			"CREATE TABLE stray (n int)",
			"ALTER TABLE river_job ADD COLUMN stray int",
			"ALTER TABLE river_queue ALTER COLUMN metadata DROP NOT NULL",
			"DROP TABLE record CASCADE",
			"DROP INDEX river_job_kind",
		} {
			var broken string
			t.Run(change, func(t *testing.T) {
				pool := New(t)
				broken = database(t, pool)
				if _, err := pool.Exec(t.Context(), change); err != nil {
					t.Fatal(err)
				}
			})
			pool := New(t)
			if n := number(t, pool, "SELECT count(*) FROM pg_database WHERE datname = '"+broken+"'"); n != 0 {
				t.Errorf("after %s, database %s is still in use", change, broken)
			}
		}
	})
}
