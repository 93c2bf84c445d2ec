package postgres_test

import (
	"log/slog"
	"testing"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"
	"github.com/stretchr/testify/require"
	"golang.org/x/sync/errgroup"

	"github.com/lienthong/lienthong/gateway"
	"github.com/lienthong/lienthong/gateway/postgres"
	"github.com/lienthong/lienthong/schema"
	"github.com/lienthong/lienthong/schema/score"
)

// previewed is the score of a month by reading every dossier.
func (b bundle) previewed(t testing.TB, month string) (all []gateway.ScoreCount) {
	t.Helper()
	rows, err := b.pool.Query(t.Context(), `SELECT body::text FROM entity WHERE kind = 'dossier' AND withdrawn_at IS NULL AND merged_into IS NULL`)
	require.NoError(t, err)
	bodies, err := pgx.CollectRows(rows, pgx.RowTo[string])
	require.NoError(t, err)
	previews := map[string]*score.Preview{}
	for _, body := range bodies {
		opened, err := schema.OpenBody(schema.KindDossier, []byte(body))
		require.NoError(t, err)
		d := opened.(*schema.Dossier)
		if of, commune, ok := gateway.ScorePlace(d); ok && of == month {
			if previews[commune] == nil {
				previews[commune] = &score.Preview{}
			}
			previews[commune].Count(d)
		}
	}
	for commune, p := range previews {
		for _, i := range score.Indicators() {
			all = append(all, gateway.ScoreCount{Commune: commune, Indicator: i.Code, Good: p.Of(i.Code).Good, Of: p.Of(i.Code).Of})
		}
	}
	return all
}

func (b bundle) sameScore(t testing.TB, why string) {
	t.Helper()
	for _, month := range []string{"2025-11", "2025-12"} {
		counts, err := b.store.ScoreCounts(t.Context(), month, "")
		require.NoError(t, err)
		require.ElementsMatch(t, b.previewed(t, month), counts, "%s, %s", month, why)
	}
}

// Whatever becomes of dossiers, numbered by the feed or not yet, the counts say what a reading of all says.
func TestScoreFollowsDossiers(t *testing.T) {
	b := setup(t)
	of := func(i int, commune, received string, change func(*schema.Dossier)) gateway.PreparedRecord {
		return dossier(t, i, func(d *schema.Dossier) {
			d.ReceivingAgency, d.ReceivedAt, d.VNeID = commune, at(t, received), i%2 == 0
			if change != nil {
				change(d)
			}
		})
	}
	b.push(t, of(1, "H05.31", "20251103083000", nil), of(2, "H05.31", "20251103083000", nil), of(3, "H05.32", "20251203083000", nil))
	b.sameScore(t, "read from the beginning")
	counts, err := b.store.ScoreCounts(t.Context(), "2025-11", "H05.31")
	require.NoError(t, err)
	require.Len(t, counts, len(score.Indicators()), "in the order of the table")
	require.Equal(t, score.Indicators()[0].Code, counts[0].Indicator)

	results := b.push(t, of(4, "H05.33", "20251103083000", nil), of(5, "H05.31", "20251103083000", nil))
	b.sameScore(t, "what has no number yet")
	b.numbers(t)
	b.sameScore(t, "and when it has")
	b.push(t, step(t, "motcua", 1, "20251104152000", schema.SupplementRequired, "a"), step(t, "motcua", 1, "20251105152000", schema.SupplementRequired, "b"),
		step(t, "motcua", 2, "20251106152000", schema.Completed, ""))
	b.numbers(t)
	b.sameScore(t, "steps came")
	_, err = b.pool.Exec(t.Context(), `UPDATE entity SET withdrawn_at = now() WHERE id = $1`, *results[0].EntityID)
	require.NoError(t, err)
	_, err = b.pool.Exec(t.Context(), `
		INSERT INTO change_inbox (entity_id, entity_kind, entity_revision, type, recorded_at) VALUES ($1, 'dossier', 9, 'x', now())`, *results[0].EntityID)
	require.NoError(t, err)
	b.sameScore(t, "withdrawn: the commune has nothing left")
	_, err = b.pool.Exec(t.Context(), `UPDATE score_follow SET version = 'of before'; UPDATE score_count SET counted = counted + 7`)
	require.NoError(t, err)
	b.sameScore(t, "other rules begin anew")
}

// numbers gives positions to what waits for one.
func (b bundle) numbers(t testing.TB) {
	t.Helper()
	conn, err := b.pool.Acquire(t.Context())
	require.NoError(t, err)
	defer conn.Release()
	_, err = postgres.NewSequencer(b.store, slog.New(slog.DiscardHandler)).Move(t.Context(), conn.Conn())
	require.NoError(t, err)
}

// Several who follow at once count each dossier once, over pages and while others push.
func TestManyFollowTheScore(t *testing.T) {
	b := setup(t)
	var all []gateway.PreparedRecord
	for i := range 1200 {
		all = append(all, dossier(t, i, func(d *schema.Dossier) { d.ReceivingAgency = "H05." + string('A'+rune(i%7)) }))
	}
	b.push(t, all[:1000]...)
	var g errgroup.Group
	for i := range 3 {
		g.Go(func() error {
			for more := true; more; {
				var err error
				if more, err = b.store.FollowScore(t.Context(), i == 0); err != nil {
					return err
				}
			}
			return nil
		})
	}
	b.push(t, all[1000:]...)
	require.NoError(t, g.Wait())
	b.sameScore(t, "all at once")
	require.Equal(t, 1200, b.count(t, `SELECT count(*) FROM score_dossier`))
	require.NotEqual(t, uuid.Nil.String(), b.text(t, `SELECT scanned::text FROM score_follow`))
}
