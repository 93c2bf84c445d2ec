package postgres_test

import (
	"context"
	"crypto/sha256"
	"log/slog"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"
	"github.com/stretchr/testify/require"

	"github.com/lienthong/lienthong/gateway"
	"github.com/lienthong/lienthong/gateway/postgres"
	"github.com/lienthong/lienthong/internal/fault"
	"github.com/lienthong/lienthong/internal/journal"
	"github.com/lienthong/lienthong/internal/pgtest"
	"github.com/lienthong/lienthong/schema"
)

func journalKey(t testing.TB) *journal.Key {
	t.Helper()
	key, err := journal.GenerateKey()
	require.NoError(t, err)
	return key
}

func (b bundle) sealer(key *journal.Key) *postgres.Sealer {
	return postgres.NewSealer(b.store, key, slog.New(slog.DiscardHandler))
}

// seal seals all that waits.
func (b bundle) seal(t testing.TB, key *journal.Key) {
	t.Helper()
	for {
		n, err := b.sealer(key).Seal(t.Context())
		require.NoError(t, err)
		if n == 0 {
			return
		}
	}
}

func (b bundle) verify(t testing.TB, keys journal.Keys, marks ...journal.HeadMark) journal.Report {
	t.Helper()
	r, err := b.store.VerifyJournal(t.Context(), journal.NewVerifier(keys, marks...))
	require.NoError(t, err)
	return r
}

// batches pushes and seals so often, three lines a batch.
func (b bundle) batches(t testing.TB, n int, key *journal.Key) {
	t.Helper()
	for i := range n {
		b.push(t, dossier(t, 3*i, nil), dossier(t, 3*i+1, nil), dossier(t, 3*i+2, nil))
		b.seal(t, key)
	}
}

func TestJournalOfPushes(t *testing.T) {
	b := setup(t)
	key := journalKey(t)
	u := unit(t, dossier(t, 1, nil), dossier(t, 2, nil))
	out, err := b.store.Ingest(t.Context(), []gateway.Unit{u})
	require.NoError(t, err)
	require.Equal(t, 1, b.count(t, `SELECT count(*) FROM journal_inbox`), "one row a transaction")
	b.seal(t, key)
	require.Zero(t, b.count(t, `SELECT count(*) FROM journal_inbox`))

	r := b.verify(t, key.Keys())
	require.True(t, r.OK, "%v", r.Findings)
	require.EqualValues(t, 1, r.Batches)
	require.EqualValues(t, 1, r.Signed)
	require.Equal(t, map[journal.Kind]int64{journal.Submission: 2}, r.Kinds)

	line := b.text(t, `SELECT line FROM journal_entry WHERE id = $1`, u.Submissions[0].ID)
	sum := sha256.Sum256(u.Submissions[0].Raw)
	require.Contains(t, line, `"sha256":"`+journal.Hash(sum).String()+`"`)
	require.Contains(t, line, `"verdict":"accepted","kind":"dossier","revision":1,"entity":"`+out.Units[0].Answer.Results[0].Records[0].EntityID.String()+`"`)

	t.Run("a repeat is a line too, and a request that is answered from memory is none", func(t *testing.T) {
		again := unit(t, dossier(t, 1, nil))
		again.Idempotency = gateway.Idempotency{Scope: "s", Key: "k", Fingerprint: schema.Hash{1}}
		for range 2 {
			_, err := b.store.Ingest(t.Context(), []gateway.Unit{again})
			require.NoError(t, err)
		}
		b.seal(t, key)
		require.Contains(t, b.text(t, `SELECT line FROM journal_entry WHERE id = $1`, again.Submissions[0].ID), `"verdict":"unchanged"`)
		require.EqualValues(t, 3, b.verify(t, key.Keys()).Lines)
	})

	t.Run("a rehearsal leaves nothing", func(t *testing.T) {
		_, err := b.store.Rehearse(t.Context(), unit(t, dossier(t, 9, nil)))
		require.NoError(t, err)
		require.Zero(t, b.count(t, `SELECT count(*) FROM journal_inbox`))
	})
}

// text is a query for one text.
func (b bundle) text(t testing.TB, query string, args ...any) (s string) {
	t.Helper()
	require.NoError(t, b.pool.QueryRow(context.Background(), query, args...).Scan(&s))
	return s
}

