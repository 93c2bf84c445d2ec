package postgres

import (
	"context"
	"crypto/rand"
	"crypto/sha256"
	"encoding/base32"
	"errors"
	"strings"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"

	"github.com/lienthong/lienthong/gateway"
	"github.com/lienthong/lienthong/internal/fault"
)

// keyPrefix is how much of a key is kept readable, to tell keys apart in lists and logs.
const keyPrefix = 8

// CreateKey makes an API key for a source, which may read the feeds that are
// named. It is shown once; only its SHA-256 is kept, which is enough for 160
// random bits.
func (s *Store) CreateKey(ctx context.Context, source string, feeds ...string) (string, error) {
	return s.createKey(ctx, gateway.Caller{Name: source, Push: true, Feeds: feeds})
}

// CreateConsumerKey makes an API key that reads feeds and does nothing else. It
// names at least one feed.
func (s *Store) CreateConsumerKey(ctx context.Context, consumer string, feeds ...string) (string, error) {
	return s.createKey(ctx, gateway.Caller{Name: consumer, Feeds: feeds})
}

// CreateOperatorKey makes an API key that opens the paths of /v1/ops, and the
// feeds that are named. It does not push: who repairs does not also report.
func (s *Store) CreateOperatorKey(ctx context.Context, operator string, feeds ...string) (string, error) {
	return s.createKey(ctx, gateway.Caller{Name: operator, Operate: true, Feeds: feeds})
}

func (s *Store) createKey(ctx context.Context, holder gateway.Caller) (string, error) {
	const op = "postgres.CreateKey"
	secret := make([]byte, 20)
	if _, err := rand.Read(secret); err != nil {
		return "", fault.Wrap(err, fault.Internal, op)
	}
	key := "lt_" + strings.ToLower(base32.StdEncoding.EncodeToString(secret))
	if err := s.addKey(ctx, holder, key); err != nil {
		return "", err
	}
	return key, nil
}

// AddKey lets a source use a key that was made elsewhere, and read the feeds
// that are named. Adding it again is no error, and decides anew what it reads; a
// key that another has, or that was revoked, is a fault with code Conflict.
func (s *Store) AddKey(ctx context.Context, source, key string, feeds ...string) error {
	return s.addKey(ctx, gateway.Caller{Name: source, Push: true, Feeds: feeds}, key)
}

// addKey relies on api_key_hash_key.
func (s *Store) addKey(ctx context.Context, holder gateway.Caller, key string) error {
	const op = "postgres.AddKey"
	if len(key) < 24 || strings.ContainsFunc(key, func(r rune) bool { return r <= ' ' || r > '~' }) {
		return fault.New(fault.Invalid, op, "an API key has at least 24 characters, all of them printable ASCII")
	}
	if err := gateway.CheckFeeds(holder.Feeds); err != nil {
		return err
	}
	if !holder.Push && !holder.Operate && len(holder.Feeds) == 0 {
		return fault.New(fault.Invalid, op, "the key of a consumer reads at least one feed")
	}
	id, err := uuid.NewV7()
	if err != nil {
		return fault.Wrap(err, fault.Internal, op)
	}
	sum := sha256.Sum256([]byte(key))
	tag, err := s.pool.Exec(ctx, `
		WITH held AS (
		    INSERT INTO api_key AS held (id, source, prefix, hash, may_push, feeds, may_operate)
		    VALUES ($1, $2, $3, $4, $5, $6, $8)
		    ON CONFLICT ON CONSTRAINT api_key_hash_key DO UPDATE
		    SET feeds = excluded.feeds
		    WHERE held.source = excluded.source AND held.may_push = excluded.may_push AND held.may_operate = excluded.may_operate AND held.revoked_at IS NULL
		    RETURNING held.id),
		noted AS (
		    INSERT INTO journal_inbox (count, lines) SELECT 1, $7::text FROM held WHERE id = $1)
		SELECT FROM held`,
		id, holder.Name, key[:keyPrefix], sum[:], holder.Push, append([]string{}, holder.Feeds...), keyLine(createAction(holder), id, holder.Name, holder.Feeds),
		holder.Operate)
	if err == nil && tag.RowsAffected() == 0 {
		return fault.New(fault.Conflict, op, "the key belongs to another source or was revoked")
	}
	return fail(err, op)
}

// createAction names the making of a key in the journal.
func createAction(holder gateway.Caller) string {
	if holder.Operate {
		return "key_create_operator"
	}
	return "key_create"
}

// CallerOf implements [gateway.AccessStore]. Index: api_key_hash_key.
func (s *Store) CallerOf(ctx context.Context, key string) (gateway.Caller, error) {
	const op = "postgres.CallerOf"
	sum := sha256.Sum256([]byte(key))
	var c gateway.Caller
	err := s.pool.QueryRow(ctx, `
		SELECT source, may_push, feeds, may_operate
		FROM api_key
		WHERE hash = $1 AND revoked_at IS NULL`, sum[:]).Scan(&c.Name, &c.Push, &c.Feeds, &c.Operate)
	if errors.Is(err, pgx.ErrNoRows) {
		return gateway.Caller{}, fault.New(fault.Unauthorized, op, "no such API key")
	}
	return c, fail(err, op)
}

var _ gateway.AccessStore = (*Store)(nil)
