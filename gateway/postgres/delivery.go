package postgres

import (
	"github.com/jackc/pgx/v5"

	"github.com/lienthong/lienthong/gateway"
)

// knownDestinations walks the few destinations from one to the next, since
// delivery_pkey begins with them; its last row is NULL. After WITH RECURSIVE.
const knownDestinations = `known AS (
	    (SELECT destination FROM delivery ORDER BY destination LIMIT 1)
	    UNION ALL
	    SELECT (SELECT d.destination FROM delivery d WHERE d.destination > known.destination ORDER BY d.destination LIMIT 1)
	    FROM known
	    WHERE known.destination IS NOT NULL)`

// cleanSlate sets what becomes of a delivery d of which something new is wanted:
// what had failed for its data, or for a bug of ours, begins anew; what is on its way keeps its clock.
const cleanSlate = `state = CASE WHEN d.state IN ('delivered', 'confirmed', 'failed_data', 'failed_gateway', 'parked', 'shadow')
	                     THEN 'queued' ELSE d.state END,
	        shelf = CASE WHEN d.state IN ('failed_data', 'failed_gateway', 'parked') THEN '' ELSE d.shelf END,
	        cause = CASE WHEN d.state IN ('failed_data', 'failed_gateway', 'parked', 'shadow') THEN '' ELSE d.cause END,
	        problem = CASE WHEN d.state IN ('failed_data', 'failed_gateway', 'parked') THEN '' ELSE d.problem END,
	        tries = CASE WHEN d.state IN ('failed_data', 'failed_gateway', 'parked') THEN 0 ELSE d.tries END,
	        retry_at = CASE WHEN d.state IN ('failed_data', 'failed_gateway', 'parked') THEN NULL ELSE d.retry_at END`

// dueSooner ends the insert of such deliveries into delivery_due: what is due already moves up only.
const dueSooner = `WHERE state = 'queued' AND retry_at IS NULL
	ON CONFLICT (destination, entity_id) DO UPDATE
	SET rank = EXCLUDED.rank
	WHERE delivery_due.rank > EXCLUDED.rank
	RETURNING destination, slot`

// laneKeys collects whose lanes have work, from rows of destination and slot.
func laneKeys(rows pgx.Rows, err error) ([]gateway.LaneKey, error) {
	if err != nil {
		return nil, err
	}
	var due []gateway.LaneKey
	var k gateway.LaneKey
	_, err = pgx.ForEachRow(rows, []any{&k.Destination, &k.Slot}, func() error {
		due = append(due, k)
		return nil
	})
	return due, err
}
