-- +goose NO TRANSACTION
-- Since when the newest data of a delivery have been wanted, and indexes of what waits or is in doubt, so that the gauges of a
-- backlog cost the same whatever its size (docs/adr/0030-counted-lists.md).
-- Lock: ACCESS EXCLUSIVE on delivery for the column, milliseconds; SHARE UPDATE EXCLUSIVE while the indexes are built beside their
-- writers (10 million rows: about 20 s). Cut off in the middle, it may be run again. What waits already seems to wait since
-- this migration; the program of before leaves wanted_at of what it renews as it is.

-- +goose Up
SET lock_timeout = '5s';
ALTER TABLE delivery ADD COLUMN IF NOT EXISTS wanted_at timestamptz NOT NULL DEFAULT now(); -- when wanted_rev came
SET lock_timeout = '10min'; -- of the wait for older transactions; nobody waits behind it
DROP INDEX CONCURRENTLY IF EXISTS delivery_waiting_idx; -- one that was cut off
CREATE INDEX CONCURRENTLY delivery_waiting_idx ON delivery (destination, wanted_at) WHERE state = 'queued';
DROP INDEX CONCURRENTLY IF EXISTS delivery_unknown_idx;
CREATE INDEX CONCURRENTLY delivery_unknown_idx ON delivery (destination, wanted_at) WHERE state = 'unknown';
RESET lock_timeout;

-- +goose Down
SET lock_timeout = '10min';
DROP INDEX CONCURRENTLY IF EXISTS delivery_unknown_idx;
DROP INDEX CONCURRENTLY IF EXISTS delivery_waiting_idx;
SET lock_timeout = '5s';
ALTER TABLE delivery DROP COLUMN IF EXISTS wanted_at;
RESET lock_timeout;
