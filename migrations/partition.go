package migrations

import (
	"context"
	"time"

	"github.com/jackc/pgx/v5"

	"github.com/lienthong/lienthong/internal/fault"
)

// Conn is what [EnsurePartitions] needs: a pool, a connection or a transaction of pgx.
type Conn interface {
	Query(ctx context.Context, sql string, args ...any) (pgx.Rows, error)
	Begin(ctx context.Context) (pgx.Tx, error)
}

// parent is a table that is partitioned by ranges of one timestamptz column.
type parent struct {
	Schema  string
	Table   string
	Column  string
	Default *string // name of its DEFAULT partition; nil without one
}

// EnsurePartitions makes the month partitions <table>_YYYYMM of every table of the current schema
// that is partitioned by range of a timestamptz column: for the month of now (UTC) and so many
// months after it. Rows that already fell into the DEFAULT partition move to the new one. It returns
// the names of what it made, none when all were there, and may run at the same time as itself.
func EnsurePartitions(ctx context.Context, conn Conn, now time.Time, monthsAhead int) ([]string, error) {
	parents, err := partitioned(ctx, conn)
	if err != nil {
		return nil, err
	}
	var made []string
	first := time.Date(now.UTC().Year(), now.UTC().Month(), 1, 0, 0, 0, 0, time.UTC)
	for _, p := range parents {
		for i := range monthsAhead + 1 {
			from := first.AddDate(0, i, 0)
			name := p.Table + from.Format("_200601")
			created, err := p.ensure(ctx, conn, name, from)
			if err != nil {
				return made, err
			}
			if created {
				made = append(made, name)
			}
		}
	}
	return made, nil
}

// partitioned reads the catalogue, so that a new table needs no line here.
func partitioned(ctx context.Context, conn Conn) ([]parent, error) {
	const op = "migrations.partitioned"
	rows, err := conn.Query(ctx, `
		SELECT n.nspname AS schema, c.relname AS table, a.attname AS column, d.relname AS default
		FROM pg_partitioned_table p
		JOIN pg_class c ON c.oid = p.partrelid
		JOIN pg_namespace n ON n.oid = c.relnamespace
		JOIN pg_attribute a ON a.attrelid = c.oid AND a.attnum = p.partattrs[0]
		LEFT JOIN pg_class d ON d.oid = p.partdefid
		WHERE n.nspname = current_schema()
		  AND NOT c.relispartition
		  AND p.partstrat = 'r'
		  AND p.partnatts = 1
		  AND a.atttypid = 'timestamptz'::regtype
		ORDER BY c.relname`)
	if err != nil {
		return nil, fault.Wrap(err, fault.Unavailable, op)
	}
	parents, err := pgx.CollectRows(rows, pgx.RowToStructByName[parent])
	return parents, fault.Wrap(err, fault.Unavailable, op)
}

// ensure makes one partition in a transaction of its own. The table is made alone and attached
// afterwards, which blocks nobody who writes to other partitions.
func (p parent) ensure(ctx context.Context, conn Conn, name string, from time.Time) (bool, error) {
	const op = "migrations.ensurePartition"
	exists, err := hasTable(ctx, conn, p.Schema, name)
	if err != nil || exists {
		return false, err
	}
	tx, err := conn.Begin(ctx)
	if err != nil {
		return false, fault.Wrap(err, fault.Unavailable, op)
	}
	defer func() { _ = tx.Rollback(context.WithoutCancel(ctx)) }()
	// The lock is one that only another run of this function wants too.
	table := pgx.Identifier{p.Schema, p.Table}.Sanitize()
	_, err = tx.Exec(ctx, `SET LOCAL lock_timeout = '5s'; LOCK TABLE `+table+` IN SHARE UPDATE EXCLUSIVE MODE`)
	if err != nil {
		return false, fault.Wrap(err, fault.Unavailable, op)
	}
	if exists, err = hasTable(ctx, tx, p.Schema, name); err != nil || exists {
		return false, err
	}
	if err := p.attach(ctx, tx, name, from); err != nil {
		return false, fault.Wrap(err, fault.Unavailable, op)
	}
	return true, fault.Wrap(tx.Commit(ctx), fault.Unavailable, op)
}

// attach makes the partition, fills it from the DEFAULT partition and hangs it below its parent.
func (p parent) attach(ctx context.Context, tx pgx.Tx, name string, from time.Time) error {
	table, fresh := pgx.Identifier{p.Schema, p.Table}.Sanitize(), pgx.Identifier{p.Schema, name}.Sanitize()
	column := pgx.Identifier{p.Column}.Sanitize()
	to := from.AddDate(0, 1, 0)
	_, err := tx.Exec(ctx, `CREATE TABLE `+fresh+` (LIKE `+table+
		` INCLUDING DEFAULTS INCLUDING CONSTRAINTS INCLUDING GENERATED INCLUDING STORAGE INCLUDING COMPRESSION)`)
	if err != nil {
		return err
	}
	if p.Default != nil {
		rest := pgx.Identifier{p.Schema, *p.Default}.Sanitize()
		columns, err := insertable(ctx, tx, p.Schema, p.Table)
		if err != nil {
			return err
		}
		_, err = tx.Exec(ctx, `
			WITH moved AS (DELETE FROM `+rest+` WHERE `+column+` >= $1 AND `+column+` < $2 RETURNING *)
			INSERT INTO `+fresh+` (`+columns+`) SELECT `+columns+` FROM moved`, from, to)
		if err != nil {
			return err
		}
	}
	const bound = "2006-01-02 15:04:05+00"
	_, err = tx.Exec(ctx, `ALTER TABLE `+table+` ATTACH PARTITION `+fresh+
		` FOR VALUES FROM ('`+from.Format(bound)+`') TO ('`+to.Format(bound)+`')`)
	return err
}

// insertable lists the columns of a table that are not computed from others.
func insertable(ctx context.Context, conn Conn, schema, table string) (string, error) {
	const op = "migrations.insertable"
	rows, err := conn.Query(ctx, `
		SELECT string_agg(quote_ident(a.attname), ', ' ORDER BY a.attnum)
		FROM pg_attribute a
		JOIN pg_class c ON c.oid = a.attrelid
		JOIN pg_namespace n ON n.oid = c.relnamespace
		WHERE n.nspname = $1 AND c.relname = $2 AND a.attnum > 0 AND NOT a.attisdropped AND a.attgenerated = ''`, schema, table)
	if err != nil {
		return "", fault.Wrap(err, fault.Unavailable, op)
	}
	columns, err := pgx.CollectExactlyOneRow(rows, pgx.RowTo[string])
	return columns, fault.Wrap(err, fault.Unavailable, op)
}

func hasTable(ctx context.Context, conn Conn, schema, name string) (bool, error) {
	const op = "migrations.hasTable"
	rows, err := conn.Query(ctx, `
		SELECT EXISTS (
			SELECT FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
			WHERE n.nspname = $1 AND c.relname = $2)`, schema, name)
	if err != nil {
		return false, fault.Wrap(err, fault.Unavailable, op)
	}
	exists, err := pgx.CollectExactlyOneRow(rows, pgx.RowTo[bool])
	return exists, fault.Wrap(err, fault.Unavailable, op)
}
