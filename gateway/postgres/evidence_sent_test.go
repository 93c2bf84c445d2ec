package postgres_test

import (
	"bytes"
	"context"
	"crypto/sha256"
	"errors"
	"fmt"
	"log/slog"
	"testing"
	"time"

	"github.com/google/uuid"
	"github.com/stretchr/testify/require"

	"github.com/lienthong/lienthong/gateway"
	"github.com/lienthong/lienthong/gateway/postgres"
	"github.com/lienthong/lienthong/internal/fault"
	"github.com/lienthong/lienthong/migrations"
	"github.com/lienthong/lienthong/schema"
)

// taker takes whatever it is sent, and keeps it.
type taker struct {
	kept [][]byte
	next []gateway.Outcome
}

func (*taker) Spec() gateway.DestinationSpec {
	return gateway.DestinationSpec{
		Code: "dvcqg", Receives: []schema.Kind{schema.KindDossier}, Batch: 5, Lanes: 1, Shows: gateway.ShowsNothing, Idempotent: true, Timeout: time.Second,
	}
}

func (*taker) Plan(w gateway.Wanted, k gateway.Known) ([]gateway.PlannedCall, error) {
	if k.Exists && k.HeaderHash != (schema.Hash{}) {
		return nil, nil
	}
	return []gateway.PlannedCall{{Operation: gateway.OpCreate, Key: w.Key, Payload: [][]byte{w.Body, []byte(`{"x":1}`)}, HeaderHash: sha256.Sum256(w.Body)}}, nil
}

func (p *taker) Send(_ context.Context, _ gateway.Operation, calls []gateway.PlannedCall) []gateway.Outcome {
	p.kept = calls[0].Payload
	if len(p.next) > 0 {
		o := p.next[0]
		p.next = p.next[1:]
		return []gateway.Outcome{o}
	}
	return []gateway.Outcome{{Kind: gateway.Delivered, HTTPStatus: 200}}
}

func (*taker) Lookup(context.Context, string) (gateway.Known, gateway.Outcome) { panic("not asked") }

// dying ends its worker between the call and the record of it, once.
type dying struct {
	gateway.LaneStore
	dead bool
}

var errDead = errors.New("dead")

func (d *dying) RecordCall(ctx context.Context, l gateway.LaneLease, c gateway.CallRecord, u []gateway.DeliveryUpdate) (map[uuid.UUID]bool, error) {
	if c.Attempt != uuid.Nil && !d.dead {
		d.dead = true
		return nil, errDead
	}
	return d.LaneStore.RecordCall(ctx, l, c, u)
}

