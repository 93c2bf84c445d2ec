package postgres_test

import (
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/jackc/pgx/v5"
	"github.com/stretchr/testify/require"

	"github.com/lienthong/lienthong/adapters"
	"github.com/lienthong/lienthong/gateway"
	"github.com/lienthong/lienthong/schema"
)

var (
	motherNumber = schema.Identifier{Scheme: schema.SchemePersonalNumber, Value: "027192004321"}
	fatherNumber = schema.Identifier{Scheme: schema.SchemePersonalNumber, Value: "024088001234"}
)

// birth is the application for the registration of a birth.
func birth(t testing.TB, i int, mother, father *schema.Person) gateway.PreparedRecord {
	t.Helper()
	e := &schema.CivilEvent{
		Type: schema.Birth, Stage: schema.Applied, Dossier: number(i),
		Subject: schema.Person{FullName: "Phạm Gia Bảo"}, Mother: mother, Father: father,
	}
	return prepared(t, "hotich", adapters.ByEventTime, e, "application|LTKS|"+e.Dossier)
}

func born(t testing.TB, y int) schema.Date {
	t.Helper()
	d, err := schema.NewDate(y, 0, 0)
	require.NoError(t, err)
	return d
}

// everyday is a batch with one of each thing that happens.
func everyday(t testing.TB) []gateway.PreparedRecord {
	hanh := &schema.Person{FullName: "Nguyễn Thị Hạnh", Birth: born(t, 1992), Identifiers: []schema.Identifier{motherNumber}}
	company := &schema.Organisation{
		LegalName: "Công ty An", ChangeCount: 3,
		Identifiers: []schema.Identifier{{Scheme: schema.SchemeTaxCode, Value: "2300123456"}}, Representatives: []schema.Person{*hanh},
	}
	versioned := prepared(t, "dkkd", adapters.ByVersionThenArrival, company, "2300123456")
	versioned.Version = 3
	return []gateway.PreparedRecord{
		step(t, "motcua", 1, "20251103083000", schema.Received, "Tiếp nhận"),
		dossier(t, 1, func(d *schema.Dossier) { d.Applicant.Identifiers = []schema.Identifier{motherNumber} }),
		dossier(t, 1, func(d *schema.Dossier) { d.Status, d.FinishedAt = schema.Completed, at(t, "20251103153000") }), // a later state
		dossier(t, 1, nil), // late
		step(t, "hotich", 1, "20251103152000", schema.Completed, "Đã đăng ký"),
		step(t, "hotich", 1, "20251103152000", schema.Completed, "Đã đăng ký khai sinh"), // the wording is mended
		dossier(t, 2, nil),
		dossier(t, 2, nil), // twice in one batch
		birth(t, 3, hanh, &schema.Person{FullName: "Phạm Văn Nam", Identifiers: []schema.Identifier{fatherNumber}}),
		birth(t, 4, hanh, &schema.Person{FullName: "Phạm Văn Hùng", Identifiers: []schema.Identifier{motherNumber}}), // in the wrong field
		versioned,
	}
}

// TestSecondPushWritesNothing pushes everything twice, at once and one by one.
func TestSecondPushWritesNothing(t *testing.T) {
	b := setup(t)
	first := b.push(t, everyday(t)...)
	require.Equal(t, []gateway.Verdict{
		gateway.Accepted, gateway.Accepted, gateway.Accepted, gateway.Superseded, gateway.Accepted, gateway.Accepted,
		gateway.Accepted, gateway.Unchanged, gateway.Accepted, gateway.NeedsReview, gateway.Accepted,
	}, verdicts(first))
	_, err := b.pool.Exec(t.Context(), `DELETE FROM delivery_due`) // all was delivered
	require.NoError(t, err)
	before := b.snapshot(t)

	second := b.push(t, everyday(t)...)
	// As the first time, but that of two states of one thing the older is now old.
	again := []gateway.Verdict{
		gateway.Unchanged, gateway.Superseded, gateway.Unchanged, gateway.Superseded, gateway.Superseded, gateway.Unchanged,
		gateway.Unchanged, gateway.Unchanged, gateway.Unchanged, gateway.NeedsReview, gateway.Unchanged,
	}
	require.Equal(t, again, verdicts(second))
	for i := range second {
		require.Equal(t, first[i].EntityID, second[i].EntityID, "record %d", i)
	}
	require.Empty(t, cmp.Diff(before, b.snapshot(t)))

	var single []gateway.Verdict
	for _, r := range everyday(t) {
		single = append(single, verdicts(b.push(t, r))...)
	}
	require.Equal(t, again, single)
	require.Empty(t, cmp.Diff(before, b.snapshot(t)))
	require.Equal(t, 3*len(again), b.count(t, `SELECT count(*) FROM submission`), "but every message is kept")
}

