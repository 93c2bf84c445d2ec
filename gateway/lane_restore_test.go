package gateway_test

import (
	"context"
	"fmt"
	"slices"
	"testing"
	"time"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5/pgxpool"
	"github.com/stretchr/testify/require"

	"log/slog"

	"github.com/lienthong/lienthong/gateway"
	"github.com/lienthong/lienthong/gateway/postgres"
	"github.com/lienthong/lienthong/internal/pgtest"
)

// backup is a copy of everything that a restore brings back. A copy of the rows
// into another database is what pg_dump and pg_restore do.
var backupTables = []string{"entity", "delivery", "delivery_due", "lane", "epoch", "site_lease", "observation", "feed_head",
	"journal_head", "journal_batch", "journal_inbox", "operator_action"}

// restore makes the world go on with a database that holds what another held.
func (o *owned) restore(backup *pgxpool.Pool) {
	o.t.Helper()
	copyTables(o.t, backup, o.pool)
}

func (o *owned) backup() *pgxpool.Pool {
	o.t.Helper()
	pool, _ := pgtest.Another(o.t)
	copyTables(o.t, o.pool, pool)
	return pool
}

func copyTables(t testing.TB, from, to *pgxpool.Pool) {
	t.Helper()
	ctx := context.Background()
	for _, table := range backupTables {
		var rows []byte
		require.NoError(t, from.QueryRow(ctx, `SELECT coalesce(json_agg(t), '[]') FROM `+table+` t`).Scan(&rows), table)
		_, err := to.Exec(ctx, `DELETE FROM `+table)
		require.NoError(t, err)
		_, err = to.Exec(ctx, `INSERT INTO `+table+` OVERRIDING SYSTEM VALUE SELECT * FROM json_populate_recordset(NULL::`+table+`, $1::json)`, rows)
		require.NoError(t, err, table)
	}
}

// seal writes what happened into the journal, as the leader does twice a second.
func (o *owned) seal() {
	o.t.Helper()
	sealer := postgres.NewSealer(o.store, nil, slog.New(slog.DiscardHandler))
	for n := 1; n > 0; {
		var err error
		n, err = sealer.Seal(context.Background())
		require.NoError(o.t, err)
	}
	require.NoError(o.t, o.writers.Read(context.Background()))
}

// later lets time go by for a restore too.
func (o *owned) later() {
	o.t.Helper()
	_, err := o.pool.Exec(context.Background(), `UPDATE epoch SET restored_at = restored_at - interval '2 minutes'`)
	require.NoError(o.t, err)
	require.NoError(o.t, o.writers.Read(context.Background()))
}

