package postgres

import (
	"context"

	"github.com/lienthong/lienthong/gateway"
)

// ClaimMarked implements [gateway.MarkedStore]. No lock is held afterwards.
// Indexes: delivery_marked_idx, delivery_pkey, entity_pkey.
func (s *Store) ClaimMarked(ctx context.Context, l gateway.LaneLease, looks []gateway.LookReason, limit int) ([]gateway.Delivery, error) {
	return s.claim(ctx, "postgres.ClaimMarked", markedSQL, l.Destination, l.Lane, l.Lanes, limit, looks)
}

const markedSQL = `
	WITH due AS (
	    SELECT entity_id, 1 AS tier, 0 AS place
	    FROM delivery
	    WHERE destination = $1 AND look = ANY ($5) AND slot % $3::int = $2::int
	      AND state <> 'sending' AND coalesce(retry_at <= now(), true)
	    LIMIT $4)` + claimColumns

// blindTries is after how many looks that failed a delivery is waited for no more: it keeps its
// mark, and so nothing leaves for it, but one that cannot be read must not keep all others.
const blindTries = 5

// EndObserving implements [gateway.MarkedStore]. Indexes: observation_pkey, delivery_marked_idx, delivery_pkey.
func (s *Store) EndObserving(ctx context.Context, destination string, unseen bool) (bool, error) {
	var ended bool
	err := s.pool.QueryRow(ctx, `
		WITH locked AS (
		    SELECT entity_id FROM delivery
		    WHERE $3 AND destination = $1 AND look = 'restore'
		    ORDER BY entity_id
		    FOR UPDATE),
		freed AS (
		    UPDATE delivery d SET look = NULL FROM locked
		    WHERE d.destination = $1 AND d.entity_id = locked.entity_id),
		ended AS (
		    UPDATE observation SET ended_at = clock_timestamp()
		    WHERE destination = $1 AND ended_at IS NULL
		      AND ($3 OR NOT EXISTS (SELECT FROM delivery WHERE destination = $1 AND look = 'restore' AND tries < $4))
		    RETURNING destination)
		SELECT count(pg_notify($2, '')) > 0 FROM ended`, destination, breakerChannel, unseen, blindTries).Scan(&ended)
	return ended, fail(err, "postgres.EndObserving")
}

var _ gateway.MarkedStore = (*Store)(nil)
