-- What each destination should show, what is due, who works on it, and what came of it.
-- Lock: new tables only.

-- +goose Up
SET lock_timeout = '5s';

CREATE TABLE delivery (
    destination   text        NOT NULL CHECK (destination <> ''),
    entity_id     uuid        NOT NULL,
    key           text        NOT NULL CHECK (key <> ''),              -- what the destination calls it: MaHoSo
    slot          smallint    NOT NULL CHECK (slot BETWEEN 0 AND 1023), -- from the key; lane = slot mod lanes
    state         text        NOT NULL CHECK (state IN ('queued', 'held', 'sending', 'unknown', 'delivered', 'confirmed',
                                                        'failed_data', 'failed_destination', 'failed_gateway', 'parked', 'redacted')),
    wanted_rev    bigint      NOT NULL CHECK (wanted_rev > 0),
    due_at        timestamptz NOT NULL,           -- legal deadline, or reception + 30 days
    acked_rev     bigint      NOT NULL DEFAULT 0, -- newest entity revision that the destination took whole
    acked_hash    bytea CHECK (length(acked_hash) = 32), -- of the header it took or showed; NULL: it has none; zeros: not known
    acked_steps   text[]      NOT NULL DEFAULT '{}',
    observed      json,                           -- what a look-up showed
    observed_at   timestamptz,
    attempt_id    uuid,                           -- fences a worker that was declared dead
    operation     text        NOT NULL DEFAULT '', -- in flight or cut: create, update, steps; lookup: look before planning
    sending       json,                           -- what is in flight or was cut: header hash, step keys
    cut_at        timestamptz,                    -- since when the outcome is unknown
    verify_at     timestamptz,                    -- an unknown outcome came before: look once more at what is delivered
    retry_at      timestamptz,                    -- own next attempt; NULL: none planned
    tries         integer     NOT NULL DEFAULT 0 CHECK (tries >= 0),
    shelf         text        NOT NULL DEFAULT '' CHECK (shelf IN ('', 'source', 'gateway', 'destination')),
    cause         text        NOT NULL DEFAULT '', -- fingerprint of the last failure
    problem       text        NOT NULL DEFAULT '', -- the destination's words, masked
    created_at    timestamptz NOT NULL,
    updated_at    timestamptz NOT NULL,
    CONSTRAINT delivery_pkey PRIMARY KEY (destination, entity_id)
) WITH (fillfactor = 70);
CREATE INDEX delivery_retry_idx ON delivery (destination, retry_at) WHERE retry_at IS NOT NULL;
CREATE INDEX delivery_verify_idx ON delivery (destination, verify_at) WHERE verify_at IS NOT NULL;
CREATE INDEX delivery_sending_idx ON delivery (destination, slot) WHERE state = 'sending';
CREATE INDEX delivery_shelf_idx ON delivery (destination, cause) WHERE shelf <> '';

-- What is due now, and nothing else: inserted and deleted, so that a claim stays cheap under a backlog.
CREATE TABLE delivery_due (
    destination text             NOT NULL,
    entity_id   uuid             NOT NULL,
    slot        smallint         NOT NULL,
    rank        double precision NOT NULL, -- deadline in seconds + 24 × time of entry in seconds: a day is gained per hour of waiting
    CONSTRAINT delivery_due_pkey PRIMARY KEY (destination, entity_id)
) WITH (autovacuum_vacuum_scale_factor = 0, autovacuum_vacuum_threshold = 1000, autovacuum_vacuum_cost_delay = 0);
CREATE INDEX delivery_due_rank_idx ON delivery_due (destination, rank, slot, entity_id);

CREATE TABLE lane (
    destination text        NOT NULL,
    lane        integer     NOT NULL CHECK (lane >= 0),
    holder      uuid        NOT NULL,
    lease_until timestamptz NOT NULL,
    CONSTRAINT lane_pkey PRIMARY KEY (destination, lane)
);

CREATE TABLE attempt (
    id          uuid        NOT NULL, -- one call; several deliveries may ride in it
    started_at  timestamptz NOT NULL,
    ended_at    timestamptz NOT NULL,
    destination text        NOT NULL,
    entity_id   uuid        NOT NULL,
    key         text        NOT NULL,
    operation   text        NOT NULL, -- create, update, steps, lookup
    entity_rev  bigint      NOT NULL,
    outcome     text        NOT NULL CHECK (outcome IN ('delivered', 'unknown', 'refused', 'exists', 'absent', 'unavailable', 'throttled', 'session_expired', 'found')),
    shelf       text        NOT NULL,
    cause       text        NOT NULL,
    http_status integer     NOT NULL, -- 0: no answer
    body_sha256 bytea,
    node        text        NOT NULL,
    CONSTRAINT attempt_pkey PRIMARY KEY (id, entity_id, started_at)
) PARTITION BY RANGE (started_at);
CREATE INDEX attempt_entity_idx ON attempt (entity_id, started_at);

CREATE TABLE attempt_default PARTITION OF attempt DEFAULT;

-- +goose Down
DROP TABLE attempt;
DROP TABLE lane;
DROP TABLE delivery_due;
DROP TABLE delivery;
