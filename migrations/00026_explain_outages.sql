-- Whose fault an outage was (docs/adr/0029-morning.md): each line of a breaker's
-- history keeps what the destination did, and calls can be found by their time.
-- Lock: ACCESS EXCLUSIVE on breaker_transition, some hundred rows, milliseconds; SHARE on attempt and
-- its months while the index is built, which reads them once: 10 million rows take about 10 s, in which calls
-- that end wait to be written (a lane that waits longer than its lease looks before it goes on).
-- The program of before writes neither column and goes on.

-- +goose Up
SET lock_timeout = '5s';

ALTER TABLE breaker_transition ADD COLUMN cause text NOT NULL DEFAULT ''; -- fingerprint of the call that opened it, its code alone; empty: no call did
CREATE INDEX breaker_transition_time_idx ON breaker_transition (at); -- of retention

-- Rows come in about the order of their time: a few pages of index for a month.
CREATE INDEX attempt_started_at_idx ON attempt USING brin (started_at) WITH (pages_per_range = 32, autosummarize = on);
RESET lock_timeout;

-- +goose Down
SET lock_timeout = '5s';
DROP INDEX attempt_started_at_idx;
DROP INDEX breaker_transition_time_idx;
ALTER TABLE breaker_transition DROP COLUMN cause;
RESET lock_timeout;
