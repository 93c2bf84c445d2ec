-- Records of kind dossier_note: what is said of a dossier beside its header and
-- its trail. The new rule is checked for new rows at once and for old ones
-- without a lock that writers would wait for.
-- Lock: ACCESS EXCLUSIVE for the exchange of the rule, milliseconds; SHARE UPDATE
-- EXCLUSIVE for its validation, which reads the table once (10 million rows: seconds).

-- +goose NO TRANSACTION
-- +goose Up
SET lock_timeout = '5s';

ALTER TABLE record
    DROP CONSTRAINT IF EXISTS record_kind_check,
    ADD CONSTRAINT record_kind_check CHECK (kind IN
        ('dossier', 'dossier_step', 'dossier_note', 'civil_event', 'land_parcel', 'organisation', 'person')) NOT VALID;
ALTER TABLE record VALIDATE CONSTRAINT record_kind_check;

-- +goose Down
ALTER TABLE record
    DROP CONSTRAINT IF EXISTS record_kind_check,
    ADD CONSTRAINT record_kind_check CHECK (kind IN
        ('dossier', 'dossier_step', 'civil_event', 'land_parcel', 'organisation', 'person')) NOT VALID;