// snapshot is everything in the store but the submissions, table by table, row by row.
func (b bundle) snapshot(t testing.TB) map[string][]string {
	t.Helper()
	all := map[string][]string{}
	for _, table := range []string{
		"record", "record_revision", "entity", "identifier_binding", "mention", "review", "change_inbox", "change", "delivery", "delivery_due", "idempotency",
	} {
		rows, err := b.pool.Query(t.Context(), `SELECT md5(r::text) FROM `+table+` r ORDER BY 1`)
		require.NoError(t, err)
		all[table], err = pgx.CollectRows(rows, pgx.RowTo[string])
		require.NoError(t, err)
	}
	return all
}

func TestRepeatWithinABatch(t *testing.T) {
	t.Run("a doubtful record and its repeat get the same verdict", func(t *testing.T) {
		b := setup(t)
		doubtful := func() gateway.PreparedRecord {
			return birth(t, 4, &schema.Person{FullName: "Nguyễn Thị Hạnh", Identifiers: []schema.Identifier{motherNumber}},
				&schema.Person{FullName: "Phạm Văn Hùng", Identifiers: []schema.Identifier{motherNumber}})
		}
		got := b.push(t, doubtful(), doubtful())
		require.Equal(t, []gateway.Verdict{gateway.NeedsReview, gateway.NeedsReview}, verdicts(got))
		require.Equal(t, 1, b.count(t, `SELECT count(*) FROM review`))
		require.NotNil(t, got[1].EntityID)
		require.Equal(t, got[0].EntityID, got[1].EntityID)
	})

	t.Run("units of one group are judged in order, each for itself", func(t *testing.T) {
		b := setup(t)
		finished := dossier(t, 1, func(d *schema.Dossier) { d.Status, d.FinishedAt = schema.Completed, at(t, "20251103153000") })
		out, err := b.store.Ingest(t.Context(), []gateway.Unit{
			unit(t, dossier(t, 1, nil)), unit(t, finished, dossier(t, 2, nil)), unit(t, dossier(t, 1, nil)), {},
		})
		require.NoError(t, err)
		var got [][]gateway.Verdict
		for _, u := range out.Units {
			var of []gateway.Verdict
			for _, m := range u.Answer.Results {
				of = append(of, verdicts(m.Records)...)
			}
			got = append(got, of)
		}
		require.Equal(t, [][]gateway.Verdict{{gateway.Accepted}, {gateway.Accepted, gateway.Accepted}, {gateway.Superseded}, nil}, got)
		require.Equal(t, gateway.Summary{Accepted: 2}, out.Units[1].Answer.Summary)
		require.Equal(t, 1, b.count(t, `SELECT count(*) FROM change_inbox WHERE entity_kind = 'dossier' AND entity_id = $1`, *out.Units[0].Answer.Results[0].Records[0].EntityID))
	})
}

func TestVersionsThatTheSenderTells(t *testing.T) {
	told := func(text string, version int64) gateway.PreparedRecord {
		r := step(t, "motcua", 1, "20251103083000", schema.Received, text)
		r.Version = version
		return r
	}
	b := setup(t)
	for _, push := range []struct {
		text    string
		version int64
		want    gateway.Verdict
	}{
		{"A", 5, gateway.Accepted},
		{"B", 4, gateway.Superseded},
		{"A", 7, gateway.Unchanged}, // remembered
		{"B", 6, gateway.Superseded},
		{"C", 0, gateway.Accepted}, // without a version: by arrival
		{"B", 6, gateway.Superseded},
		{"B", 8, gateway.Accepted},
	} {
		require.Equal(t, []gateway.Verdict{push.want}, verdicts(b.push(t, told(push.text, push.version))), "%s at %d", push.text, push.version)
	}
	require.Equal(t, 8, b.count(t, `SELECT source_version FROM record`))
	require.Equal(t, 3, b.count(t, `SELECT revision FROM record`))
}
