package postgres

import (
	"context"
	"time"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"

	"github.com/lienthong/lienthong/gateway"
)

const sentColumns = `
	SELECT a.id, a.started_at, a.ended_at, a.destination, a.entity_id, coalesce(e.kind, ''), a.entity_rev, a.operation, a.outcome, a.shelf,
	       a.cause, a.http_status, a.node, a.run_id, a.body_sha256, a.evidence, o.at, o.actor, o.action, o.reason
	FROM attempt a
	LEFT JOIN entity e ON e.id = a.entity_id
	LEFT JOIN operator_action o ON o.id = a.action_id`

func scanSent(row pgx.CollectableRow) (c gateway.SentCall, err error) {
	var run *uuid.UUID
	var at *time.Time
	var actor, action, reason *string
	err = row.Scan(raw(&c.Attempt), &c.StartedAt, &c.EndedAt, &c.Destination, raw(&c.EntityID), &c.Kind, &c.Revision, &c.Operation, &c.Outcome,
		&c.Shelf, &c.Cause, &c.HTTPStatus, &c.Node, &run, &c.SHA256, &c.Sealed, &at, &actor, &action, &reason)
	if run != nil {
		c.Run = *run
	}
	if at != nil {
		c.Action = &gateway.OperatorAction{At: *at, Actor: *actor, Action: *action, Destination: c.Destination, Operation: c.Operation, Reason: *reason}
	}
	return c, err
}

// Sent implements [gateway.EvidenceStore]. Indexes: attempt_entity_idx, entity_pkey, operator_action_pkey.
func (e *Evidence) Sent(ctx context.Context, entity uuid.UUID) ([]gateway.SentCall, error) {
	const op = "postgres.Sent"
	rows, err := e.store.pool.Query(ctx, sentColumns+`
		WHERE a.entity_id = $1
		ORDER BY a.started_at, a.id`, entity)
	if err != nil {
		return nil, fail(err, op)
	}
	calls, err := pgx.CollectRows(rows, scanSent)
	return calls, fail(err, op)
}

// DossierID implements [gateway.EvidenceStore].
func (e *Evidence) DossierID(ctx context.Context, number string) (uuid.UUID, error) {
	return e.store.DossierID(ctx, number)
}

// Outbound implements [gateway.OutboundReader]. Indexes: attempt_pkey of every month that is kept, entity_pkey,
// operator_action_pkey.
func (e *Evidence) Outbound(ctx context.Context, key gateway.AttemptKey) (gateway.OutboundBody, error) {
	const op = "postgres.Outbound"
	rows, err := e.store.pool.Query(ctx, sentColumns+`
		WHERE a.id = $1 AND a.entity_id = $2 AND a.destination = $3
		ORDER BY a.started_at DESC
		LIMIT 1`, key.Attempt, key.EntityID, key.Destination)
	if err != nil {
		return gateway.OutboundBody{}, fail(err, op)
	}
	call, err := pgx.CollectExactlyOneRow(rows, scanSent)
	if err != nil {
		return gateway.OutboundBody{}, fail(err, op)
	}
	return gateway.NewVault(e).Outbound(ctx, call)
}

var _ gateway.EvidenceStore = (*Evidence)(nil)
