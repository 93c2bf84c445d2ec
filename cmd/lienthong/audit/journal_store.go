package audit

import (
	"context"
	"time"

	"github.com/jackc/pgx/v5"
)

// sealedBatch is a row of journal_batch.
type sealedBatch struct {
	number, first     int64
	count             int
	at                time.Time
	root, previous    []byte
	key               string
	signature, leaves []byte
}

// sealedLine is a row of journal_entry.
type sealedLine struct {
	position int64
	text     *string
}

// storedAction is a row of operator_action.
type storedAction struct {
	id                                            string
	at                                            time.Time
	actor, action, destination, operation, reason string
}

func (s *store) sealed(ctx context.Context) ([]sealedBatch, error) {
	rows, err := s.conn.Query(ctx, `
		SELECT number, first_position, count, sealed_at, root, previous, key_id, signature, leaves
		FROM journal_batch
		ORDER BY number`)
	if err != nil {
		return nil, err
	}
	return pgx.CollectRows(rows, func(row pgx.CollectableRow) (b sealedBatch, err error) {
		err = row.Scan(&b.number, &b.first, &b.count, &b.at, &b.root, &b.previous, &b.key, &b.signature, &b.leaves)
		return b, err
	})
}

func (s *store) lines(ctx context.Context, from, to int64) ([]sealedLine, error) {
	rows, err := s.conn.Query(ctx, `
		SELECT position, line FROM journal_entry WHERE position BETWEEN $1 AND $2 ORDER BY position`, from, to)
	if err != nil {
		return nil, err
	}
	return pgx.CollectRows(rows, func(row pgx.CollectableRow) (l sealedLine, err error) {
		err = row.Scan(&l.position, &l.text)
		return l, err
	})
}

// waiting returns the lines that are not sealed yet.
func (s *store) waiting(ctx context.Context) ([]string, error) {
	rows, err := s.conn.Query(ctx, `SELECT string_to_table(lines, E'\n') FROM journal_inbox`)
	if err != nil {
		return nil, err
	}
	return pgx.CollectRows(rows, pgx.RowTo[string])
}

func (s *store) count(ctx context.Context, query string, args ...any) (n int64, err error) {
	err = s.conn.QueryRow(ctx, query, args...).Scan(&n)
	return n, err
}

// beforeJournal returns the submissions that are older than the journal.
func (s *store) beforeJournal(ctx context.Context) (map[string]bool, error) {
	rows, err := s.conn.Query(ctx, `
		SELECT id::text FROM submission WHERE received_at < (SELECT began_at FROM journal_head)`)
	if err != nil {
		return nil, err
	}
	ids, err := pgx.CollectRows(rows, pgx.RowTo[string])
	older := make(map[string]bool, len(ids))
	for _, id := range ids {
		older[id] = true
	}
	return older, err
}

// journalledAttempts returns the outcomes of the attempts that ended since the journal began.
func (s *store) journalledAttempts(ctx context.Context) (map[callKey][]string, error) {
	rows, err := s.conn.Query(ctx, `
		SELECT id::text, entity_id::text, outcome FROM attempt
		WHERE ended_at >= (SELECT began_at FROM journal_head)
		ORDER BY started_at`)
	if err != nil {
		return nil, err
	}
	all := map[callKey][]string{}
	var k callKey
	var outcome string
	_, err = pgx.ForEachRow(rows, []any{&k.attempt, &k.entity, &outcome}, func() error {
		all[k] = append(all[k], outcome)
		return nil
	})
	return all, err
}

func (s *store) actions(ctx context.Context) ([]storedAction, error) {
	rows, err := s.conn.Query(ctx, `
		SELECT id::text, at, actor, action, destination, operation, reason FROM operator_action
		WHERE at >= (SELECT began_at FROM journal_head)`)
	if err != nil {
		return nil, err
	}
	return pgx.CollectRows(rows, func(row pgx.CollectableRow) (a storedAction, err error) {
		err = row.Scan(&a.id, &a.at, &a.actor, &a.action, &a.destination, &a.operation, &a.reason)
		return a, err
	})
}

func (s *store) refusals(ctx context.Context) ([]string, error) {
	rows, err := s.conn.Query(ctx, `
		SELECT id::text FROM refusal WHERE refused_at >= (SELECT began_at FROM journal_head)`)
	if err != nil {
		return nil, err
	}
	return pgx.CollectRows(rows, pgx.RowTo[string])
}
