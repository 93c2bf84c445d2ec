package postgres_test

import (
	"testing"

	"github.com/google/uuid"
	"github.com/stretchr/testify/require"

	"github.com/lienthong/lienthong/adapters"
	"github.com/lienthong/lienthong/gateway"
	"github.com/lienthong/lienthong/schema"
)

// rows counts what a push could have written.
func (b bundle) rows(t testing.TB) (counts [8]int) {
	t.Helper()
	for i, table := range []string{"submission", "record", "record_revision", "entity", "identifier_binding", "mention", "change_inbox", "delivery"} {
		counts[i] = b.count(t, `SELECT count(*) FROM `+table)
	}
	return counts
}

// A rehearsal says what the push that follows it is answered, and keeps nothing.
func TestRehearse(t *testing.T) {
	b := setup(t)
	birth := func(name string) gateway.PreparedRecord {
		return prepared(t, "hotich", adapters.ByArrival, &schema.CivilEvent{
			Type: schema.Birth, Stage: schema.Applied, Dossier: number(1), Subject: schema.Person{FullName: "Phạm Gia Bảo"},
			Mother: &schema.Person{FullName: name, Identifiers: []schema.Identifier{{Scheme: schema.SchemePersonalNumber, Value: "027192004321"}}},
		}, "LT-1")
	}
	older := dossier(t, 1, nil)
	newer := dossier(t, 1, func(d *schema.Dossier) { d.FinishedAt, d.Status = at(t, "20251104083000"), schema.Completed })
	for _, tt := range []struct {
		name   string
		record gateway.PreparedRecord
		want   gateway.Verdict
		known  bool // the entity is there before
	}{
		{"a new dossier", newer, gateway.Accepted, false},
		{"the same again", newer, gateway.Unchanged, true},
		{"an older one", older, gateway.Superseded, true},
		{"a step of it", step(t, "motcua", 1, "20251103101500", schema.InProgress, "xử lý"), gateway.Accepted, true},
		{"a birth", birth("Nguyễn Thị Hạnh"), gateway.Accepted, false},
		{"the mother's number with another name", birth("Lê Văn Tám"), gateway.NeedsReview, true},
	} {
		t.Run(tt.name, func(t *testing.T) {
			before := b.rows(t)
			r, err := b.store.Rehearse(t.Context(), unit(t, tt.record))
			require.NoError(t, err)
			require.Equal(t, before, b.rows(t))
			result := r.Answer.Results[0]
			require.Equal(t, uuid.Nil, result.SubmissionID)
			require.Equal(t, tt.want, result.Records[0].Verdict)
			require.Equal(t, tt.known, result.Records[0].EntityID != nil)
			require.Equal(t, tt.known, r.Records[0].EntityID != uuid.Nil)
			require.Equal(t, tt.record.Sealed.JSON, r.Records[0].Body)

			told := b.push(t, tt.record)[0]
			require.Equal(t, tt.want, told.Verdict)
			require.Equal(t, result.Records[0].Errors, told.Errors)
			require.NotEqual(t, before, b.rows(t), "what was rehearsed is now done")
		})
	}

	t.Run("grounds of mentions", func(t *testing.T) {
		fresh := birth("Trần Thị Mai")
		fresh.ID = "LT-2"
		r, err := b.store.Rehearse(t.Context(), unit(t, fresh))
		require.NoError(t, err)
		grounds := map[string]string{}
		for _, m := range r.Records[0].Mentions {
			grounds[m.Role] = m.Ground
		}
		require.Equal(t, map[string]string{"child": gateway.GroundNone, "mother": gateway.GroundContradiction}, grounds)
	})
}