func TestEvidenceOfAttempts(t *testing.T) {
	b := setup(t)
	evidence, err := postgres.NewEvidence(b.store, nil)
	require.NoError(t, err)
	portal := &taker{}
	laneOf := func(node string, store gateway.LaneStore) *gateway.Lane {
		all, quiet := []gateway.Destination{portal}, slog.New(slog.DiscardHandler)
		breakers, err := gateway.NewBreakers(gateway.BreakersConfig{Store: b.store, Destinations: all, Node: node, Logger: quiet})
		require.NoError(t, err)
		lane, err := gateway.NewLane(gateway.LaneConfig{
			Store: store, Breakers: breakers, Destinations: all, Node: node, Vault: gateway.NewVault(evidence), Logger: quiet,
			Schedule: gateway.Schedule{Base: time.Millisecond, Cap: time.Millisecond},
		})
		require.NoError(t, err)
		return lane
	}
	b.push(t, dossier(t, 1, nil))
	id, err := evidence.DossierID(t.Context(), number(1))
	require.NoError(t, err)

	_, err = laneOf("node-a", &dying{LaneStore: b.store}).Drain(t.Context(), "dvcqg", 0)
	require.ErrorIs(t, err, errDead)
	lost := portal.kept
	_, err = b.pool.Exec(t.Context(), `UPDATE lane SET lease_until = now() - interval '1 s'`)
	require.NoError(t, err)
	portal.next = []gateway.Outcome{{Kind: gateway.Throttled, Shelf: gateway.ShelfDestination, Cause: "busy", HTTPStatus: 429}}
	_, err = laneOf("node-b", b.store).Drain(t.Context(), "dvcqg", 0)
	require.NoError(t, err)
	_, err = b.pool.Exec(t.Context(), `UPDATE delivery SET retry_at = now(); UPDATE breaker SET open_until = NULL -- the pause is over`)
	require.NoError(t, err)
	_, err = laneOf("node-c", b.store).Drain(t.Context(), "dvcqg", 0)
	require.NoError(t, err)

	calls, err := evidence.Sent(t.Context(), id)
	require.NoError(t, err)
	t.Run("each says when, what came of it, by whom, and what left", func(t *testing.T) {
		var told []string
		runs := map[uuid.UUID]bool{}
		for _, c := range calls {
			told = append(told, fmt.Sprint(c.Node, " ", c.Operation, " ", c.Outcome, " ", c.Shelf, " ", c.Cause, " ", c.HTTPStatus, " rev ", c.Revision))
			require.False(t, c.StartedAt.IsZero())
			require.False(t, c.EndedAt.Before(c.StartedAt))
			require.NotEqual(t, uuid.Nil, c.Attempt)
			require.NotEqual(t, uuid.Nil, c.Run)
			require.NotContains(t, string(c.Sealed), "Hạnh")
			runs[c.Run] = true
			body, err := evidence.Outbound(t.Context(), gateway.AttemptKey{Destination: "dvcqg", EntityID: id, Attempt: c.Attempt})
			require.NoError(t, err)
			require.Equal(t, lost, body.Parts, "also that of the worker that died in its call")
			sum := sha256.Sum256(bytes.Join(body.Parts, nil))
			require.Equal(t, sum[:], c.SHA256)
		}
		require.Equal(t, []string{
			"node-a create unknown gateway worker.lost 0 rev 1", "node-b create throttled destination busy 429 rev 1", "node-c create delivered   200 rev 1",
		}, told)
		require.Len(t, runs, 3)
		require.Zero(t, b.count(t, `SELECT count(*) FROM delivery WHERE sending IS NOT NULL`), "nothing of it stays with the delivery")
	})
	t.Run("what is not there is not found, what was changed is not given", func(t *testing.T) {
		for _, key := range []gateway.AttemptKey{
			{Destination: "other", EntityID: id, Attempt: calls[0].Attempt}, {Destination: "dvcqg", EntityID: uuid.New(), Attempt: calls[0].Attempt},
			{Destination: "dvcqg", EntityID: id, Attempt: uuid.New()},
		} {
			_, err := evidence.Outbound(t.Context(), key)
			require.Equal(t, fault.NotFound, fault.CodeOf(err))
			require.NotErrorIs(t, err, gateway.ErrDestroyed)
		}
		_, err := b.pool.Exec(t.Context(), `UPDATE attempt SET body_sha256 = sha256('x') WHERE id = $1`, calls[1].Attempt)
		require.NoError(t, err)
		_, err = evidence.Outbound(t.Context(), gateway.AttemptKey{Destination: "dvcqg", EntityID: id, Attempt: calls[1].Attempt})
		require.Equal(t, fault.Invalid, fault.CodeOf(err))
		_, err = b.pool.Exec(t.Context(), `UPDATE attempt SET evidence = NULL WHERE id = $1`, calls[1].Attempt)
		require.NoError(t, err)
		_, err = evidence.Outbound(t.Context(), gateway.AttemptKey{Destination: "dvcqg", EntityID: id, Attempt: calls[1].Attempt})
		require.Equal(t, fault.NotFound, fault.CodeOf(err))
		require.ErrorIs(t, err, gateway.ErrNotKept)
	})
	t.Run("whose key was destroyed is said to be destroyed, and the key lies in no file", func(t *testing.T) {
		var key []byte
		require.NoError(t, b.pool.QueryRow(t.Context(), `SELECT key FROM evidence_key`).Scan(&key))
		require.Positive(t, b.inFile(t, key), "the test looks where the key is")
		n, err := evidence.DestroyEvidence(t.Context(), time.Now().AddDate(0, 2, 0))
		require.NoError(t, err)
		require.Equal(t, 1, n)
		_, err = evidence.Outbound(t.Context(), gateway.AttemptKey{Destination: "dvcqg", EntityID: id, Attempt: calls[0].Attempt})
		require.Equal(t, fault.NotFound, fault.CodeOf(err))
		require.ErrorIs(t, err, gateway.ErrDestroyed)
		require.Zero(t, b.inFile(t, key))
		require.Equal(t, 3, b.count(t, `SELECT count(*) FROM attempt`), "the rest of the attempts stays")
	})
}

