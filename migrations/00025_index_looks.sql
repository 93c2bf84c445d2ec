-- In which order reconciliation looks (docs/adr/0028-reconcile-and-score.md): oldest
-- first, and what was touched since its last look before that. The states are those of a
-- delivery that is at rest, so that a backlog is not in the way.
-- Lock: SHARE UPDATE EXCLUSIVE on delivery while the index is built (10 million rows: about 20 s), which
-- waits for transactions that are older. Cut off in the middle, it may be run again.

-- +goose NO TRANSACTION
-- +goose Up
SET lock_timeout = '10min'; -- of the wait for older transactions; nobody waits behind it
DROP INDEX CONCURRENTLY IF EXISTS delivery_look_idx; -- one that was cut off
CREATE INDEX CONCURRENTLY delivery_look_idx ON delivery (destination, resting, looked_at NULLS FIRST)
    WHERE state IN ('delivered', 'confirmed', 'failed_data', 'failed_destination', 'failed_gateway', 'parked');
RESET lock_timeout;

-- +goose Down
SET lock_timeout = '10min';
DROP INDEX CONCURRENTLY IF EXISTS delivery_look_idx;
RESET lock_timeout;
