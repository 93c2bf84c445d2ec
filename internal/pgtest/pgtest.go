// Package pgtest gives tests a real PostgreSQL, and each test a clean, fully
// migrated database of its own.
//
//	func TestStore(t *testing.T) {
//		pool := pgtest.New(t)
//		…
//	}
//
// The first call of a test binary starts one private server in memory, from a
// folder that was prepared once for all test binaries; see template.go. A test
// takes a database from a small stock and gives it back when it ends; the
// database is emptied for the next one in about a millisecond, which is a
// hundredth of what a new one costs. Tests may run in parallel. Nothing has to
// be called at the end: server and folder go when the test binary does.
//
// A machine without PostgreSQL fails the test with the command that installs
// it. Tests are never skipped.
package pgtest

import (
	"context"
	"testing"
	"time"

	"github.com/jackc/pgx/v5/pgxpool"
	"go.uber.org/goleak"
)

// New returns a pool on a clean database with our tables and River's. At the end of the test the
// pool is closed and the database emptied; a test that still holds a connection then fails. Calls
// with the same t, of New and of [URL], speak of the same database.
func New(t testing.TB) *pgxpool.Pool {
	t.Helper()
	return open(t, URL(t))
}

// URL returns the connection string of the database that belongs to t, for code that connects by
// itself or runs as a program of its own.
func URL(t testing.TB) string {
	t.Helper()
	s := current(t)
	url, err := s.lease(t)
	if err != nil {
		t.Fatal(err)
	}
	return url
}

// Another returns a clean database beside the one of New and URL, and its connection string: a
// restored copy, a second site. Each call returns a new one.
func Another(t testing.TB) (*pgxpool.Pool, string) {
	t.Helper()
	s := current(t)
	url, err := s.take(t)
	if err != nil {
		t.Fatal(err)
	}
	return open(t, url), url
}

// Empty returns the connection string of a new database without any table, for tests of migrations.
func Empty(t testing.TB) string {
	t.Helper()
	s := current(t)
	url, err := s.create(t)
	if err != nil {
		t.Fatal(err)
	}
	return url
}

// IgnoreServer is for goleak: it excuses the one goroutine that watches over the server as long as
// the test binary runs. Within a test, check for leaks in a t.Cleanup that is registered before New,
// so that the pool is closed by then.
func IgnoreServer() goleak.Option {
	return goleak.IgnoreAnyFunction("github.com/lienthong/lienthong/gateway/embedded.supervise")
}

// closeTime is how long a test may take to give its connections back after it ended.
const closeTime = 5 * time.Second

func open(t testing.TB, url string) *pgxpool.Pool {
	t.Helper()
	return openWithin(t, url, closeTime)
}

// openWithin makes a pool that is closed before the database goes back to the stock.
func openWithin(t testing.TB, url string, closeTime time.Duration) *pgxpool.Pool {
	t.Helper()
	config, err := pgxpool.ParseConfig(url)
	if err != nil {
		t.Fatal("pgtest: the connection string cannot be read")
	}
	config.MaxConns = 8
	pool, err := pgxpool.NewWithConfig(context.Background(), config)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		closed := make(chan struct{})
		go func() { pool.Close(); close(closed) }()
		select {
		case <-closed:
		case <-time.After(closeTime):
			t.Errorf("pgtest: the test ended, but %d of its connections were never released", pool.Stat().AcquiredConns())
		}
	})
	return pool
}
