package postgres_test

import (
	"context"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/lienthong/lienthong/adapters"
	"github.com/lienthong/lienthong/gateway"
	"github.com/lienthong/lienthong/internal/fault"
	"github.com/lienthong/lienthong/schema"
)

// reader is an adapter of messages "number summary"; what it makes of the summary is its version's affair.
type reader func(summary string) (string, error)

func (read reader) Normalize(_ context.Context, raw adapters.Raw) ([]schema.Record, error) {
	number, summary, _ := strings.Cut(string(raw.Body), " ")
	text, err := read(summary)
	if err != nil {
		return nil, err
	}
	d := &schema.Dossier{Number: number, Procedure: schema.ProcedureRef{Code: "1.001193"}, Status: schema.Received, Summary: text}
	return []schema.Record{{Kind: d.Kind(), ID: number, Body: d}}, nil
}

func sourceWith(version int, read reader) gateway.Source {
	return gateway.Source{Code: "motcua", Adapter: read, Spec: adapters.Spec{
		Name: "test", Version: version, Kinds: []adapters.KindSpec{{Kind: schema.KindDossier, Order: adapters.ByArrival}},
	}}
}

func TestRenormalise(t *testing.T) {
	b := setup(t)
	first := sourceWith(1, func(s string) (string, error) {
		if strings.HasPrefix(s, "?") {
			return "", &fault.Error{Code: fault.Invalid, Problems: []fault.Problem{{Code: "test"}}}
		}
		return s, nil
	})
	second := sourceWith(2, func(s string) (string, error) { return strings.ToUpper(strings.TrimPrefix(s, "?")), nil })
	push := func(source gateway.Source, message string) {
		in := gateway.NewIngestor(gateway.IngestorOptions{Sources: []gateway.Source{source}, Store: b.store})
		_, err := in.Ingest(t.Context(), gateway.Push{Source: "motcua", Messages: []gateway.Message{{ContentType: "text/csv", Body: []byte(message)}}})
		require.NoError(t, err)
	}
	run := func(source gateway.Source, dry bool) (gateway.RenormaliseTally, map[string]string) {
		changes := map[string]string{}
		tally, err := gateway.NewRenormaliser(b.store, nil).Run(t.Context(), gateway.RenormaliseOrder{Source: source, Dry: dry}, func(c gateway.RecordChange) {
			places, err := schema.Differences(c.Old, c.New, 9)
			require.NoError(t, err)
			changes[c.ID] = strings.Join(places, " ")
		})
		require.NoError(t, err)
		return tally, changes
	}
	summary := func(number string) (s string) {
		require.NoError(t, b.pool.QueryRow(t.Context(), `SELECT body->>'summary' FROM record WHERE local_id = $1`, number).Scan(&s))
		return s
	}
	push(first, "D-1 khai sinh")
	push(first, "D-2 KHAI TU")  // says the same to both
	push(first, "D-3 ?ket hon") // refused by the first
	push(first, "D-4 cu")
	push(first, "D-4 ?moi") // came later, refused
	push(second, "D-5 moi nhat")
	want := gateway.RenormaliseTally{Read: 5, Same: 1, Changed: 3, New: 1}
	wantChanges := map[string]string{"D-1": "/summary", "D-3": "", "D-4": "/summary"}

	t.Run("a dry run shows the difference and keeps nothing", func(t *testing.T) {
		before := b.rows(t)
		tally, changes := run(second, true)
		require.Equal(t, want, tally)
		require.Equal(t, wantChanges, changes)
		require.Equal(t, before, b.rows(t))
		require.Equal(t, "khai sinh", summary("D-1"))
		require.Zero(t, b.count(t, `SELECT count(*) FROM record WHERE local_id = 'D-3'`))
	})

	t.Run("a run applies it, to entities and deliveries too", func(t *testing.T) {
		_, err := b.pool.Exec(t.Context(), `DELETE FROM delivery_due`)
		require.NoError(t, err)
		tally, changes := run(second, false)
		require.Equal(t, want, tally)
		require.Equal(t, wantChanges, changes)
		for number, s := range map[string]string{"D-1": "KHAI SINH", "D-2": "KHAI TU", "D-3": "KET HON", "D-4": "MOI", "D-5": "MOI NHAT"} {
			require.Equal(t, s, summary(number))
			require.Equal(t, 1, b.count(t, `SELECT count(*) FROM entity WHERE body->>'number' = $1 AND body->>'summary' = $2`, number, s))
		}
		require.Equal(t, 3, b.count(t, `SELECT count(*) FROM delivery_due`))
		require.Equal(t, 6, b.count(t, `SELECT count(*) FROM submission`), "no message is written twice")
	})

	t.Run("what has been read is not read again", func(t *testing.T) {
		tally, changes := run(second, false)
		require.Zero(t, tally)
		require.Empty(t, changes)
		require.Zero(t, b.count(t, `SELECT count(*) FROM submission WHERE code <> ''`), "nothing is refused any more")
	})

	t.Run("what a sender told beside its bytes still holds", func(t *testing.T) {
		told := time.Date(2025, 12, 1, 0, 0, 0, 0, time.UTC)
		in := gateway.NewIngestor(gateway.IngestorOptions{Sources: []gateway.Source{second}, Store: b.store})
		_, err := in.Ingest(t.Context(), gateway.Push{Source: "motcua", Messages: []gateway.Message{{ContentType: "text/csv", Body: []byte("D-6 x"), EventTime: told}}})
		require.NoError(t, err)
		third := sourceWith(3, func(s string) (string, error) { return "3" + s, nil })
		_, _ = run(third, false)
		require.Equal(t, "3x", summary("D-6"))
		require.Equal(t, 1, b.count(t, `SELECT count(*) FROM record WHERE local_id = 'D-6' AND event_time = $1`, told))
	})

	t.Run("an old version overwrites nothing", func(t *testing.T) {
		tally, _ := run(first, false)
		require.Zero(t, tally)
		require.Equal(t, "3khai sinh", summary("D-1"))
	})

	t.Run("since leaves out what is older", func(t *testing.T) {
		fourth := sourceWith(4, second.Adapter.(reader))
		tally, err := gateway.NewRenormaliser(b.store, nil).Run(t.Context(), gateway.RenormaliseOrder{Source: fourth, Since: time.Now().Add(time.Hour)}, nil)
		require.NoError(t, err)
		require.Zero(t, tally)
	})
}
