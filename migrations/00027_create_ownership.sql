-- Who writes to a destination (docs/adr/0026-who-writes.md): the rules of
-- ownership, the one site that sends, the epoch of this database, what is
-- looked at again after a restore, and adoptions. A row each or a few; the
-- program of before knows none of it and sends whatever is due: make rules only
-- when every node is new.
-- Lock: new tables; ACCESS EXCLUSIVE on operator_action, a line for each thing an operator did, which its CHECK reads.

-- +goose Up
SET lock_timeout = '5s';

CREATE TABLE ownership (
    destination text        NOT NULL CHECK (destination <> ''),
    agency      text        NOT NULL, -- receiving agency; '': any
    procedure   text        NOT NULL, -- national code; '': any
    from_date   date        NOT NULL, -- of reception, in Vietnam; -infinity: whenever, of what has none too
    owner       text        NOT NULL CHECK (owner IN ('gateway', 'onestop', 'ministry')),
    actor       text        NOT NULL CHECK (actor <> ''),
    reason      text        NOT NULL CHECK (reason <> ''),
    updated_at  timestamptz NOT NULL,
    CONSTRAINT ownership_pkey PRIMARY KEY (destination, agency, procedure, from_date)
);

-- One row. Only a person moves it from one name to another.
CREATE TABLE site_lease (
    singleton boolean     PRIMARY KEY DEFAULT true CHECK (singleton),
    site      text        NOT NULL, -- '': nobody has sent yet
    node      text        NOT NULL, -- of the site that was seen last
    taken_at  timestamptz NOT NULL,
    seen_at   timestamptz NOT NULL
);
INSERT INTO site_lease (site, node, taken_at, seen_at) VALUES ('', '', now(), now());

-- One row. The number changes when the database turns out to be a restored one.
CREATE TABLE epoch (
    singleton   boolean     PRIMARY KEY DEFAULT true CHECK (singleton),
    database    uuid        NOT NULL, -- made with it; a restore brings it back
    number      bigint      NOT NULL CHECK (number > 0),
    restored_at timestamptz,          -- when that was found out; NULL: never
    since       timestamptz,          -- end of the journal that the restored database brought
    lacks       timestamptz,          -- what is of later was written after the restore
    reason      text        NOT NULL DEFAULT ''
);
INSERT INTO epoch (database, number) SELECT gen_random_uuid(), epoch FROM feed_head;

-- Destinations to which nothing leaves until what was touched has been looked at again.
CREATE TABLE observation (
    destination text        NOT NULL,
    began_at    timestamptz NOT NULL,
    ended_at    timestamptz,
    CONSTRAINT observation_pkey PRIMARY KEY (destination)
);

CREATE TABLE adoption (
    id          uuid        NOT NULL,
    destination text        NOT NULL CHECK (destination <> ''),
    agency      text        NOT NULL, -- receiving agency; '': any
    procedure   text        NOT NULL,
    cursor      uuid,                 -- last entity that was looked through for it; NULL: none
    chosen      bigint      NOT NULL DEFAULT 0 CHECK (chosen >= 0),
    complete    boolean     NOT NULL DEFAULT false, -- every entity was looked through
    paused      boolean     NOT NULL DEFAULT false,
    began_at    timestamptz NOT NULL,
    ended_at    timestamptz,          -- NULL: it is the destination's present one
    CONSTRAINT adoption_pkey PRIMARY KEY (id)
);
CREATE UNIQUE INDEX adoption_present_key ON adoption (destination) WHERE ended_at IS NULL;

ALTER TABLE operator_action
    DROP CONSTRAINT operator_action_action_check,
    ADD CONSTRAINT operator_action_action_check CHECK (action IN (
        'pause', 'resume', 'force_open', 'force_closed', 'release', 'withdraw', 'withhold', 'merge', 'restore',
        'replay_plan', 'replay_run', 'replay_pause', 'replay_resume', 'replay_cancel', 'contacts_import',
        'drift_repair', 'drift_accept', 'score_release',
        'own', 'disown', 'adopt', 'adopt_pause', 'adopt_resume', 'adopt_cancel', 'take_site', 'restored', 'observed'));
RESET lock_timeout;

-- +goose Down
SET lock_timeout = '5s';
DELETE FROM operator_action
WHERE action IN ('own', 'disown', 'adopt', 'adopt_pause', 'adopt_resume', 'adopt_cancel', 'take_site', 'restored', 'observed');
ALTER TABLE operator_action
    DROP CONSTRAINT operator_action_action_check,
    ADD CONSTRAINT operator_action_action_check CHECK (action IN (
        'pause', 'resume', 'force_open', 'force_closed', 'release', 'withdraw', 'withhold', 'merge', 'restore',
        'replay_plan', 'replay_run', 'replay_pause', 'replay_resume', 'replay_cancel', 'contacts_import',
        'drift_repair', 'drift_accept', 'score_release'));
DROP TABLE adoption;
DROP TABLE observation;
DROP TABLE epoch;
DROP TABLE site_lease;
DROP TABLE ownership;
RESET lock_timeout;
