package postgres_test

import (
	"context"
	"log/slog"
	"math/rand/v2"
	"testing"
	"time"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"
	"github.com/stretchr/testify/require"
	"golang.org/x/sync/errgroup"

	"github.com/lienthong/lienthong/gateway"
	"github.com/lienthong/lienthong/gateway/postgres"
	"github.com/lienthong/lienthong/internal/fault"
	"github.com/lienthong/lienthong/schema"
)

// sequenced runs a sequencer for as long as the test.
func (b bundle) sequenced(t testing.TB) *postgres.Sequencer {
	t.Helper()
	q := postgres.NewSequencer(b.store, slog.New(slog.DiscardHandler))
	ctx, cancel := context.WithCancel(context.Background())
	done := make(chan struct{})
	go func() {
		defer close(done)
		_ = q.Run(ctx)
	}()
	t.Cleanup(func() {
		cancel()
		<-done
	})
	return q
}

func TestFeed(t *testing.T) {
	t.Run("positions are dense and pages follow each other", func(t *testing.T) {
		b := setup(t)
		q := b.sequenced(t)
		for i := range 25 {
			b.push(t, dossier(t, i, nil))
		}
		q.Nudge()
		got := b.readAll(t, 25, 10)
		for i, c := range got {
			require.EqualValues(t, i+1, c.Position)
			require.Equal(t, "vn.dossier.created.v1", c.Type)
			require.NotEmpty(t, c.Data)
		}
	})

	t.Run("a feed of one kind leaves the others out", func(t *testing.T) {
		b := setup(t)
		q := b.sequenced(t)
		owner := schema.Identifier{Scheme: schema.SchemePersonalNumber, Value: "027192004321"}
		b.push(t, dossier(t, 1, func(d *schema.Dossier) { d.Applicant.Identifiers = []schema.Identifier{owner} }))
		q.Nudge()
		require.Len(t, b.readAll(t, 2, 10), 2)
		page, err := b.store.ReadFeed(t.Context(), schema.KindPerson, gateway.Cursor{}, 10)
		require.NoError(t, err)
		require.Len(t, page.Items, 1)
		require.Equal(t, schema.KindPerson, page.Items[0].Kind)
	})

	t.Run("a cursor of another epoch is expired", func(t *testing.T) {
		b := setup(t)
		_, err := b.store.ReadFeed(t.Context(), "", gateway.Cursor{Epoch: 9, Position: 1}, 10)
		require.Equal(t, fault.CursorExpired, fault.CodeOf(err))
	})

	t.Run("a reader that waits is woken by a change", func(t *testing.T) {
		b := setup(t)
		q := b.sequenced(t)
		page := make(chan gateway.FeedPage, 1)
		go func() {
			p, _ := gateway.NewFeed(b.store).Read(context.WithoutCancel(t.Context()), "", gateway.Cursor{}, 10, time.Minute)
			page <- p
		}()
		b.push(t, dossier(t, 1, nil))
		q.Nudge()
		require.Len(t, (<-page).Items, 1)
	})
}

// readAll reads want items by long poll.
func (b bundle) readAll(t testing.TB, want, limit int) []gateway.Change {
	t.Helper()
	feed := gateway.NewFeed(b.store)
	var got []gateway.Change
	var cursor gateway.Cursor
	for len(got) < want {
		page, err := feed.Read(t.Context(), "", cursor, limit, 20*time.Second)
		require.NoError(t, err)
		require.NotEmpty(t, page.Items, "the feed stopped at %d of %d", len(got), want)
		got, cursor = append(got, page.Items...), page.Next
	}
	return got
}