func (b bundle) texts(t testing.TB, query string) []string {
	t.Helper()
	rows, err := b.pool.Query(context.Background(), query)
	require.NoError(t, err)
	all, err := pgx.CollectRows(rows, pgx.RowTo[string])
	require.NoError(t, err)
	return all
}

// TestTamperedJournal changes the tables in each way that there is.
func TestTamperedJournal(t *testing.T) {
	const other = `'{"kind":"submission","at":"2026-01-01T00:00:00.000000Z","id":"00000000-0000-7000-8000-000000000000"}'`
	for name, c := range map[string]struct {
		sql      string
		problem  journal.Problem
		position int64
		batch    int64
	}{
		"a line is changed":             {`UPDATE journal_entry SET line = replace(line, 'accepted', 'rejected') WHERE position = 5`, journal.Changed, 5, 2},
		"a line is removed":             {`DELETE FROM journal_entry WHERE position = 5`, journal.Removed, 5, 2},
		"the last line is removed":      {`DELETE FROM journal_entry WHERE position = 12`, journal.Removed, 12, 4},
		"two lines change places":       {`UPDATE journal_entry e SET line = o.line, id = o.id, recorded_at = o.recorded_at FROM journal_entry o WHERE e.position + o.position = 9 AND e.position IN (4, 5)`, journal.Moved, 4, 2},
		"a line is inserted at the end": {`INSERT INTO journal_entry VALUES (13, '2026-01-01', gen_random_uuid(), ` + other + `)`, journal.Inserted, 13, 0},
		"a line is inserted in between": {`INSERT INTO journal_entry VALUES (5, '2030-01-01', gen_random_uuid(), ` + other + `)`, journal.Inserted, 5, 2},
		"a line is emptied":             {`UPDATE journal_entry SET line = NULL WHERE position = 7`, journal.Unannounced, 7, 3},
		"an id is changed":              {`UPDATE journal_entry SET id = gen_random_uuid() WHERE position = 7`, journal.Beside, 7, 3},
		"line and hashes are changed":   {`WITH forged AS (UPDATE journal_entry SET line = ` + other + ` WHERE position = 5) UPDATE journal_batch SET leaves = overlay(leaves placing sha256('\x00'::bytea || convert_to(` + other + `, 'UTF8')) FROM 33) WHERE number = 2`, journal.BatchChanged, 4, 2},
		"a batch is removed":            {`DELETE FROM journal_batch WHERE number = 2`, journal.BatchMissing, 4, 2},
		"a batch with its lines":        {`WITH gone AS (DELETE FROM journal_entry WHERE position BETWEEN 4 AND 6) DELETE FROM journal_batch WHERE number = 2`, journal.BatchMissing, 4, 2},
		"a time is changed":             {`UPDATE journal_batch SET sealed_at = sealed_at - interval '1 day' WHERE number = 3`, journal.BatchChanged, 7, 3},
		"a signature is taken off":      {`UPDATE journal_batch SET key_id = '', signature = '' WHERE number = 4`, journal.BatchUnsigned, 10, 4},
	} {
		t.Run(name, func(t *testing.T) {
			b := setup(t)
			key := journalKey(t)
			b.batches(t, 4, key)
			require.True(t, b.verify(t, key.Keys()).OK)
			_, err := b.pool.Exec(t.Context(), c.sql)
			require.NoError(t, err)
			r := b.verify(t, key.Keys())
			require.False(t, r.OK)
			require.NotEmpty(t, r.Findings)
			require.Equal(t, c.problem, r.Findings[0].Problem, "%v", r.Findings)
			require.Equal(t, c.position, r.Findings[0].Position, "%v", r.Findings)
			require.Equal(t, c.batch, r.Findings[0].Batch, "%v", r.Findings)
		})
	}
}

func TestForgedJournal(t *testing.T) {
	t.Run("the end cut off is found by a head that was noted", func(t *testing.T) {
		b := setup(t)
		key := journalKey(t)
		b.batches(t, 3, key)
		head := b.verify(t, key.Keys()).Head
		_, err := b.pool.Exec(t.Context(), `WITH gone AS (DELETE FROM journal_entry WHERE position > 6) DELETE FROM journal_batch WHERE number = 3`)
		require.NoError(t, err)
		require.True(t, b.verify(t, key.Keys()).OK, "nothing in what is left tells")
		r := b.verify(t, key.Keys(), head)
		require.Equal(t, journal.HeadMissing, r.Findings[0].Problem)
	})

	t.Run("a whole new chain is signed with another key", func(t *testing.T) {
		b := setup(t)
		b.batches(t, 2, journalKey(t))
		require.Equal(t, journal.BatchChanged, b.verify(t, journalKey(t).Keys()).Findings[0].Problem)
	})

	t.Run("or with none", func(t *testing.T) {
		b := setup(t)
		b.batches(t, 2, nil)
		require.True(t, b.verify(t, nil).OK)
		require.Equal(t, journal.NothingVerified, b.verify(t, journalKey(t).Keys()).Findings[0].Problem)
	})
}