func TestRestoredDatabase(t *testing.T) {
	t.Parallel()
	first := content{Header: "v1", Steps: steps("D/1/2")}
	second := content{Header: "v1", Steps: steps("D/1/2", "D/2/5")}

	for _, shows := range []gateway.LookupMode{gateway.ShowsTrail, gateway.ShowsHeader, gateway.ShowsExistence} {
		t.Run("nothing leaves before all was looked at, no step comes twice, and it goes on by itself: "+string(shows), func(t *testing.T) {
			t.Parallel()
			o := setupOwned(t, shows)
			for i := range 12 {
				o.want(fmt.Sprintf("D-%02d", i), first)
			}
			o.drain()
			for i := range 6 {
				o.want(fmt.Sprintf("D-%02d", i), second) // due when the backup is taken
			}
			o.seal()
			backup := o.backup()
			for i := range 12 {
				o.want(fmt.Sprintf("D-%02d", i), second)
			}
			o.want("new", first)
			o.drain()
			o.seal()
			require.NoError(t, o.writers.Read(t.Context()))
			writes, feed := o.portal.writes(), o.epoch("feed_head", "epoch")

			o.restore(backup)
			o.ids = map[string]uuid.UUID{}
			o.known()
			for i := range o.portal.spec.Lanes { // the node has not looked: the database stops it
				_, _ = o.lane.Drain(t.Context(), "model", i)
			}
			require.Equal(t, writes, o.portal.writes())
			require.NoError(t, o.writers.Read(t.Context()))
			require.Greater(t, o.epoch("feed_head", "epoch"), feed, "cursors of before are of another epoch")
			o.expire()
			o.drain()
			require.Equal(t, writes, o.portal.writes(), "what was on its way may still arrive")

			o.later()
			o.drain()
			o.want("new", first) // its source says it again
			for i := range 12 {
				o.want(fmt.Sprintf("D-%02d", i), second)
			}
			o.want("D-11", content{Header: "v2", Steps: second.Steps})
			o.drain()
			o.settle()
			require.False(t, o.observed("model"))
			for i := range 12 {
				got := o.portal.shows(t, fmt.Sprintf("D-%02d", i))
				require.Equal(t, second.Steps, got.steps)
				require.Equal(t, 1, got.creates)
			}
			require.Equal(t, "v2", lastOf(o.portal.shows(t, "D-11").headers))
			require.Equal(t, first.Steps, o.portal.shows(t, "new").steps)
		})
	}

	t.Run("what shows nothing and takes repeats without harm has nothing to wait for", func(t *testing.T) {
		t.Parallel()
		o := setupOwned(t, gateway.ShowsNothing)
		o.want("a", first)
		o.drain()
		o.seal()
		backup := o.backup()
		o.want("b", first)
		o.drain()
		o.seal()
		o.restore(backup)
		o.ids = map[string]uuid.UUID{}
		o.known()
		require.NoError(t, o.writers.Read(t.Context()))
		require.True(t, o.observed("model"))
		o.expire()
		o.want("a", second)
		o.drain()
		require.False(t, o.observed("model"))
		require.Equal(t, second.Steps, o.portal.shows(t, "a").steps)
		require.Equal(t, "delivered ", o.compared("a"))
	})

	t.Run("what a source says again, the older first, moves nothing back", func(t *testing.T) {
		t.Parallel()
		o := setupOwned(t, gateway.ShowsTrail)
		o.want("a", content{Header: "v1"})
		o.drain()
		o.portal.holds("a", content{Header: "v3"}) // sent after the backup
		require.NoError(t, only(o.store.DeclareRestored(t.Context(), gateway.Restoration{Epoch: o.epoch("epoch", "number"), Actor: "minh", Reason: "thử"})))
		o.want("a", content{Header: "v2"})
		o.later()
		o.drain()
		require.False(t, o.observed("model"), "nobody else waits for it")
		require.Equal(t, "v3", last(o.portal.shows(t, "a").headers), "v3 may come yet")

		for _, sql := range []string{ // nothing came for an hour
			`UPDATE epoch SET lacks = lacks - interval '2 hours'`, `UPDATE entity SET updated_at = updated_at - interval '1 hour'`,
			`UPDATE delivery SET retry_at = now() WHERE retry_at IS NOT NULL`,
		} {
			_, err := o.pool.Exec(t.Context(), sql)
			require.NoError(t, err)
		}
		o.drain()
		require.Equal(t, "v2", last(o.portal.shows(t, "a").headers), "it is the newest that there is")
	})

	t.Run("nor does it where the backup itself had something newer to send", func(t *testing.T) {
		t.Parallel()
		o := setupOwned(t, gateway.ShowsTrail)
		o.want("a", content{Header: "v1"})
		o.drain()
		o.want("a", content{Header: "v2"}) // under way when the backup was taken
		o.portal.holds("a", content{Header: "v4"})
		require.NoError(t, only(o.store.DeclareRestored(t.Context(), gateway.Restoration{Epoch: o.epoch("epoch", "number"), Actor: "minh", Reason: "thử"})))
		o.later()
		o.drain()
		require.False(t, o.observed("model"))
		require.Equal(t, "parked restore.shown_newer", o.compared("a"))
		o.want("a", content{Header: "v3"})
		o.drain()
		require.Equal(t, "v4", last(o.portal.shows(t, "a").headers), "its source has not said v4 again yet")
		o.want("a", content{Header: "v4"})
		o.pass(time.Hour)
		o.drain()
		require.Equal(t, "confirmed ", o.compared("a"))
		require.Equal(t, []string{"v4"}, o.portal.shows(t, "a").headers, "nothing was written over")
	})

	t.Run("a step that was on its way in the backup is not sent again when the restore is long over", func(t *testing.T) {
		t.Parallel()
		o := setupOwned(t, gateway.ShowsHeader)
		o.want("a", content{Header: "v1"})
		o.drain()
		o.portal.will(cutStored)
		o.want("a", content{Header: "v1", Steps: steps("D/20260102030405/5")})
		o.drain()
		o.portal.stored["a"].headers = append(o.portal.stored["a"].headers, "v2") // sent after the backup
		require.NoError(t, only(o.store.DeclareRestored(t.Context(), gateway.Restoration{Epoch: o.epoch("epoch", "number"), Actor: "minh", Reason: "thử"})))
		o.later()
		o.settle()
		require.Equal(t, "parked restore.shown_newer", o.compared("a"))
		_, err := o.pool.Exec(t.Context(), `UPDATE epoch SET restored_at = restored_at - interval '8 days', lacks = lacks - interval '8 days'`)
		require.NoError(t, err)
		o.want("a", content{Header: "v3", Steps: steps("D/20260102030405/5")})
		o.settle()
		got := o.portal.shows(t, "a")
		require.Equal(t, "v3", last(got.headers))
		require.Equal(t, steps("D/20260102030405/5"), got.steps)
	})

	t.Run("what an adoption put aside stays there", func(t *testing.T) {
		t.Parallel()
		o := setupOwned(t, gateway.ShowsTrail)
		o.want("a", second)
		o.portal.holds("a", first)
		o.adopt()
		o.drain()
		require.Equal(t, "parked adopted.differs.steps", o.compared("a"))
		require.NoError(t, only(o.store.DeclareRestored(t.Context(), gateway.Restoration{Epoch: o.epoch("epoch", "number"), Actor: "minh", Reason: "thử"})))
		o.later()
		o.drain()
		require.False(t, o.observed("model"))
		require.Equal(t, "parked adopted.differs.steps", o.compared("a"))
		require.Zero(t, o.portal.writes())
	})

	t.Run("an adoption that is under way stays one, and writes nothing", func(t *testing.T) {
		t.Parallel()
		o := setupOwned(t, gateway.ShowsHeader)
		done := content{Header: "v1", Steps: steps("D/1/2", "D/2/9")}
		o.want("a", done)
		o.portal.holds("a", done)
		o.adopt()
		require.NoError(t, only(o.store.DeclareRestored(t.Context(), gateway.Restoration{Epoch: o.epoch("epoch", "number"), Actor: "minh", Reason: "thử"})))
		o.later()
		o.drain()
		require.Zero(t, o.portal.writes(), "another system took these steps")
		require.Equal(t, "confirmed adopted.assumed", o.compared("a"))
	})

	t.Run("marking what is in doubt has more time than a reading", func(t *testing.T) {
		t.Parallel()
		slow := &restoredStore{}
		writers, err := gateway.NewWriters(gateway.WritersConfig{Store: slow, Site: "default", Node: "a", Logger: slog.New(slog.DiscardHandler)})
		require.NoError(t, err)
		require.NoError(t, writers.Read(t.Context()))
		require.NoError(t, writers.Read(t.Context()))
		require.Greater(t, slow.given, time.Minute, "a province has millions of deliveries")
	})

	t.Run("a node that was down finds it out by what it kept; one that only lost its disk does not invent it", func(t *testing.T) {
		t.Parallel()
		o := setupOwned(t, gateway.ShowsTrail)
		memory := t.TempDir()
		o.writers, o.lane = o.site("default", "node-a", gateway.NewMemory(memory))
		o.want("a", first)
		o.drain()
		o.seal()
		backup := o.backup()
		old := o.writers.Proof().Mark
		o.want("a", second)
		o.drain()
		o.seal()
		stop, cancel := context.WithCancel(t.Context())
		cancel()
		require.NoError(t, o.writers.Run(stop)) // it keeps what it saw at its end
		require.NotEqual(t, old, o.writers.Proof().Mark)

		number := o.epoch("epoch", "number")
		for _, folder := range []string{memory, t.TempDir()} { // nothing was restored: with its disk and without
			o.writers, o.lane = o.site("default", "node-b", gateway.NewMemory(folder))
			require.NoError(t, o.writers.Read(t.Context()))
			require.Equal(t, number, o.epoch("epoch", "number"))
		}
		o.restore(backup)
		o.writers, o.lane = o.site("default", "node-c", gateway.NewMemory(memory))
		require.NoError(t, o.writers.Read(t.Context()))
		require.Greater(t, o.epoch("epoch", "number"), number)
		require.True(t, o.observed("model"))
		require.NoError(t, o.writers.Read(t.Context()))
		found := o.epoch("epoch", "number")
		other, _ := o.site("default", "node-d", gateway.NewMemory(memory))
		require.NoError(t, other.Read(t.Context()))
		require.Equal(t, found, o.epoch("epoch", "number"), "it is found out once")
	})
}

