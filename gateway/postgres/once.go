package postgres

import (
	"context"
	"encoding/json"
	"errors"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"

	"github.com/lienthong/lienthong/gateway"
	"github.com/lienthong/lienthong/internal/fault"
	"github.com/lienthong/lienthong/schema"
)

// within does something in one transaction: that of [Store.Once] where it is inside of one.
func (s *Store) within(ctx context.Context, do func(pgx.Tx) error) error {
	if tx, ok := ctx.Value(onceTx{}).(pgx.Tx); ok {
		return pgx.BeginFunc(ctx, tx, do) // a savepoint
	}
	return pgx.BeginFunc(ctx, s.pool, do)
}

type onceTx struct{}

// handle asks the database.
type handle interface {
	Exec(ctx context.Context, sql string, args ...any) (pgconn.CommandTag, error)
	SendBatch(ctx context.Context, b *pgx.Batch) pgx.BatchResults
}

// handle is the transaction of [Store.Once] inside of one, since a request that waits for a second
// connection while it holds the first may wait for its like; else the pool.
func (s *Store) handle(ctx context.Context) handle {
	if tx, ok := ctx.Value(onceTx{}).(pgx.Tx); ok {
		return tx
	}
	return s.pool
}

// Once implements [gateway.OnceStore]. Key, effect and answer are one transaction.
// What fails is not remembered, and is tried again by the same key. Index: idempotency_pkey.
func (s *Store) Once(ctx context.Context, once gateway.Idempotency, do func(context.Context) (any, error)) (answer []byte, replayed bool, err error) {
	err = pgx.BeginFunc(ctx, s.pool, func(tx pgx.Tx) error {
		if answer, err = answered(ctx, tx, once); err != nil || answer != nil {
			replayed = answer != nil
			return err
		}
		value, err := do(context.WithValue(ctx, onceTx{}, tx))
		if err != nil {
			return err
		}
		if answer, err = json.Marshal(value); err != nil {
			return err
		}
		return remember(ctx, tx, once, answer)
	})
	if err != nil {
		return nil, false, fail(err, "postgres.Once")
	}
	return answer, replayed, nil
}

// answered returns what was answered to a key before, in the way of pushes; nil: it is new.
func answered(ctx context.Context, tx pgx.Tx, once gateway.Idempotency) ([]byte, error) {
	const op = "postgres.Once"
	var free bool
	if err := tx.QueryRow(ctx, `SELECT pg_try_advisory_xact_lock(hashtextextended($1 || E'\x1f' || $2, 71))`, once.Scope, once.Key).Scan(&free); err != nil {
		return nil, err
	}
	if !free {
		return nil, fault.New(fault.InProgress, op, "a request with this key is being worked on")
	}
	var print, answer []byte
	err := tx.QueryRow(ctx, `
		SELECT fingerprint, answer
		FROM idempotency
		WHERE scope = $1 AND key = $2`, once.Scope, once.Key).Scan(&print, &answer)
	switch {
	case errors.Is(err, pgx.ErrNoRows):
		return nil, nil
	case err != nil:
		return nil, err
	case len(print) != len(schema.Hash{}) || schema.Hash(print) != once.Fingerprint:
		return nil, fault.New(fault.KeyReused, op, "the idempotency key was used for another request")
	}
	return answer, nil
}

func remember(ctx context.Context, tx pgx.Tx, once gateway.Idempotency, answer []byte) error {
	_, err := tx.Exec(ctx, `
		INSERT INTO idempotency (scope, key, fingerprint, answer)
		VALUES ($1, $2, $3, $4)`, once.Scope, once.Key, once.Fingerprint[:], answer)
	return err
}

var _ gateway.OnceStore = (*Store)(nil)
