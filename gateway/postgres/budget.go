package postgres

import (
	"context"
	"time"

	"github.com/lienthong/lienthong/gateway"
)

// TakeBudget implements [gateway.BudgetStore]: [gateway.Bucket.Take] in one
// statement, a transaction of its own that holds the row for a moment. The
// first to come finds a full bucket. The clock is read once the row is ours; two
// readings of it differ by less than a microsecond. Index: call_budget_pkey.
func (s *Store) TakeBudget(ctx context.Context, g gateway.BudgetGrant) (wait time.Duration, err error) {
	const op = "postgres.TakeBudget"
	var left float64
	err = s.pool.QueryRow(ctx, `
		INSERT INTO call_budget AS b (destination, tokens, at)
		VALUES ($1, $3::float8 - $4::float8, clock_timestamp())
		ON CONFLICT (destination) DO UPDATE
		SET tokens = least(b.tokens + $2::float8 * greatest(extract(epoch FROM clock_timestamp() - b.at)::float8, 0), $3::float8) - $4::float8,
		    at = clock_timestamp()
		RETURNING tokens`, g.Destination, g.Rate, float64(g.Burst), float64(g.Calls)).Scan(&left)
	return seconds(max(-left/g.Rate, 0)), fail(err, op)
}

var _ gateway.BudgetStore = (*Store)(nil)
