package postgres_test

import (
	"context"
	"log/slog"
	"testing"
	"time"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5/pgxpool"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/lienthong/lienthong/gateway"
	"github.com/lienthong/lienthong/gateway/postgres"
	"github.com/lienthong/lienthong/internal/pgtest"
	"github.com/lienthong/lienthong/migrations"
	"github.com/lienthong/lienthong/schema"
)

// exec runs SQL of a test.
func (b bundle) exec(t testing.TB, sql string, args ...any) {
	t.Helper()
	_, err := b.pool.Exec(context.Background(), sql, args...)
	require.NoError(t, err)
}

func TestBacklog(t *testing.T) {
	t.Parallel()
	b := setup(t)
	empty, err := b.store.Backlog(t.Context())
	require.NoError(t, err)
	require.Empty(t, empty)

	var ids []uuid.UUID
	for i := range 9 {
		r := b.push(t, dossier(t, i, nil))
		ids = append(ids, *r[0].EntityID)
	}
	place := func(i int, state, more string) {
		b.exec(t, `DELETE FROM delivery_due WHERE entity_id = $1`, ids[i])
		b.exec(t, `UPDATE delivery SET state = $2`+more+` WHERE entity_id = $1`, ids[i], state)
	}
	place(1, "delivered", "")
	place(2, "confirmed", "")
	place(3, "sending", "")
	place(4, "unknown", ", tries = 1, retry_at = now() + interval '1 hour', shelf = 'destination'")
	place(5, "queued", ", retry_at = now() + interval '1 hour', shelf = 'destination'")
	place(6, "failed_data", ", shelf = 'source'")
	place(7, "failed_gateway", ", shelf = 'gateway'")
	place(8, "delivered", ", shelf = ''")
	b.exec(t, `INSERT INTO delivery_due (destination, entity_id, slot, rank) VALUES ('dvcqg', $1, 0, 0)`, ids[8]) // its second look
	b.exec(t, `UPDATE delivery SET wanted_at = now() - interval '3 hours' WHERE entity_id = $1`, ids[4])
	b.exec(t, `UPDATE delivery SET wanted_at = now() - interval '3 days' WHERE entity_id = ANY ($1)`, []uuid.UUID{ids[1], ids[6]})

	all, err := b.store.Backlog(t.Context())
	require.NoError(t, err)
	require.Len(t, all, 1)
	require.Equal(t, "dvcqg", all[0].Destination)
	require.Equal(t, map[gateway.SyncState]int{
		gateway.StateQueued: 2, gateway.StateSending: 1, gateway.StateUnknown: 1, gateway.StateFailedData: 1, gateway.StateFailedGateway: 1,
	}, all[0].Counts)
	require.InDelta(t, 3*time.Hour, all[0].Oldest, float64(time.Minute), "what is done or waits for a person does not age the backlog")
	require.Equal(t, 4, all[0].Waiting())
	require.Equal(t, 2, all[0].Parked())

	b.exec(t, `UPDATE delivery SET wanted_at = now() - interval '5 hours' WHERE entity_id = $1`, ids[0])
	older, err := b.store.Backlog(t.Context())
	require.NoError(t, err)
	require.InDelta(t, 5*time.Hour, older[0].Oldest, float64(time.Minute), "what is queued is as old as its wish")

	b.push(t, step(t, "motcua", 0, "20251103093000", schema.InProgress, "Thụ lý hồ sơ"))
	renewed, err := b.store.Backlog(t.Context())
	require.NoError(t, err)
	require.InDelta(t, 3*time.Hour, renewed[0].Oldest, float64(time.Minute), "newer data wait from when they came")

	status, err := b.store.SyncStatus(t.Context())
	require.NoError(t, err)
	require.Equal(t, status[0].Backlog(), all[0].Waiting(), "the cheap count and the whole one agree")
	require.Equal(t, status[0].Parked(), all[0].Parked())
}

func TestOpenReviews(t *testing.T) {
	t.Parallel()
	b := setup(t)
	none, err := b.store.OpenReviews(t.Context())
	require.NoError(t, err)
	require.Zero(t, none)
	for i, closed := range []bool{false, true, false} {
		b.exec(t, `INSERT INTO review (id, source, kind, local_id, hash, reason, submission_id, opened_at, closed_at)
			VALUES (gen_random_uuid(), 'motcua', 'dossier', $1, decode(repeat('00', 32), 'hex'), 'x', gen_random_uuid(),
			        now() - $2 * interval '1 hour', CASE WHEN $3 THEN now() END)`, number(i), 3-i, closed)
	}
	open, err := b.store.OpenReviews(t.Context())
	require.NoError(t, err)
	require.Equal(t, 2, open.Count)
	require.InDelta(t, 3*time.Hour, open.Oldest, float64(time.Minute))
}

func TestFeedLag(t *testing.T) {
	t.Parallel()
	b := setup(t)
	lag, err := b.store.FeedLag(t.Context())
	require.NoError(t, err)
	require.Zero(t, lag)
	b.push(t, dossier(t, 1, nil))
	b.exec(t, `UPDATE change_inbox SET recorded_at = now() - interval '7 minutes'`)
	lag, err = b.store.FeedLag(t.Context())
	require.NoError(t, err)
	require.InDelta(t, 7*time.Minute, lag, float64(time.Minute))
}

