package postgres_test

import (
	"context"
	"fmt"
	"log/slog"
	"math/rand/v2"
	"strings"
	"sync/atomic"
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

// copyOf is what a reader makes of a snapshot and what follows it.
type copyOf map[uuid.UUID]gateway.Change

func (c copyOf) take(items []gateway.Change) {
	for _, item := range items {
		if item.DataRev >= c[item.EntityID].DataRev {
			c[item.EntityID] = item
		}
	}
}

// takeSnapshot reads all pages; between is called after each.
func (b bundle) takeSnapshot(t testing.TB, feed schema.Kind, limit int, between func()) (copyOf, gateway.Cursor) {
	t.Helper()
	held, cursor := copyOf{}, gateway.SnapshotCursor{Feed: feed}
	var delta gateway.Cursor
	var last gateway.Change
	for {
		page, err := gateway.NewFeed(b.store).Snapshot(t.Context(), cursor, limit)
		require.NoError(t, err)
		require.LessOrEqual(t, len(page.Items), limit)
		if delta == (gateway.Cursor{}) {
			delta = page.Delta
		}
		require.Equal(t, delta, page.Delta, "the same on every page")
		for _, item := range page.Items {
			require.NotContains(t, held, item.EntityID, "each entity once")
			require.True(t, last.Kind < item.Kind || last.Kind == item.Kind && last.EntityID.String() < item.EntityID.String(), "in the order of kind and id")
			last = item
			require.Equal(t, "vn."+string(item.Kind)+".snapshot.v1", item.Type)
			require.Equal(t, delta.Position, item.Position)
		}
		held.take(page.Items)
		between()
		if !page.HasMore {
			return held, delta
		}
		again, err := gateway.ParseSnapshotCursor(page.Next.String(), feed)
		require.NoError(t, err)
		cursor = again
	}
}

// follow reads the feed from a cursor to its present end.
func (b bundle) follow(t testing.TB, held copyOf, feed schema.Kind, from gateway.Cursor) {
	t.Helper()
	for {
		page, err := b.store.ReadFeed(t.Context(), feed, from, 100)
		require.NoError(t, err)
		held.take(page.Items)
		if from = page.Next; !page.HasMore {
			return
		}
	}
}

// truth is what the store holds.
func (b bundle) truth(t testing.TB, feed schema.Kind) map[uuid.UUID]int64 {
	t.Helper()
	rows, err := b.pool.Query(t.Context(), `SELECT id, revision FROM entity WHERE merged_into IS NULL AND revision > 0 AND ($1 = '' OR kind = $1)`, string(feed))
	require.NoError(t, err)
	all, id, revision := map[uuid.UUID]int64{}, uuid.UUID{}, int64(0)
	_, err = pgx.ForEachRow(rows, []any{&id, &revision}, func() error { all[id] = revision; return nil })
	require.NoError(t, err)
	return all
}

func (c copyOf) revisions() map[uuid.UUID]int64 {
	all := map[uuid.UUID]int64{}
	for id, item := range c {
		all[id] = item.DataRev
	}
	return all
}

func TestSnapshot(t *testing.T) {
	t.Run("shows what lives, of one kind or of all", func(t *testing.T) {
		b := setup(t)
		b.push(t, dossier(t, 1, func(d *schema.Dossier) {
			d.Applicant.Identifiers = []schema.Identifier{{Scheme: schema.SchemePersonalNumber, Value: "027192004321"}}
		}), dossier(t, 2, nil), dossier(t, 3, nil))
		all, _ := b.takeSnapshot(t, "", 2, func() {})
		require.Equal(t, b.truth(t, ""), all.revisions())
		require.Len(t, all, 4)
		people, _ := b.takeSnapshot(t, schema.KindPerson, 2, func() {})
		require.Len(t, people, 1)
		for _, item := range people {
			require.Equal(t, schema.KindPerson, item.Kind)
			require.Contains(t, string(item.Data), "027192004321")
		}
		none, delta := b.takeSnapshot(t, schema.KindLandParcel, 2, func() {})
		require.Empty(t, none)
		require.Equal(t, int64(1), delta.Epoch)
	})

	t.Run("leaves out what was merged and what nothing is derived of yet", func(t *testing.T) {
		b := setup(t)
		ids := b.entities(t, 5)
		b.exec(t, `UPDATE entity SET merged_into = $2 WHERE id = $1`, ids[0], ids[1])
		b.exec(t, `UPDATE entity SET revision = 0 WHERE id = $1`, ids[2])
		all, _ := b.takeSnapshot(t, schema.KindDossier, 1, func() {})
		require.Len(t, all, 3)
		require.NotContains(t, all, ids[0])
		require.NotContains(t, all, ids[2])
	})

	t.Run("one that began before a new epoch, or is ahead of the feed, is expired", func(t *testing.T) {
		b := setup(t)
		b.entities(t, 3)
		first, err := b.store.ReadSnapshot(t.Context(), gateway.SnapshotCursor{}, 1)
		require.NoError(t, err)
		ahead := first.Next
		ahead.Delta.Position = 1
		_, err = b.store.ReadSnapshot(t.Context(), ahead, 1)
		require.Equal(t, fault.CursorExpired, fault.CodeOf(err))
		b.exec(t, `UPDATE feed_head SET epoch = 2`)
		page, err := b.store.ReadSnapshot(t.Context(), first.Next, 1)
		require.Equal(t, fault.CursorExpired, fault.CodeOf(err))
		require.Equal(t, gateway.Cursor{Epoch: 2}, page.Delta)
	})
}

// TestSnapshotThenDelta changes what was read already and makes what a page that
// was read would have shown. From the cursor of the first page on, the feed tells
// of both; from the feed's end after the last page, as a reader might think
// enough, it does not. The second is kept as a proof that the first proves something.
func TestSnapshotThenDelta(t *testing.T) {
	b := setup(t)
	q := postgres.NewSequencer(b.store, slog.New(slog.DiscardHandler))
	conn, err := b.pool.Acquire(t.Context())
	require.NoError(t, err)
	defer conn.Release()
	number := func() {
		_, err := q.Move(t.Context(), conn.Conn())
		require.NoError(t, err)
	}
	b.push(t, dossier(t, 1, nil), dossier(t, 2, nil))
	number()
	b.push(t, dossier(t, 3, nil)) // committed, and not numbered when the snapshot begins
	pages := 0
	held, delta := b.takeSnapshot(t, "", 1, func() {
		if pages++; pages != 1 {
			return
		}
		owner := []schema.Identifier{{Scheme: schema.SchemePersonalNumber, Value: "027192004321"}}
		b.push(t, dossier(t, 1, func(d *schema.Dossier) { d.Note, d.Applicant.Identifiers = "changed", owner }))
		id := uuid.UUID{6: 0x70, 8: 0x80} // before every other
		b.exec(t, `INSERT INTO entity (id, kind, revision, hash, body, created_at, updated_at) VALUES ($1, 'civil_event', 1, sha256(''), '{}', now(), now())`, id)
		b.exec(t, `INSERT INTO change_inbox (entity_id, entity_kind, entity_revision, type, recorded_at) VALUES ($1, 'civil_event', 1, 'vn.civil_event.created.v1', now())`, id)
		number()
	})
	truth := b.truth(t, "")
	require.NotEqual(t, truth, held.revisions(), "the snapshot alone is of no one moment")
	late, err := b.store.ReadSnapshot(t.Context(), gateway.SnapshotCursor{}, 1)
	require.NoError(t, err)
	short := copyOf{}
	for id, item := range held {
		short[id] = item
	}
	b.follow(t, short, "", late.Delta)
	require.NotEqual(t, truth, short.revisions(), "if this is equal, the proof no longer proves anything")
	b.follow(t, held, "", delta)
	require.Equal(t, truth, held.revisions())
}

// TestSnapshotUnderConcurrentWriters takes snapshots while dossiers are made and
// changed; each of them, with what the feed tells from its cursor on, is the store.
func TestSnapshotUnderConcurrentWriters(t *testing.T) {
	const writers, pushes, dossiers = 6, 40, 60
	b := setup(t)
	q := b.sequenced(t)
	var writing atomic.Int32
	writing.Store(writers)
	var g errgroup.Group
	for w := range writers {
		g.Go(func() error {
			defer writing.Add(-1)
			random := rand.New(rand.NewPCG(uint64(w), 11))
			for p := range pushes {
				at := time.Date(2025, 11, 3, 8, 0, w*pushes+p, 0, time.UTC)
				var u gateway.Unit
				for _, i := range random.Perm(dossiers)[:3] {
					owner := []schema.Identifier{{Scheme: schema.SchemePersonalNumber, Value: fmt.Sprintf("0271920%05d", i)}}
					s := &schema.DossierStep{Dossier: number(i), At: schema.TimeOf(at), Status: schema.InProgress}
					u.Submissions = append(u.Submissions, unit(t, prepared(t, "motcua", "arrival", s, s.ID())).Submissions...)
					if p%8 == 0 {
						named := dossier(t, i, func(d *schema.Dossier) { d.Note, d.Applicant.Identifiers = at.String(), owner })
						u.Submissions = append(u.Submissions, unit(t, named).Submissions...)
					}
				}
				if _, err := b.store.Ingest(context.Background(), []gateway.Unit{u}); err != nil {
					return err
				}
				q.Nudge()
			}
			return nil
		})
	}
	type taken struct {
		feed  schema.Kind
		held  copyOf
		delta gateway.Cursor
	}
	var all []taken
	for busy := true; busy; { // the last one begins while somebody writes
		busy = writing.Load() > 0
		for _, feed := range []schema.Kind{"", schema.KindDossier, schema.KindPerson} {
			held, delta := b.takeSnapshot(t, feed, 7, func() {})
			all = append(all, taken{feed, held, delta})
		}
	}
	require.NoError(t, g.Wait())
	require.Eventually(t, func() bool { return b.count(t, `SELECT count(*) FROM change_inbox`) == 0 }, 20*time.Second, 5*time.Millisecond)
	grown := false
	for _, s := range all {
		truth := b.truth(t, s.feed)
		require.NotEmpty(t, truth)
		grown = grown || len(s.held.revisions()) < len(truth)
		b.follow(t, s.held, s.feed, s.delta)
		require.Equal(t, truth, s.held.revisions())
	}
	require.True(t, grown, "no snapshot was taken while entities were made")
}

// TestSnapshotPlan looks at how a page is found among many entities, before the
// database has counted them and after.
func TestSnapshotPlan(t *testing.T) {
	b := setup(t)
	b.exec(t, `
		INSERT INTO entity (id, kind, revision, hash, body, created_at, updated_at)
		SELECT gen_random_uuid(), (ARRAY['dossier', 'person', 'land_parcel', 'organisation'])[1 + i % 4], 1, sha256(''), '{}', now(), now()
		FROM generate_series(1, 100000) i`)
	for _, counted := range []bool{false, true} {
		if counted {
			b.exec(t, `ANALYZE entity`)
		}
		rows, err := b.pool.Query(t.Context(), `EXPLAIN (ANALYZE, TIMING OFF) `+postgres.SnapshotSQL, "dossier", uuid.UUID{0: 0x40}, 1001)
		require.NoError(t, err)
		lines, err := pgx.CollectRows(rows, pgx.RowTo[string])
		require.NoError(t, err)
		plan := strings.Join(lines, "\n")
		require.Contains(t, plan, "Index Scan using entity_live_idx", "counted: %v\n%s", counted, plan)
		require.NotContains(t, plan, "Sort", "counted: %v\n%s", counted, plan)
		require.Regexp(t, `entity_live_idx on entity .*rows=1001(\.00)? loops=1`, plan, "no more than the page is read")
	}
}
