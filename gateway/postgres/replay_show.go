package postgres

import (
	"context"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"

	"github.com/lienthong/lienthong/gateway"
)

// ReplayPlan implements [gateway.ReplayPlans]. Index: replay_plan_pkey, replay_item_pkey.
func (s *Store) ReplayPlan(ctx context.Context, id uuid.UUID) (gateway.ReplayDetail, error) {
	const op = "postgres.ReplayPlan"
	var d gateway.ReplayDetail
	err := pgx.BeginTxFunc(ctx, s.pool, pgx.TxOptions{AccessMode: pgx.ReadOnly, IsoLevel: pgx.RepeatableRead}, func(tx pgx.Tx) (err error) {
		if d.ReplayPlan, err = onePlan(ctx, tx, `SELECT `+planColumns+` FROM replay_plan WHERE id = $1`, id); err != nil {
			return err
		}
		for _, c := range []struct {
			to  *[]gateway.ReplayCount
			sql string
		}{
			{&d.Causes, `SELECT cause, count(*) FROM replay_item WHERE plan_id = $1 AND outcome <> 'ineligible' GROUP BY 1 ORDER BY 2 DESC, 1 LIMIT 100`},
			{&d.Outcomes, `SELECT outcome, count(*) FROM replay_item WHERE plan_id = $1 GROUP BY 1 ORDER BY 1`},
			{&d.NotDone, `SELECT why, count(*) FROM replay_item WHERE plan_id = $1 AND outcome IN ('ineligible', 'skipped') GROUP BY 1 ORDER BY 2 DESC, 1`},
			{&d.Compared, `SELECT compared, count(*) FROM replay_item WHERE plan_id = $1 AND compared <> '' GROUP BY 1 ORDER BY 1`},
			{&d.Since, sinceSQL},
		} {
			if *c.to, err = counts(ctx, tx, c.sql, id); err != nil {
				return err
			}
		}
		if d.HeldBy, err = holders(ctx, tx, id); err != nil {
			return err
		}
		d.Samples, err = replayItems(ctx, tx, `
			SELECT `+itemColumns+`
			FROM replay_item
			WHERE plan_id = $1 AND outcome <> 'ineligible'
			ORDER BY ordinal
			LIMIT $2`, id, gateway.ReplaySamples)
		return err
	})
	return d, fail(err, op)
}

// sinceSQL asks of what waits whether it is still eligible: a plan may have been
// made a day ago. Indexes: replay_item_waiting_idx, delivery_pkey, entity_pkey, replay_item_holds_key.
const sinceSQL = `
	SELECT why, count(*)
	FROM (
	    SELECT CASE WHEN h.plan_id IS NULL THEN ` + notEligibleSQL + ` ELSE '` + gateway.WhyHeld + `' END AS why
	    FROM replay_item i
	    LEFT JOIN delivery d ON d.destination = i.destination AND d.entity_id = i.entity_id
	    LEFT JOIN entity e ON e.id = i.entity_id
	    LEFT JOIN replay_item h ON h.holds AND h.destination = i.destination AND h.entity_id = i.entity_id AND h.plan_id <> i.plan_id
	    WHERE i.plan_id = $1 AND i.outcome = 'waiting') judged
	WHERE why <> ''
	GROUP BY 1
	ORDER BY 2 DESC, 1`

func counts(ctx context.Context, tx pgx.Tx, sql string, id uuid.UUID) ([]gateway.ReplayCount, error) {
	rows, err := tx.Query(ctx, sql, id)
	if err != nil {
		return nil, err
	}
	return pgx.CollectRows(rows, pgx.RowToStructByPos[gateway.ReplayCount])
}

func holders(ctx context.Context, tx pgx.Tx, id uuid.UUID) ([]uuid.UUID, error) {
	rows, err := tx.Query(ctx, `
		SELECT held_by FROM replay_item
		WHERE plan_id = $1 AND held_by IS NOT NULL
		UNION
		SELECT h.plan_id FROM replay_item i
		JOIN replay_item h ON h.holds AND h.destination = i.destination AND h.entity_id = i.entity_id AND h.plan_id <> i.plan_id
		WHERE i.plan_id = $1 AND i.outcome = 'waiting'
		ORDER BY 1
		LIMIT 20`, id)
	if err != nil {
		return nil, err
	}
	return pgx.CollectRows(rows, pgx.RowTo[uuid.UUID])
}

const itemColumns = `ordinal, destination, entity_id, key, cause, failed_at, outcome, why, compared, held_by, released_at, settled_at`

func replayItems(ctx context.Context, q querier, sql string, args ...any) ([]gateway.ReplayItemLine, error) {
	rows, err := q.Query(ctx, sql, args...)
	if err != nil {
		return nil, err
	}
	return pgx.CollectRows(rows, pgx.RowToStructByPos[gateway.ReplayItemLine])
}

const replayItemsSQL = `
	SELECT ` + itemColumns + `
	FROM replay_item
	WHERE plan_id = $1 AND ordinal > $2
	ORDER BY ordinal
	LIMIT $3`

// ReplayItems implements [gateway.ReplayPlans]. Index: replay_item_pkey, whose order it follows.
func (s *Store) ReplayItems(ctx context.Context, plan uuid.UUID, after, limit int) ([]gateway.ReplayItemLine, error) {
	items, err := replayItems(ctx, s.pool, replayItemsSQL, plan, after, within(limit, 1000))
	return items, fail(err, "postgres.ReplayItems")
}
