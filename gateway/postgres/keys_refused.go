package postgres

import (
	"context"
	"time"

	"github.com/google/uuid"

	"github.com/lienthong/lienthong/gateway"
	"github.com/lienthong/lienthong/internal/fault"
	"github.com/lienthong/lienthong/internal/journal"
)

// NoteRefusal keeps that somebody without a valid key knocked; in the journal without where from and with what.
func (s *Store) NoteRefusal(ctx context.Context, r gateway.Refusal) error {
	const op = "postgres.NoteRefusal"
	id, err := uuid.NewV7()
	if err != nil {
		return fault.Wrap(err, fault.Internal, op)
	}
	now := time.Now().Truncate(time.Microsecond)
	line := journal.NewLine(journal.Refusal, now, id).Text("reason", string(r.Reason)).Int("length", r.Length).Hex("sha256", r.SHA256)
	_, err = s.pool.Exec(ctx, `
		WITH `+noted("$8")+`
		INSERT INTO refusal (id, refused_at, remote_addr, key_prefix, length, sha256, reason)
		VALUES ($1, $2, $3, $4, $5, $6, $7)`,
		id, now, r.RemoteAddr, r.KeyPrefix, r.Length, r.SHA256, string(r.Reason), line.String())
	return fail(err, op)
}
