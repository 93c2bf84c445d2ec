-- +goose NO TRANSACTION
-- How many deliveries stand how (docs/adr/0030-counted-lists.md), kept by triggers,
-- so that no list of operators counts 100,000 rows; what a deadline is; the drift of one destination among several, and what other plans hold of a replay.
-- Lock: SHARE ROW EXCLUSIVE on delivery for the triggers and ACCESS EXCLUSIVE for the column, milliseconds; writers that
-- are under way are waited for. The count reads delivery once beside its writers (10 million rows: about 15 s), the indexes twice
-- (about 40 s). Cut off in the middle, it may be run again. The program of before is counted by the triggers as any
-- other; it leaves legal as it is, and what it makes has none: of those the dossier is read.

-- +goose Up
SET lock_timeout = '5s';
ALTER TABLE delivery ADD COLUMN IF NOT EXISTS legal boolean; -- due_at is an appointment of the dossier; false: our guess; NULL: not known

-- The agency that a dossier's number begins with; '' for other keys. gateway.UnitOf.
CREATE OR REPLACE FUNCTION delivery_unit(key text) RETURNS text LANGUAGE sql IMMUTABLE PARALLEL SAFE AS
$$ SELECT CASE WHEN strpos(key, '-') > 0 AND strpos(key, '/') = 0 AND strpos(split_part(key, '-', 1), '.') > 0 THEN split_part(key, '-', 1) ELSE '' END $$;

-- Lines to be added up: appended, and folded by the nodes. Without key and index: it is read whole, some thousand lines.
CREATE TABLE IF NOT EXISTS delivery_count (
    destination text   NOT NULL,
    unit        text   NOT NULL, -- as delivery_unit says
    state       text   NOT NULL, -- of delivery; queued is held, sending and unknown too, so that a call counts nothing
    shelf       text   NOT NULL,
    cause       text   NOT NULL, -- '' where it is of no account
    look        text   NOT NULL, -- adopt, or ''
    n           bigint NOT NULL CHECK (n <> 0) -- may be negative: more left than came
) WITH (autovacuum_vacuum_scale_factor = 0, autovacuum_vacuum_threshold = 1000, autovacuum_vacuum_cost_delay = 0);

-- What is counted: all but what is done with and needs nobody's attention.
-- +goose StatementBegin
CREATE OR REPLACE FUNCTION delivery_counts(state text, shelf text, cause text, look text) RETURNS boolean LANGUAGE sql IMMUTABLE PARALLEL SAFE AS
$$ SELECT state NOT IN ('delivered', 'confirmed', 'redacted') OR shelf <> '' OR cause LIKE 'adopted.%' OR look IS NOT DISTINCT FROM 'adopt' $$;
-- +goose StatementEnd

-- +goose StatementBegin
CREATE OR REPLACE FUNCTION count_delivery() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'INSERT' THEN
        INSERT INTO delivery_count (destination, unit, state, shelf, cause, look, n)
        SELECT destination, delivery_unit(key), CASE WHEN state IN ('held', 'sending', 'unknown') THEN 'queued' ELSE state END, shelf,
               CASE WHEN shelf <> '' OR state = 'shadow' OR cause LIKE 'adopted.%' THEN cause ELSE '' END,
               CASE WHEN look = 'adopt' THEN look ELSE '' END, count(*)
        FROM now_rows
        WHERE delivery_counts(state, shelf, cause, look)
        GROUP BY 1, 2, 3, 4, 5, 6;
    ELSIF TG_OP = 'DELETE' THEN
        INSERT INTO delivery_count (destination, unit, state, shelf, cause, look, n)
        SELECT destination, delivery_unit(key), CASE WHEN state IN ('held', 'sending', 'unknown') THEN 'queued' ELSE state END, shelf,
               CASE WHEN shelf <> '' OR state = 'shadow' OR cause LIKE 'adopted.%' THEN cause ELSE '' END,
               CASE WHEN look = 'adopt' THEN look ELSE '' END, -count(*)
        FROM was_rows
        WHERE delivery_counts(state, shelf, cause, look)
        GROUP BY 1, 2, 3, 4, 5, 6;
    ELSE
        INSERT INTO delivery_count (destination, unit, state, shelf, cause, look, n)
        SELECT destination, delivery_unit(key), CASE WHEN state IN ('held', 'sending', 'unknown') THEN 'queued' ELSE state END, shelf,
               CASE WHEN shelf <> '' OR state = 'shadow' OR cause LIKE 'adopted.%' THEN cause ELSE '' END,
               CASE WHEN look = 'adopt' THEN look ELSE '' END, sum(sign)
        FROM (SELECT destination, key, state, shelf, cause, look, 1 AS sign FROM now_rows
              UNION ALL
              SELECT destination, key, state, shelf, cause, look, -1 FROM was_rows) AS changed
        WHERE delivery_counts(state, shelf, cause, look)
        GROUP BY 1, 2, 3, 4, 5, 6
        HAVING sum(sign) <> 0;
    END IF;
    RETURN NULL;
