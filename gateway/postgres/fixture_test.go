package postgres_test

import (
	"context"
	"fmt"
	"testing"
	"time"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5/pgxpool"
	"github.com/stretchr/testify/require"

	"github.com/lienthong/lienthong/adapters"
	"github.com/lienthong/lienthong/gateway"
	"github.com/lienthong/lienthong/gateway/postgres"
	"github.com/lienthong/lienthong/internal/pgtest"
	"github.com/lienthong/lienthong/schema"
)

// bundle is a store on a clean database.
type bundle struct {
	store *postgres.Store
	pool  *pgxpool.Pool
}

func setup(t testing.TB) bundle {
	t.Helper()
	pool := pgtest.New(t)
	store := postgres.New(pool).WithReceivers(gateway.Receiver{Code: "dvcqg", Receives: []schema.Kind{schema.KindDossier}})
	return bundle{store: store, pool: pool}
}

// push ingests bodies as one message each and returns their verdicts.
func (b bundle) push(t testing.TB, records ...gateway.PreparedRecord) []gateway.RecordResult {
	t.Helper()
	out, err := b.store.Ingest(context.Background(), []gateway.Unit{unit(t, records...)})
	require.NoError(t, err)
	require.NoError(t, out.Units[0].Err)
	var results []gateway.RecordResult
	for _, m := range out.Units[0].Answer.Results {
		results = append(results, m.Records...)
	}
	return results
}

func unit(t testing.TB, records ...gateway.PreparedRecord) gateway.Unit {
	t.Helper()
	var u gateway.Unit
	for i := range records {
		id, err := uuid.NewV7()
		require.NoError(t, err)
		u.Submissions = append(u.Submissions, gateway.Submission{
			ID: id, ReceivedAt: time.Now(), Source: records[i].Source, ContentType: "application/json",
			Raw: records[i].Sealed.JSON, Adapter: "test", AdapterVersion: 1, Records: records[i : i+1],
		})
	}
	return u
}

func prepared(t testing.TB, source string, order adapters.Order, body schema.Body, id string) gateway.PreparedRecord {
	t.Helper()
	sealed, err := schema.SealBody(body)
	require.NoError(t, err)
	r := gateway.PreparedRecord{
		Source: source, Kind: body.Kind(), ID: id, Order: order, Body: body, Sealed: sealed, Raw: sealed.JSON,
		Keys: body.Keys(), Mentions: body.Mentions(),
	}
	if d, ok := body.(*schema.Dossier); ok && !d.LastTime().IsZero() {
		r.EventTime = d.LastTime().Std()
	}
	return r
}

func at(t testing.TB, compact string) schema.Time {
	t.Helper()
	parsed, err := schema.ParseTime(compact, schema.TimeCompact, schema.VietNam())
	require.NoError(t, err)
	return parsed
}

func number(i int) string { return fmt.Sprintf("H05.31-251103-%04d", i) }

func dossier(t testing.TB, i int, change func(*schema.Dossier)) gateway.PreparedRecord {
	t.Helper()
	d := &schema.Dossier{
		Number:     number(i),
		Procedure:  schema.ProcedureRef{Code: "1.001193", Name: "Thủ tục đăng ký khai sinh"},
		Applicant:  schema.Applicant{Kind: schema.Citizen, Name: "Nguyễn Thị Hạnh"},
		ReceivedAt: at(t, "20251103083000"),
		DueAt:      at(t, "20251103170000"),
		Status:     schema.Received,
	}
	if change != nil {
		change(d)
	}
	return prepared(t, "motcua", adapters.ByEventTime, d, d.Number)
}

func step(t testing.TB, source string, i int, when string, status schema.Status, text string) gateway.PreparedRecord {
	t.Helper()
	s := &schema.DossierStep{Dossier: number(i), At: at(t, when), Status: status, Officer: "Trần Văn Bình", Text: text}
	return prepared(t, source, adapters.ByArrival, s, s.ID())
}

func (b bundle) count(t testing.TB, query string, args ...any) int {
	t.Helper()
	var n int
	require.NoError(t, b.pool.QueryRow(context.Background(), query, args...).Scan(&n))
	return n
}

func verdicts(results []gateway.RecordResult) []gateway.Verdict {
	out := make([]gateway.Verdict, 0, len(results))
	for _, r := range results {
		out = append(out, r.Verdict)
	}
	return out
}
