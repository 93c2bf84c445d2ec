package postgres

import (
	"context"
	"time"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"

	"github.com/lienthong/lienthong/gateway"
)

// breakerColumns reads a row as scanBreaker expects it. A time that is not set lies far back.
const breakerColumns = `destination, operation, state, forced,
	coalesce(extract(epoch FROM open_until - clock_timestamp()), -86400)::float8, probe_node,
	coalesce(extract(epoch FROM probe_until - clock_timestamp()), -86400)::float8, reason, updated_at`

func scanBreaker(row pgx.CollectableRow) (gateway.BreakerRow, error) {
	var b gateway.BreakerRow
	var open, probe float64
	err := row.Scan(&b.Key.Destination, &b.Key.Operation, &b.State, &b.Forced, &open, &b.Probe, &probe, &b.Reason, &b.UpdatedAt)
	b.OpenFor, b.ProbeFor = seconds(open), seconds(probe)
	return b, err
}

// Breakers implements [gateway.BreakerStore]. The table has a few rows per destination.
func (s *Store) Breakers(ctx context.Context) ([]gateway.BreakerRow, error) {
	rows, err := s.pool.Query(ctx, `SELECT `+breakerColumns+` FROM breaker`)
	if err != nil {
		return nil, fail(err, "postgres.Breakers")
	}
	all, err := pgx.CollectRows(rows, scanBreaker)
	return all, fail(err, "postgres.Breakers")
}

// MoveBreaker implements [gateway.BreakerStore].
func (s *Store) MoveBreaker(ctx context.Context, m gateway.BreakerMove) (gateway.BreakerRow, bool, error) {
	return s.changeBreaker(ctx, m.Key, m.Node, m.Reason, `
		UPDATE breaker
		SET state = $3, open_until = CASE WHEN $3 = 'open' THEN clock_timestamp() + make_interval(secs => $4) ELSE open_until END,
		    probe_node = '', probe_until = NULL, reason = $5, node = $6, updated_at = clock_timestamp()
		WHERE destination = $1 AND operation = $2 AND state = ANY ($7) AND (NOT $8 OR probe_node = $6)`,
		string(m.To), m.OpenFor.Seconds(), m.Reason, m.Node, m.From, m.Prober)
}

// TakeProbe implements [gateway.BreakerStore].
func (s *Store) TakeProbe(ctx context.Context, key gateway.BreakerKey, node string, length time.Duration) (gateway.BreakerRow, bool, error) {
	return s.changeBreaker(ctx, key, node, "probe", `
		UPDATE breaker
		SET state = 'half_open', probe_node = $3, probe_until = clock_timestamp() + make_interval(secs => $4),
		    node = $3, updated_at = clock_timestamp()
		WHERE destination = $1 AND operation = $2 AND forced = ''
		  AND (state = 'half_open' OR state = 'open' AND open_until <= clock_timestamp())
		  AND (probe_until IS NULL OR probe_until <= clock_timestamp())`, node, length.Seconds())
}

// DropProbe implements [gateway.BreakerStore].
func (s *Store) DropProbe(ctx context.Context, key gateway.BreakerKey, node string) (gateway.BreakerRow, error) {
	row, _, err := s.changeBreaker(ctx, key, node, "", `
		UPDATE breaker
		SET probe_node = '', probe_until = NULL, updated_at = clock_timestamp()
		WHERE destination = $1 AND operation = $2 AND probe_node = $3`, node)
	return row, err
}

// ForceBreaker implements [gateway.BreakerStore].
func (s *Store) ForceBreaker(ctx context.Context, key gateway.BreakerKey, state gateway.BreakerState, node, reason string) (gateway.BreakerRow, error) {
	row, _, err := s.changeBreaker(ctx, key, node, reason, `
		UPDATE breaker
		SET forced = $3, node = $4, updated_at = clock_timestamp()
		WHERE destination = $1 AND operation = $2`, string(state), node)
	return row, err
}

// changeBreaker runs one change of one row, creating the row first, and leaves
// a line when the state or what forces it changed. The row's lock orders nodes.
// Index: breaker_pkey.
func (s *Store) changeBreaker(ctx context.Context, key gateway.BreakerKey, node, reason, update string, args ...any) (gateway.BreakerRow, bool, error) {
	var row gateway.BreakerRow
	var granted bool
	err := pgx.BeginFunc(ctx, s.pool, func(tx pgx.Tx) error {
		if _, err := tx.Exec(ctx, `
			INSERT INTO breaker (destination, operation, state, updated_at)
			VALUES ($1, $2, 'closed', clock_timestamp())
			ON CONFLICT (destination, operation) DO NOTHING`, key.Destination, string(key.Operation)); err != nil {
			return err
		}
		before, err := s.readBreaker(ctx, tx, key, " FOR UPDATE")
		if err != nil {
			return err
		}
		tag, err := tx.Exec(ctx, update, append([]any{key.Destination, string(key.Operation)}, args...)...)
		if err != nil {
			return err
		}
		granted = tag.RowsAffected() > 0
		if row, err = s.readBreaker(ctx, tx, key, ""); err != nil {
			return err
		}
		from, to := standsAt(before), standsAt(row)
		if from == to {
			return nil
		}
		_, err = tx.Exec(ctx, `
			INSERT INTO breaker_transition (id, at, destination, operation, node, from_state, to_state, reason)
			VALUES ($1, clock_timestamp(), $2, $3, $4, $5, $6, $7)`,
			uuid.New(), key.Destination, string(key.Operation), node, from, to, reason)
		return err
	})
	return row, granted, fail(err, "postgres.changeBreaker")
}

func (s *Store) readBreaker(ctx context.Context, tx pgx.Tx, key gateway.BreakerKey, lock string) (gateway.BreakerRow, error) {
	rows, err := tx.Query(ctx, `SELECT `+breakerColumns+` FROM breaker WHERE destination = $1 AND operation = $2`+lock,
		key.Destination, string(key.Operation))
	if err != nil {
		return gateway.BreakerRow{}, err
	}
	return pgx.CollectExactlyOneRow(rows, scanBreaker)
}

// standsAt is the state that callers see, with who forces it.
func standsAt(b gateway.BreakerRow) string {
	if b.Forced != "" {
		return "forced_" + string(b.Forced)
	}
	return string(b.State)
}

var _ gateway.BreakerStore = (*Store)(nil)
