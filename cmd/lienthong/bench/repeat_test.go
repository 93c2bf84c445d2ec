package bench_test

import (
	"context"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgxpool"
	"github.com/stretchr/testify/require"

	"github.com/lienthong/lienthong/gateway"
	"github.com/lienthong/lienthong/internal/pgtest"
)

// TestRepeatsWriteNothing pushes the lives of some dossiers in all four
// sources, from four clients at a time, and then everything once more, with
// and without what the gateway remembers of the messages.
func TestRepeatsWriteNothing(t *testing.T) {
	for name, memo := range map[string]int{"remembered": 0, "forgotten": forgetful} {
		t.Run(name, func(t *testing.T) {
			p := pgtest.New(t)
			s := serve(t, p, memo)
			everything := lives(150)
			first := s.push(t, everything)
			require.Greater(t, first.Accepted, 300)
			require.Zero(t, first.Rejected)
			run(t, p, `DELETE FROM delivery_due`) // all was delivered
			before := rowsOf(t, p)

			second := s.push(t, everything)
			require.Equal(t, gateway.Summary{Unchanged: second.Unchanged, Superseded: second.Superseded, NeedsReview: second.NeedsReview}, second)
			require.Equal(t, total(first), total(second))
			require.Equal(t, first.NeedsReview, second.NeedsReview)
			require.Empty(t, cmp.Diff(before, rowsOf(t, p)))
		})
	}
}

func total(s gateway.Summary) int {
	return s.Accepted + s.Unchanged + s.Superseded + s.Rejected + s.NeedsReview
}

// rowsOf is all that ingest writes but the submissions, row by row.
func rowsOf(t *testing.T, p *pgxpool.Pool) map[string][]string {
	t.Helper()
	all := map[string][]string{}
	for _, w := range written {
		if w.table == "submission" {
			continue
		}
		rows, err := p.Query(context.Background(), `SELECT md5(r::text) FROM `+w.table+` r ORDER BY 1`)
		require.NoError(t, err)
		all[w.table], err = pgx.CollectRows(rows, pgx.RowTo[string])
		require.NoError(t, err)
	}
	return all
}
