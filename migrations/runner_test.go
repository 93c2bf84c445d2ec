package migrations_test

import (
	"context"
	"errors"
	"io/fs"
	"strings"
	"testing"
	"testing/fstest"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/jackc/pgx/v5"
	"golang.org/x/sync/errgroup"

	"github.com/lienthong/lienthong/internal/fault"
	"github.com/lienthong/lienthong/internal/pgtest"
	"github.com/lienthong/lienthong/migrations"
)

const createBook = `-- +goose Up
CREATE TABLE book (id bigint PRIMARY KEY, title text NOT NULL);
-- +goose Down
DROP TABLE book;
`

const indexBook = `-- +goose NO TRANSACTION
-- +goose Up
CREATE INDEX CONCURRENTLY book_title_idx ON book (title);
-- +goose Down
DROP INDEX CONCURRENTLY book_title_idx;
`

func file(text string) *fstest.MapFile { return &fstest.MapFile{Data: []byte(text)} }

func connect(t *testing.T, url string) *pgx.Conn {
	t.Helper()
	conn, err := pgx.Connect(t.Context(), url)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = conn.Close(context.Background()) })
	return conn
}

// tables lists all tables of the database but goose's own.
func tables(t *testing.T, conn *pgx.Conn) []string {
	t.Helper()
	rows, err := conn.Query(t.Context(), `
		SELECT c.relname::text FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
		WHERE n.nspname = 'public' AND c.relkind IN ('r', 'p') AND c.relname <> 'goose_db_version' ORDER BY 1`)
	if err != nil {
		t.Fatal(err)
	}
	names, err := pgx.CollectRows(rows, pgx.RowTo[string])
	if err != nil {
		t.Fatal(err)
	}
	return names
}

func TestUp(t *testing.T) {
	t.Parallel()

	t.Run("goes up, comes down to nothing, and goes up again", func(t *testing.T) {
		t.Parallel()
		url := pgtest.Empty(t)
		conn := connect(t, url)
		if err := migrations.Up(t.Context(), url, nil); err != nil {
			t.Fatal(err)
		}
		first := tables(t, conn)
		for _, must := range []string{"river_job", "submission"} {
			if !strings.Contains(" "+strings.Join(first, " ")+" ", " "+must+" ") {
				t.Errorf("no table %s among %v", must, first)
			}
		}
		if err := (migrations.Runner{}).Down(t.Context(), url); err != nil {
			t.Fatal(err)
		}
		if left := tables(t, conn); len(left) > 0 {
			t.Errorf("after Down there still is %v", left)
		}
		if err := migrations.Up(t.Context(), url, nil); err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(first, tables(t, conn)); diff != "" {
			t.Errorf("the second way up ends elsewhere (-first +second):\n%s", diff)
		}
	})

	t.Run("programs that start together all find the database migrated", func(t *testing.T) {
		t.Parallel()
		url := pgtest.Empty(t)
		files := fstest.MapFS{"00001_create_book.sql": file(createBook), "00002_index_book.sql": file(indexBook)}
		// A waiter that held a snapshot would stop the holder's CREATE INDEX CONCURRENTLY for good.
		limited, cancel := context.WithTimeout(t.Context(), 30*time.Second)
		defer cancel()
		group, ctx := errgroup.WithContext(limited)
		for range 4 {
			group.Go(func() error {
				return migrations.Runner{Files: files, Poll: time.Millisecond}.Up(ctx, url)
			})
		}
		if err := group.Wait(); err != nil {
			t.Fatal(err)
		}
		steps, err := migrations.Runner{Files: files}.Status(t.Context(), url)
		if err != nil {
			t.Fatal(err)
		}
		for _, s := range steps {
			if !s.Applied {
				t.Errorf("%s %s is not applied", s.Line, s.Name)
			}
		}
	})

	t.Run("a step that fails leaves those before it, and is done by the next run", func(t *testing.T) {
		t.Parallel()
		url := pgtest.Empty(t)
		files := fstest.MapFS{
			"00001_create_book.sql": file(createBook),
			"00002_typo.sql":        file("-- +goose Up\nCREATE TABLE page (id no_such_type);\n"),
		}
		if err := (migrations.Runner{Files: files}).Up(t.Context(), url); err == nil {
			t.Fatal("the broken file was applied")
		}
		if diff := cmp.Diff([]string{"book"}, tables(t, connect(t, url))); diff != "" {
			t.Errorf("tables (-want +got):\n%s", diff)
		}
		files["00002_typo.sql"] = file("-- +goose Up\nCREATE TABLE page (id bigint);\n")
		if err := (migrations.Runner{Files: files}).Up(t.Context(), url); err != nil {
			t.Fatal(err)
		}
	})

	t.Run("gives up waiting for another program when its context ends", func(t *testing.T) {
		t.Parallel()
		url := pgtest.Empty(t)
		if _, err := connect(t, url).Exec(t.Context(), `SELECT pg_advisory_lock($1)`, int64(migrations.LockKey)); err != nil {
			t.Fatal(err)
		}
		ctx, cancel := context.WithTimeout(t.Context(), 50*time.Millisecond)
		defer cancel()
		err := migrations.Runner{Poll: time.Millisecond}.Up(ctx, url)
		if !errors.Is(err, context.DeadlineExceeded) || fault.CodeOf(err) != fault.Unavailable {
			t.Errorf("got %v", err)
		}
	})

	t.Run("does not repeat a connection string that it cannot read", func(t *testing.T) {
		t.Parallel()
		err := migrations.Up(t.Context(), "postgres://u:hunter2@[bad", nil)
		if err == nil || strings.Contains(err.Error(), "hunter2") {
			t.Errorf("got %v", err)
		}
	})
}

func TestStatus(t *testing.T) {
	t.Parallel()
	url := pgtest.Empty(t)
	files := fstest.MapFS{"00001_create_book.sql": file(createBook)}
	runner := migrations.Runner{Files: files}
	before, err := runner.Status(t.Context(), url)
	if err != nil {
		t.Fatal(err)
	}
	if err := runner.Up(t.Context(), url); err != nil {
		t.Fatal(err)
	}
	after, err := runner.Status(t.Context(), url)
	if err != nil {
		t.Fatal(err)
	}
	if len(before) != len(after) || len(before) < 2 {
		t.Fatalf("%d steps before, %d after", len(before), len(after))
	}
	for i := range before {
		if before[i].Applied || !after[i].Applied {
			t.Errorf("%s %s: applied before %t, after %t", before[i].Line, before[i].Name, before[i].Applied, after[i].Applied)
		}
	}
	first := after[0]
	if first.Line != "lienthong" || first.Version != 1 || first.Name != "00001_create_book.sql" || first.AppliedAt.IsZero() {
		t.Errorf("first step: %+v", first)
	}
}

// Every file says how to go back, and begins with a limit on how long it waits for a lock.
func TestFiles(t *testing.T) {
	t.Parallel()
	names, err := fs.Glob(migrations.Files(), "*.sql")
	if err != nil || len(names) == 0 {
		t.Fatalf("%d files, %v", len(names), err)
	}
	for _, name := range names {
		text, err := fs.ReadFile(migrations.Files(), name)
		if err != nil {
			t.Fatal(err)
		}
		up, down, ok := strings.Cut(string(text), "-- +goose Down")
		if !ok || strings.TrimSpace(down) == "" {
			t.Errorf("%s has no way down", name)
		}
		if !strings.Contains(up, "lock_timeout") {
			t.Errorf("%s sets no lock_timeout", name)
		}
	}
}