func TestSealing(t *testing.T) {
	t.Run("what commits late is in a later batch", func(t *testing.T) {
		b := setup(t)
		late, err := pgx.Connect(t.Context(), pgtest.URL(t))
		require.NoError(t, err)
		defer func() { _ = late.Close(context.Background()) }()
		tx, err := late.Begin(t.Context())
		require.NoError(t, err)
		_, err = tx.Exec(t.Context(), `INSERT INTO journal_inbox (count, lines) VALUES (1, 'late')`)
		require.NoError(t, err)
		b.batches(t, 2, nil)
		require.NoError(t, tx.Commit(t.Context()))
		b.seal(t, nil)
		r := b.verify(t, nil)
		require.True(t, r.OK, "%v", r.Findings)
		require.EqualValues(t, 7, r.Lines)
		require.Equal(t, "late", b.text(t, `SELECT line FROM journal_entry WHERE position = 7`))
	})

	t.Run("two sealers at once leave neither a gap nor a double number", func(t *testing.T) {
		b := setup(t)
		key := journalKey(t)
		ctx, stop := context.WithCancel(t.Context())
		var sealers sync.WaitGroup
		for range 2 {
			sealers.Go(func() {
				for ctx.Err() == nil {
					if _, err := b.sealer(key).Seal(context.WithoutCancel(ctx)); err != nil {
						t.Error(err)
						return
					}
				}
			})
		}
		for i := range 60 {
			b.push(t, dossier(t, i, nil))
		}
		stop()
		sealers.Wait()
		b.seal(t, key)
		r := b.verify(t, key.Keys())
		require.True(t, r.OK, "%v", r.Findings)
		require.EqualValues(t, 60, r.Lines)
		require.Greater(t, r.Batches, int64(2))
	})

	t.Run("a sealer that is killed in the middle loses nothing", func(t *testing.T) {
		b := setup(t)
		key := journalKey(t)
		b.batches(t, 1, key)
		b.push(t, dossier(t, 100, nil), dossier(t, 101, nil))
		// The head is held: the sealer has begun its transaction and waits; its backend is then killed.
		holder, err := b.pool.Begin(t.Context())
		require.NoError(t, err)
		_, err = holder.Exec(t.Context(), `SELECT FROM journal_batch FOR UPDATE; LOCK TABLE journal_batch IN EXCLUSIVE MODE`)
		require.NoError(t, err)
		sealed := make(chan error, 1)
		go func() {
			_, err := b.sealer(key).Seal(context.Background())
			sealed <- err
		}()
		require.Eventually(t, func() bool {
			var n int
			err := b.pool.QueryRow(context.Background(), `
				SELECT count(pg_terminate_backend(pid)) FROM pg_stat_activity
				WHERE datname = current_database() AND wait_event_type = 'Lock' AND query LIKE '%journal_batch%' AND pid <> pg_backend_pid()`).Scan(&n)
			return err == nil && n > 0
		}, 10*time.Second, 5*time.Millisecond)
		require.Error(t, <-sealed)
		require.NoError(t, holder.Rollback(t.Context()))
		b.seal(t, key)
		r := b.verify(t, key.Keys())
		require.True(t, r.OK, "%v", r.Findings)
		require.EqualValues(t, 5, r.Lines)
		require.EqualValues(t, 2, r.Batches)
	})

	t.Run("the leader seals by itself, and once more when it stops", func(t *testing.T) {
		b := setup(t)
		key := journalKey(t)
		q := postgres.NewSequencer(b.store, slog.New(slog.DiscardHandler)).WithSealer(b.sealer(key))
		ctx, stop := context.WithCancel(context.Background())
		ended := make(chan error, 1)
		go func() { ended <- q.Run(ctx) }()
		b.push(t, dossier(t, 1, nil))
		require.Eventually(t, func() bool { return b.count(t, `SELECT count(*) FROM journal_entry`) == 1 }, 20*time.Second, 10*time.Millisecond)
		b.push(t, dossier(t, 2, nil))
		stop()
		require.NoError(t, <-ended)
		require.Equal(t, 2, b.count(t, `SELECT count(*) FROM journal_entry`))
	})

	t.Run("a node without a key does not go on with a journal that is signed", func(t *testing.T) {
		b := setup(t)
		b.batches(t, 1, journalKey(t))
		b.push(t, dossier(t, 50, nil))
		_, err := b.sealer(nil).Seal(t.Context())
		require.Equal(t, fault.Usage, fault.CodeOf(err))
		next := journalKey(t) // another key may: that is how keys change
		b.seal(t, next)
		require.Equal(t, 2, b.count(t, `SELECT count(*) FROM journal_batch`))
	})

	t.Run("a change of keys is proved with both", func(t *testing.T) {
		b := setup(t)
		first, second := journalKey(t), journalKey(t)
		b.batches(t, 1, first)
		b.batches(t, 1, second)
		keys := first.Keys()
		for id, k := range second.Keys() {
			keys[id] = k
		}
		r := b.verify(t, keys)
		require.True(t, r.OK, "%v", r.Findings)
		require.EqualValues(t, 2, r.Signed)
	})

	t.Run("large batches stay within their bound, one transaction together", func(t *testing.T) {
		b := setup(t)
		for range 3 {
			_, err := b.pool.Exec(t.Context(), `
				INSERT INTO journal_inbox (count, lines)
				SELECT 4000, string_agg('{"kind":"call","at":"2026-11-01T00:00:00.000000Z","id":"' || gen_random_uuid() || '"}', E'\n') FROM generate_series(1, 4000)`)
			require.NoError(t, err)
		}
		b.seal(t, nil)
		require.Equal(t, 8000, b.count(t, `SELECT max(count) FROM journal_batch`))
		require.EqualValues(t, 12000, b.verify(t, nil).Lines)
	})
}