// inFile returns where the file of the table of keys holds these bytes, 0 for nowhere.
func (b bundle) inFile(t testing.TB, key []byte) int {
	t.Helper()
	_, err := b.pool.Exec(t.Context(), `CHECKPOINT`)
	require.NoError(t, err)
	return b.count(t, `SELECT position($1::bytea IN pg_read_binary_file(pg_relation_filepath('evidence_key')))`, key)
}

func TestDropEvidence(t *testing.T) {
	b := setup(t)
	evidence, err := postgres.NewEvidence(b.store, nil)
	require.NoError(t, err)
	vault := gateway.NewVault(evidence)
	august, entity := time.Date(2024, 8, 5, 8, 0, 0, 0, time.UTC), uuid.New()
	_, err = migrations.EnsurePartitions(t.Context(), b.pool, august, 1) // and September
	require.NoError(t, err)
	attempts := map[time.Time]uuid.UUID{}
	for _, at := range []time.Time{august.AddDate(0, -1, 0), august, august.AddDate(0, 1, 0)} { // July finds no partition
		attempts[at] = uuid.New()
		sealed, err := vault.Seal(t.Context(), at, attempts[at], entity, [][]byte{[]byte(`{}`)})
		require.NoError(t, err)
		_, err = b.pool.Exec(t.Context(), `
			INSERT INTO attempt (id, started_at, ended_at, destination, entity_id, key, operation, entity_rev, outcome, shelf, cause, http_status,
			                     body_sha256, evidence, node)
			VALUES ($1, $2, $2, 'dvcqg', $3, 'k', 'create', 1, 'delivered', '', '', 200, sha256('{}'), $4, 'a')`, attempts[at], at, entity, sealed)
		require.NoError(t, err)
	}
	open := func(at time.Time) error {
		_, err := evidence.Outbound(t.Context(), gateway.AttemptKey{Destination: "dvcqg", EntityID: entity, Attempt: attempts[at]})
		return err
	}
	require.NoError(t, open(august))

	done, err := evidence.DropEvidence(t.Context(), time.Date(2024, 9, 1, 0, 0, 0, 0, time.UTC))
	require.NoError(t, err)
	require.Equal(t, gateway.Dropped{Keys: 2, Tables: []string{"attempt_202408"}, Rows: 1}, done)
	require.NoError(t, open(august.AddDate(0, 1, 0)), "the month named stays")
	require.Equal(t, fault.NotFound, fault.CodeOf(open(august)))
	require.Equal(t, 1, b.count(t, `SELECT count(*) FROM attempt`))
	require.Zero(t, b.count(t, `SELECT count(*) FROM pg_class WHERE relname = 'attempt_202408'`))
	require.Equal(t, 1, b.count(t, `SELECT count(*) FROM evidence_key WHERE key IS NOT NULL`))

	again, err := evidence.DropEvidence(t.Context(), time.Date(2024, 9, 1, 0, 0, 0, 0, time.UTC))
	require.NoError(t, err)
	require.Equal(t, gateway.Dropped{Tables: []string{}}, again)
}
