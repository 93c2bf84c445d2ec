package postgres

import (
	"context"
	"time"

	"github.com/google/uuid"

	"github.com/lienthong/lienthong/gateway"
	"github.com/lienthong/lienthong/internal/fault"
)

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
