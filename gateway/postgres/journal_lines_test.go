package postgres_test

import (
	"crypto/sha256"
	"encoding/json"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/lienthong/lienthong/gateway"
	"github.com/lienthong/lienthong/gateway/postgres"
	"github.com/lienthong/lienthong/internal/fault"
	"github.com/lienthong/lienthong/internal/journal"
	"github.com/lienthong/lienthong/schema"
)

// waiting are the lines that are not sealed yet, oldest first.
func (b bundle) waiting(t testing.TB) []string {
	t.Helper()
	all := b.text(t, `SELECT coalesce(string_agg(lines, E'\n' ORDER BY seq), '') FROM journal_inbox`)
	if all == "" {
		return nil
	}
	lines := strings.Split(all, "\n")
	for _, line := range lines {
		require.True(t, json.Valid([]byte(line)), line)
		_, err := journal.ParseHead(line)
		require.NoError(t, err, line)
	}
	return lines
}

func TestLinesOfTheJournal(t *testing.T) {
	t.Run("identity decisions are in the line of their message", func(t *testing.T) {
		b := setup(t)
		named := func(d *schema.Dossier) {
			d.Applicant.Identifiers = []schema.Identifier{{Scheme: schema.SchemePersonalNumber, Value: "027192004321"}}
		}
		b.push(t, dossier(t, 1, named), dossier(t, 2, nil))
		lines := b.waiting(t)
		require.Len(t, lines, 2)
		person := b.text(t, `SELECT entity_id::text FROM identifier_binding WHERE kind = 'person'`)
		require.Contains(t, lines[0], `"links":["`+person+`"]`)
		require.Contains(t, lines[1], `"unlinked":1`)
		require.NotContains(t, lines[0]+lines[1], "027192004321")
		require.NotContains(t, lines[0]+lines[1], b.text(t, `SELECT local_id FROM record ORDER BY id LIMIT 1`), "the source's own id")
	})

	t.Run("a part of a bulk load is one, by the root of its messages", func(t *testing.T) {
		b := setup(t)
		b.loadPart(t, dossier(t, 1, nil), dossier(t, 2, nil), dossier(t, 3, nil))
		lines := b.waiting(t)
		require.Len(t, lines, 1)
		rows, err := b.pool.Query(t.Context(), `SELECT id::text, raw FROM submission ORDER BY id`)
		require.NoError(t, err)
		var items []journal.Item
		for rows.Next() {
			var id string
			var body []byte
			require.NoError(t, rows.Scan(&id, &body))
			item := journal.Item{SHA256: sha256.Sum256(body)}
			require.NoError(t, item.ID.UnmarshalText([]byte(id)))
			items = append(items, item)
		}
		require.NoError(t, rows.Err())
		require.Contains(t, lines[0], `"messages":3,"root":"`+journal.RootOfItems(items).String()+`"`)
		head, err := journal.ParseHead(lines[0])
		require.NoError(t, err)
		require.Equal(t, 3, b.count(t, `SELECT count(*) FROM submission WHERE received_at = $1`, head.At), "found again by its time")
	})

	t.Run("a push that fails leaves none", func(t *testing.T) {
		b := setup(t)
		bad := unit(t, dossier(t, 1, nil))
		bad.Submissions[0].Source = "" // breaks a CHECK
		_, err := b.store.Ingest(t.Context(), []gateway.Unit{bad})
		require.Error(t, err)
		require.Empty(t, b.waiting(t))
	})

	t.Run("refusals and orders have neither addresses nor names in theirs", func(t *testing.T) {
		b := setup(t)
		require.NoError(t, b.store.NoteRefusal(t.Context(), gateway.Refusal{RemoteAddr: "192.0.2.7", KeyPrefix: "lt_canar", Length: 3, Reason: fault.Unauthorized}))
		_, err := b.store.ForceBreaker(t.Context(), gateway.Order{
			Key: gateway.BreakerKey{Destination: "dvcqg", Operation: gateway.OpCreate}, State: gateway.BreakerOpen, Actor: "canary-officer", Reason: "canary reason",
		})
		require.NoError(t, err)
		lines := b.waiting(t)
		require.Len(t, lines, 3)
		require.Contains(t, lines[0], `"kind":"refusal"`)
		require.Contains(t, lines[2], `"kind":"breaker"`)
		require.Contains(t, lines[1], `"action":"force_open","destination":"dvcqg","operation":"create","digest":"`)
		require.NotRegexp(t, `canar|192\.0\.2`, strings.Join(lines, ""))
		require.Contains(t, lines[1], b.text(t, `SELECT id::text FROM operator_action`))
	})

	t.Run("an order about one entity names it", func(t *testing.T) {
		b := setup(t)
		id := *b.push(t, dossier(t, 1, nil))[0].EntityID
		_, err := b.store.Retract(t.Context(), gateway.Retraction{EntityID: id, Kind: schema.KindDossier, Actor: "an", Reason: "canary reason"})
		require.NoError(t, err)
		lines := b.waiting(t)
		require.Contains(t, lines[1], `"action":"withdraw","destination":"*","operation":"retract","entity":"`+id.String()+`","digest":"`)
	})

	t.Run("keys are noted when they are made, allowed and revoked, not when they are configured again", func(t *testing.T) {
		b := setup(t)
		const secret = "a-key-that-was-made-elsewhere"
		for range 2 {
			require.NoError(t, b.store.AddKey(t.Context(), "motcua", secret))
		}
		_, err := b.store.AllowFeeds(t.Context(), secret[:8], "dossiers")
		require.NoError(t, err)
		_, err = b.store.RevokeKey(t.Context(), secret[:8])
		require.NoError(t, err)
		var actions []string
		for _, line := range b.waiting(t) {
			_, after, _ := strings.Cut(line, `"action":`)
			actions = append(actions, strings.TrimSuffix(after, "}"))
			require.NotContains(t, line, secret[:8])
		}
		require.Equal(t, []string{`"key_create","holder":"motcua"`, `"key_allow","holder":"motcua","feeds":"dossiers"`, `"key_revoke","holder":"motcua","feeds":"dossiers"`}, actions)
	})

	t.Run("the end of evidence is noted", func(t *testing.T) {
		b := setup(t)
		e, err := postgres.NewEvidence(b.store, nil)
		require.NoError(t, err)
		_, err = e.DestroyEvidence(t.Context(), time.Date(2020, 3, 1, 0, 0, 0, 0, time.UTC))
		require.NoError(t, err)
		require.Contains(t, b.waiting(t)[0], `"action":"evidence_destroy","before":"2020-03"`)
	})
}

// TestCallsInTheJournal loses a worker in the middle of a call.
func TestCallsInTheJournal(t *testing.T) {
	b := setup(t)
	b.push(t, dossier(t, 1, nil))
	b.seal(t, nil)
	attempt, entity := "01a20254-dd9a-7000-8000-0000000000aa", b.text(t, `SELECT entity_id::text FROM delivery`)
	_, err := b.pool.Exec(t.Context(), `UPDATE delivery SET state = 'sending', operation = 'create', attempt_id = $1`, attempt)
	require.NoError(t, err)
	taken, _, err := b.store.TakeLane(t.Context(), gateway.LaneLease{Destination: "dvcqg", Lane: 0, Lanes: 1, Node: `node "a"`}, time.Minute, time.Minute)
	require.NoError(t, err)
	require.True(t, taken)
	lines := b.waiting(t)
	require.Len(t, lines, 1)
	require.Contains(t, lines[0], `"id":"`+attempt+`","destination":"dvcqg","entity":"`+entity+`","revision":1,"operation":"create","outcome":"unknown","shelf":"gateway","cause":"worker.lost","node":"node \"a\""}`)
	require.Equal(t, 1, b.count(t, `SELECT count(*) FROM attempt WHERE id::text = $1`, attempt))
}
