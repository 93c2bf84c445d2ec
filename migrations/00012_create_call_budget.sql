-- The token bucket that all nodes take their calls to one destination from
-- (docs/adr/0022-shaping.md). One narrow row per destination, updated some times
-- a second: room is left so that updates stay within the page.
-- Lock: new table only. Duration on 10 million rows: none exist yet, milliseconds.

-- +goose Up
SET lock_timeout = '5s';

CREATE TABLE call_budget (
    destination text             NOT NULL CHECK (destination <> ''),
    tokens      double precision NOT NULL, -- calls that may start at once; negative: promised to those who wait
    at          timestamptz      NOT NULL, -- when tokens was true
    CONSTRAINT call_budget_pkey PRIMARY KEY (destination)
) WITH (fillfactor = 20);

-- +goose Down
DROP TABLE call_budget;
