package postgres

import (
	"context"
	"time"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"

	"github.com/lienthong/lienthong/gateway"
	"github.com/lienthong/lienthong/internal/journal"
)

// breakerColumns reads a row as scanBreaker expects it. A time that is not set lies far back.
const breakerColumns = `destination, operation, state, forced,
	coalesce(extract(epoch FROM open_until - clock_timestamp()), -86400)::float8, probe_node,
	coalesce(extract(epoch FROM probe_until - clock_timestamp()), -86400)::float8, reason, updated_at,
	forced_by, forced_for, ramp, ramp_good`

func scanBreaker(row pgx.CollectableRow) (gateway.BreakerRow, error) {
	var b gateway.BreakerRow
	var open, probe float64
	err := row.Scan(&b.Key.Destination, &b.Key.Operation, &b.State, &b.Forced, &open, &b.Probe, &probe, &b.Reason, &b.UpdatedAt,
		&b.ForcedBy, &b.ForcedFor, &b.Ramp, &b.RampGood)
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
	return s.changeBreaker(ctx, breakerChange{key: m.Key, who: m.Node, reason: m.Reason, cause: rule(m.Cause), update: `
		UPDATE breaker
		SET state = $3, open_until = CASE WHEN $3 = 'open' THEN clock_timestamp() + make_interval(secs => $4) ELSE open_until END,
		    ramp = CASE WHEN $3 = 'closed' THEN $9::smallint ELSE 0 END, ramp_good = 0,
		    probe_node = '', probe_until = NULL, reason = $5, node = $6, updated_at = clock_timestamp()
		WHERE destination = $1 AND operation = $2 AND state = ANY ($7) AND (NOT $8 OR probe_node = $6)`},
		string(m.To), m.OpenFor.Seconds(), m.Reason, m.Node, m.From, m.Prober, m.Ramp)
}

// TakeProbe implements [gateway.BreakerStore].
func (s *Store) TakeProbe(ctx context.Context, key gateway.BreakerKey, node string, length time.Duration) (gateway.BreakerRow, bool, error) {
	return s.changeBreaker(ctx, breakerChange{key: key, who: node, reason: "probe", update: `
		UPDATE breaker
		SET state = 'half_open', probe_node = $3, probe_until = clock_timestamp() + make_interval(secs => $4),
		    node = $3, updated_at = clock_timestamp()
		WHERE destination = $1 AND operation = $2 AND forced = ''
		  AND (state = 'half_open' OR state = 'open' AND open_until <= clock_timestamp() OR state = 'closed' AND ramp = 0)
		  AND (probe_until IS NULL OR probe_until <= clock_timestamp())`}, node, length.Seconds())
}

// DropProbe implements [gateway.BreakerStore].
func (s *Store) DropProbe(ctx context.Context, key gateway.BreakerKey, node string) (gateway.BreakerRow, error) {
	row, _, err := s.changeBreaker(ctx, breakerChange{key: key, who: node, update: `
		UPDATE breaker
		SET probe_node = '', probe_until = NULL, updated_at = clock_timestamp()
		WHERE destination = $1 AND operation = $2 AND probe_node = $3`}, node)
	return row, err
}

// RampBreaker implements [gateway.BreakerStore].
func (s *Store) RampBreaker(ctx context.Context, c gateway.RampCall) (gateway.BreakerRow, error) {
	row, _, err := s.changeBreaker(ctx, breakerChange{key: c.Key, update: `
		UPDATE breaker
		SET ramp = CASE WHEN $5 AND ramp_good + 1 >= $6 THEN $4 ELSE ramp END,
		    ramp_good = CASE WHEN $5 AND ramp_good + 1 < $6 THEN ramp_good + 1 ELSE 0 END,
		    updated_at = clock_timestamp()
		WHERE destination = $1 AND operation = $2 AND state = 'closed' AND ramp = $3`}, c.Step, c.Next, c.Good, c.Hold)
	return row, err
}

