-- What an API key opens (docs/adr/0014-keys-and-scopes.md), and the way to page
-- through the live entities of a kind. Keys that are there keep pushing and read
-- no feed until they are allowed one. The index does not speak of revision, so
-- that updates of an entity stay within its page (HOT).
-- Lock: ACCESS EXCLUSIVE on api_key, a table of some hundred rows, milliseconds; SHARE UPDATE
-- EXCLUSIVE on entity while the index is built (10 million rows: about 20 s), which
-- waits for transactions that are older. Cut off in the middle, it may be run again.

-- +goose NO TRANSACTION
-- +goose Up
SET lock_timeout = '5s';

ALTER TABLE api_key
    ADD COLUMN IF NOT EXISTS may_push boolean NOT NULL DEFAULT true, -- as the source that the key is named after
    ADD COLUMN IF NOT EXISTS feeds    text[]  NOT NULL DEFAULT '{}',
    DROP CONSTRAINT IF EXISTS api_key_feeds_known,
    ADD CONSTRAINT api_key_feeds_known CHECK
        (feeds <@ ARRAY['all', 'dossiers', 'people', 'organisations', 'parcels', 'civil-events']),
    DROP CONSTRAINT IF EXISTS api_key_opens_something,
    ADD CONSTRAINT api_key_opens_something CHECK (may_push OR cardinality(feeds) > 0);

SET lock_timeout = '10min'; -- of the wait for older transactions, such as a dump; nobody waits behind it
DROP INDEX CONCURRENTLY IF EXISTS entity_live_idx; -- one that was cut off
CREATE INDEX CONCURRENTLY entity_live_idx ON entity (kind, id) WHERE merged_into IS NULL;
RESET lock_timeout;

-- +goose Down
SET lock_timeout = '10min';
DROP INDEX CONCURRENTLY IF EXISTS entity_live_idx;
SET lock_timeout = '5s';
DELETE FROM api_key WHERE NOT may_push; -- the program of before would let them push
ALTER TABLE api_key
    DROP CONSTRAINT IF EXISTS api_key_opens_something,
    DROP CONSTRAINT IF EXISTS api_key_feeds_known,
    DROP COLUMN IF EXISTS may_push,
    DROP COLUMN IF EXISTS feeds;
RESET lock_timeout;
