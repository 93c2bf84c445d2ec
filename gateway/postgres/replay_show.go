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
		if err = countItems(ctx, tx, &d); err != nil {
			return err
		}
		if d.State == gateway.ReplayPlanned || d.State == gateway.ReplayRunning || d.State == gateway.ReplayPaused {
			if d.Since, err = counts(ctx, tx, sinceSQL, id); err != nil {
				return err
			}
			if err = writing(ctx, tx, &d); err != nil {
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

// writing tells which site sends, and where nothing, or not all, leaves now whatever is
// released. Indexes: replay_item_pkey, breaker_pkey, observation_pkey; site_lease has one row.
func writing(ctx context.Context, tx pgx.Tx, d *gateway.ReplayDetail) error {
	if err := tx.QueryRow(ctx, `SELECT coalesce((SELECT site FROM site_lease), '')`).Scan(&d.Site); err != nil {
		return err
	}
	rows, err := tx.Query(ctx, `
		WITH about AS MATERIALIZED (
		    SELECT DISTINCT destination FROM replay_item WHERE plan_id = $1 AND outcome IN ('waiting', 'released'))
		SELECT a.destination, '`+gateway.HoldObserving+`' FROM about a JOIN observation o ON o.destination = a.destination AND o.ended_at IS NULL
		UNION ALL
		SELECT a.destination, '`+gateway.HoldPaused+`' FROM about a
		WHERE EXISTS (SELECT FROM breaker b WHERE b.destination IN (a.destination, $2) AND b.operation = 'all' AND b.forced = 'open')
		UNION ALL
		SELECT a.destination, '`+gateway.HoldBreaker+`' FROM about a
		WHERE EXISTS (SELECT FROM breaker b WHERE b.destination = a.destination AND b.operation <> 'all'
		                AND (b.forced = 'open' OR b.forced = '' AND b.state = 'open'))
		ORDER BY 1, 2`, d.ID, gateway.EveryDestination)
	if err != nil {
		return err
	}
	d.Holds, err = pgx.CollectRows(rows, pgx.RowToStructByPos[gateway.ReplayHold])
	return err
}

// waitingFirst are the items whose turn comes first: asking after more of a
// large plan would take longer than anybody waits for an answer.
const waitingFirst = `
	SELECT plan_id, destination, entity_id, shelf, cause
	FROM replay_item
	WHERE plan_id = $1 AND outcome = 'waiting'
	ORDER BY ordinal
	LIMIT 2000`

// countItems counts all items in one pass. Index: replay_item_pkey.
func countItems(ctx context.Context, tx pgx.Tx, d *gateway.ReplayDetail) error {
	rows, err := tx.Query(ctx, `
		SELECT outcome, cause, why, compared, count(*)
		FROM replay_item
		WHERE plan_id = $1
		GROUP BY 1, 2, 3, 4
		ORDER BY 5 DESC, 1, 2, 3, 4`, d.ID)
	if err != nil {
		return err
	}
	var outcome, cause, why, compared string
	var n int
	_, err = pgx.ForEachRow(rows, []any{&outcome, &cause, &why, &compared, &n}, func() error {
		d.Outcomes = added(d.Outcomes, outcome, n)
		if outcome != gateway.ItemIneligible {
			d.Causes = added(d.Causes, cause, n)
		}
		if outcome == gateway.ItemIneligible || outcome == gateway.ItemSkipped {
			d.NotDone = added(d.NotDone, why, n)
		}
		if compared != "" {
			d.Compared = added(d.Compared, compared, n)
		}
		return nil
	})
	return err
}

func added(to []gateway.ReplayCount, name string, n int) []gateway.ReplayCount {
	for i := range to {
		if to[i].Name == name {
			to[i].Count += n
			return to
		}
	}
	return append(to, gateway.ReplayCount{Name: name, Count: n})
}

// sinceSQL asks of what waits whether it is still eligible: a plan may have been
// made a day ago. Indexes: replay_item_waiting_idx, delivery_pkey, entity_pkey, replay_item_holds_key.
const sinceSQL = `
	SELECT why, count(*)
	FROM (
	    SELECT CASE WHEN h.plan_id IS NULL THEN ` + notEligibleSQL + ` ELSE '` + gateway.WhyHeld + `' END AS why
	    FROM (` + waitingFirst + `) i
	    LEFT JOIN delivery d ON d.destination = i.destination AND d.entity_id = i.entity_id
	    LEFT JOIN entity e ON e.id = i.entity_id
	    LEFT JOIN replay_item h ON h.holds AND h.destination = i.destination AND h.entity_id = i.entity_id AND h.plan_id <> i.plan_id) judged
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

// holdersSQL names the plans that hold items of one. Indexes: replay_item_held_idx, replay_item_waiting_idx, replay_item_holds_key.
const holdersSQL = `
	SELECT held_by FROM replay_item
	WHERE plan_id = $1 AND held_by IS NOT NULL
	UNION
	SELECT h.plan_id FROM (` + waitingFirst + `) i
	JOIN replay_item h ON h.holds AND h.destination = i.destination AND h.entity_id = i.entity_id AND h.plan_id <> i.plan_id
	ORDER BY 1
	LIMIT 20`

func holders(ctx context.Context, tx pgx.Tx, id uuid.UUID) ([]uuid.UUID, error) {
	rows, err := tx.Query(ctx, holdersSQL, id)
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
