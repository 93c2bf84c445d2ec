package postgres

import (
	"context"
	"time"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"

	"github.com/lienthong/lienthong/gateway"
	"github.com/lienthong/lienthong/internal/journal"
)

// dropLock is how long retention waits for the lanes to let go: rather tried again than holding them up.
const dropLock = `SET LOCAL lock_timeout = '3s'`

// DestroyEvidence implements [gateway.EvidenceStore].
func (e *Evidence) DestroyEvidence(ctx context.Context, before time.Time) (n int, err error) {
	const op = "postgres.DestroyEvidence"
	if n, err = destroyKeys(ctx, e.store.pool, before, "evidence_destroy"); err != nil {
		return n, fail(err, op)
	}
	return n, fail(e.rewriteKeys(ctx), op)
}

// DropEvidence implements [gateway.EvidenceStore]. Keys and partitions go in one
// transaction; rows that found no partition of their month go with them. Detaching locks attempt for a moment.
func (e *Evidence) DropEvidence(ctx context.Context, before time.Time) (gateway.Dropped, error) {
	const op = "postgres.DropEvidence"
	before = gateway.MonthOf(before)
	var out gateway.Dropped
	err := pgx.BeginFunc(ctx, e.store.pool, func(tx pgx.Tx) (err error) {
		out = gateway.Dropped{Tables: []string{}}
		if _, err = tx.Exec(ctx, dropLock); err != nil {
			return err
		}
		if out.Keys, err = destroyKeys(ctx, tx, before, "evidence_drop"); err != nil {
			return err
		}
		months, err := monthsOf(ctx, tx, "attempt")
		if err != nil {
			return err
		}
		for _, m := range months {
			if !m.from.Before(before) {
				continue
			}
			table := pgx.Identifier{m.table}.Sanitize()
			if _, err = tx.Exec(ctx, `ALTER TABLE attempt DETACH PARTITION `+table+`; DROP TABLE `+table); err != nil {
				return err
			}
			out.Tables = append(out.Tables, m.table)
		}
		tag, err := tx.Exec(ctx, `DELETE FROM attempt_default WHERE started_at < $1`, before) // empty but for what retention is late with
		out.Rows = int(tag.RowsAffected())
		return err
	})
	if err != nil {
		return gateway.Dropped{}, fail(err, op)
	}
	return out, fail(e.rewriteKeys(ctx), op)
}

// execer is the pool or a transaction.
type execer interface {
	Exec(ctx context.Context, sql string, args ...any) (pgconn.CommandTag, error)
}

// destroyKeys reads a table of a row for each month, and says in the journal why.
func destroyKeys(ctx context.Context, db execer, before time.Time, action string) (int, error) {
	before = gateway.MonthOf(before)
	line := journal.NewLine(journal.Action, time.Now(), uuid.New()).Text("action", action).Text("before", before.Format("2006-01"))
	tag, err := db.Exec(ctx, `
		WITH `+noted("$2")+`
		UPDATE evidence_key SET key = NULL, destroyed_at = now()
		WHERE month < $1::date AND key IS NOT NULL`, before, line.String())
	return int(tag.RowsAffected()), err
}

// rewriteKeys writes the table of keys anew. An update leaves the old row in its
// page until somebody vacuums, and its bytes until somebody needs the space: a
// destroyed key would still lie in the file, and in each copy of it made from now on.
func (e *Evidence) rewriteKeys(ctx context.Context) error {
	_, err := e.store.pool.Exec(ctx, `VACUUM (FULL) evidence_key`) // milliseconds: a row for each month
	return err
}

// month is one partition.
type month struct {
	table string
	from  time.Time
}

// monthsOf lists the partitions of months of a table, oldest first, by their names.
func monthsOf(ctx context.Context, tx pgx.Tx, table string) ([]month, error) {
	rows, err := tx.Query(ctx, `
		SELECT c.relname
		FROM pg_inherits i
		JOIN pg_class c ON c.oid = i.inhrelid
		WHERE i.inhparent = $1::text::regclass
		ORDER BY c.relname`, table)
	if err != nil {
		return nil, err
	}
	names, err := pgx.CollectRows(rows, pgx.RowTo[string])
	if err != nil {
		return nil, err
	}
	var all []month
	for _, name := range names {
		if from, err := time.Parse(table+"_200601", name); err == nil { // the DEFAULT partition has another name
			all = append(all, month{table: name, from: from})
		}
	}
	return all, nil
}
