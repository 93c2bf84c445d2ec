-- What fails, by whose it is and why: counted and listed without touching the
-- table (docs/adr/0027-replay.md). Rows that do not fail are not in it. It takes
-- the place of delivery_shelf_idx, which the program of before has no need of by name.
-- Lock: SHARE UPDATE EXCLUSIVE on delivery while it is built (10 million rows: about 10 s), which waits for
-- transactions that are older. Cut off in the middle, it may be run again.

-- +goose NO TRANSACTION
-- +goose Up
SET lock_timeout = '10min'; -- of the wait for older transactions; nobody waits behind it
DROP INDEX CONCURRENTLY IF EXISTS delivery_failure_idx; -- one that was cut off
CREATE INDEX CONCURRENTLY delivery_failure_idx ON delivery (destination, shelf, cause, failed_at, entity_id) INCLUDE (state, key) WHERE shelf <> '';
DROP INDEX CONCURRENTLY IF EXISTS delivery_shelf_idx;
RESET lock_timeout;

-- +goose Down
SET lock_timeout = '10min';
DROP INDEX CONCURRENTLY IF EXISTS delivery_shelf_idx; -- one that was cut off
CREATE INDEX CONCURRENTLY delivery_shelf_idx ON delivery (destination, cause) WHERE shelf <> '';
DROP INDEX CONCURRENTLY IF EXISTS delivery_failure_idx;
RESET lock_timeout;
