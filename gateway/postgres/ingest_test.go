package postgres_test

import (
	"context"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/stretchr/testify/require"

	"github.com/lienthong/lienthong/adapters"
	"github.com/lienthong/lienthong/gateway"
	"github.com/lienthong/lienthong/internal/fault"
	"github.com/lienthong/lienthong/schema"
)

func TestIngest(t *testing.T) {
	t.Run("a new dossier becomes an entity, a change and a due delivery", func(t *testing.T) {
		b := setup(t)
		got := b.push(t, dossier(t, 1, nil))
		require.Equal(t, gateway.Accepted, got[0].Verdict)
		require.EqualValues(t, 1, got[0].Revision)
		require.NotNil(t, got[0].EntityID)
		require.Equal(t, 1, b.count(t, `SELECT count(*) FROM entity WHERE id = $1 AND revision = 1`, *got[0].EntityID))
		require.Equal(t, 1, b.count(t, `SELECT count(*) FROM change_inbox`))
		require.Equal(t, 1, b.count(t, `SELECT count(*) FROM delivery d JOIN delivery_due USING (destination, entity_id) WHERE key = $1`, number(1)))
		require.Equal(t, 1, b.count(t, `SELECT count(*) FROM submission WHERE octet_length(raw) > 0`))
	})

	t.Run("a repeat is unchanged and writes nothing but its submission", func(t *testing.T) {
		b := setup(t)
		b.push(t, dossier(t, 1, nil))
		got := b.push(t, dossier(t, 1, nil))
		require.Equal(t, []gateway.Verdict{gateway.Unchanged}, verdicts(got))
		require.Equal(t, 1, b.count(t, `SELECT count(*) FROM change_inbox`))
		require.Equal(t, 1, b.count(t, `SELECT count(*) FROM record_revision`))
		require.Equal(t, 2, b.count(t, `SELECT count(*) FROM submission`))
	})

	t.Run("an older version of a dossier is superseded", func(t *testing.T) {
		b := setup(t)
		finished := dossier(t, 1, func(d *schema.Dossier) { d.Status, d.FinishedAt = schema.Completed, at(t, "20251103153000") })
		got := b.push(t, finished, dossier(t, 1, nil))
		require.Equal(t, []gateway.Verdict{gateway.Accepted, gateway.Superseded}, verdicts(got))
	})

	t.Run("the same record twice in one batch gives two revisions in order", func(t *testing.T) {
		b := setup(t)
		finished := dossier(t, 1, func(d *schema.Dossier) { d.Status, d.FinishedAt = schema.Completed, at(t, "20251103153000") })
		got := b.push(t, dossier(t, 1, nil), finished)
		require.Equal(t, []gateway.Verdict{gateway.Accepted, gateway.Accepted}, verdicts(got))
		require.Equal(t, 2, b.count(t, `SELECT revision FROM record`))
		require.Equal(t, 2, b.count(t, `SELECT count(*) FROM record_revision`))
		require.Equal(t, 1, b.count(t, `SELECT count(*) FROM change_inbox`))
	})

	t.Run("steps and header meet in one entity whatever comes first", func(t *testing.T) {
		b := setup(t)
		first := b.push(t, step(t, "motcua", 1, "20251103083000", schema.Received, "Tiếp nhận"))
		require.Equal(t, 0, b.count(t, `SELECT count(*) FROM delivery`), "nothing can be shown of a dossier without its header")
		second := b.push(t, dossier(t, 1, nil), step(t, "hotich", 1, "20251103152000", schema.Completed, "Đã đăng ký"))
		require.Equal(t, first[0].EntityID, second[0].EntityID)
		require.Equal(t, first[0].EntityID, second[1].EntityID)
		golden := b.golden(t, *first[0].EntityID)
		require.Equal(t, schema.Completed, golden.Status)
		require.Equal(t, at(t, "20251103152000"), golden.FinishedAt)
		require.Len(t, golden.Steps, 2)
		require.Equal(t, 1, b.count(t, `SELECT count(*) FROM delivery`))
	})

	t.Run("a way back to earlier content within the window is a late repeat", func(t *testing.T) {
		b := setup(t)
		b.push(t, step(t, "motcua", 1, "20251103083000", schema.Received, "tiếp nhận"))
		b.push(t, step(t, "motcua", 1, "20251103083000", schema.Received, "Tiếp nhận hồ sơ"))
		got := b.push(t, step(t, "motcua", 1, "20251103083000", schema.Received, "tiếp nhận"))
		require.Equal(t, []gateway.Verdict{gateway.Superseded}, verdicts(got))
	})

	t.Run("outside the window it is for a human to say, and asked once", func(t *testing.T) {
		b := setup(t)
		b.store.WithRepeatWindow(0)
		b.push(t, step(t, "motcua", 1, "20251103083000", schema.Received, "tiếp nhận"))
		b.push(t, step(t, "motcua", 1, "20251103083000", schema.Received, "Tiếp nhận hồ sơ"))
		for range 2 {
			got := b.push(t, step(t, "motcua", 1, "20251103083000", schema.Received, "tiếp nhận"))
			require.Equal(t, []gateway.Verdict{gateway.NeedsReview}, verdicts(got))
			require.EqualValues(t, 2, got[0].Revision)
		}
		require.Equal(t, 1, b.count(t, `SELECT count(*) FROM review`))
	})
}

