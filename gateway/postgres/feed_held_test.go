package postgres_test

import (
	"context"
	"fmt"
	"testing"
	"time"

	"github.com/google/uuid"
	"github.com/stretchr/testify/require"

	"github.com/lienthong/lienthong/gateway"
	"github.com/lienthong/lienthong/internal/fault"
	"github.com/lienthong/lienthong/schema"
)

// numbered fills the feed with positions 1 to n, dossiers and people in turn.
func (b bundle) numbered(t *testing.T, n int) {
	t.Helper()
	b.exec(t, `
		INSERT INTO change (position, recorded_at, entity_id, entity_kind, entity_revision, type)
		SELECT i, now(), gen_random_uuid(), CASE WHEN i % 2 = 1 THEN 'dossier' ELSE 'person' END, 1, 'vn.x.created.v1'
		FROM generate_series(1, $1::int) i`, n)
	b.exec(t, `UPDATE feed_head SET position = $1`, n)
}

func TestFeedTellsWhatWasDropped(t *testing.T) {
	read := func(b bundle, kind schema.Kind, position int64) (gateway.FeedPage, error) {
		epoch := int64(1)
		if position == 0 {
			epoch = 0 // a reader that begins
		}
		return b.store.ReadFeed(t.Context(), kind, gateway.Cursor{Epoch: epoch, Position: position}, 10)
	}
	for _, kind := range []schema.Kind{"", schema.KindDossier, schema.KindPerson, schema.KindLandParcel} {
		t.Run(fmt.Sprintf("a reader of %q behind it, and one that begins, is expired; others read on", kind), func(t *testing.T) {
			b := setup(t)
			b.numbered(t, 30)
			b.exec(t, `DELETE FROM change WHERE position <= 20`)
			for _, position := range []int64{0, 1, 19} {
				page, err := read(b, kind, position)
				require.Equal(t, fault.CursorExpired, fault.CodeOf(err), position)
				require.Equal(t, gateway.Cursor{Epoch: 1, Position: 20}, page.Next, "the oldest that is served")
				require.Empty(t, page.Items)
			}
			for _, position := range []int64{20, 25, 30} {
				_, err := read(b, kind, position)
				require.NoError(t, err, position)
			}
		})

		t.Run(fmt.Sprintf("where everything was dropped, a reader of %q goes on from the head alone", kind), func(t *testing.T) {
			b := setup(t)
			b.numbered(t, 30)
			b.exec(t, `DELETE FROM change`)
			page, err := read(b, kind, 29)
			require.Equal(t, fault.CursorExpired, fault.CodeOf(err))
			require.Equal(t, gateway.Cursor{Epoch: 1, Position: 30}, page.Next)
			page, err = read(b, kind, 30)
			require.NoError(t, err)
			require.Empty(t, page.Items)
		})

		t.Run(fmt.Sprintf("the ragged edge of a month is no gap that a reader of %q does not see", kind), func(t *testing.T) {
			b := setup(t)
			b.numbered(t, 30)
			b.exec(t, `DELETE FROM change WHERE position <= 10 OR position IN (13, 16)`) // their times were those of the month before
			page, err := read(b, kind, 15)
			require.Equal(t, fault.CursorExpired, fault.CodeOf(err))
			require.Equal(t, gateway.Cursor{Epoch: 1, Position: 16}, page.Next)
			_, err = read(b, kind, 16)
			require.NoError(t, err)
		})
	}

	t.Run("the whole feed is read up to a gap, and not past it", func(t *testing.T) {
		b := setup(t)
		b.numbered(t, 30)
		b.exec(t, `DELETE FROM change WHERE position = 25`)
		page, err := read(b, "", 21)
		require.NoError(t, err)
		require.Len(t, page.Items, 3)
		require.True(t, page.HasMore)
		_, err = b.store.ReadFeed(t.Context(), "", page.Next, 10)
		require.Equal(t, fault.CursorExpired, fault.CodeOf(err))
	})

	t.Run("a month that is detached is dropped", func(t *testing.T) {
		b := setup(t)
		for i, month := range []time.Month{time.January, time.February} {
			name, from := fmt.Sprintf("change_test_%d", i), time.Date(2020, month, 1, 0, 0, 0, 0, time.UTC)
			const day = "2006-01-02"
			b.exec(t, fmt.Sprintf(`CREATE TABLE %s PARTITION OF change FOR VALUES FROM ('%s') TO ('%s')`, name, from.Format(day), from.AddDate(0, 1, 0).Format(day)))
			t.Cleanup(func() { _, _ = b.pool.Exec(context.Background(), `DROP TABLE IF EXISTS `+name) })
			b.exec(t, `
				INSERT INTO change (position, recorded_at, entity_id, entity_kind, entity_revision, type)
				SELECT i, $1, gen_random_uuid(), 'dossier', 1, 'vn.dossier.created.v1' FROM generate_series($2::int, $2::int + 4) i`, from, 1+5*i)
		}
		b.exec(t, `UPDATE feed_head SET position = 10`)
		page, err := read(b, schema.KindDossier, 0)
		require.NoError(t, err)
		require.Len(t, page.Items, 10)
		b.exec(t, `ALTER TABLE change DETACH PARTITION change_test_0`)
		for _, position := range []int64{0, 4} {
			page, err = read(b, schema.KindDossier, position)
			require.Equal(t, fault.CursorExpired, fault.CodeOf(err))
			require.Equal(t, int64(5), page.Next.Position)
		}
		page, err = b.store.ReadFeed(t.Context(), schema.KindDossier, page.Next, 10)
		require.NoError(t, err)
		require.Len(t, page.Items, 5)
	})

	t.Run("a quiet feed keeps up, and is not expired by what others lose", func(t *testing.T) {
		b := setup(t)
		b.numbered(t, 30)
		page, err := read(b, schema.KindLandParcel, 0)
		require.NoError(t, err)
		require.Empty(t, page.Items)
		require.False(t, page.HasMore)
		require.Equal(t, int64(30), page.Next.Position)
		b.exec(t, `DELETE FROM change WHERE position <= 30`)
		_, err = b.store.ReadFeed(t.Context(), schema.KindLandParcel, page.Next, 10)
		require.NoError(t, err)
	})

	t.Run("a snapshot whose delta was dropped is begun anew", func(t *testing.T) {
		b := setup(t)
		b.numbered(t, 30)
		b.entities(t, 3)
		first, err := b.store.ReadSnapshot(t.Context(), gateway.SnapshotCursor{}, 1)
		require.NoError(t, err)
		b.exec(t, `UPDATE feed_head SET position = 60`)
		page, err := b.store.ReadSnapshot(t.Context(), first.Next, 1)
		require.Equal(t, fault.CursorExpired, fault.CodeOf(err))
		require.Empty(t, page.Items)
	})
}

// entities adds n live dossiers.
func (b bundle) entities(t *testing.T, n int) (ids []uuid.UUID) {
	t.Helper()
	for range n {
		ids = append(ids, uuid.Must(uuid.NewV7()))
	}
	b.exec(t, `
		INSERT INTO entity (id, kind, revision, hash, body, created_at, updated_at)
		SELECT id, 'dossier', 1, sha256(''), '{}', now(), now() FROM unnest($1::uuid[]) id`, ids)
	return ids
}
