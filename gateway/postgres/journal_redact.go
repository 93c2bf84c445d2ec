package postgres

import (
	"context"
	"time"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"

	"github.com/lienthong/lienthong/internal/journal"
)

// RedactJournal takes the details out of lines, named by position; their hashes
// stay, so that the journal still proves. That it was done is a line of the
// journal too, and itself never redacted. It returns how many lines had details.
// Index: journal_entry_pkey.
func (s *Store) RedactJournal(ctx context.Context, positions []int64, actor, reason string) (int, error) {
	const op = "postgres.RedactJournal"
	if err := checkWords(op, actor, reason); err != nil {
		return 0, err
	}
	var redacted []int64
	err := pgx.BeginFunc(ctx, s.pool, func(tx pgx.Tx) error {
		rows, err := tx.Query(ctx, `
			UPDATE journal_entry SET line = NULL
			WHERE position = ANY ($1) AND line IS NOT NULL AND line NOT LIKE '{"kind":"redaction",%'
			RETURNING position`, positions)
		if err != nil {
			return err
		}
		if redacted, err = pgx.CollectRows(rows, pgx.RowTo[int64]); err != nil || len(redacted) == 0 {
			return err
		}
		id, now := uuid.New(), time.Now().Truncate(time.Microsecond)
		digest := journal.Digest(id.String(), journal.Stamp(now), actor, reason)
		line := journal.NewLine(journal.Redaction, now, id).Ints("positions", redacted).Hex("digest", digest[:])
		_, err = tx.Exec(ctx, `
			WITH `+noted("$6")+`
			INSERT INTO journal_redaction (id, at, actor, reason, positions) VALUES ($1, $2, $3, $4, $5)`,
			id, now, actor, reason, redacted, line.String())
		return err
	})
	return len(redacted), fail(err, op)
}
