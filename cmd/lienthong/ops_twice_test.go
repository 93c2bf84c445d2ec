package main

import (
	"strings"
	"sync"
	"testing"

	"github.com/jackc/pgx/v5/pgxpool"
	"github.com/stretchr/testify/require"

	"github.com/lienthong/lienthong/gateway"
	"github.com/lienthong/lienthong/internal/pgtest"
	"github.com/lienthong/lienthong/schema"
)

// TestOrdersTwice lets two operators give the same orders: one effect, one
// action, and the second is told so in words.
func TestOrdersTwice(t *testing.T) {
	t.Parallel()
	pool, dsn := pgtest.Another(t)
	g := prepare(t, dsn)
	g.write(t)
	_, err := pool.Exec(t.Context(), `
		WITH one AS (
		    INSERT INTO delivery (destination, entity_id, key, slot, state, wanted_rev, due_at, shelf, cause, failed_at, created_at, updated_at)
		    SELECT 'dvcqg', gen_random_uuid(), 'H05.10-251103-000' || n, n, 'failed_data', 1, now(), 'source',
		           CASE n WHEN 1 THEN 'score.second_supplement' ELSE 'dvcqg.refused:x' END, now(), now(), now()
		    FROM generate_series(1, 5) AS n
		    RETURNING entity_id, key),
		bound AS (
		    INSERT INTO identifier_binding (kind, scheme, value, entity_id, created_at) SELECT 'dossier', $1, key, entity_id, now() FROM one)
		INSERT INTO entity (id, kind, revision, hash, body, created_at, updated_at)
		SELECT entity_id, 'dossier', 1, decode(repeat('00', 32), 'hex'), '{}', now(), now() FROM one`, string(schema.SchemeDossier))
	require.NoError(t, err)
	var subject string
	require.NoError(t, pool.QueryRow(t.Context(), `SELECT 'dossier/' || entity_id FROM delivery WHERE key LIKE '%5'`).Scan(&subject))
	actions := func() (n int) {
		require.NoError(t, pool.QueryRow(t.Context(), `SELECT count(*) FROM operator_action`).Scan(&n))
		return n
	}
	plan := planOf(t, g, "dvcqg.refused:x", "canonical")
	cancelled := planOf(t, g, "dvcqg.refused:x", "canonical")

	for _, order := range [][]string{
		{"pause", "dvcqg"}, {"resume", "dvcqg"}, {"pause", "--all"}, {"resume", "--all"},
		{"breaker", "dvcqg", "create", "open"}, {"breaker", "dvcqg", "create", "auto"},
		{"withdraw", subject}, {"restore", subject}, {"withdraw", subject, "--destination", "dvcqg"},
		{"withdraw", "H05.10-251103-0004"}, {"restore", "h05.10-251103-0004"},
		{"release", "H05.10-251103-0001"},
		{"replay", "run", plan}, {"replay", "pause", plan}, {"replay", "resume", plan}, {"replay", "cancel", plan}, {"replay", "cancel", cancelled},
		{"disown", "dvcqg"}, {"own", "dvcqg"},
		{"adopt", "--destination", "dvcqg", "--all"}, {"adopt", "--destination", "dvcqg", "--pause"}, {"adopt", "--destination", "dvcqg", "--resume"},
		{"site", "take", "--site", "du-phong"}, {"restored"}, {"observed", "dvcqg"},
	} {
		name := strings.Join(order, " ")
		before := actions()
		first := g.ops(t, append(order, "--reason", "việc của An", "--actor", "an")...)
		require.NotContains(t, first, "stood like that", name)
		require.Equal(t, before+1, actions(), name)
		second := g.ops(t, append(order, "--reason", "việc của Bình", "--actor", "binh")...)
		if order[0] == "adopt" && order[len(order)-1] == "--all" {
			require.Contains(t, second, "one adoption, not two")
		} else {
			require.Contains(t, second, "nothing to do, it stood like that already", name)
		}
		require.Equal(t, before+1, actions(), "%s: one action", name)
		if order[0] == "pause" || len(order) == 4 && order[3] == "open" {
			require.Contains(t, second, "an: việc của An", "whose order it was")
		}
	}

	t.Run("both at once", func(t *testing.T) {
		before := actions()
		var said [8]string
		var all sync.WaitGroup
		for i := range said {
			order := [][]string{{"pause", "dvcqg"}, {"disown", "dvcqg"}, {"site", "take", "--site", "chinh"}, {"restored"}}[i/2]
			all.Go(func() {
				said[i] = opsOf(t, g, append(order, "--reason", "cùng lúc", "--actor", "an")...)
			})
		}
		all.Wait()
		for i := 0; i < len(said); i += 2 {
			require.Equal(t, 1, strings.Count(said[i]+said[i+1], "stood like that"), "%q %q", said[i], said[i+1])
		}
		require.Equal(t, before+4, actions())
	})

	t.Run("a second restore is said with a word of its own", func(t *testing.T) {
		before := actions()
		require.NotContains(t, g.ops(t, "restored", "--again", "--reason", "khôi phục lần nữa", "--actor", "an"), "stood like that")
		require.Equal(t, before+1, actions())
	})

	t.Run("an adoption that is over cannot be steered", func(t *testing.T) {
		g.ops(t, "adopt", "--destination", "dvcqg", "--cancel", "--reason", "thôi", "--actor", "an")
		code, _, errs := call(t, "ops", "adopt", "--destination", "dvcqg", "--cancel", "--reason", "thôi", "--actor", "binh", "--config", g.file)
		require.NotZero(t, code)
		require.Contains(t, errs, "no adoption of dvcqg is under way")
	})
	require.Equal(t, gateway.SyncState("queued"), stateOf(t, pool, "H05.10-251103-0001"))
}

// stateOf returns where a delivery stands.
func stateOf(t *testing.T, pool *pgxpool.Pool, key string) (state gateway.SyncState) {
	t.Helper()
	require.NoError(t, pool.QueryRow(t.Context(), `SELECT state FROM delivery WHERE key = $1`, key).Scan(&state))
	return state
}
