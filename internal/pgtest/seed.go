package pgtest

import (
	"bytes"
	"context"
	"fmt"
	"strings"

	"github.com/jackc/pgx/v5"
)

// seed is what a clean database holds: the rows that migrations put into tables (an epoch, a head of
// the feed), where each sequence stands, and a fingerprint of the schema.
type seed struct {
	schema    string
	tables    []table
	sequences string // one statement that sets all of them
}

// table is one that tests may fill: neither a partition, which its parent stands for, nor a list of migrations.
type table struct {
	Name    string // quoted, with its schema
	Columns string // quoted, without computed ones
	rows    []byte // COPY text of the seeded rows; nil without
}

const listTables = `
	SELECT quote_ident(n.nspname) || '.' || quote_ident(c.relname) AS name,
	       (SELECT string_agg(quote_ident(a.attname), ', ' ORDER BY a.attnum) FROM pg_attribute a
	        WHERE a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped AND a.attgenerated = '') AS columns
	FROM pg_class c
	JOIN pg_namespace n ON n.oid = c.relnamespace
	WHERE c.relkind IN ('r', 'p')
	  AND NOT c.relispartition
	  AND n.nspname !~ '^(pg_|information_schema$)'
	  AND c.relname NOT IN ('goose_db_version', 'river_migration')
	ORDER BY name`

// fingerprintSchema changes with every table, column, constraint and function that is added or removed.
const fingerprintSchema = `
	SELECT concat_ws('/',
	    (SELECT count(*) || ':' || sum(hashtext(concat(relname, relkind, relpersistence))::bigint) FROM pg_class WHERE oid >= 16384 AND relkind <> 't'),
	    (SELECT count(*) || ':' || sum(hashtext(concat(attname, atttypid, attnotnull, attisdropped, atthasdef))::bigint)
	     FROM pg_attribute WHERE attrelid >= 16384 AND attnum > 0 AND attrelid IN (SELECT oid FROM pg_class WHERE relkind IN ('r', 'p', 'v', 'm'))),
	    (SELECT count(*) || ':' || sum(hashtext(concat(conname, conbin))::bigint) FROM pg_constraint WHERE oid >= 16384),
	    (SELECT count(*) || ':' || sum(hashtext(concat(proname, prosrc))::bigint) FROM pg_proc WHERE oid >= 16384),
	    (SELECT count(*) || ':' || sum(hashtext(tgname::text)::bigint) FROM pg_trigger WHERE NOT tgisinternal))`

const listSequences = `
	SELECT coalesce(string_agg(format('SELECT setval(%L, %s, %L)', quote_ident(schemaname) || '.' || quote_ident(sequencename),
	       coalesce(last_value, start_value), last_value IS NOT NULL), ';'), '')
	FROM pg_sequences`

// readSeed reads the template.
func readSeed(ctx context.Context, url string) (*seed, error) {
	conn, err := pgx.Connect(ctx, url)
	if err != nil {
		return nil, fmt.Errorf("reading the template: %w", err)
	}
	defer func() { _ = conn.Close(ctx) }()
	s := &seed{}
	if err := conn.QueryRow(ctx, fingerprintSchema).Scan(&s.schema); err != nil {
		return nil, err
	}
	if err := conn.QueryRow(ctx, listSequences).Scan(&s.sequences); err != nil {
		return nil, err
	}
	rows, err := conn.Query(ctx, listTables)
	if err != nil {
		return nil, err
	}
	if s.tables, err = pgx.CollectRows(rows, pgx.RowToStructByNameLax[table]); err != nil {
		return nil, err
	}
	for i := range s.tables {
		if err := s.tables[i].read(ctx, conn); err != nil {
			return nil, err
		}
	}
	return s, nil
}

// read keeps the rows of the table.
func (tb *table) read(ctx context.Context, conn *pgx.Conn) error {
	var out bytes.Buffer
	_, err := conn.PgConn().CopyTo(ctx, &out, `COPY (SELECT `+tb.Columns+` FROM `+tb.Name+`) TO STDOUT`)
	if err != nil {
		return fmt.Errorf("reading %s: %w", tb.Name, err)
	}
	if out.Len() > 0 {
		tb.rows = out.Bytes()
	}
	return nil
}

// tooLarge is the size of one table, in bytes, beyond which a new database is cheaper than cleaning
// and dragging the dead rows along.
const tooLarge = 8 << 20

// restore empties a database and puts the seeded rows back. It reports false, and leaves the
// database alone, when its schema is no longer that of the template or a table grew large.
func (s *seed) restore(ctx context.Context, url string) (same bool, err error) {
	conn, err := pgx.Connect(ctx, url)
	if err != nil {
		return false, err
	}
	defer func() { _ = conn.Close(ctx) }()
	// What the test started and did not stop must not write into the next test.
	_, err = conn.Exec(ctx, `SELECT pg_terminate_backend(pid, 5000) FROM pg_stat_activity
		WHERE datname = current_database() AND pid <> pg_backend_pid() AND backend_type = 'client backend'`)
	if err != nil {
		return false, err
	}
	var schema string
	if err := conn.QueryRow(ctx, fingerprintSchema).Scan(&schema); err != nil || schema != s.schema {
		return false, err
	}
	dirty, largest, err := s.dirty(ctx, conn)
	if err != nil || largest > tooLarge {
		return false, err
	}
	return true, s.rewrite(ctx, conn, dirty)
}

// dirty returns the tables that have ever held a row, since a table of size zero needs no DELETE, and
// the size of the largest in bytes.
func (s *seed) dirty(ctx context.Context, conn *pgx.Conn) (dirty []table, largest int64, err error) {
	names := make([]string, len(s.tables))
	for i, tb := range s.tables {
		names[i] = tb.Name
	}
	rows, err := conn.Query(ctx, `
		SELECT greatest(pg_relation_size(name::regclass),
		                (SELECT sum(pg_relation_size(relid)) FROM pg_partition_tree(name::regclass)))::bigint
		FROM unnest($1::text[]) WITH ORDINALITY AS t(name, i) ORDER BY i`, names)
	if err != nil {
		return nil, 0, err
	}
	sizes, err := pgx.CollectRows(rows, pgx.RowTo[int64])
	if err != nil {
		return nil, 0, err
	}
	for i, tb := range s.tables {
		if sizes[i] > 0 {
			dirty = append(dirty, tb)
		}
		largest = max(largest, sizes[i])
	}
	return dirty, largest, nil
}

// rewrite does the work in one transaction with foreign keys and triggers asleep, so that no order matters.
func (s *seed) rewrite(ctx context.Context, conn *pgx.Conn, dirty []table) error {
	statements := []string{"BEGIN", "SET LOCAL session_replication_role = replica"}
	for _, tb := range dirty {
		statements = append(statements, "DELETE FROM "+tb.Name)
	}
	if s.sequences != "" {
		statements = append(statements, s.sequences)
	}
	if _, err := conn.Exec(ctx, strings.Join(statements, ";")); err != nil {
		return err
	}
	for _, tb := range dirty {
		if tb.rows == nil {
			continue
		}
		_, err := conn.PgConn().CopyFrom(ctx, bytes.NewReader(tb.rows), `COPY `+tb.Name+` (`+tb.Columns+`) FROM STDIN`)
		if err != nil {
			return fmt.Errorf("restoring %s: %w", tb.Name, err)
		}
	}
	_, err := conn.Exec(ctx, "COMMIT")
	return err
}
