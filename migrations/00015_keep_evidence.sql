-- What was sent to a destination, sealed under a key of its month. Destroying
-- the key of a month ends what can be read of it, in backups of this table too.
-- Lock: ACCESS EXCLUSIVE on attempt for a column without a default, milliseconds
-- whatever its size; new table otherwise.

-- +goose Up
SET lock_timeout = '5s';

ALTER TABLE attempt ADD COLUMN evidence bytea; -- NULL: nothing was kept

CREATE TABLE evidence_key (
    month        date        NOT NULL CHECK (extract(day FROM month) = 1),
    key          bytea       CHECK (length(key) >= 32), -- NULL: destroyed; longer than 32 bytes: wrapped by the secret of the nodes
    created_at   timestamptz NOT NULL DEFAULT now(),
    destroyed_at timestamptz,
    CONSTRAINT evidence_key_pkey PRIMARY KEY (month),
    CONSTRAINT evidence_key_destroyed CHECK ((key IS NULL) = (destroyed_at IS NOT NULL))
);

-- +goose Down
DROP TABLE evidence_key;
ALTER TABLE attempt DROP COLUMN evidence;
