-- The journal (docs/adr/0025-journal.md). Writers append lines unnumbered to
-- journal_inbox, one row a transaction; one sealer moves what is committed to
-- journal_entry, gives dense positions and seals batches. Nothing refers to
-- journal_entry by foreign key, so that retention can detach a month; the
-- hashes of its lines stay with the batches.
-- Lock: new tables only. Duration on 10 million rows: none exist yet, milliseconds.
-- What the program of before does while both run is not in the journal.

-- +goose Up
SET lock_timeout = '5s';

CREATE TABLE journal_inbox (
    seq   bigint  GENERATED ALWAYS AS IDENTITY,
    count integer NOT NULL CHECK (count > 0),
    lines text    NOT NULL, -- separated by line feeds: an array costs the writer more than the lines
    CONSTRAINT journal_inbox_pkey PRIMARY KEY (seq)
) WITH (
    autovacuum_vacuum_scale_factor = 0, autovacuum_vacuum_threshold = 1000, autovacuum_vacuum_cost_delay = 0,
    toast.autovacuum_vacuum_scale_factor = 0, toast.autovacuum_vacuum_threshold = 10000, toast.autovacuum_vacuum_cost_delay = 0
);
ALTER TABLE journal_inbox ALTER COLUMN lines SET STORAGE EXTERNAL; -- gone in a second: not worth compressing

CREATE TABLE journal_entry (
    position    bigint      NOT NULL CHECK (position > 0),
    recorded_at timestamptz NOT NULL, -- as in the line
    id          uuid        NOT NULL, -- as in the line: of what it is about
    line        text,                 -- NULL: redacted
    CONSTRAINT journal_entry_pkey PRIMARY KEY (position, recorded_at)
) PARTITION BY RANGE (recorded_at);
CREATE INDEX journal_entry_id_idx ON journal_entry (id);

CREATE TABLE journal_entry_default PARTITION OF journal_entry DEFAULT;

CREATE TABLE journal_batch (
    number         bigint      NOT NULL CHECK (number > 0),
    first_position bigint      NOT NULL CHECK (first_position > 0),
    count          integer     NOT NULL CHECK (count > 0),
    sealed_at      timestamptz NOT NULL,
    root           bytea       NOT NULL CHECK (length(root) = 32),
    previous       bytea       NOT NULL CHECK (length(previous) = 32),
    key_id         text        NOT NULL, -- '': not signed
    signature      bytea       NOT NULL,
    leaves         bytea       NOT NULL, -- hashes of the lines: they prove after a redaction, and tell what was changed
    CONSTRAINT journal_batch_pkey PRIMARY KEY (number),
    CONSTRAINT journal_batch_leaves CHECK (length(leaves) = 32 * count),
    CONSTRAINT journal_batch_signed CHECK (length(signature) = CASE key_id WHEN '' THEN 0 ELSE 64 END)
);
ALTER TABLE journal_batch ALTER COLUMN leaves SET STORAGE EXTERNAL; -- hashes do not compress
CREATE INDEX journal_batch_first_position_idx ON journal_batch (first_position);

-- One row. Its lock makes two sealers harmless.
CREATE TABLE journal_head (
    singleton boolean     PRIMARY KEY DEFAULT true CHECK (singleton),
    batch     bigint      NOT NULL CHECK (batch >= 0),
    position  bigint      NOT NULL CHECK (position >= 0),
    hash      bytea       NOT NULL CHECK (length(hash) = 32),
    signed    boolean     NOT NULL,
    began_at  timestamptz NOT NULL -- what is older was never journalled
);
INSERT INTO journal_head (batch, position, hash, signed, began_at) VALUES (0, 0, decode(repeat('00', 32), 'hex'), false, now());

-- Who took the details out of lines, and why; the journal commits to a row by a digest.
CREATE TABLE journal_redaction (
    id        uuid        NOT NULL,
    at        timestamptz NOT NULL,
    actor     text        NOT NULL CHECK (actor <> ''),
    reason    text        NOT NULL CHECK (reason <> ''),
    positions bigint[]    NOT NULL CHECK (cardinality(positions) > 0),
    CONSTRAINT journal_redaction_pkey PRIMARY KEY (id)
);

-- +goose Down
SET lock_timeout = '5s';
DROP TABLE journal_redaction;
DROP TABLE journal_head;
DROP TABLE journal_batch;
DROP TABLE journal_entry;
DROP TABLE journal_inbox;
