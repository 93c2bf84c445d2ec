-- The score's indicators per month and commune (docs/adr/0030-counted-lists.md), kept
-- in step with the feed by whichever node is at it, so that a preview reads some hundred rows.
-- Lock: new tables only. They are filled by the nodes, in pages: a million dossiers take some minutes, beside everything else.
-- The program of before knows none of it.

-- +goose Up
SET lock_timeout = '5s';

-- What a dossier adds to the counts, so that it can be taken back.
CREATE TABLE score_dossier (
    entity_id uuid     NOT NULL,
    month     text     NOT NULL CHECK (month ~ '^\d{4}-\d{2}$'), -- of reception, in Vietnam
    commune   text     NOT NULL,                                 -- agency code, else name of the unit; '': not known
    counted   smallint NOT NULL,                                 -- a bit for each indicator, in the order of the table
    good      smallint NOT NULL CHECK (good & ~counted = 0),
    CONSTRAINT score_dossier_pkey PRIMARY KEY (entity_id)
);

CREATE TABLE score_count (
    month     text   NOT NULL,
    commune   text   NOT NULL,
    indicator text   NOT NULL,
    good      bigint NOT NULL CHECK (good BETWEEN 0 AND counted),
    counted   bigint NOT NULL,
    CONSTRAINT score_count_pkey PRIMARY KEY (month, commune, indicator)
) WITH (fillfactor = 70);

-- One row: how far it has come. Its lock lets one at a time work.
CREATE TABLE score_follow (
    singleton boolean     PRIMARY KEY DEFAULT true CHECK (singleton),
    version   text        NOT NULL, -- of the rules that it was counted by; others begin anew
    position  bigint      NOT NULL, -- of the feed: all up to it is counted, as far as complete
    scanned   uuid        NOT NULL, -- up to which entities are read that are there already
    complete  boolean     NOT NULL  -- all were
);
INSERT INTO score_follow (version, position, scanned, complete) VALUES ('', 0, '00000000-0000-0000-0000-000000000000', false);
RESET lock_timeout;

-- +goose Down
SET lock_timeout = '5s';
DROP TABLE score_follow;
DROP TABLE score_count;
DROP TABLE score_dossier;
RESET lock_timeout;
