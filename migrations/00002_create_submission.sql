-- The bytes as received, one row a message, by month. Nothing refers to this
-- table by foreign key, so that retention can detach a month.
-- Lock: new tables only.

-- +goose Up
SET lock_timeout = '5s';

CREATE TABLE submission (
    id              uuid        NOT NULL, -- UUIDv7: its time prefix finds the partition
    received_at     timestamptz NOT NULL,
    source          text        NOT NULL CHECK (source <> ''),
    content_type    text        NOT NULL,
    adapter         text        NOT NULL,
    adapter_version integer     NOT NULL,
    sha256          bytea       NOT NULL CHECK (length(sha256) = 32),
    raw             bytea       NOT NULL,
    code            text        NOT NULL DEFAULT '', -- fault code when the whole message was refused
    result          json        NOT NULL,            -- the verdicts as answered
    CONSTRAINT submission_pkey PRIMARY KEY (id, received_at)
) PARTITION BY RANGE (received_at);

CREATE TABLE submission_default PARTITION OF submission DEFAULT;

-- +goose Down
DROP TABLE submission;
