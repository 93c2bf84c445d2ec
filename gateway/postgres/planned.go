package postgres

import (
	"context"
	"errors"

	"github.com/jackc/pgx/v5"
)

// planAnew lets the planner look at the tables and the arguments as they are, until the end of the transaction.
const planAnew = `SELECT set_config('plan_cache_mode', 'force_custom_plan', true)`

// planned runs one statement that touches few rows of large tables, in a
// transaction and a round trip of its own, with a plan that was made for it. A connection
// keeps a plan from when a table was small, and a backlog grows in minutes: until statistics
// say so, such a plan reads all of it for the few rows of a call, at fifty times the cost of planning.
func (s *Store) planned(ctx context.Context, sql string, read func(pgx.Rows) error, args ...any) error {
	batch := &pgx.Batch{} // one implicit transaction
	batch.Queue(planAnew)
	batch.Queue(sql, args...)
	results := s.pool.SendBatch(ctx, batch)
	_, err := results.Exec()
	if err == nil {
		var rows pgx.Rows
		if rows, err = results.Query(); err == nil {
			err = read(rows)
		}
	}
	return errors.Join(err, results.Close())
}
