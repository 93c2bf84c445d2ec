-- Reconciliation (docs/adr/0028-reconcile-and-score.md): what each look showed and
-- how it differs, how far we agree per commune, agency and procedure, and what
-- leaves in a call, so that a strange header is told from an old one of ours. Also what
-- the score guard said of a delivery. The program of before leaves all of it as it is; what it
-- sends meanwhile is not known as ours, and a difference in it counts as shown differently.
-- Lock: ACCESS EXCLUSIVE on delivery, attempt and operator_action, milliseconds whatever their size: the columns have
-- no default, or a constant one. The new CHECK reads operator_action, a line for each thing an operator did.

-- +goose Up
SET lock_timeout = '5s';

ALTER TABLE delivery
    ADD COLUMN looked_at    timestamptz,                     -- last look of reconciliation since it was touched; NULL: none
    ADD COLUMN resting      boolean NOT NULL DEFAULT false,  -- closed for so long that it rotates behind the others
    ADD COLUMN warnings     text[],                          -- rules of the score that what left last would hurt
    ADD COLUMN warned_rev   bigint  NOT NULL DEFAULT 0,      -- entity revision that they are about
    ADD COLUMN released_rev bigint  NOT NULL DEFAULT 0;      -- entity revision that a person let go whatever the guard says
ALTER TABLE attempt
    ADD COLUMN header_hash bytea,  -- of the header that left; NULL: none did, or from before this was kept
    ADD COLUMN step_keys   text[]; -- of the steps that left

CREATE TABLE look (
    destination text        NOT NULL,
    entity_id   uuid        NOT NULL,
    key         text        NOT NULL, -- what the destination calls it
    commune     text        NOT NULL, -- '': not known
    agency      text        NOT NULL,
    procedure   text        NOT NULL,
    looked_at   timestamptz NOT NULL,
    class       text        NOT NULL CHECK (class IN ('', 'not_sent', 'sent_not_shown', 'shown_differently', 'portal_newer', 'foreign')),
    found_at    timestamptz,          -- since when it has stood in its class; NULL: it agrees
    detail      json,                 -- which steps, and whether the header
    shown       bytea       NOT NULL CHECK (length(shown) = 32), -- digest of what was shown
    header      bytea CHECK (length(header) = 32),               -- of the header that was shown; NULL: none was
    revision    bigint      NOT NULL, -- of the entity that it was compared with
    accepted    boolean     NOT NULL DEFAULT false, -- a person knows of it; until either side changes
    repairs     smallint    NOT NULL DEFAULT 0,     -- made by the gateway itself since it agreed last
    CONSTRAINT look_pkey PRIMARY KEY (destination, entity_id),
    CONSTRAINT look_says_since_when CHECK ((class = '') = (found_at IS NULL))
) WITH (fillfactor = 85);
CREATE INDEX look_found_idx ON look (found_at, entity_id) WHERE class <> '' AND NOT accepted;
CREATE INDEX look_class_idx ON look (class, found_at, entity_id) WHERE class <> '' AND NOT accepted;
CREATE INDEX look_place_idx ON look (commune, found_at, entity_id) WHERE class <> '' AND NOT accepted;
CREATE INDEX look_commune_idx ON look (destination, commune, looked_at);
CREATE INDEX look_agency_idx ON look (destination, agency, looked_at);
CREATE INDEX look_procedure_idx ON look (destination, procedure, looked_at);

-- Counted with each look by the one who holds the destination's lease, so that no list counts.
CREATE TABLE agreement (
    destination text   NOT NULL,
    dimension   text   NOT NULL CHECK (dimension IN ('commune', 'agency', 'procedure')),
    code        text   NOT NULL,
    looked      bigint NOT NULL CHECK (looked >= 0),
    differing   bigint NOT NULL CHECK (differing BETWEEN 0 AND looked),
    CONSTRAINT agreement_pkey PRIMARY KEY (dimension, destination, code)
);

ALTER TABLE operator_action
    DROP CONSTRAINT operator_action_action_check,
    ADD CONSTRAINT operator_action_action_check CHECK (action IN (
        'pause', 'resume', 'force_open', 'force_closed', 'release', 'withdraw', 'withhold', 'merge', 'restore',
        'replay_plan', 'replay_run', 'replay_pause', 'replay_resume', 'replay_cancel', 'contacts_import',
        'drift_repair', 'drift_accept', 'score_release')),
    DROP CONSTRAINT operator_action_names_an_entity,
    ADD CONSTRAINT operator_action_names_an_entity CHECK (
        (entity_id IS NOT NULL) = (action IN ('withdraw', 'withhold', 'merge', 'restore', 'score_release')));
RESET lock_timeout;

-- +goose Down
SET lock_timeout = '5s';
DELETE FROM operator_action WHERE action IN ('drift_repair', 'drift_accept', 'score_release'); -- the program of before cannot read them
ALTER TABLE operator_action
    DROP CONSTRAINT operator_action_names_an_entity,
    ADD CONSTRAINT operator_action_names_an_entity CHECK ((entity_id IS NOT NULL) = (action IN ('withdraw', 'withhold', 'merge', 'restore'))),
    DROP CONSTRAINT operator_action_action_check,
    ADD CONSTRAINT operator_action_action_check CHECK (action IN (
        'pause', 'resume', 'force_open', 'force_closed', 'release', 'withdraw', 'withhold', 'merge', 'restore',
        'replay_plan', 'replay_run', 'replay_pause', 'replay_resume', 'replay_cancel', 'contacts_import'));
DROP TABLE agreement;
DROP TABLE look;
ALTER TABLE attempt DROP COLUMN header_hash, DROP COLUMN step_keys;
ALTER TABLE delivery DROP COLUMN looked_at, DROP COLUMN resting, DROP COLUMN warnings, DROP COLUMN warned_rev, DROP COLUMN released_rev;
RESET lock_timeout;
