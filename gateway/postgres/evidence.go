package postgres

import (
	"context"
	"crypto/aes"
	"crypto/cipher"
	"crypto/hkdf"
	"crypto/rand"
	"crypto/sha256"
	"errors"
	"time"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"

	"github.com/lienthong/lienthong/gateway"
	"github.com/lienthong/lienthong/internal/fault"
	"github.com/lienthong/lienthong/internal/journal"
)

// Evidence implements [gateway.EvidenceStore]. With a secret the keys of the
// months are wrapped before they are stored, so that a copy of the database
// alone opens nothing.
type Evidence struct {
	store *Store
	wrap  cipher.AEAD // nil: keys are stored as they are
}

// NewEvidence returns the evidence of a store; secret may be nil.
func NewEvidence(s *Store, secret []byte) (*Evidence, error) {
	e := &Evidence{store: s}
	if len(secret) == 0 {
		return e, nil
	}
	if len(secret) < 32 {
		return nil, fault.New(fault.Usage, "postgres.NewEvidence", "the secret of the evidence keys has at least 32 bytes")
	}
	key, err := hkdf.Key(sha256.New, secret, nil, "lienthong evidence keys", 32)
	if err != nil {
		return nil, fault.Wrap(err, fault.Internal, "postgres.NewEvidence")
	}
	block, err := aes.NewCipher(key)
	if err != nil {
		return nil, fault.Wrap(err, fault.Internal, "postgres.NewEvidence")
	}
	e.wrap, err = cipher.NewGCM(block)
	return e, fault.Wrap(err, fault.Internal, "postgres.NewEvidence")
}

// EvidenceKey implements [gateway.EvidenceKeys]. Two nodes that make a month's
// key at once end with the one that was stored. Index: evidence_key_pkey.
func (e *Evidence) EvidenceKey(ctx context.Context, month time.Time, create bool) ([]byte, error) {
	const op = "postgres.EvidenceKey"
	for range 2 {
		var stored []byte
		err := e.store.pool.QueryRow(ctx, `SELECT key FROM evidence_key WHERE month = $1::date`, month).Scan(&stored)
		switch {
		case err == nil && stored == nil:
			return nil, fault.New(fault.NotFound, op, "the evidence key of that month was destroyed")
		case err == nil:
			return e.unwrapped(stored, month)
		case !errors.Is(err, pgx.ErrNoRows):
			return nil, fail(err, op)
		case !create:
			return nil, fault.New(fault.NotFound, op, "there is no evidence of that month")
		}
		fresh := make([]byte, 32)
		_, _ = rand.Read(fresh) // never fails
		if _, err := e.store.pool.Exec(ctx, `
			INSERT INTO evidence_key (month, key) VALUES ($1::date, $2)
			ON CONFLICT (month) DO NOTHING`, month, e.wrapped(fresh, month)); err != nil {
			return nil, fail(err, op)
		}
	}
	return nil, fault.New(fault.Internal, op, "a key that was just stored is not there")
}

func (e *Evidence) wrapped(key []byte, month time.Time) []byte {
	if e.wrap == nil {
		return key
	}
	nonce := make([]byte, e.wrap.NonceSize())
	_, _ = rand.Read(nonce) // never fails
	return e.wrap.Seal(nonce, nonce, key, []byte(month.Format(time.DateOnly)))
}

func (e *Evidence) unwrapped(stored []byte, month time.Time) ([]byte, error) {
	const op = "postgres.EvidenceKey"
	if len(stored) == 32 {
		return stored, nil
	}
	if e.wrap == nil || len(stored) < e.wrap.NonceSize() {
		return nil, fault.New(fault.Usage, op, "the evidence keys are wrapped: evidence_key_file is needed")
	}
	n := e.wrap.NonceSize()
	key, err := e.wrap.Open(nil, stored[:n], stored[n:], []byte(month.Format(time.DateOnly)))
	if err != nil {
		return nil, fault.New(fault.Usage, op, "the evidence keys are wrapped by another secret")
	}
	return key, nil
}

// Sent implements [gateway.EvidenceStore]. Indexes: identifier_binding_pkey, attempt_entity_idx.
func (e *Evidence) Sent(ctx context.Context, number string) ([]gateway.SentCall, error) {
	const op = "postgres.Sent"
	rows, err := e.store.pool.Query(ctx, `
		SELECT a.id, a.started_at, a.ended_at, a.destination, a.entity_id, b.kind, a.operation, a.outcome, a.cause, a.http_status,
		       a.node, a.body_sha256, a.evidence
		FROM identifier_binding b
		JOIN attempt a ON a.entity_id = b.entity_id
		WHERE b.kind = 'dossier' AND b.scheme = 'dossier' AND b.value = $1
		ORDER BY a.started_at, a.id`, number)
	if err != nil {
		return nil, fail(err, op)
	}
	calls, err := pgx.CollectRows(rows, func(row pgx.CollectableRow) (c gateway.SentCall, err error) {
		err = row.Scan(raw(&c.Attempt), &c.StartedAt, &c.EndedAt, &c.Destination, raw(&c.EntityID), &c.Kind, &c.Operation, &c.Outcome, &c.Cause,
			&c.HTTPStatus, &c.Node, &c.SHA256, &c.Sealed)
		return c, err
	})
	return calls, fail(err, op)
}

// DestroyEvidence implements [gateway.EvidenceStore].
func (e *Evidence) DestroyEvidence(ctx context.Context, before time.Time) (int, error) {
	line := journal.NewLine(journal.Action, time.Now(), uuid.New()).Text("action", "evidence_destroy").Text("before", gateway.MonthOf(before).Format("2006-01"))
	tag, err := e.store.pool.Exec(ctx, `
		WITH `+noted("$2")+`
		UPDATE evidence_key SET key = NULL, destroyed_at = now()
		WHERE month < $1::date AND key IS NOT NULL`, gateway.MonthOf(before), line.String())
	return int(tag.RowsAffected()), fail(err, "postgres.DestroyEvidence")
}

var _ gateway.EvidenceStore = (*Evidence)(nil)
