package postgres_test

import (
	"context"
	"testing"
	"time"

	"github.com/jackc/pgx/v5/pgxpool"
	"github.com/stretchr/testify/require"

	"github.com/lienthong/lienthong/gateway"
	"github.com/lienthong/lienthong/gateway/postgres"
	"github.com/lienthong/lienthong/internal/fault"
	"github.com/lienthong/lienthong/internal/pgtest"
	"github.com/lienthong/lienthong/schema"
)

// stopped is an ingest under way.
type stopped struct {
	out chan gateway.IngestOutcome
	err chan error
}

func (b bundle) begin(t *testing.T, units ...gateway.Unit) stopped {
	t.Helper()
	s := stopped{make(chan gateway.IngestOutcome, 1), make(chan error, 1)}
	go func() {
		out, err := b.store.Ingest(context.WithoutCancel(t.Context()), units)
		s.out <- out
		s.err <- err
	}()
	return s
}

func (s stopped) verdicts(t *testing.T) []gateway.Verdict {
	t.Helper()
	out, err := <-s.out, <-s.err
	require.NoError(t, err)
	require.NoError(t, out.Units[0].Err)
	var got []gateway.Verdict
	for _, m := range out.Units[0].Answer.Results {
		got = append(got, verdicts(m.Records)...)
	}
	return got
}

// dam holds every ingest back just before its end, when it has written all but its submissions.
func (b bundle) dam(t *testing.T) (open func()) {
	t.Helper()
	tx, err := b.pool.Begin(t.Context())
	require.NoError(t, err)
	t.Cleanup(func() { _ = tx.Rollback(context.Background()) })
	_, err = tx.Exec(t.Context(), `LOCK TABLE submission IN SHARE MODE`)
	require.NoError(t, err)
	return func() { require.NoError(t, tx.Commit(t.Context())) }
}

// blocked returns when n connections wait for a lock.
func (b bundle) blocked(t *testing.T, n int) {
	t.Helper()
	require.Eventually(t, func() bool {
		return b.count(t, `SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'`) == n
	}, 20*time.Second, 2*time.Millisecond)
}

