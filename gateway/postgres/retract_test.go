package postgres_test

import (
	"testing"
	"time"

	"github.com/google/uuid"
	"github.com/stretchr/testify/require"

	"github.com/lienthong/lienthong/gateway"
	"github.com/lienthong/lienthong/gateway/postgres"
	"github.com/lienthong/lienthong/internal/fault"
	"github.com/lienthong/lienthong/schema"
)

// moved waits until everything that was committed stands in the feed.
func (b bundle) moved(t testing.TB, q *postgres.Sequencer) {
	t.Helper()
	for {
		moved := b.store.FeedMoved()
		if b.count(t, `SELECT count(*) FROM change_inbox`) == 0 {
			return
		}
		q.Nudge()
		select {
		case <-moved:
		case <-time.After(10 * time.Second):
			t.Fatal("the feed stands still")
		}
	}
}

func TestRetractInFeeds(t *testing.T) {
	b := setup(t)
	q := b.sequenced(t)
	for i := range 3 {
		b.push(t, dossier(t, i, nil))
	}
	id := func(i int) (id uuid.UUID) {
		require.NoError(t, b.pool.QueryRow(t.Context(), `SELECT id FROM entity WHERE kind = 'dossier' AND body ->> 'number' = $1`, number(i)).Scan(&id))
		return id
	}
	order := func(i int) gateway.Retraction {
		return gateway.Retraction{EntityID: id(i), Kind: schema.KindDossier, Actor: "hoa", Reason: "hồ sơ thử"}
	}
	retract := func(r gateway.Retraction) gateway.Retracted {
		done, err := b.store.Retract(t.Context(), r)
		require.NoError(t, err)
		require.True(t, done.Changed)
		b.moved(t, q)
		return done
	}
	feed := func() map[uuid.UUID][]gateway.Change {
		page, err := b.store.ReadFeed(t.Context(), schema.KindDossier, gateway.Cursor{}, 100)
		require.NoError(t, err)
		lines := make(map[uuid.UUID][]gateway.Change)
		for _, c := range page.Items {
			lines[c.EntityID] = append(lines[c.EntityID], c)
		}
		return lines
	}
	standing := func() (all []uuid.UUID) {
		page, err := b.store.ReadSnapshot(t.Context(), gateway.SnapshotCursor{Feed: schema.KindDossier}, 100)
		require.NoError(t, err)
		for _, c := range page.Items {
			all = append(all, c.EntityID)
		}
		return all
	}
	merged := order(1)
	merged.Into = id(2)
	first := retract(order(0))
	retract(merged)
	require.EqualValues(t, 2, first.Revision)

	t.Run("each line of what is gone says so, and none has data", func(t *testing.T) {
		lines := feed()
		for i, want := range []struct {
			gone      gateway.Gone
			successor uuid.UUID
		}{{gateway.GoneWithdrawn, uuid.Nil}, {gateway.GoneMerged, id(2)}} {
			require.Len(t, lines[id(i)], 2)
			for _, c := range lines[id(i)] {
				require.Equal(t, "vn.dossier.retracted.v1", c.Type)
				require.Nil(t, c.Data)
				require.Equal(t, want.gone, c.Gone)
				require.Equal(t, want.successor, c.Successor)
			}
		}
		require.Equal(t, "vn.dossier.created.v1", lines[id(2)][0].Type)
		require.Equal(t, []uuid.UUID{id(2)}, standing())
	})
	t.Run("a new message changes nothing of that, and leaves a line", func(t *testing.T) {
		b.push(t, dossier(t, 0, func(d *schema.Dossier) { d.Applicant.Name = "Trần Văn Bình" }))
		b.moved(t, q)
		lines := feed()[id(0)]
		require.Equal(t, gateway.GoneWithdrawn, lines[len(lines)-1].Gone)
		require.Nil(t, lines[len(lines)-1].Data)
	})
	t.Run("what stands again is told with its data of by now", func(t *testing.T) {
		undo := order(0)
		undo.Undo = true
		retract(undo)
		lines := feed()[id(0)]
		last := lines[len(lines)-1]
		require.Equal(t, "vn.dossier.changed.v1", last.Type)
		require.Contains(t, string(last.Data), "Trần Văn Bình")
		require.Len(t, standing(), 2)
	})
	t.Run("who did it stays on record, with the entity", func(t *testing.T) {
		actions, err := b.store.OperatorActions(t.Context(), 10)
		require.NoError(t, err)
		var words []string
		for _, a := range actions {
			require.Equal(t, "hoa", a.Actor)
			require.NotNil(t, a.EntityID)
			words = append(words, a.Action)
		}
		require.Equal(t, []string{"restore", "merge", "withdraw"}, words)
	})
	t.Run("what cannot be done is refused", func(t *testing.T) {
		strange, again, self, nobody, both := order(0), order(1), order(2), order(2), order(2)
		strange.EntityID, again.Undo, self.Into, nobody.Reason, both.Into, both.Undo = uuid.New(), true, self.EntityID, " ", id(0), true
		other := order(2)
		other.Kind = schema.KindPerson
		for want, list := range map[fault.Code][]gateway.Retraction{
			fault.NotFound: {strange, other}, fault.Conflict: {again}, fault.Invalid: {self, nobody, both},
		} {
			for _, r := range list {
				_, err := b.store.Retract(t.Context(), r)
				require.Equal(t, want, fault.CodeOf(err), "%s", r.Action())
			}
		}
	})
}
