-- The breakers as every node sees them, who probes, and when each changed.
-- Lock: new tables only.

-- +goose Up
SET lock_timeout = '5s';

CREATE TABLE breaker (
    destination text        NOT NULL,
    operation   text        NOT NULL,
    state       text        NOT NULL CHECK (state IN ('closed', 'half_open', 'open')),
    forced      text        NOT NULL DEFAULT '' CHECK (forced IN ('', 'open', 'closed')),
    open_until  timestamptz,
    reason      text        NOT NULL DEFAULT '',
    node        text        NOT NULL DEFAULT '', -- that wrote the row last
    probe_node  text        NOT NULL DEFAULT '',
    probe_until timestamptz,
    updated_at  timestamptz NOT NULL,
    CONSTRAINT breaker_pkey PRIMARY KEY (destination, operation),
    CONSTRAINT breaker_open_says_until_when CHECK (state <> 'open' OR open_until IS NOT NULL)
);

CREATE TABLE breaker_transition (
    id          uuid        PRIMARY KEY,
    at          timestamptz NOT NULL,
    destination text        NOT NULL,
    operation   text        NOT NULL,
    node        text        NOT NULL,
    from_state  text        NOT NULL,
    to_state    text        NOT NULL,
    reason      text        NOT NULL
);
CREATE INDEX breaker_transition_at_idx ON breaker_transition (destination, at);

-- +goose Down
DROP TABLE breaker_transition;
DROP TABLE breaker;
