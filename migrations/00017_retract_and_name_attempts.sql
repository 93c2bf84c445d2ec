-- Entities that are gone (docs/adr/0021-sink.md): withdrawn for everybody, or
-- withheld from one destination; merged ones have merged_into already. And of an
-- attempt (docs/adr/0023-evidence.md) which run of a lane made it, and which
-- operator's action if one caused it. The program of before knows none of it and
-- would show a withdrawn entity again: withdraw only when every node is new.
-- Lock: ACCESS EXCLUSIVE on entity, delivery, attempt and operator_action, milliseconds whatever their size: the
-- columns have no default. The new CHECK reads operator_action, a line for each thing an operator did.

-- +goose Up
SET lock_timeout = '5s';

ALTER TABLE entity ADD COLUMN withdrawn_at timestamptz; -- NULL: it stands
ALTER TABLE delivery
    ADD COLUMN withheld_at timestamptz, -- NULL: the destination may have it
    ADD COLUMN action_id   uuid;        -- operator's action that made it due; NULL: the data did
ALTER TABLE attempt
    ADD COLUMN run_id    uuid,          -- run of the lane that made the call; NULL: from before this was kept
    ADD COLUMN action_id uuid;          -- as in delivery
ALTER TABLE operator_action
    ADD COLUMN entity_id uuid,          -- NULL: it is about no single entity
    DROP CONSTRAINT operator_action_action_check,
    ADD CONSTRAINT operator_action_action_check CHECK (action IN (
        'pause', 'resume', 'force_open', 'force_closed', 'release', 'withdraw', 'withhold', 'merge', 'restore')),
    ADD CONSTRAINT operator_action_names_an_entity CHECK ((entity_id IS NOT NULL) = (action IN ('withdraw', 'withhold', 'merge', 'restore')));
RESET lock_timeout;

-- +goose Down
SET lock_timeout = '5s';
DELETE FROM operator_action WHERE entity_id IS NOT NULL; -- the program of before cannot read them
ALTER TABLE operator_action
    DROP CONSTRAINT operator_action_names_an_entity,
    DROP CONSTRAINT operator_action_action_check,
    ADD CONSTRAINT operator_action_action_check CHECK (action IN ('pause', 'resume', 'force_open', 'force_closed', 'release')),
    DROP COLUMN entity_id;
ALTER TABLE attempt DROP COLUMN run_id, DROP COLUMN action_id;
ALTER TABLE delivery DROP COLUMN withheld_at, DROP COLUMN action_id;
ALTER TABLE entity DROP COLUMN withdrawn_at;
RESET lock_timeout;