// ThrottleBreaker implements [gateway.BreakerStore]. It leaves no line: the
// attempt that was throttled tells of it.
func (s *Store) ThrottleBreaker(ctx context.Context, destination, node string, wait time.Duration) (gateway.BreakerRow, error) {
	row, _, err := s.changeBreaker(ctx, breakerChange{key: gateway.SwitchKey(destination), who: node, update: `
		UPDATE breaker
		SET open_until = clock_timestamp() + make_interval(secs => $3), reason = 'throttled', node = $4, updated_at = clock_timestamp()
		WHERE destination = $1 AND operation = $2
		  AND (open_until IS NULL OR open_until < clock_timestamp() + make_interval(secs => $3))`,
		also: func(ctx context.Context, tx pgx.Tx) error {
			_, err := tx.Exec(ctx, `SELECT pg_notify($1, '')`, breakerChannel)
			return err
		}}, wait.Seconds(), node)
	return row, err
}

// breakerChange is one change of one row.
type breakerChange struct {
	key         gateway.BreakerKey
	who, reason string                                               // for the line that a change of state leaves: node or operator
	cause       string                                               // code of what the destination did
	update      string                                               // SQL; $1 and $2 are the key
	first       func(context.Context, pgx.Tx) (done bool, err error) // before all else in the transaction; done: the row is only read
	needless    func(before gateway.BreakerRow) bool                 // the row stands like that already; nil: it is written in any case
	last        func(ctx context.Context, tx pgx.Tx, changed bool) error
	also        func(context.Context, pgx.Tx) error // in the same transaction; nil: nothing
}

// changeBreaker runs one change of one row, creating the row first, and leaves
// a line when the state or what forces it changed. The row's lock orders nodes.
// Changes are rare, so they may notify those who listen. Index: breaker_pkey.
func (s *Store) changeBreaker(ctx context.Context, c breakerChange, args ...any) (gateway.BreakerRow, bool, error) {
	var row gateway.BreakerRow
	var granted bool
	err := pgx.BeginFunc(ctx, s.pool, func(tx pgx.Tx) error {
		if c.first != nil {
			if done, err := c.first(ctx, tx); done || err != nil {
				return err
			}
		}
		if _, err := tx.Exec(ctx, `
			INSERT INTO breaker (destination, operation, state, updated_at)
			VALUES ($1, $2, 'closed', clock_timestamp())
			ON CONFLICT (destination, operation) DO NOTHING`, c.key.Destination, string(c.key.Operation)); err != nil {
			return err
		}
		before, err := s.readBreaker(ctx, tx, c.key, " FOR UPDATE")
		if err != nil {
			return err
		}
		if c.needless != nil && c.needless(before) {
			row = before
			return c.end(ctx, tx, false)
		}
		tag, err := tx.Exec(ctx, c.update, append([]any{c.key.Destination, string(c.key.Operation)}, args...)...)
		if err != nil {
			return err
		}
		granted = tag.RowsAffected() > 0
		if row, err = s.readBreaker(ctx, tx, c.key, ""); err != nil {
			return err
		}
		if c.also != nil {
			if err := c.also(ctx, tx); err != nil {
				return err
			}
		}
		if err := s.tellBreaker(ctx, tx, c, standsAt(before), standsAt(row)); err != nil {
			return err
		}
		return c.end(ctx, tx, true)
	})
	return row, granted, fail(err, "postgres.changeBreaker")
}

func (c *breakerChange) end(ctx context.Context, tx pgx.Tx, changed bool) error {
	if c.last == nil {
		return nil
	}
	return c.last(ctx, tx, changed)
}

// tellBreaker leaves the line of a transition and wakes the other nodes.
func (s *Store) tellBreaker(ctx context.Context, tx pgx.Tx, c breakerChange, from, to string) error {
	if from == to {
		return nil
	}
	id := uuid.New()
	line := journal.NewLine(journal.Breaker, time.Now(), id).Text("destination", c.key.Destination).
		Text("operation", string(c.key.Operation)).Text("from", from).Text("to", to).Text("cause", c.cause).String()
	_, err := tx.Exec(ctx, `
		WITH told AS (SELECT pg_notify($8, '')),
		`+noted("$10")+`
		INSERT INTO breaker_transition (id, at, destination, operation, node, from_state, to_state, reason, cause)
		SELECT $1::uuid, clock_timestamp(), $2, $3, $4, $5, $6, $7, $9 FROM told`,
		id, c.key.Destination, string(c.key.Operation), c.who, from, to, c.reason, breakerChannel, c.cause, line)
	return err
}

// BreakersChanged returns a channel that is closed when some node changed the
// state of a breaker or an operator said something, as far as the connection that
// listens lives (see [Sequencer.Run]).
func (s *Store) BreakersChanged() <-chan struct{} { return s.switched.wait() }

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
