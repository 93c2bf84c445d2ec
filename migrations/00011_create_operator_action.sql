-- What operators do about destinations (docs/adr/0022-shaping.md): who forces a
-- breaker and why, kill switches (rows of the operation "all"; destination "*" is
-- the one for all), and a line for each action. Also how far a breaker has come
-- back after an outage. Code of the version before does not know kill switches
-- and goes on sending: pause only when every node is new.
-- Lock: ACCESS EXCLUSIVE on breaker, a table of some ten rows, milliseconds; constant defaults rewrite nothing.

-- +goose Up
SET lock_timeout = '5s';

ALTER TABLE breaker
    ADD COLUMN forced_by  text     NOT NULL DEFAULT '', -- operator; empty: nobody forces it
    ADD COLUMN forced_for text     NOT NULL DEFAULT '', -- the operator's reason
    ADD COLUMN ramp       smallint NOT NULL DEFAULT 100, -- percent of the ceiling of calls at once; 0: one canary alone
    ADD COLUMN ramp_good  integer  NOT NULL DEFAULT 0,   -- good calls on this step so far
    ADD CONSTRAINT breaker_ramp_check CHECK (ramp IN (0, 5, 25, 100) AND ramp_good >= 0),
    ADD CONSTRAINT breaker_switch_only_opens CHECK (operation <> 'all' OR state = 'closed' AND forced <> 'closed'),
    ADD CONSTRAINT breaker_every_is_a_switch CHECK (destination <> '*' OR operation = 'all');

CREATE TABLE operator_action (
    id          uuid        NOT NULL,
    at          timestamptz NOT NULL,
    actor       text        NOT NULL CHECK (actor <> ''),
    action      text        NOT NULL CHECK (action IN ('pause', 'resume', 'force_open', 'force_closed', 'release')),
    destination text        NOT NULL CHECK (destination <> ''),
    operation   text        NOT NULL CHECK (operation <> ''),
    reason      text        NOT NULL CHECK (reason <> ''),
    CONSTRAINT operator_action_pkey PRIMARY KEY (id)
);
CREATE INDEX operator_action_at_idx ON operator_action (at);

-- +goose Down
SET lock_timeout = '5s';
DROP TABLE operator_action;
DELETE FROM breaker WHERE operation = 'all'; -- the program of before does not obey them
ALTER TABLE breaker
    DROP CONSTRAINT breaker_every_is_a_switch,
    DROP CONSTRAINT breaker_switch_only_opens,
    DROP CONSTRAINT breaker_ramp_check,
    DROP COLUMN ramp_good,
    DROP COLUMN ramp,
    DROP COLUMN forced_for,
    DROP COLUMN forced_by;
