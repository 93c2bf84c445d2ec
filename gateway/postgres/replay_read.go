package postgres

import (
	"context"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"

	"github.com/lienthong/lienthong/gateway"
)

const messagesOfSQL = `
	SELECT id, source, submission_id, updated_at, '', raw, adapter_version
	FROM record
	WHERE entity_id = ANY ($1)
	ORDER BY id`

// MessagesOf implements [gateway.ReplaySources]. Index: record_entity_idx.
func (s *Store) MessagesOf(ctx context.Context, entities []uuid.UUID) ([]gateway.StoredMessage, error) {
	rows, err := s.pool.Query(ctx, messagesOfSQL, uuids(entities))
	return storedMessages(rows, err, "postgres.MessagesOf")
}

const deliveriesOfSQL = `
	WITH asked AS (
	    SELECT destination, entity_id, ordinal
	    FROM unnest($1::text[], $2::uuid[]) WITH ORDINALITY AS a (destination, entity_id, ordinal))
	SELECT a.entity_id, coalesce(d.key, '') AS key, coalesce(d.state, '') AS state, coalesce(d.wanted_rev, 0) AS wanted_rev, coalesce(d.acked_rev, 0) AS acked_rev,
	       d.acked_hash, coalesce(d.acked_steps, '{}') AS acked_steps, d.attempt_id, coalesce(d.operation, '') AS operation,
	       ` + claimRest + `
	FROM asked a
	LEFT JOIN delivery d ON d.destination = a.destination AND d.entity_id = a.entity_id
	LEFT JOIN entity e ON e.id = d.entity_id
	` + lateEpoch + `
	ORDER BY a.ordinal`

// DeliveriesOf implements [gateway.ReplaySources]. Indexes: delivery_pkey, entity_pkey.
func (s *Store) DeliveriesOf(ctx context.Context, items []gateway.ReplayItem) ([]gateway.Delivery, error) {
	const op = "postgres.DeliveriesOf"
	var claims []claim
	destinations, ids := columnsOf(items)
	err := s.planned(ctx, deliveriesOfSQL, func(rows pgx.Rows) (err error) {
		claims, err = pgx.CollectRows(rows, pgx.RowToStructByName[claim])
		return err
	}, destinations, ids)
	all := make([]gateway.Delivery, len(claims))
	for i := range claims {
		if all[i], err = claims[i].delivery(); err != nil {
			break
		}
	}
	return all, fail(err, op)
}

// lastWritesSQL finds the last call of each delivery that carried a body. Index: attempt_entity_idx of every month that is kept.
const lastWritesSQL = `
	SELECT a.destination, a.entity_id, coalesce(w.id, '00000000-0000-0000-0000-000000000000')
	FROM unnest($1::text[], $2::uuid[]) WITH ORDINALITY AS a (destination, entity_id, ordinal)
	LEFT JOIN LATERAL (
	    SELECT id FROM attempt
	    WHERE attempt.entity_id = a.entity_id AND attempt.destination = a.destination AND body_sha256 IS NOT NULL
	    ORDER BY started_at DESC
	    LIMIT 1) w ON true
	ORDER BY a.ordinal`

// LastWrites implements [gateway.ReplaySources].
func (s *Store) LastWrites(ctx context.Context, items []gateway.ReplayItem) ([]gateway.AttemptKey, error) {
	const op = "postgres.LastWrites"
	destinations, ids := columnsOf(items)
	var keys []gateway.AttemptKey
	err := s.planned(ctx, lastWritesSQL, func(rows pgx.Rows) (err error) {
		keys, err = pgx.CollectRows(rows, pgx.RowToStructByPos[gateway.AttemptKey])
		return err
	}, destinations, ids)
	return keys, fail(err, op)
}

func columnsOf(items []gateway.ReplayItem) (destinations []string, ids uuids) {
	for _, it := range items {
		destinations, ids = append(destinations, it.Destination), append(ids, it.EntityID)
	}
	return destinations, ids
}

var _ gateway.ReplaySources = (*Store)(nil)
