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
	config.ConnConfig.RuntimeParams["plan_cache_mode"] = "force_generic_plan" // from the first use on
	b := setup(t)
	_, err = b.pool.Exec(t.Context(), `TRUNCATE record, record_revision, entity, identifier_binding, mention, delivery, delivery_due, change, change_inbox, submission`)
	require.NoError(t, err) // emptied with DELETE they would be as large as before
	pool, err := pgxpool.NewWithConfig(t.Context(), config)
	require.NoError(t, err)
	defer pool.Close()
	b.store = postgres.New(pool).WithReceivers(gateway.Receiver{Code: "dvcqg", Receives: []schema.Kind{schema.KindDossier}})

	for i := range 2 { // new, changed, advanced and mentioned
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
	require.GreaterOrEqual(t, kept, 12, "the plans of ingest are kept, or this test looks at nothing")
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
