package postgres

import (
	"context"
	"encoding/json"

	"github.com/jackc/pgx/v5"

	"github.com/lienthong/lienthong/gateway"
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
		return remember(ctx, tx, once, answer)
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

// OrderBreaker does what Obey does for an order that has no key: two operators who give the
// same order cause one effect and one action, and the second is told whose it was. Index: breaker_pkey.
func (s *Store) OrderBreaker(ctx context.Context, o gateway.Order) (gateway.Obeyed, error) {
	if err := checkOrder(o); err != nil {
		return gateway.Obeyed{}, err
	}
	var done gateway.Obeyed
	c := forced(o)
	c.needless = func(before gateway.BreakerRow) bool { return o.Stands(before) }
	c.last = func(_ context.Context, _ pgx.Tx, changed bool) error {
		done.Changed = changed
		return nil
	}
	var err error
	done.Row, _, err = s.changeBreaker(ctx, c, forcedArgs(o)...)
	return done, err
}

func (s *Store) breakerNow(ctx context.Context, key gateway.BreakerKey) (row gateway.BreakerRow, err error) {
	err = pgx.BeginFunc(ctx, s.pool, func(tx pgx.Tx) error {
		row, err = s.readBreaker(ctx, tx, key, "")
		return err
	})
	return row, fail(err, "postgres.Obey")
}

// onceOnly returns what was answered to a key before.
func onceOnly(ctx context.Context, tx pgx.Tx, once gateway.Idempotency) (saved savedOrder, found bool, err error) {
	answer, err := answered(ctx, tx, once)
	if err != nil || answer == nil {
		return saved, false, err
	}
	return saved, true, json.Unmarshal(answer, &saved)
}

var _ gateway.OrderStore = (*Store)(nil)
