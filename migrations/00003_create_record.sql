-- What each source said about each thing: its current revision, and one line
-- for each revision there was.
-- Lock: new tables only.

-- +goose Up
SET lock_timeout = '5s';

CREATE TABLE record (
    id              uuid        NOT NULL,
    source          text        NOT NULL CHECK (source <> ''),
    kind            text        NOT NULL CHECK (kind IN ('dossier', 'dossier_step', 'civil_event', 'land_parcel', 'organisation', 'person')),
    local_id        text        NOT NULL CHECK (local_id <> ''),
    entity_id       uuid        NOT NULL,
    revision        bigint      NOT NULL CHECK (revision > 0),
    hash            bytea       NOT NULL CHECK (length(hash) = 32),
    source_version  bigint      NOT NULL,
    event_time      timestamptz, -- NULL: the source does not say
    adapter_version integer     NOT NULL,
    submission_id   uuid        NOT NULL,
    first_at        timestamptz NOT NULL,
    updated_at      timestamptz NOT NULL,
    body            json        NOT NULL, -- canonical
    in_review       boolean     NOT NULL DEFAULT false, -- a human has to look at the current revision
    raw             bytea       NOT NULL, -- outlasts the retention of submissions
    CONSTRAINT record_pkey PRIMARY KEY (id),
    CONSTRAINT record_key UNIQUE (source, kind, local_id)
) WITH (fillfactor = 85);
CREATE INDEX record_entity_idx ON record (entity_id);

-- Append-only. That a revision was replaced is the arrival of the next one.
CREATE TABLE record_revision (
    record_id     uuid        NOT NULL,
    revision      bigint      NOT NULL CHECK (revision > 0),
    hash          bytea       NOT NULL CHECK (length(hash) = 32),
    arrived_at    timestamptz NOT NULL,
    submission_id uuid        NOT NULL,
    CONSTRAINT record_revision_pkey PRIMARY KEY (record_id, revision)
);

-- What only a human can decide. One open item for one content.
CREATE TABLE review (
    id            uuid        PRIMARY KEY,
    source        text        NOT NULL,
    kind          text        NOT NULL,
    local_id      text        NOT NULL,
    hash          bytea       NOT NULL CHECK (length(hash) = 32),
    reason        text        NOT NULL CHECK (reason <> ''),
    submission_id uuid        NOT NULL,
    opened_at     timestamptz NOT NULL,
    closed_at     timestamptz,
    CONSTRAINT review_item_key UNIQUE (source, kind, local_id, hash)
);
CREATE INDEX review_open_idx ON review (opened_at) WHERE closed_at IS NULL;

-- +goose Down
DROP TABLE review;
DROP TABLE record_revision;
DROP TABLE record;