func (b bundle) golden(t *testing.T, id any) *schema.Dossier {
	t.Helper()
	var body []byte
	require.NoError(t, b.pool.QueryRow(context.Background(), `SELECT body FROM entity WHERE id = $1`, id).Scan(&body))
	opened, err := schema.OpenBody(schema.KindDossier, body)
	require.NoError(t, err)
	return opened.(*schema.Dossier)
}

func TestIngestIdentity(t *testing.T) {
	mother := schema.Identifier{Scheme: schema.SchemePersonalNumber, Value: "027192004321"}
	birth := func(t *testing.T, name string, born int) gateway.PreparedRecord {
		t.Helper()
		year, err := schema.NewDate(born, 0, 0)
		require.NoError(t, err)
		e := &schema.CivilEvent{
			Type: schema.Birth, Stage: schema.Applied, Dossier: number(born),
			Subject: schema.Person{FullName: "Phạm Gia Bảo"},
			Mother:  &schema.Person{FullName: name, Birth: year, Identifiers: []schema.Identifier{mother}},
		}
		return prepared(t, "hotich", adapters.ByEventTime, e, "application|LTKS|"+e.Dossier)
	}

	t.Run("the same number with the same name is one person across registers", func(t *testing.T) {
		b := setup(t)
		owner := dossier(t, 1, func(d *schema.Dossier) { d.Applicant.Identifiers = []schema.Identifier{mother} })
		b.push(t, owner, birth(t, "NGUYỄN THỊ HẠNH", 1992))
		require.Equal(t, 1, b.count(t, `SELECT count(*) FROM entity WHERE kind = 'person'`))
		require.Equal(t, 2, b.count(t, `SELECT count(*) FROM mention WHERE ground = 'identifier'`))
	})

	t.Run("a number typed into the wrong field links nobody and is asked once", func(t *testing.T) {
		b := setup(t)
		b.push(t, birth(t, "Nguyễn Thị Hạnh", 1992))
		for range 2 {
			got := b.push(t, birth(t, "Phạm Văn Nam", 1990))
			require.Equal(t, []gateway.Verdict{gateway.NeedsReview}, verdicts(got))
		}
		require.Equal(t, 1, b.count(t, `SELECT count(*) FROM mention WHERE ground = 'contradiction' AND entity_id IS NULL`))
		require.Equal(t, 1, b.count(t, `SELECT count(*) FROM review`))
	})
}

func TestIngestIdempotency(t *testing.T) {
	keyed := func(t *testing.T, print byte, records ...gateway.PreparedRecord) gateway.Unit {
		t.Helper()
		u := unit(t, records...)
		u.Idempotency = gateway.Idempotency{Scope: "motcua POST /v1/records", Key: "k1", Fingerprint: schema.Hash{print}}
		return u
	}

	t.Run("the saved answer comes back", func(t *testing.T) {
		b := setup(t)
		first, err := b.store.Ingest(t.Context(), []gateway.Unit{keyed(t, 1, dossier(t, 1, nil))})
		require.NoError(t, err)
		second, err := b.store.Ingest(t.Context(), []gateway.Unit{keyed(t, 1, dossier(t, 1, nil))})
		require.NoError(t, err)
		require.True(t, second.Units[0].Answer.Replayed)
		second.Units[0].Answer.Replayed = false
		require.Empty(t, cmp.Diff(first.Units[0].Answer, second.Units[0].Answer))
		require.Equal(t, 1, b.count(t, `SELECT count(*) FROM submission`))
	})

	t.Run("the same key for another request is refused, its neighbours are not", func(t *testing.T) {
		b := setup(t)
		_, err := b.store.Ingest(t.Context(), []gateway.Unit{keyed(t, 1, dossier(t, 1, nil))})
		require.NoError(t, err)
		out, err := b.store.Ingest(t.Context(), []gateway.Unit{keyed(t, 2, dossier(t, 2, nil)), unit(t, dossier(t, 3, nil))})
		require.NoError(t, err)
		require.Equal(t, fault.KeyReused, fault.CodeOf(out.Units[0].Err))
		require.NoError(t, out.Units[1].Err)
		require.Equal(t, 2, b.count(t, `SELECT count(*) FROM record`))
	})
}
