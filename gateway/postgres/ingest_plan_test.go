package postgres_test

import (
	"context"
	"fmt"
	"strings"
	"testing"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgxpool"
	"github.com/stretchr/testify/require"

	"github.com/lienthong/lienthong/gateway"
	"github.com/lienthong/lienthong/gateway/postgres"
	"github.com/lienthong/lienthong/internal/pgtest"
	"github.com/lienthong/lienthong/schema"
)

// TestPlansOfAnEmptyDatabase lets one connection keep its plans while the
// tables are empty, and looks at them: none may read a table from end to end.
func TestPlansOfAnEmptyDatabase(t *testing.T) {
	config, err := pgxpool.ParseConfig(pgtest.URL(t))
	require.NoError(t, err)
	config.MaxConns = 1
	b := setup(t)
	pool, err := pgxpool.NewWithConfig(t.Context(), config)
	require.NoError(t, err)
	defer pool.Close()
	b.store = postgres.New(pool).WithReceivers(gateway.Receiver{Code: "dvcqg", Receives: []schema.Kind{schema.KindDossier}})

	for i := range 12 { // new, changed, advanced and mentioned, each more often than a plan is made anew
		text := fmt.Sprint(i)
		note := func(d *schema.Dossier) { d.Note, d.Applicant.Identifiers = text, []schema.Identifier{motherNumber} }
		advanced := step(t, "motcua", 1, "20251103083000", schema.Received, "")
		advanced.Version = int64(i + 1)
		b.push(t, dossier(t, 1000+i, note), dossier(t, 2, note), step(t, "hotich", 2, "20251103152000", schema.Completed, text), advanced)
		_, err := b.store.ReadFeed(t.Context(), "", gateway.Cursor{}, 10)
		require.NoError(t, err)
	}
	conn, err := pool.Acquire(t.Context())
	require.NoError(t, err)
	defer conn.Release()
	kept := 0
	for _, s := range keptPlans(t, conn.Conn()) {
		kept++
		require.NotContains(t, s.plan, "Seq Scan on", s.statement)
	}
	require.GreaterOrEqual(t, kept, 5, "the plans of ingest are kept, or this test looks at nothing")
}

type keptPlan struct{ statement, plan string }

// keptPlans returns the generic plans of a connection's prepared statements.
func keptPlans(t *testing.T, conn *pgx.Conn) (plans []keptPlan) {
	t.Helper()
	const simple = pgx.QueryExecModeSimpleProtocol
	type prepared struct {
		Name, Statement string
		Parameters      int
	}
	rows, err := conn.Query(t.Context(), `
		SELECT name, statement, coalesce(array_length(parameter_types, 1), 0) AS parameters
		FROM pg_prepared_statements
		WHERE generic_plans > 0 AND (statement LIKE '%unnest%' OR statement LIKE '%ANY%' OR statement LIKE '%change%')`, simple)
	require.NoError(t, err)
	statements, err := pgx.CollectRows(rows, pgx.RowToStructByName[prepared])
	require.NoError(t, err)
	for _, s := range statements {
		nulls := strings.TrimSuffix(strings.Repeat("NULL, ", s.Parameters), ", ")
		rows, err := conn.Query(context.Background(), fmt.Sprintf(`EXPLAIN EXECUTE %q (%s)`, s.Name, nulls), simple)
		require.NoError(t, err)
		lines, err := pgx.CollectRows(rows, pgx.RowTo[string])
		require.NoError(t, err)
		plans = append(plans, keptPlan{s.Statement, strings.Join(lines, "\n")})
	}
	return plans
}
