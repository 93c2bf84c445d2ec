package postgres

import (
	"context"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"

	"github.com/lienthong/lienthong/gateway"
	"github.com/lienthong/lienthong/internal/fault"
)

// startLock is held while a plan takes hold of its items, so that of two plans
// that are started together one sees what the other holds.
const startLock = `SELECT pg_advisory_xact_lock(hashtextextended('replay_start', 0))`

// OrderReplay implements [gateway.ReplayPlans]. Index: replay_plan_pkey.
func (s *Store) OrderReplay(ctx context.Context, o gateway.ReplayOrder) (plan gateway.ReplayPlan, changed bool, err error) {
	const op = "postgres.OrderReplay"
	if err := checkWords(op, o.Actor, o.Reason); err != nil {
		return plan, false, err
	}
	err = s.within(ctx, func(tx pgx.Tx) error {
		if o.Action == gateway.ReplayRun {
			if _, err := tx.Exec(ctx, startLock); err != nil {
				return err
			}
		}
		plan, err = onePlan(ctx, tx, `SELECT `+planColumns+` FROM replay_plan WHERE id = $1 FOR UPDATE`, o.Plan)
		if err != nil {
			return err
		}
		if changed, err = allowed(plan, o.Action); err != nil || !changed {
			return err
		}
		action, err := act(ctx, tx, operatorAction{
			actor: o.Actor, action: "replay_" + string(o.Action), destination: plan.Selection.Destination, operation: planOperation(plan.ID), reason: o.Reason})
		if err != nil {
			return err
		}
		if err := obeyReplay(ctx, tx, o, action); err != nil {
			return err
		}
		plan, err = onePlan(ctx, tx, `SELECT `+planColumns+` FROM replay_plan WHERE id = $1`, o.Plan)
		return err
	})
	return plan, changed && err == nil, fail(err, op)
}

// allowed says whether an order changes anything. Asking again for what stands is no mistake.
func allowed(p gateway.ReplayPlan, action gateway.ReplayAction) (changes bool, err error) {
	type step struct {
		state  gateway.ReplayState
		action gateway.ReplayAction
	}
	switch (step{p.State, action}) {
	case step{gateway.ReplayPlanned, gateway.ReplayRun}, step{gateway.ReplayRunning, gateway.ReplayPause},
		step{gateway.ReplayPaused, gateway.ReplayResume}, step{gateway.ReplayPlanned, gateway.ReplayCancel},
		step{gateway.ReplayRunning, gateway.ReplayCancel}, step{gateway.ReplayPaused, gateway.ReplayCancel},
		step{gateway.ReplayExpired, gateway.ReplayCancel}:
		return true, nil
	case step{gateway.ReplayRunning, gateway.ReplayRun}, step{gateway.ReplayPaused, gateway.ReplayRun}, step{gateway.ReplayDone, gateway.ReplayRun},
		step{gateway.ReplayPaused, gateway.ReplayPause}, step{gateway.ReplayRunning, gateway.ReplayResume},
		step{gateway.ReplayCancelled, gateway.ReplayCancel}:
		return false, nil
	}
	return false, fault.New(fault.Invalid, "postgres.OrderReplay", "the plan is "+string(p.State)+", that cannot be done now")
}

func obeyReplay(ctx context.Context, tx pgx.Tx, o gateway.ReplayOrder, action uuid.UUID) error {
	switch o.Action {
	case gateway.ReplayRun:
		return startReplay(ctx, tx, o.Plan, action)
	case gateway.ReplayPause:
		_, err := tx.Exec(ctx, `UPDATE replay_plan SET state = 'paused', lease_until = '-infinity' WHERE id = $1`, o.Plan)
		return err
	case gateway.ReplayResume:
		_, err := tx.Exec(ctx, `UPDATE replay_plan SET state = 'running', credit = 0, credited_at = now() WHERE id = $1`, o.Plan)
		return err
	}
	// What was released goes its way: it is due like everything else, and nothing is taken back.
	_, err := tx.Exec(ctx, `
		WITH ended AS (
		    UPDATE replay_plan SET state = 'cancelled', ended_at = now(), lease_until = '-infinity' WHERE id = $1)
		UPDATE replay_item
		SET holds = false, outcome = CASE outcome WHEN 'waiting' THEN 'cancelled' ELSE outcome END,
		    why = CASE outcome WHEN 'released' THEN '`+gateway.WhyLeft+`' ELSE why END
		WHERE plan_id = $1 AND (holds OR outcome = 'waiting')`, o.Plan)
	return err
}

// startReplay takes hold of what no other live plan holds. The rest is named and left to that one.
// Indexes: replay_item_waiting_idx, replay_item_holds_key.
func startReplay(ctx context.Context, tx pgx.Tx, plan, action uuid.UUID) error {
	batch := &pgx.Batch{}
	batch.Queue(`
		UPDATE replay_item i
		SET outcome = 'skipped', why = '`+gateway.WhyHeld+`', held_by = h.plan_id, settled_at = now()
		FROM replay_item h
		WHERE i.plan_id = $1 AND i.outcome = 'waiting' AND h.holds AND h.destination = i.destination AND h.entity_id = i.entity_id`, plan)
	batch.Queue(`UPDATE replay_item SET holds = true WHERE plan_id = $1 AND outcome = 'waiting'`, plan)
	batch.Queue(`
		UPDATE replay_plan
		SET state = 'running', started_at = now(), action_id = $2, credit = 0, credited_at = now()
		WHERE id = $1`, plan, action)
	return tx.SendBatch(ctx, batch).Close()
}
