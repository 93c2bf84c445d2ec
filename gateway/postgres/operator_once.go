package postgres

import (
	"context"
	"encoding/json"
	"errors"

	"github.com/jackc/pgx/v5"

	"github.com/lienthong/lienthong/gateway"
	"github.com/lienthong/lienthong/internal/fault"
	"github.com/lienthong/lienthong/schema"
)

// savedOrder is what is remembered of an order under its idempotency key.
type savedOrder struct {
	Changed bool `json:"changed"`
}

// Obey implements [gateway.OrderStore]. The key is locked before the row, as the
// global order wants; what stands already is not written and leaves no action.
// Indexes: idempotency_pkey, breaker_pkey.
func (s *Store) Obey(ctx context.Context, o gateway.Order, once gateway.Idempotency) (gateway.Obeyed, error) {
	if err := checkOrder(o); err != nil {
		return gateway.Obeyed{}, err
	}
	var done gateway.Obeyed
	c := forced(o)
	c.first = func(ctx context.Context, tx pgx.Tx) (bool, error) {
		saved, found, err := onceOnly(ctx, tx, once)
		done.Changed, done.Replayed = saved.Changed, found
		return found, err
	}
	c.needless = func(before gateway.BreakerRow) bool { return o.Stands(before) }
	c.last = func(ctx context.Context, tx pgx.Tx, changed bool) error {
		done.Changed = changed
		answer, err := json.Marshal(savedOrder{changed})
		if err != nil {
			return err
		}
		_, err = tx.Exec(ctx, `
			INSERT INTO idempotency (scope, key, fingerprint, answer)
			VALUES ($1, $2, $3, $4)`, once.Scope, once.Key, once.Fingerprint[:], answer)
		return err
	}
	row, _, err := s.changeBreaker(ctx, c, forcedArgs(o)...)
	if err != nil {
		return gateway.Obeyed{}, err
	}
	if done.Row = row; done.Replayed { // it may have been changed since
		done.Row, err = s.breakerNow(ctx, o.Key)
	}
	return done, err
}

func (s *Store) breakerNow(ctx context.Context, key gateway.BreakerKey) (row gateway.BreakerRow, err error) {
	err = pgx.BeginFunc(ctx, s.pool, func(tx pgx.Tx) error {
		row, err = s.readBreaker(ctx, tx, key, "")
		return err
	})
	return row, fail(err, "postgres.Obey")
}

// onceOnly returns what was answered to a key before, in the way of pushes.
func onceOnly(ctx context.Context, tx pgx.Tx, once gateway.Idempotency) (saved savedOrder, found bool, err error) {
	const op = "postgres.Obey"
	var free bool
	if err := tx.QueryRow(ctx, `SELECT pg_try_advisory_xact_lock(hashtextextended($1 || E'\x1f' || $2, 71))`, once.Scope, once.Key).Scan(&free); err != nil {
		return saved, false, err
	}
	if !free {
		return saved, false, fault.New(fault.InProgress, op, "a request with this key is being worked on")
	}
	var print, answer []byte
	err = tx.QueryRow(ctx, `
		SELECT fingerprint, answer
		FROM idempotency
		WHERE scope = $1 AND key = $2`, once.Scope, once.Key).Scan(&print, &answer)
	switch {
	case errors.Is(err, pgx.ErrNoRows):
		return saved, false, nil
	case err != nil:
		return saved, false, err
	case len(print) != len(schema.Hash{}) || schema.Hash(print) != once.Fingerprint:
		return saved, false, fault.New(fault.KeyReused, op, "the idempotency key was used for another request")
	}
	return saved, true, json.Unmarshal(answer, &saved)
}

var _ gateway.OrderStore = (*Store)(nil)
