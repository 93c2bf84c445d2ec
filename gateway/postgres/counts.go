package postgres

import "context"

// foldFrom is how many lines more than needed are left to stand before they are folded.
const foldFrom = 1000

// foldSQL puts one line in place of many that are alike. What one of two who fold at
// once has taken, the other does not see; a reader sees the lines of before or those of
// after. delivery_count is read whole: its size follows the number of groups.
const foldSQL = `
	WITH gone AS (
	    DELETE FROM delivery_count
	    WHERE (SELECT count(*) FROM delivery_count) > $1 + 2 * (
	        SELECT count(*) FROM (SELECT FROM delivery_count GROUP BY destination, unit, state, shelf, cause, look HAVING sum(n) <> 0) AS groups)
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
