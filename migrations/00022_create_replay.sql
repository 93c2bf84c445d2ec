-- Replay plans and what became of each of their items, contacts of responsible
-- units, since when a delivery has been failing, and keys of operators
-- (docs/adr/0027-replay.md).
-- Lock: ACCESS EXCLUSIVE on delivery, api_key and operator_action, milliseconds whatever their size: defaults are constant for
-- the server. The UPDATE writes the failing rows alone, by delivery_shelf_idx (100,000: about 3 s), under row locks.
-- The program of before does not write failed_at: what fails under it seems to fail since the row was made.

-- +goose Up
SET lock_timeout = '5s';

ALTER TABLE delivery ADD COLUMN failed_at timestamptz NOT NULL DEFAULT now(); -- since when it fails for this cause; of no account while shelf is ''
UPDATE delivery SET failed_at = updated_at WHERE shelf <> '';

ALTER TABLE api_key
    ADD COLUMN may_operate boolean NOT NULL DEFAULT false, -- the paths of /v1/ops
    DROP CONSTRAINT api_key_opens_something,
    ADD CONSTRAINT api_key_opens_something CHECK (may_push OR may_operate OR cardinality(feeds) > 0);

ALTER TABLE operator_action
    DROP CONSTRAINT operator_action_action_check,
    ADD CONSTRAINT operator_action_action_check CHECK (action IN (
        'pause', 'resume', 'force_open', 'force_closed', 'release', 'withdraw', 'withhold', 'merge', 'restore',
        'replay_plan', 'replay_run', 'replay_pause', 'replay_resume', 'replay_cancel', 'contacts_import'));

CREATE TABLE replay_plan (
    id           uuid             NOT NULL,
    created_at   timestamptz      NOT NULL,
    expires_at   timestamptz      NOT NULL,
    actor        text             NOT NULL CHECK (actor <> ''),
    reason       text             NOT NULL CHECK (reason <> ''),
    origin       text             NOT NULL CHECK (origin IN ('raw', 'canonical', 'outbound')),
    selection    json             NOT NULL, -- what was asked for
    state        text             NOT NULL CHECK (state IN ('planned', 'running', 'paused', 'cancelled', 'done')),
    rate         double precision NOT NULL CHECK (rate > 0 AND rate <= 1000), -- items a second, over all nodes
    total        integer          NOT NULL CHECK (total >= 0),
    eligible     integer          NOT NULL CHECK (eligible BETWEEN 0 AND total),
    oldest_at    timestamptz,               -- since when its oldest eligible item fails; NULL: none is eligible
    action_id    uuid,                      -- operator's action that started it
    started_at   timestamptz,
    ended_at     timestamptz,
    holder       uuid,                      -- of the step that is being made
    lease_until  timestamptz      NOT NULL DEFAULT '-infinity',
    credit       double precision NOT NULL DEFAULT 0, -- items that may be released at once
    credited_at  timestamptz      NOT NULL,
    request_key  text UNIQUE,               -- of the request that made it; NULL: it had none
    request_hash bytea CHECK (length(request_hash) = 32),
    CONSTRAINT replay_plan_pkey PRIMARY KEY (id),
    CONSTRAINT replay_plan_started CHECK ((action_id IS NULL) = (started_at IS NULL)),
    CONSTRAINT replay_plan_ended CHECK ((ended_at IS NOT NULL) = (state IN ('cancelled', 'done')))
);
CREATE INDEX replay_plan_created_idx ON replay_plan (created_at, id);
CREATE INDEX replay_plan_live_idx ON replay_plan (lease_until) WHERE state IN ('running', 'paused');

-- One delivery in one plan. A running or paused plan holds its items; no other plan touches them meanwhile.
CREATE TABLE replay_item (
    plan_id     uuid        NOT NULL REFERENCES replay_plan ON DELETE CASCADE,
    ordinal     integer     NOT NULL CHECK (ordinal > 0), -- soonest deadline first
    destination text        NOT NULL,
    entity_id   uuid        NOT NULL,
    key         text        NOT NULL,
    shelf       text        NOT NULL,
    cause       text        NOT NULL,          -- as planned: what fails for another reason by then is left alone
    failed_at   timestamptz NOT NULL,
    wanted_rev  bigint      NOT NULL,          -- as planned
    outcome     text        NOT NULL CHECK (outcome IN ('waiting', 'released', 'delivered', 'failed', 'skipped', 'ineligible', 'cancelled')),
    why         text        NOT NULL DEFAULT '', -- of what was not done; of a failure its cause
    compared    text        NOT NULL DEFAULT '' CHECK (compared IN ('', 'same', 'differs', 'nothing', 'not_kept', 'destroyed', 'unplannable')), -- origin outbound: what is sent beside what was sent
    held_by     uuid,                          -- the plan that holds it instead
    holds       boolean     NOT NULL DEFAULT false,
    released_at timestamptz,
    settled_at  timestamptz,
    CONSTRAINT replay_item_pkey PRIMARY KEY (plan_id, ordinal)
);
CREATE UNIQUE INDEX replay_item_delivery_key ON replay_item (plan_id, destination, entity_id);
CREATE UNIQUE INDEX replay_item_holds_key ON replay_item (destination, entity_id) WHERE holds;
CREATE INDEX replay_item_waiting_idx ON replay_item (plan_id, ordinal) WHERE outcome = 'waiting';
CREATE INDEX replay_item_released_idx ON replay_item (plan_id, ordinal) WHERE outcome = 'released';

CREATE TABLE contact (
    id         uuid NOT NULL,
    scope      text NOT NULL CHECK (scope IN ('agency', 'commune', 'destination', 'source')),
    code       text NOT NULL CHECK (code <> ''),  -- of an agency or commune as dossier numbers begin with it
    name       text NOT NULL CHECK (name <> ''),
    unit       text NOT NULL DEFAULT '',
    phone      text NOT NULL DEFAULT '',
    email      text NOT NULL DEFAULT '',
    valid_from date NOT NULL,
    valid_to   date,                              -- last day; NULL: until further notice
    CONSTRAINT contact_pkey PRIMARY KEY (id),
    CONSTRAINT contact_reachable CHECK (phone <> '' OR email <> ''),
    CONSTRAINT contact_validity CHECK (valid_to >= valid_from),
    CONSTRAINT contact_key UNIQUE (scope, code, name, valid_from)
);
RESET lock_timeout;

-- +goose Down
SET lock_timeout = '5s';
DROP TABLE contact;
DROP TABLE replay_item;
DROP TABLE replay_plan;
DELETE FROM operator_action WHERE action LIKE 'replay%' OR action = 'contacts_import'; -- the program of before cannot read them
ALTER TABLE operator_action
    DROP CONSTRAINT operator_action_action_check,
    ADD CONSTRAINT operator_action_action_check CHECK (action IN (
        'pause', 'resume', 'force_open', 'force_closed', 'release', 'withdraw', 'withhold', 'merge', 'restore'));
DELETE FROM api_key WHERE NOT may_push AND cardinality(feeds) = 0; -- they opened nothing but /v1/ops
ALTER TABLE api_key
    DROP CONSTRAINT api_key_opens_something,
    DROP COLUMN may_operate,
    ADD CONSTRAINT api_key_opens_something CHECK (may_push OR cardinality(feeds) > 0);
ALTER TABLE delivery DROP COLUMN failed_at;
RESET lock_timeout;
