package postgres

import (
	"context"
	"crypto/rand"
	"crypto/sha256"
	"encoding/base32"
	"errors"
	"strings"
	"time"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"

	"github.com/lienthong/lienthong/gateway"
	"github.com/lienthong/lienthong/internal/fault"
)

// keyPrefix is how much of a key is kept readable, to tell keys apart in lists and logs.
const keyPrefix = 8

// CreateKey makes an API key for a source. It is shown once; only its SHA-256
// is kept, which is enough for 160 random bits.
func (s *Store) CreateKey(ctx context.Context, source string) (string, error) {
	const op = "postgres.CreateKey"
	secret := make([]byte, 20)
	if _, err := rand.Read(secret); err != nil {
		return "", fault.Wrap(err, fault.Internal, op)
	}
	key := "lt_" + strings.ToLower(base32.StdEncoding.EncodeToString(secret))
	if err := s.AddKey(ctx, source, key); err != nil {
		return "", err
	}
	return key, nil
}

// AddKey lets a source use a key that was made elsewhere. Adding it twice is no
// error; a key that another source has, or that was revoked, is a fault with
// code Conflict. Index: api_key_hash_key.
func (s *Store) AddKey(ctx context.Context, source, key string) error {
	const op = "postgres.AddKey"
	if len(key) < 24 || strings.ContainsFunc(key, func(r rune) bool { return r <= ' ' || r > '~' }) {
		return fault.New(fault.Invalid, op, "an API key has at least 24 characters, all of them printable ASCII")
	}
	id, err := uuid.NewV7()
	if err != nil {
		return fault.Wrap(err, fault.Internal, op)
	}
	sum := sha256.Sum256([]byte(key))
	tag, err := s.pool.Exec(ctx, `
		INSERT INTO api_key (id, source, prefix, hash)
		VALUES ($1, $2, $3, $4)
		ON CONFLICT ON CONSTRAINT api_key_hash_key DO NOTHING`, id, source, key[:keyPrefix], sum[:])
	if err != nil || tag.RowsAffected() == 1 {
		return fail(err, op)
	}
	var same bool
	err = s.pool.QueryRow(ctx, `SELECT source = $2 AND revoked_at IS NULL FROM api_key WHERE hash = $1`, sum[:], source).Scan(&same)
	if err == nil && !same {
		return fault.New(fault.Conflict, op, "the key belongs to another source or was revoked")
	}
	return fail(err, op)
}

// SourceOf returns the source that a key belongs to; an unknown or revoked key
// is a fault with code Unauthorized. Index: api_key_hash_key.
func (s *Store) SourceOf(ctx context.Context, key string) (string, error) {
	const op = "postgres.SourceOf"
	sum := sha256.Sum256([]byte(key))
	var source string
	err := s.pool.QueryRow(ctx, `SELECT source FROM api_key WHERE hash = $1 AND revoked_at IS NULL`, sum[:]).Scan(&source)
	if errors.Is(err, pgx.ErrNoRows) {
		return "", fault.New(fault.Unauthorized, op, "no such API key")
	}
	return source, fail(err, op)
}

// NoteRefusal keeps that somebody without a valid key knocked.
func (s *Store) NoteRefusal(ctx context.Context, r gateway.Refusal) error {
	const op = "postgres.NoteRefusal"
	id, err := uuid.NewV7()
	if err != nil {
		return fault.Wrap(err, fault.Internal, op)
	}
	_, err = s.pool.Exec(ctx, `
		INSERT INTO refusal (id, refused_at, remote_addr, key_prefix, length, sha256, reason)
		VALUES ($1, $2, $3, $4, $5, $6, $7)`,
		id, time.Now(), r.RemoteAddr, r.KeyPrefix, r.Length, r.SHA256, string(r.Reason))
	return fail(err, op)
}
