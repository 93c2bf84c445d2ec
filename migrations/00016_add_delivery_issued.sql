-- What a destination issued for an entity and wants to hear again: its number, its
-- id, handles of files (docs/adr/0020-ministry-destination.md). Nothing is written to rows that are there.
-- Lock: ACCESS EXCLUSIVE on delivery, milliseconds whatever its size: the column has no default.
-- The program of before does not read the column and leaves it as it is.

-- +goose Up
SET lock_timeout = '5s';
ALTER TABLE delivery ADD COLUMN issued json;
RESET lock_timeout;

-- +goose Down
SET lock_timeout = '5s';
ALTER TABLE delivery DROP COLUMN issued;
RESET lock_timeout;