END $$;
-- +goose StatementEnd

CREATE OR REPLACE TRIGGER delivery_inserted AFTER INSERT ON delivery
    REFERENCING NEW TABLE AS now_rows FOR EACH STATEMENT EXECUTE FUNCTION count_delivery();
CREATE OR REPLACE TRIGGER delivery_updated AFTER UPDATE ON delivery
    REFERENCING OLD TABLE AS was_rows NEW TABLE AS now_rows FOR EACH STATEMENT EXECUTE FUNCTION count_delivery();
CREATE OR REPLACE TRIGGER delivery_deleted AFTER DELETE ON delivery
    REFERENCING OLD TABLE AS was_rows FOR EACH STATEMENT EXECUTE FUNCTION count_delivery();

-- Appends what lines lack to what stands, by one snapshot of both: right whatever is written meanwhile, and nothing when
-- run again. Of two at once the second waits, and sees what the first wrote.
-- +goose StatementBegin
CREATE OR REPLACE FUNCTION recount_deliveries() RETURNS bigint LANGUAGE sql AS $$
    SELECT pg_advisory_xact_lock(7264029);
    WITH put AS (
        INSERT INTO delivery_count (destination, unit, state, shelf, cause, look, n)
        SELECT destination, unit, state, shelf, cause, look, sum(n)
        FROM (SELECT destination, delivery_unit(key) AS unit,
                     CASE WHEN state IN ('held', 'sending', 'unknown') THEN 'queued' ELSE state END AS state, shelf,
                     CASE WHEN shelf <> '' OR state = 'shadow' OR cause LIKE 'adopted.%' THEN cause ELSE '' END AS cause,
                     CASE WHEN look = 'adopt' THEN look ELSE '' END AS look, 1 AS n
              FROM delivery
              WHERE delivery_counts(state, shelf, cause, look)
              UNION ALL
              SELECT destination, unit, state, shelf, cause, look, -n FROM delivery_count) AS told
        GROUP BY 1, 2, 3, 4, 5, 6
        HAVING sum(n) <> 0
        RETURNING 1)
    SELECT count(*) FROM put
$$;
-- +goose StatementEnd
SELECT recount_deliveries();

SET lock_timeout = '10min'; -- of the wait for older transactions; nobody waits behind it
DROP INDEX CONCURRENTLY IF EXISTS delivery_unit_idx; -- one that was cut off
CREATE INDEX CONCURRENTLY delivery_unit_idx ON delivery (destination, shelf, delivery_unit(key), failed_at) WHERE shelf <> '';
DROP INDEX CONCURRENTLY IF EXISTS delivery_deadline_idx;
CREATE INDEX CONCURRENTLY delivery_deadline_idx ON delivery (due_at)
    WHERE state NOT IN ('delivered', 'confirmed', 'redacted', 'shadow') AND legal IS DISTINCT FROM false;
DROP INDEX CONCURRENTLY IF EXISTS look_destination_idx;
CREATE INDEX CONCURRENTLY look_destination_idx ON look (destination, found_at, entity_id) WHERE class <> '' AND NOT accepted;
DROP INDEX CONCURRENTLY IF EXISTS replay_item_held_idx;
CREATE INDEX CONCURRENTLY replay_item_held_idx ON replay_item (plan_id) WHERE held_by IS NOT NULL;
RESET lock_timeout;

-- +goose Down
SET lock_timeout = '10min';
DROP INDEX CONCURRENTLY IF EXISTS replay_item_held_idx;
DROP INDEX CONCURRENTLY IF EXISTS look_destination_idx;
DROP INDEX CONCURRENTLY IF EXISTS delivery_deadline_idx;
DROP INDEX CONCURRENTLY IF EXISTS delivery_unit_idx;
SET lock_timeout = '5s';
DROP TRIGGER IF EXISTS delivery_inserted ON delivery;
DROP TRIGGER IF EXISTS delivery_updated ON delivery;
DROP TRIGGER IF EXISTS delivery_deleted ON delivery;
DROP FUNCTION IF EXISTS recount_deliveries();
DROP FUNCTION IF EXISTS count_delivery();
DROP FUNCTION IF EXISTS delivery_counts(text, text, text, text);
DROP TABLE IF EXISTS delivery_count;
DROP FUNCTION IF EXISTS delivery_unit(text);
ALTER TABLE delivery DROP COLUMN IF EXISTS legal;
RESET lock_timeout;