// restoredStore is of a database that is a restored one from the second reading on.
type restoredStore struct {
	gateway.WriterStore
	readings int
	given    time.Duration // for declaring it
}

func (s *restoredStore) Writing(context.Context, gateway.Mark) (gateway.Writing, error) {
	s.readings++
	return gateway.Writing{Site: "default", Mark: gateway.Mark{Epoch: 1}, Holds: s.readings != 2}, nil
}

func (s *restoredStore) DeclareRestored(ctx context.Context, _ gateway.Restoration) (bool, error) {
	s.given = restoredTimeLeft(ctx)
	return ctx.Err() == nil, ctx.Err()
}

// restoredTimeLeft is what a context has left, an hour if it has no end.
func restoredTimeLeft(ctx context.Context) time.Duration {
	end, ok := ctx.Deadline()
	if !ok {
		return time.Hour
	}
	return time.Until(end)
}

// known reads ids and revisions anew, after a restore.
func (o *owned) known() {
	o.t.Helper()
	rows, err := o.pool.Query(context.Background(), `SELECT key, entity_id, revision FROM delivery JOIN entity ON id = entity_id`)
	require.NoError(o.t, err)
	o.revs = map[string]int64{}
	for rows.Next() {
		var key string
		var id uuid.UUID
		var rev int64
		require.NoError(o.t, rows.Scan(&key, &id, &rev))
		o.ids[key], o.revs[key] = id, rev
	}
	require.NoError(o.t, rows.Err())
}

func (o *owned) epoch(table, column string) (n int64) {
	o.t.Helper()
	require.NoError(o.t, o.pool.QueryRow(context.Background(), `SELECT `+column+` FROM `+table).Scan(&n))
	return n
}

// observed reports whether writes to a destination wait for looks.
func (o *owned) observed(destination string) bool {
	o.t.Helper()
	w, err := o.store.Writing(context.Background(), gateway.Mark{})
	require.NoError(o.t, err)
	return slices.Contains(w.Observing, destination)
}

func lastOf(all []string) string { return all[len(all)-1] }

func last(all []string) string { return all[len(all)-1] }
