package postgres

import (
	"context"
	"time"
)

// AnswerRetention is how long the answer to an idempotency key is kept: longer
// than the longest schedule of repeats that a sender is likely to have.
const AnswerRetention = 7 * 24 * time.Hour

// forgetBatch bounds one transaction of housekeeping.
const forgetBatch = 5000

// ForgetAnswers removes saved answers that are older than before and returns
// how many. Running it on several nodes does no harm. Index: idempotency_created_at_idx.
func (s *Store) ForgetAnswers(ctx context.Context, before time.Time) (int, error) {
	forgotten := 0
	for {
		tag, err := s.pool.Exec(ctx, `
			DELETE FROM idempotency
			WHERE ctid = ANY (ARRAY(SELECT ctid FROM idempotency WHERE created_at < $1 ORDER BY created_at LIMIT $2))`, before, forgetBatch)
		if err != nil {
			return forgotten, fail(err, "postgres.ForgetAnswers")
		}
		forgotten += int(tag.RowsAffected())
		if tag.RowsAffected() < forgetBatch {
			return forgotten, nil
		}
	}
}

// HistoryRetention is how long the history of breakers is kept: what happened in
// a dispute about last year's score can still be said.
const HistoryRetention = 400 * 24 * time.Hour

// ForgetTransitions removes history of breakers that is older than before, and
// returns how much; their journal keeps. Index: breaker_transition_time_idx.
func (s *Store) ForgetTransitions(ctx context.Context, before time.Time) (int, error) {
	tag, err := s.pool.Exec(ctx, `
		DELETE FROM breaker_transition
		WHERE ctid = ANY (ARRAY(SELECT ctid FROM breaker_transition WHERE at < $1 ORDER BY at LIMIT $2))`, before, forgetBatch)
	return int(tag.RowsAffected()), fail(err, "postgres.ForgetTransitions")
}
