package postgres

import (
	"context"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/jackc/pgx/v5"

	"github.com/lienthong/lienthong/gateway"
	"github.com/lienthong/lienthong/internal/fault"
)

// Longest words of an operator, in characters.
const (
	longestActor  = 100
	longestReason = 500
)

// ForceBreaker implements [gateway.BreakerStore] and [gateway.OperatorStore].
// Row and action are one transaction: nothing is forced that nobody answers for.
// A breaker that is left to itself while it is open is probed at once; a destination that is resumed is called at once.
func (s *Store) ForceBreaker(ctx context.Context, o gateway.Order) (gateway.BreakerRow, error) {
	if err := checkOrder(o); err != nil {
		return gateway.BreakerRow{}, err
	}
	row, _, err := s.changeBreaker(ctx, forced(o), forcedArgs(o)...)
	return row, err
}

func forcedArgs(o gateway.Order) []any {
	by, why := o.Actor, o.Reason
	if o.State == "" {
		by, why = "", ""
	}
	return []any{string(o.State), by, why, o.Actor}
}

// forced is the change that an order asks for.
func forced(o gateway.Order) breakerChange {
	return breakerChange{
		key: o.Key, who: o.Actor, reason: o.Reason, update: `
		UPDATE breaker
		SET forced = $3, forced_by = $4, forced_for = $5, node = $6, updated_at = clock_timestamp(),
		    open_until = CASE WHEN $3 = '' AND (state = 'open' OR operation = 'all' AND open_until IS NOT NULL) THEN clock_timestamp() ELSE open_until END
		WHERE destination = $1 AND operation = $2`,
		also: func(ctx context.Context, tx pgx.Tx) error {
			_, err := act(ctx, tx, operatorAction{actor: o.Actor, action: string(gateway.ActionOf(o)),
				destination: o.Key.Destination, operation: string(o.Key.Operation), reason: o.Reason})
			return err
		},
	}
}

// checkOrder wants a name and a reason, each of one line.
func checkOrder(o gateway.Order) error { return checkWords("postgres.ForceBreaker", o.Actor, o.Reason) }

func checkWords(op, actor, reason string) error {
	for _, word := range []struct {
		name, text string
		longest    int
	}{{"who says so", actor, longestActor}, {"a reason", reason, longestReason}} {
		switch {
		case strings.TrimSpace(word.text) == "":
			return fault.New(fault.Invalid, op, word.name+" is missing")
		case !utf8.ValidString(word.text) || utf8.RuneCountInString(word.text) > word.longest || strings.ContainsFunc(word.text, unicode.IsControl):
			return fault.New(fault.Invalid, op, word.name+" is one line of text, not longer than a few sentences")
		}
	}
	return nil
}

const actionsSQL = `
	SELECT at, actor, action, destination, operation, reason, entity_id
	FROM operator_action
	ORDER BY at DESC
	LIMIT $1`

// OperatorActions implements [gateway.OperatorStore]. Index: operator_action_at_idx.
func (s *Store) OperatorActions(ctx context.Context, limit int) ([]gateway.OperatorAction, error) {
	const op = "postgres.OperatorActions"
	rows, err := s.pool.Query(ctx, actionsSQL, limit)
	if err != nil {
		return nil, fail(err, op)
	}
	all, err := pgx.CollectRows(rows, pgx.RowToStructByPos[gateway.OperatorAction])
	return all, fail(err, op)
}

// WorkedFor reports whether a destination was ever worked for, for commands
// that have no configuration to ask. Indexes: delivery_pkey, breaker_pkey.
func (s *Store) WorkedFor(ctx context.Context, destination string) (bool, error) {
	var known bool
	err := s.pool.QueryRow(ctx, `
		SELECT EXISTS (SELECT FROM delivery WHERE destination = $1) OR EXISTS (SELECT FROM breaker WHERE destination = $1)`,
		destination).Scan(&known)
	return known, fail(err, "postgres.WorkedFor")
}

var _ gateway.OperatorStore = (*Store)(nil)
