package postgres

import (
	"context"

	"github.com/jackc/pgx/v5"
)

// foldFrom is how many lines more than needed are left to stand before they are folded.
const foldFrom = 1000

// foldSQL puts one line in place of many that are alike. What one of two who fold at
// once has taken, the other does not see; a reader sees the lines of before or those of
// after. delivery_count is read whole: its size follows the number of groups.
const foldSQL = `
	WITH gone AS (
	    DELETE FROM delivery_count
	    WHERE (SELECT count(*) FROM delivery_count) > $1 + 2 * (
	        SELECT count(*) FROM (SELECT DISTINCT destination, unit, state, shelf, cause, look FROM delivery_count) AS groups)
	    RETURNING destination, unit, state, shelf, cause, look, n)
	INSERT INTO delivery_count (destination, unit, state, shelf, cause, look, n)
	SELECT destination, unit, state, shelf, cause, look, sum(n)
	FROM gone
	GROUP BY 1, 2, 3, 4, 5, 6
	HAVING sum(n) <> 0`

// FoldCounts keeps the lines of delivery_count few. Any node may do it, several at once too.
func (s *Store) FoldCounts(ctx context.Context) error {
	_, err := s.pool.Exec(ctx, foldSQL, foldFrom)
	return fail(err, "postgres.FoldCounts")
}

// recountLock lets one at a time put counts right: two would add the same difference twice.
const recountLock = 7_264_029

// RecountDeliveries counts all deliveries, puts right what their counts lack, and returns how many lines
// were wrong: none, unless somebody wrote past the triggers. Nobody waits for it. It reads delivery whole.
func (s *Store) RecountDeliveries(ctx context.Context) (wrong int64, err error) {
	err = pgx.BeginFunc(ctx, s.pool, func(tx pgx.Tx) error {
		if _, err := tx.Exec(ctx, `SELECT pg_advisory_xact_lock($1)`, recountLock); err != nil {
			return err
		}
		return tx.QueryRow(ctx, `SELECT recount_deliveries()`).Scan(&wrong)
	})
	return wrong, fail(err, "postgres.RecountDeliveries")
}
