-- +goose NO TRANSACTION
-- A delivery may be marked to be looked at, apart from being due, and may stand
-- in shadow: somebody else writes it (docs/adr/0026-who-writes.md).
-- Lock: ACCESS EXCLUSIVE on delivery, milliseconds: no default, and the wider CHECK is not tried on the rows at once;
-- VALIDATE and CREATE INDEX CONCURRENTLY then read the table beside its writers, about 20 s for 10 million rows.
-- The program of before leaves the marks as they are, and does not know the state: it leaves such rows until new data come.

-- +goose Up
SET lock_timeout = '5s';
ALTER TABLE delivery
    ADD COLUMN IF NOT EXISTS look text,
    DROP CONSTRAINT IF EXISTS delivery_look_check,
    ADD CONSTRAINT delivery_look_check CHECK (look IN ('restore', 'adopt', 'compare')) NOT VALID,
    DROP CONSTRAINT IF EXISTS delivery_state_check,
    ADD CONSTRAINT delivery_state_check CHECK (state IN ('queued', 'held', 'sending', 'unknown', 'delivered', 'confirmed',
        'failed_data', 'failed_destination', 'failed_gateway', 'parked', 'redacted', 'shadow')) NOT VALID;
ALTER TABLE delivery VALIDATE CONSTRAINT delivery_look_check, VALIDATE CONSTRAINT delivery_state_check;
RESET lock_timeout;
CREATE INDEX CONCURRENTLY IF NOT EXISTS delivery_marked_idx ON delivery (destination, look, slot) WHERE look IS NOT NULL;

-- +goose Down
SET lock_timeout = '5s';
DROP INDEX IF EXISTS delivery_marked_idx;
UPDATE delivery SET state = 'parked' WHERE state = 'shadow'; -- the program of before must not send them
ALTER TABLE delivery
    DROP CONSTRAINT IF EXISTS delivery_look_check,
    DROP COLUMN IF EXISTS look,
    DROP CONSTRAINT IF EXISTS delivery_state_check,
    ADD CONSTRAINT delivery_state_check CHECK (state IN ('queued', 'held', 'sending', 'unknown', 'delivered', 'confirmed',
        'failed_data', 'failed_destination', 'failed_gateway', 'parked', 'redacted'));
RESET lock_timeout;
