package postgres_test

import (
	"context"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/stretchr/testify/require"

	"github.com/lienthong/lienthong/gateway"
	"github.com/lienthong/lienthong/gateway/postgres"
	"github.com/lienthong/lienthong/internal/fault"
	"github.com/lienthong/lienthong/internal/pgtest"
)

// process is another process on the same database, as far as the feed can tell.
func (b bundle) process() bundle { return bundle{store: postgres.New(b.pool), pool: b.pool} }

// listening is a connection that hears a channel.
func listening(t *testing.T, channel string) *pgx.Conn {
	t.Helper()
	conn, err := pgx.Connect(t.Context(), pgtest.URL(t))
	require.NoError(t, err)
	t.Cleanup(func() { _ = conn.Close(context.Background()) })
	_, err = conn.Exec(t.Context(), `LISTEN `+channel)
	require.NoError(t, err)
	return conn
}

// hear returns the next notification, "" when none comes within d.
func hear(t *testing.T, conn *pgx.Conn, d time.Duration) string {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), d)
	defer cancel()
	n, err := conn.WaitForNotification(ctx)
	if err != nil {
		require.ErrorIs(t, err, context.DeadlineExceeded)
		return ""
	}
	return n.Channel
}

// leading takes the place of the leader, so that nobody else has it.
func (b bundle) leading(t *testing.T) {
	t.Helper()
	conn, err := b.pool.Acquire(t.Context())
	require.NoError(t, err)
	t.Cleanup(conn.Release)
	var got bool
	require.NoError(t, conn.QueryRow(t.Context(), `SELECT pg_try_advisory_lock(7264001)`).Scan(&got))
	require.True(t, got)
}

func TestSequencersOfSeveralProcesses(t *testing.T) {
	const channel = "lienthong_change"

	t.Run("a nudge is told once, and nobody answers it", func(t *testing.T) {
		b := setup(t)
		b.leading(t) // by somebody who never sequences
		ear := listening(t, channel)
		first := b.sequenced(t)
		b.process().sequenced(t)
		first.Nudge()
		require.Equal(t, channel, hear(t, ear, 20*time.Second))
		require.Empty(t, hear(t, ear, 300*time.Millisecond), "two that do not lead tell each other for ever")
	})

	t.Run("what one writes wakes the readers of the other", func(t *testing.T) {
		b := setup(t)
		q := b.sequenced(t)
		far := b.process()
		far.sequenced(t)
		page := make(chan gateway.FeedPage, 1)
		go func() {
			p, _ := gateway.NewFeed(far.store).Read(context.WithoutCancel(t.Context()), "", gateway.Cursor{}, 10, time.Minute)
			page <- p
		}()
		b.push(t, dossier(t, 1, nil))
		q.Nudge()
		require.Len(t, (<-page).Items, 1)
	})

	t.Run("when the leader's connection is cut somebody leads on", func(t *testing.T) {
		b := setup(t)
		q := b.sequenced(t)
		b.push(t, dossier(t, 1, nil))
		q.Nudge()
		b.readAll(t, 1, 10)
		require.Equal(t, 1, b.count(t, `
			SELECT count(pg_terminate_backend(pid)) FROM pg_locks
			WHERE locktype = 'advisory' AND objid = 7264001 AND granted AND database = (SELECT oid FROM pg_database WHERE datname = current_database())`))
		b.push(t, dossier(t, 2, nil))
		q.Nudge()
		require.Len(t, b.readAll(t, 2, 10), 2)
	})
}

func TestFeedCursorAheadOfTheFeed(t *testing.T) {
	b := setup(t)
	q := b.sequenced(t)
	b.push(t, dossier(t, 1, nil))
	q.Nudge()
	b.readAll(t, 1, 10)
	page, err := b.store.ReadFeed(t.Context(), "", gateway.Cursor{}, 10)
	require.NoError(t, err)
	again, err := b.store.ReadFeed(t.Context(), "", page.Next, 10)
	require.NoError(t, err)
	require.Empty(t, again.Items)
	require.Equal(t, page.Next, again.Next)
	ahead := page.Next
	ahead.Position++
	_, err = b.store.ReadFeed(t.Context(), "", ahead, 10)
	require.Equal(t, fault.CursorExpired, fault.CodeOf(err), "the database was restored: these positions will come again")
}
