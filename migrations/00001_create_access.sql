-- Who may push, whom we turned away, and answers kept for repeated requests.
-- Lock: new tables only. Duration on 10 million rows: none exist yet, milliseconds.

-- +goose Up
SET lock_timeout = '5s';

CREATE TABLE api_key (
    id         uuid        PRIMARY KEY,
    source     text        NOT NULL CHECK (source <> ''),
    prefix     text        NOT NULL CHECK (length(prefix) BETWEEN 4 AND 16),
    hash       bytea       NOT NULL CHECK (length(hash) = 32),
    created_at timestamptz NOT NULL DEFAULT now(),
    revoked_at timestamptz,
    CONSTRAINT api_key_hash_key UNIQUE (hash)
);

-- A caller without a valid key leaves no bytes here, only that it knocked.
CREATE TABLE refusal (
    id          uuid        PRIMARY KEY,
    refused_at  timestamptz NOT NULL DEFAULT now(),
    remote_addr text        NOT NULL,
    key_prefix  text        NOT NULL,
    length      bigint      NOT NULL CHECK (length >= 0),
    sha256      bytea       CHECK (length(sha256) = 32),
    reason      text        NOT NULL
);

CREATE TABLE idempotency (
    scope       text        NOT NULL,
    key         text        NOT NULL CHECK (length(key) BETWEEN 1 AND 255),
    fingerprint bytea       NOT NULL CHECK (length(fingerprint) = 32),
    answer      json        NOT NULL,
    created_at  timestamptz NOT NULL DEFAULT now(),
    CONSTRAINT idempotency_pkey PRIMARY KEY (scope, key)
);
CREATE INDEX idempotency_created_at_idx ON idempotency (created_at);

-- +goose Down
DROP TABLE idempotency;
DROP TABLE refusal;
DROP TABLE api_key;
