-- The feed. Writers append unnumbered to change_inbox; one sequencer moves
-- what is committed to change and gives dense positions (docs/adr).
-- Lock: new tables only.

-- +goose Up
SET lock_timeout = '5s';

CREATE TABLE change_inbox (
    seq             bigint      GENERATED ALWAYS AS IDENTITY,
    entity_id       uuid        NOT NULL,
    entity_kind     text        NOT NULL,
    entity_revision bigint      NOT NULL CHECK (entity_revision > 0),
    type            text        NOT NULL CHECK (type <> ''),
    recorded_at     timestamptz NOT NULL,
    CONSTRAINT change_inbox_pkey PRIMARY KEY (seq)
) WITH (autovacuum_vacuum_scale_factor = 0, autovacuum_vacuum_threshold = 2000, autovacuum_vacuum_cost_delay = 0);

CREATE TABLE change (
    position        bigint      NOT NULL CHECK (position > 0),
    recorded_at     timestamptz NOT NULL,
    entity_id       uuid        NOT NULL,
    entity_kind     text        NOT NULL,
    entity_revision bigint      NOT NULL,
    type            text        NOT NULL,
    CONSTRAINT change_pkey PRIMARY KEY (position, recorded_at)
) PARTITION BY RANGE (recorded_at);
CREATE INDEX change_kind_idx ON change (entity_kind, position);

CREATE TABLE change_default PARTITION OF change DEFAULT;

-- One row. Its lock makes two sequencers harmless; a restored database starts a new epoch.
CREATE TABLE feed_head (
    singleton boolean PRIMARY KEY DEFAULT true CHECK (singleton),
    epoch     bigint  NOT NULL CHECK (epoch > 0),
    position  bigint  NOT NULL CHECK (position >= 0)
);
INSERT INTO feed_head (epoch, position) VALUES (1, 0);

-- +goose Down
DROP TABLE feed_head;
DROP TABLE change;
DROP TABLE change_inbox;
