-- First loads of whole registers: how far each has come, what it has counted,
-- and the marks that tell readers of the feed to take a snapshot
-- (docs/adr/0013-bulk-load.md).
-- Lock: new tables only. Duration on 10 million rows: none exist yet, milliseconds.

-- +goose Up
SET lock_timeout = '5s';

CREATE TABLE bulk_load (
    id          uuid        NOT NULL,
    source      text        NOT NULL CHECK (source <> ''),
    fingerprint bytea       NOT NULL CHECK (length(fingerprint) = 32), -- of the files and how they are read
    runner      uuid        NOT NULL,                                  -- fences a run that was taken for dead
    state       text        NOT NULL CHECK (state IN ('running', 'done', 'abandoned')),
    position    bigint      NOT NULL DEFAULT 0 CHECK (position >= 0),  -- every message before it is stored
    rejects     bigint      NOT NULL DEFAULT 0 CHECK (rejects >= 0),   -- bytes of the rejects file that go with position
    tally       json        NOT NULL,                                  -- what was counted up to position
    started_at  timestamptz NOT NULL,
    updated_at  timestamptz NOT NULL,
    ended_at    timestamptz,
    CONSTRAINT bulk_load_pkey PRIMARY KEY (id),
    CONSTRAINT bulk_load_ended CHECK ((state = 'running') = (ended_at IS NULL))
);
CREATE UNIQUE INDEX bulk_load_running_key ON bulk_load (source, fingerprint) WHERE state = 'running';

-- What is stored beyond position, written in the transaction of its rows.
CREATE TABLE bulk_load_part (
    load_id  uuid   NOT NULL,
    id       uuid   NOT NULL,
    first    bigint NOT NULL CHECK (first >= 0), -- number of the message of the first bit
    last     bigint NOT NULL,                    -- one past that of the last
    messages bytea  NOT NULL,                    -- one bit a message, lowest first: stored with this part
    tally    json   NOT NULL,
    CONSTRAINT bulk_load_part_pkey PRIMARY KEY (load_id, id),
    CONSTRAINT bulk_load_part_range CHECK (first < last AND length(messages) * 8 >= last - first)
);

-- What a line of the feed about a load refers to, in place of an entity.
CREATE TABLE snapshot_mark (
    id      uuid NOT NULL,
    load_id uuid NOT NULL,
    kind    text NOT NULL CHECK (kind IN ('dossier', 'civil_event', 'land_parcel', 'organisation', 'person')),
    body    json NOT NULL,
    CONSTRAINT snapshot_mark_pkey PRIMARY KEY (id),
    CONSTRAINT snapshot_mark_kind_key UNIQUE (load_id, kind)
);

-- +goose Down
DROP TABLE snapshot_mark;
DROP TABLE bulk_load_part;
DROP TABLE bulk_load;