func TestIngestRaces(t *testing.T) {
	finished := func(t *testing.T) gateway.PreparedRecord {
		return dossier(t, 1, func(d *schema.Dossier) { d.Status, d.FinishedAt = schema.Completed, at(t, "20251103153000") })
	}

	t.Run("two pushes of one new record: the slower one sees what the faster one stored", func(t *testing.T) {
		for name, second := range map[string]struct {
			record gateway.PreparedRecord
			want   gateway.Verdict
		}{
			"a repeat": {dossier(t, 1, nil), gateway.Unchanged}, "a newer one": {finished(t), gateway.Accepted},
		} {
			t.Run(name, func(t *testing.T) {
				b := setup(t)
				open := b.dam(t)
				first := b.begin(t, unit(t, dossier(t, 1, nil)))
				b.blocked(t, 1)
				slower := b.begin(t, unit(t, second.record))
				b.blocked(t, 2)
				open()
				require.Equal(t, []gateway.Verdict{gateway.Accepted}, first.verdicts(t))
				require.Equal(t, []gateway.Verdict{second.want}, slower.verdicts(t))
				require.Equal(t, 1, b.count(t, `SELECT count(*) FROM entity`))
				require.Equal(t, 1, b.count(t, `SELECT count(*) FROM record`))
				require.Equal(t, 2, b.count(t, `SELECT count(*) FROM submission`))
			})
		}
	})

	t.Run("two records of one new person end in one entity", func(t *testing.T) {
		b := setup(t)
		open := b.dam(t)
		owner := func(d *schema.Dossier) {
			d.Applicant.Identifiers = []schema.Identifier{{Scheme: schema.SchemePersonalNumber, Value: "027192004321"}}
		}
		first := b.begin(t, unit(t, dossier(t, 1, owner)))
		b.blocked(t, 1)
		second := b.begin(t, unit(t, dossier(t, 2, owner)))
		b.blocked(t, 2)
		open()
		require.Equal(t, []gateway.Verdict{gateway.Accepted}, first.verdicts(t))
		require.Equal(t, []gateway.Verdict{gateway.Accepted}, second.verdicts(t))
		require.Equal(t, 1, b.count(t, `SELECT count(*) FROM entity WHERE kind = 'person'`))
		require.Equal(t, 2, b.count(t, `SELECT count(*) FROM mention WHERE entity_id = (SELECT id FROM entity WHERE kind = 'person')`))
	})

	t.Run("two steps of one dossier both stand in its golden body", func(t *testing.T) {
		b := setup(t)
		b.push(t, dossier(t, 1, nil))
		open := b.dam(t)
		first := b.begin(t, unit(t, step(t, "motcua", 1, "20251103090000", schema.Received, "")))
		b.blocked(t, 1)
		second := b.begin(t, unit(t, step(t, "hotich", 1, "20251103100000", schema.Completed, "")))
		b.blocked(t, 2)
		open()
		first.verdicts(t)
		second.verdicts(t)
		header := dossier(t, 1, nil)
		record, err := b.store.Record(t.Context(), header.Key())
		require.NoError(t, err)
		require.Len(t, b.golden(t, record.EntityID).Steps, 2)
		require.Equal(t, 1, b.count(t, `SELECT count(*) FROM entity WHERE kind = 'dossier' AND revision = 3`))
		require.Equal(t, 1, b.count(t, `SELECT count(*) FROM delivery WHERE wanted_rev = 3`))
	})

	t.Run("a repeat that tells a newer version waits for who changes the content", func(t *testing.T) {
		versioned := func(text string, version int64) gateway.PreparedRecord {
			r := step(t, "motcua", 1, "20251103090000", schema.Received, text)
			r.Version = version
			return r
		}
		b := setup(t)
		b.push(t, versioned("A", 4))
		open := b.dam(t)
		changes := b.begin(t, unit(t, versioned("B", 5)))
		b.blocked(t, 1)
		repeat := b.begin(t, unit(t, versioned("A", 6)))
		b.blocked(t, 2)
		open()
		require.Equal(t, []gateway.Verdict{gateway.Accepted}, changes.verdicts(t))
		require.Equal(t, []gateway.Verdict{gateway.Accepted}, repeat.verdicts(t), "content A at version 6 is newer than B at 5")
		require.Equal(t, 1, b.count(t, `SELECT count(*) FROM record WHERE source_version = 6 AND body::jsonb ->> 'text' = 'A'`))
	})

	t.Run("a mere repeat waits for nobody", func(t *testing.T) {
		b := setup(t)
		b.push(t, dossier(t, 1, nil))
		tx, err := b.pool.Begin(t.Context())
		require.NoError(t, err)
		defer func() { _ = tx.Rollback(context.Background()) }()
		_, err = tx.Exec(t.Context(), `SELECT FROM record r, entity e, delivery d FOR UPDATE`)
		require.NoError(t, err)
		require.Equal(t, []gateway.Verdict{gateway.Unchanged}, verdicts(b.push(t, dossier(t, 1, nil))))
	})
}

