-- The things themselves, derived from records, and by which identifiers and
-- natural keys they are found.
-- Lock: new tables only.

-- +goose Up
SET lock_timeout = '5s';

CREATE TABLE entity (
    id          uuid        NOT NULL,
    kind        text        NOT NULL CHECK (kind IN ('dossier', 'civil_event', 'land_parcel', 'organisation', 'person')),
    revision    bigint      NOT NULL CHECK (revision >= 0), -- 0: bound, nothing derived yet
    hash        bytea       NOT NULL CHECK (length(hash) = 32),
    body        json        NOT NULL, -- golden, canonical
    merged_into uuid,
    created_at  timestamptz NOT NULL,
    updated_at  timestamptz NOT NULL,
    CONSTRAINT entity_pkey PRIMARY KEY (id),
    CONSTRAINT entity_not_merged_into_itself CHECK (merged_into <> id)
) WITH (fillfactor = 85);

CREATE TABLE identifier_binding (
    kind       text        NOT NULL, -- of the entity
    scheme     text        NOT NULL CHECK (scheme <> ''),
    value      text        NOT NULL CHECK (value <> ''),
    entity_id  uuid        NOT NULL,
    created_at timestamptz NOT NULL,
    CONSTRAINT identifier_binding_pkey PRIMARY KEY (kind, scheme, value)
);
CREATE INDEX identifier_binding_entity_idx ON identifier_binding (entity_id);

-- Who a record names. Without ground for a link entity_id is NULL.
CREATE TABLE mention (
    record_id uuid     NOT NULL,
    ordinal   smallint NOT NULL CHECK (ordinal >= 0),
    role      text     NOT NULL CHECK (role <> ''),
    kind      text     NOT NULL CHECK (kind IN ('person', 'organisation')),
    entity_id uuid,
    ground    text     NOT NULL, -- why it is linked, or why not
    CONSTRAINT mention_pkey PRIMARY KEY (record_id, ordinal)
);
CREATE INDEX mention_entity_idx ON mention (entity_id) WHERE entity_id IS NOT NULL;

-- +goose Down
DROP TABLE mention;
DROP TABLE identifier_binding;
DROP TABLE entity;