func TestPartitions(t *testing.T) {
	t.Parallel()
	b := setup(t)
	all, err := b.store.Partitions(t.Context())
	require.NoError(t, err)
	tables := map[string]gateway.PartitionStatus{}
	for _, p := range all {
		tables[p.Table] = p
	}
	for _, name := range []string{"submission", "change", "attempt"} {
		require.Contains(t, tables, name)
		require.GreaterOrEqual(t, tables[name].MonthsAhead, 2, "%s", name) // the template may be of last month
		require.Zero(t, tables[name].DefaultRows)
	}
	b.exec(t, `INSERT INTO change (position, recorded_at, entity_id, entity_kind, entity_revision, type)
		SELECT n, '1999-01-01', gen_random_uuid(), 'dossier', 1, 'x' FROM generate_series(1, 3) AS n`)
	all, err = b.store.Partitions(t.Context())
	require.NoError(t, err)
	for _, p := range all {
		if p.Table == "change" {
			require.Equal(t, 3, p.DefaultRows)
		} else {
			require.Zero(t, p.DefaultRows)
		}
	}
}

func TestSourceTimes(t *testing.T) {
	t.Parallel()
	b := setup(t)
	r := b.push(t, dossier(t, 1, nil), dossier(t, 2, nil))
	first, second := *r[0].EntityID, *r[1].EntityID
	b.push(t, step(t, "hotich", 1, "20251104093000", schema.InProgress, "nhận"))
	told := time.Date(2026, 2, 3, 4, 5, 6, 0, time.UTC)
	b.exec(t, `UPDATE record SET event_time = $2 WHERE entity_id = $1 AND kind = 'dossier'`, first, told)
	b.exec(t, `UPDATE record SET event_time = $2 WHERE entity_id = $1 AND kind = 'dossier_step'`, first, told.Add(-time.Hour))
	b.exec(t, `UPDATE record SET event_time = NULL WHERE entity_id = $1`, second)
	times, err := b.store.SourceTimes(t.Context(), []uuid.UUID{first, second, uuid.New()})
	require.NoError(t, err)
	require.Len(t, times, 2)
	require.True(t, times[first].Happened.Equal(told))
	require.True(t, times[second].Happened.Equal(times[second].Arrived), "a source that tells no time is taken at its arrival")
	require.WithinDuration(t, time.Now(), times[first].Arrived, time.Minute)
}

func TestStanding(t *testing.T) {
	t.Parallel()
	b := setup(t)
	st, err := b.store.Standing(t.Context())
	require.NoError(t, err)
	require.GreaterOrEqual(t, st.Version, 140000)
	require.Contains(t, []string{"on", "off"}, st.Settings["fsync"])
	require.True(t, st.Writable)
	require.False(t, st.Leader, "no sequencer runs")
	require.WithinDuration(t, time.Now(), st.Clock, time.Minute)

	steps, err := migrations.Status(t.Context(), b.pool.Config().ConnString())
	require.NoError(t, err)
	newest := map[string]int64{}
	for _, s := range steps {
		newest[s.Line] = max(newest[s.Line], s.Version)
	}
	require.Equal(t, newest["lienthong"], st.Schema)
	require.Equal(t, newest["river"], st.RiverSchema)

	t.Run("the sequencer is seen, of this database alone", func(t *testing.T) {
		other := setup(t)
		ctx, cancel := context.WithCancel(t.Context())
		ended := make(chan error, 1)
		go func() { ended <- postgres.NewSequencer(b.store, slog.New(slog.DiscardHandler)).Run(ctx) }()
		require.EventuallyWithT(t, func(c *assert.CollectT) {
			st, err := b.store.Standing(t.Context())
			require.NoError(c, err)
			require.True(c, st.Leader)
		}, 20*time.Second, 20*time.Millisecond)
		elsewhere, err := other.store.Standing(t.Context())
		require.NoError(t, err)
		require.False(t, elsewhere.Leader)
		cancel()
		require.NoError(t, <-ended)
	})

	t.Run("an empty database has no schema", func(t *testing.T) {
		pool, err := pgxpool.New(t.Context(), pgtest.Empty(t))
		require.NoError(t, err)
		defer pool.Close()
		st, err := postgres.New(pool).Standing(t.Context())
		require.NoError(t, err)
		require.Zero(t, st.Schema)
		require.Zero(t, st.RiverSchema)
	})

	t.Run("a database that takes no writes says so", func(t *testing.T) {
		config := b.pool.Config().Copy()
		config.ConnConfig.RuntimeParams["default_transaction_read_only"] = "on"
		pool, err := pgxpool.NewWithConfig(t.Context(), config)
		require.NoError(t, err)
		defer pool.Close()
		st, err := postgres.New(pool).Standing(t.Context())
		require.NoError(t, err)
		require.False(t, st.Writable)
	})
}
