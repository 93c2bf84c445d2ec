package audit

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"log/slog"
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgxpool"
	"github.com/stretchr/testify/require"

	"github.com/lienthong/lienthong/gateway"
	"github.com/lienthong/lienthong/gateway/postgres"
	"github.com/lienthong/lienthong/internal/fault"
	"github.com/lienthong/lienthong/internal/journal"
	"github.com/lienthong/lienthong/internal/pgtest"
)

// journalled is a store in which a message came, an operator acted and somebody was refused.
func journalled(t *testing.T) (pool *pgxpool.Pool, w *world, key string) {
	t.Helper()
	pool = pgtest.New(t)
	db := postgres.New(pool)
	w = &world{truths: map[string]*Truth{}}
	signer, err := journal.GenerateKey()
	require.NoError(t, err)
	public, err := signer.PublicPEM()
	require.NoError(t, err)
	key = filepath.Join(t.TempDir(), "journal.pub")
	require.NoError(t, os.WriteFile(key, public, 0o600))
	for _, body := range []string{"one", "two", "three"} {
		id, err := uuid.NewV7()
		require.NoError(t, err)
		sub := gateway.Submission{
			ID: id, ReceivedAt: time.Now(), Source: "motcua", ContentType: "text/plain", Raw: []byte(body), Adapter: "toy", AdapterVersion: 1,
			Code: fault.UnknownForm, Rejected: []gateway.RecordResult{{Verdict: gateway.Rejected}},
		}
		_, err = db.Ingest(t.Context(), []gateway.Unit{{Submissions: []gateway.Submission{sub}}})
		require.NoError(t, err)
		sum := sha256.Sum256(sub.Raw)
		w.answered = append(w.answered, answeredMessage{
			PushedMessage: PushedMessage{SHA256: hex.EncodeToString(sum[:])}, Answered: Answered{Submission: id.String()},
		})
	}
	order := gateway.Order{Key: gateway.BreakerKey{Destination: "dvcqg", Operation: gateway.OpCreate}, State: gateway.BreakerOpen, Actor: "officer", Reason: "a test"}
	_, err = db.ForceBreaker(t.Context(), order)
	require.NoError(t, err)
	require.NoError(t, db.NoteRefusal(t.Context(), gateway.Refusal{RemoteAddr: "192.0.2.1", Reason: fault.Unauthorized}))
	sealer := postgres.NewSealer(db, signer, slog.New(slog.DiscardHandler))
	n, err := sealer.Seal(t.Context())
	require.NoError(t, err)
	require.GreaterOrEqual(t, n, 5, "a breaker that is forced a second time does not change")
	return pool, w, key
}

func TestJournalInvariant(t *testing.T) {
	for name, c := range map[string]struct {
		sql      string
		violated bool
	}{
		"as it should be":           {`SELECT`, false},
		"redacted":                  {`UPDATE journal_entry SET line = NULL WHERE position = 6`, true}, // the refusal is not told any more
		"a line was changed":        {`UPDATE journal_entry SET line = replace(line, 'motcua', 'motcub') WHERE position = 2`, true},
		"a line is missing":         {`DELETE FROM journal_entry WHERE position = 2`, true},
		"a line too many":           {`INSERT INTO journal_entry SELECT 7, recorded_at, id, line FROM journal_entry WHERE position = 6`, true},
		"the root was changed":      {`UPDATE journal_batch SET root = previous`, true},
		"the signature was changed": {`UPDATE journal_batch SET signature = set_byte(signature, 0, get_byte(signature, 0) # 1)`, true},
		"an action was changed":     {`UPDATE operator_action SET reason = 'another'`, true},
		"an action was never told":  {`INSERT INTO operator_action SELECT gen_random_uuid(), at, actor, action, destination, operation, reason FROM operator_action`, true},
		"a refusal was never told":  {`INSERT INTO refusal SELECT gen_random_uuid(), refused_at, remote_addr, key_prefix, length, sha256, reason FROM refusal`, true},
		"an attempt was never told": {`INSERT INTO attempt (id, started_at, ended_at, destination, entity_id, key, operation, entity_rev, outcome, shelf, cause, http_status, node) VALUES (gen_random_uuid(), now(), now(), 'd', gen_random_uuid(), 'k', 'create', 1, 'delivered', '', '', 200, 'n')`, true},
		"an attempt was told alone": {`INSERT INTO journal_inbox (count, lines) VALUES (1, '{"kind":"call","at":"' || to_char(now() AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"') || '","id":"x"}')`, true},
		"a line waits too long":     {`INSERT INTO journal_inbox (count, lines) VALUES (1, '{"kind":"bulk","at":"2020-01-01T00:00:00.000000Z","id":"x"}')`, true},
		"a line waits for a moment": {`INSERT INTO journal_inbox (count, lines) VALUES (1, '{"kind":"bulk","at":"' || to_char(now() AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"') || '","id":"x"}')`, false},
	} {
		t.Run(name, func(t *testing.T) {
			pool, w, key := journalled(t)
			_, err := pool.Exec(t.Context(), c.sql)
			require.NoError(t, err)
			check := invariant(t, w, key)
			require.Positive(t, check.Checked)
			require.Equal(t, c.violated, check.Violations > 0, "%v", check.Examples)
		})
	}

	t.Run("a message that was acknowledged and not told", func(t *testing.T) {
		_, w, key := journalled(t)
		w.answered = append(w.answered, answeredMessage{Answered: Answered{Submission: uuid.NewString()}})
		require.Equal(t, 1, invariant(t, w, key).Violations)
	})

	t.Run("a message with other bytes", func(t *testing.T) {
		_, w, key := journalled(t)
		w.answered[0].SHA256 = w.answered[1].SHA256
		require.Equal(t, 1, invariant(t, w, key).Violations)
	})

	t.Run("another's signature", func(t *testing.T) {
		_, w, _ := journalled(t)
		_, _, other := journalled(t)
		require.Positive(t, invariant(t, w, other).Violations)
	})
}

func invariant(t *testing.T, w *world, key string) Check {
	t.Helper()
	conn, err := pgx.Connect(t.Context(), pgtest.URL(t))
	require.NoError(t, err)
	defer func() { _ = conn.Close(context.Background()) }()
	check, err := checkJournal(t.Context(), w, &store{conn: conn, destination: "dvcqg"}, key)
	require.NoError(t, err)
	return check
}