func TestRedaction(t *testing.T) {
	b := setup(t)
	key := journalKey(t)
	b.batches(t, 2, key)
	n, err := b.store.RedactJournal(t.Context(), []int64{2, 5, 99}, "officer", "order 12")
	require.NoError(t, err)
	require.Equal(t, 2, n)
	r := b.verify(t, key.Keys())
	require.True(t, r.OK, "before the redaction is sealed: %v", r.Findings)
	b.seal(t, key)
	r = b.verify(t, key.Keys())
	require.True(t, r.OK, "%v", r.Findings)
	require.EqualValues(t, 2, r.Redacted)
	require.EqualValues(t, 1, r.Kinds[journal.Redaction])
	require.Zero(t, b.count(t, `SELECT count(*) FROM journal_entry WHERE line LIKE '%officer%' OR line LIKE '%order 12%'`))
	require.Equal(t, "officer order 12", b.text(t, `SELECT actor || ' ' || reason FROM journal_redaction`))

	t.Run("a redaction cannot be redacted, nor a line twice", func(t *testing.T) {
		n, err := b.store.RedactJournal(t.Context(), []int64{2, 7}, "officer", "order 13")
		require.NoError(t, err)
		require.Zero(t, n)
	})

	t.Run("it needs a name and a reason", func(t *testing.T) {
		_, err := b.store.RedactJournal(t.Context(), []int64{1}, "", "x")
		require.Equal(t, fault.Invalid, fault.CodeOf(err))
	})
}

func TestJournalProof(t *testing.T) {
	b := setup(t)
	key := journalKey(t)
	b.batches(t, 1, key)
	u := unit(t, dossier(t, 20, nil), dossier(t, 21, nil), dossier(t, 22, nil))
	_, err := b.store.Ingest(t.Context(), []gateway.Unit{u})
	require.NoError(t, err)
	_, err = b.store.JournalProof(t.Context(), u.Submissions[1].ID)
	require.Equal(t, fault.NotFound, fault.CodeOf(err), "not sealed yet")
	b.seal(t, key)
	p, err := b.store.JournalProof(t.Context(), u.Submissions[1].ID)
	require.NoError(t, err)
	require.EqualValues(t, 5, p.Position)
	require.NoError(t, p.Verify(key.Keys()))
	require.True(t, strings.Contains(p.Line, u.Submissions[1].ID.String()))
	_, err = b.store.JournalProof(t.Context(), uuid.New())
	require.Equal(t, fault.NotFound, fault.CodeOf(err))
}