func TestIngestDeadlock(t *testing.T) {
	config, err := pgxpool.ParseConfig(pgtest.URL(t))
	require.NoError(t, err)
	// Looked for once in each wait: long enough for the other one to be waiting by then, also for the second run of the ingest.
	config.ConnConfig.RuntimeParams["deadlock_timeout"] = "500ms"
	b := setup(t)
	impatient, err := pgxpool.NewWithConfig(t.Context(), config)
	require.NoError(t, err)
	defer impatient.Close()
	b.push(t, dossier(t, 1, nil))

	// The ingest has locked its record when it comes to the bindings; there it is held back until the other
	// one, who has the entity, waits for the record. Then it wants the entity and closes the circle.
	dam, err := b.pool.Begin(t.Context())
	require.NoError(t, err)
	defer func() { _ = dam.Rollback(context.Background()) }()
	_, err = dam.Exec(t.Context(), `LOCK TABLE identifier_binding IN SHARE MODE`)
	require.NoError(t, err)
	other, err := b.pool.Begin(t.Context())
	require.NoError(t, err)
	defer func() { _ = other.Rollback(context.Background()) }()
	_, err = other.Exec(t.Context(), `SET LOCAL deadlock_timeout = '10min'`) // so that the ingest is the one that is cut off
	require.NoError(t, err)
	_, err = other.Exec(t.Context(), `SELECT FROM entity FOR UPDATE`)
	require.NoError(t, err)

	note := func(d *schema.Dossier) { d.Note = "bổ sung" }
	victim := bundle{store: postgres.New(impatient), pool: impatient}.begin(t, unit(t, dossier(t, 1, note), dossier(t, 2, nil)))
	b.blocked(t, 1)
	locked := make(chan error, 1)
	go func() {
		_, err := other.Exec(context.WithoutCancel(t.Context()), `SELECT FROM record FOR UPDATE`)
		locked <- err
	}()
	b.blocked(t, 2)
	require.NoError(t, dam.Commit(t.Context()))
	require.NoError(t, <-locked, "the ingest should have been cut off and let go of its record")
	require.NoError(t, other.Commit(t.Context()))

	require.Equal(t, []gateway.Verdict{gateway.Accepted, gateway.Accepted}, victim.verdicts(t))
	require.Equal(t, 1, b.count(t, `SELECT count(*) FROM entity WHERE revision = 2`))
	require.Equal(t, 3, b.count(t, `SELECT count(*) FROM submission`))
}

func TestIngestKeyInProgress(t *testing.T) {
	keyed := func(t *testing.T, i int) gateway.Unit {
		u := unit(t, dossier(t, i, nil))
		u.Idempotency = gateway.Idempotency{Scope: "motcua POST /v1/records", Key: "k1", Fingerprint: schema.Hash{1}}
		return u
	}

	t.Run("a request whose twin is under way is told so at once", func(t *testing.T) {
		b := setup(t)
		open := b.dam(t)
		first := b.begin(t, keyed(t, 1))
		b.blocked(t, 1)
		out, err := b.store.Ingest(t.Context(), []gateway.Unit{keyed(t, 1)})
		require.NoError(t, err)
		require.Equal(t, fault.InProgress, fault.CodeOf(out.Units[0].Err))
		open()
		first.verdicts(t)
	})

	t.Run("twins of one group: the first is worked on", func(t *testing.T) {
		b := setup(t)
		out, err := b.store.Ingest(t.Context(), []gateway.Unit{keyed(t, 1), keyed(t, 1), unit(t, dossier(t, 2, nil))})
		require.NoError(t, err)
		require.NoError(t, out.Units[0].Err)
		require.Equal(t, fault.InProgress, fault.CodeOf(out.Units[1].Err))
		require.NoError(t, out.Units[2].Err)
		require.Equal(t, 2, b.count(t, `SELECT count(*) FROM submission`))
	})

	t.Run("a key that was taken after we looked is looked at again", func(t *testing.T) {
		b := setup(t)
		// The first request ends between our look and our insert: the same as its row being there but unseen.
		tx, err := b.pool.Begin(t.Context())
		require.NoError(t, err)
		defer func() { _ = tx.Rollback(context.Background()) }()
		_, err = tx.Exec(t.Context(), `
			INSERT INTO idempotency (scope, key, fingerprint, answer)
			VALUES ('motcua POST /v1/records', 'k1', $1, '{"results":[],"summary":{"accepted":41}}')`, append([]byte{1}, make([]byte, 31)...))
		require.NoError(t, err)
		late := b.begin(t, keyed(t, 1))
		b.blocked(t, 1)
		require.NoError(t, tx.Commit(t.Context()))
		out, err := <-late.out, <-late.err
		require.NoError(t, err)
		require.True(t, out.Units[0].Answer.Replayed)
		require.Equal(t, 41, out.Units[0].Answer.Summary.Accepted)
		require.Equal(t, 0, b.count(t, `SELECT count(*) FROM record`), "nothing of the second stays")
	})
}
