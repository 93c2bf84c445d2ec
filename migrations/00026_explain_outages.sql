-- Whose fault an outage was (docs/adr/0029-morning.md): each line of a breaker's
-- history keeps what the destination did, and calls can be found by their time. And
-- which keys may operate.
-- Lock: ACCESS EXCLUSIVE on breaker_transition and api_key, some hundred rows, milliseconds; SHARE on attempt and
-- its months while the index is built, which reads them once: 10 million rows take about 10 s, in which calls
-- that end wait to be written (a lane that waits longer than its lease looks before it goes on).
-- The program of before writes neither column and goes on.

-- +goose Up
SET lock_timeout = '5s';

ALTER TABLE breaker_transition ADD COLUMN cause text NOT NULL DEFAULT ''; -- fingerprint of the call that opened it, its code alone; empty: no call did
CREATE INDEX breaker_transition_time_idx ON breaker_transition (at); -- of retention
ALTER TABLE api_key ADD COLUMN IF NOT EXISTS may_operate boolean NOT NULL DEFAULT false; -- /v1/ops
ALTER TABLE api_key DROP CONSTRAINT IF EXISTS api_key_opens_something,
    ADD CONSTRAINT api_key_opens_something CHECK (may_push OR may_operate OR cardinality(feeds) > 0);

-- Rows come in about the order of their time: a few pages of index for a month.
CREATE INDEX attempt_started_at_idx ON attempt USING brin (started_at) WITH (pages_per_range = 32, autosummarize = on);
RESET lock_timeout;

-- +goose Down
SET lock_timeout = '5s';
DROP INDEX attempt_started_at_idx;
DELETE FROM api_key WHERE NOT may_push AND cardinality(feeds) = 0; -- the program of before knows no such keys
ALTER TABLE api_key DROP CONSTRAINT IF EXISTS api_key_opens_something,
    ADD CONSTRAINT api_key_opens_something CHECK (may_push OR cardinality(feeds) > 0),
    DROP COLUMN may_operate;
DROP INDEX breaker_transition_time_idx;
ALTER TABLE breaker_transition DROP COLUMN cause;
RESET lock_timeout;