// TestFeedLosesNothingThatCommitsLate runs one schedule against two cursors. A
// writer takes its place in the sequence and commits only after a later one
// was read. The bare sequence loses it; this is kept as a proof of why there
// is a sequencer.
func TestFeedLosesNothingThatCommitsLate(t *testing.T) {
	schedule := func(t *testing.T, b bundle, read func()) {
		t.Helper()
		slow, err := b.pool.Begin(t.Context())
		require.NoError(t, err)
		defer func() { _ = slow.Rollback(context.Background()) }()
		insertChange(t, slow)
		quick, err := b.pool.Begin(t.Context())
		require.NoError(t, err)
		insertChange(t, quick)
		require.NoError(t, quick.Commit(t.Context()))
		read()
		require.NoError(t, slow.Commit(t.Context()))
		read()
	}

	t.Run("a bare sequence loses the slow one", func(t *testing.T) {
		b := setup(t)
		seen, cursor := 0, int64(0)
		schedule(t, b, func() {
			rows, err := b.pool.Query(t.Context(), `SELECT seq FROM change_inbox WHERE seq > $1 ORDER BY seq`, cursor)
			require.NoError(t, err)
			_, err = pgx.ForEachRow(rows, []any{&cursor}, func() error { seen++; return nil })
			require.NoError(t, err)
		})
		require.Equal(t, 1, seen, "if this is 2, the proof no longer proves anything")
	})

	t.Run("sequenced positions show both", func(t *testing.T) {
		b := setup(t)
		q := postgres.NewSequencer(b.store, slog.New(slog.DiscardHandler))
		conn, err := b.pool.Acquire(t.Context())
		require.NoError(t, err)
		defer conn.Release()
		var cursor gateway.Cursor
		seen := 0
		schedule(t, b, func() {
			_, err := q.Move(t.Context(), conn.Conn())
			require.NoError(t, err)
			page, err := b.store.ReadFeed(t.Context(), "", cursor, 10)
			require.NoError(t, err)
			seen, cursor = seen+len(page.Items), page.Next
		})
		require.Equal(t, 2, seen)
	})
}

func insertChange(t *testing.T, tx pgx.Tx) {
	t.Helper()
	id := uuid.Must(uuid.NewV7())
	_, err := tx.Exec(t.Context(), `
		WITH e AS (
		    INSERT INTO entity (id, kind, revision, hash, body, created_at, updated_at)
		    VALUES ($1, 'dossier', 1, $2, '{}', now(), now()))
		INSERT INTO change_inbox (entity_id, entity_kind, entity_revision, type, recorded_at)
		VALUES ($1, 'dossier', 1, 'vn.dossier.created.v1', now())`, id, make([]byte, 32))
	require.NoError(t, err)
}

func TestFeedUnderConcurrentWriters(t *testing.T) {
	const writers, pushes, dossiers = 8, 30, 12
	b := setup(t)
	q := b.sequenced(t)

	var g errgroup.Group
	for w := range writers {
		g.Go(func() error {
			random := rand.New(rand.NewPCG(uint64(w), 7))
			for p := range pushes {
				at := time.Date(2025, 11, 3, 8, 0, w*pushes+p, 0, time.UTC)
				var u gateway.Unit
				for _, i := range random.Perm(dossiers)[:3] {
					s := &schema.DossierStep{Dossier: number(i), At: schema.TimeOf(at), Status: schema.InProgress}
					u.Submissions = append(u.Submissions, unit(t, prepared(t, "motcua", "arrival", s, s.ID())).Submissions...)
				}
				if _, err := b.store.Ingest(t.Context(), []gateway.Unit{u}); err != nil {
					return err
				}
				q.Nudge()
			}
			return nil
		})
	}
	read := make(chan []gateway.Change)
	go func() { read <- b.readAll(t, writers*pushes*3, 50) }()
	require.NoError(t, g.Wait())

	revisions := map[uuid.UUID]int64{}
	for i, c := range <-read {
		require.EqualValues(t, i+1, c.Position, "every position once, without gaps")
		require.Equal(t, revisions[c.EntityID]+1, c.Revision, "in order for each entity")
		require.GreaterOrEqual(t, c.DataRev, c.Revision)
		revisions[c.EntityID] = c.Revision
	}
	require.Len(t, revisions, dossiers)
}
