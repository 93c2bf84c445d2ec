package pgtest

import (
	"context"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/jackc/pgx/v5"
)

const shop = `
	CREATE TABLE epoch (id int PRIMARY KEY, name text NOT NULL, shout text GENERATED ALWAYS AS (upper(name)) STORED);
	INSERT INTO epoch VALUES (1, E'first\twith a tab'), (2, 'second');
	CREATE TABLE item (id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY, epoch int NOT NULL REFERENCES epoch, note text);
	INSERT INTO item (epoch, note) VALUES (1, NULL), (2, 'seeded');
	CREATE TABLE line (at date NOT NULL, n int) PARTITION BY RANGE (at);
	CREATE TABLE line_2025 PARTITION OF line FOR VALUES FROM ('2025-01-01') TO ('2026-01-01');
	CREATE TABLE line_default PARTITION OF line DEFAULT;
	CREATE SCHEMA "Odd one";
	CREATE TABLE "Odd one"."Table" ("Column" int);
	CREATE SEQUENCE loose START 7;
	CREATE TABLE goose_db_version (n int);
	INSERT INTO goose_db_version VALUES (1)`

// dump returns everything that a test could see.
func dump(t *testing.T, conn *pgx.Conn) []string {
	t.Helper()
	rows, err := conn.Query(t.Context(), `
		SELECT 'epoch ' || e::text FROM epoch e
		UNION ALL SELECT 'item ' || i::text FROM item i
		UNION ALL SELECT 'line ' || l::text FROM line l
		UNION ALL SELECT 'odd ' || o::text FROM "Odd one"."Table" o
		UNION ALL SELECT 'goose ' || g::text FROM goose_db_version g
		UNION ALL SELECT 'next ' || sequencename || ' ' || start_value || ' ' || coalesce(last_value::text, 'unused') FROM pg_sequences
		ORDER BY 1`)
	if err != nil {
		t.Fatal(err)
	}
	lines, err := pgx.CollectRows(rows, pgx.RowTo[string])
	if err != nil {
		t.Fatal(err)
	}
	return lines
}

func TestSeed(t *testing.T) {
	setup := func(t *testing.T) (*pgx.Conn, *seed, string) {
		t.Helper()
		url := Empty(t)
		conn, err := pgx.Connect(t.Context(), url)
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() { _ = conn.Close(context.Background()) })
		if _, err := conn.Exec(t.Context(), shop); err != nil {
			t.Fatal(err)
		}
		s, err := readSeed(t.Context(), url)
		if err != nil {
			t.Fatal(err)
		}
		return conn, s, url
	}
	reconnect := func(t *testing.T, url string) *pgx.Conn {
		t.Helper()
		conn, err := pgx.Connect(t.Context(), url)
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() { _ = conn.Close(context.Background()) })
		return conn
	}

	t.Run("rows of migrations come back, those of tests go", func(t *testing.T) {
		conn, s, url := setup(t)
		want := dump(t, conn)
		_, err := conn.Exec(t.Context(), `
			UPDATE epoch SET name = 'changed' WHERE id = 1;
			DELETE FROM item;
			DELETE FROM epoch WHERE id = 2;
			INSERT INTO epoch VALUES (3, 'third');
			INSERT INTO item (epoch) VALUES (3);
			INSERT INTO line VALUES ('2025-05-05', 1), ('2031-01-01', 2);
			INSERT INTO "Odd one"."Table" VALUES (1);
			SELECT nextval('loose')`)
		if err != nil {
			t.Fatal(err)
		}
		if cmp.Equal(want, dump(t, conn)) {
			t.Fatal("the test changed nothing")
		}
		same, err := s.restore(t.Context(), url)
		if err != nil || !same {
			t.Fatalf("same %t, %v", same, err)
		}
		conn = reconnect(t, url) // restore ended the other one
		if diff := cmp.Diff(want, dump(t, conn)); diff != "" {
			t.Errorf("after cleaning (-want +got):\n%s", diff)
		}
		var next int
		if err := conn.QueryRow(t.Context(), "SELECT nextval('loose')").Scan(&next); err != nil || next != 7 {
			t.Errorf("the unused sequence begins with %d, %v", next, err)
		}
	})

	t.Run("a large table is not worth cleaning", func(t *testing.T) {
		conn, s, url := setup(t)
		_, err := conn.Exec(t.Context(), `INSERT INTO line SELECT '2025-05-05', i FROM generate_series(1, 300000) AS i`)
		if err != nil {
			t.Fatal(err)
		}
		if same, err := s.restore(t.Context(), url); err != nil || same {
			t.Errorf("same %t, %v", same, err)
		}
	})
}
