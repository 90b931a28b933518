-- The keys of persons' words. A schema of their own, so that a backup can leave them out (pg_dump --exclude-schema); no foreign key leads out
-- of it, so that either can be restored without the other. Run by every migration: a restored backup comes without it.
CREATE SCHEMA IF NOT EXISTS person_keys;
CREATE TABLE IF NOT EXISTS person_keys.person_key (
    organisation_id uuid NOT NULL,
    person_id uuid NOT NULL,
    wrapped_key bytea,
    created_at timestamptz NOT NULL DEFAULT now(),
    destroyed_at timestamptz,
    PRIMARY KEY (organisation_id, person_id),
    CHECK ((wrapped_key IS NULL) = (destroyed_at IS NOT NULL))
);
GRANT USAGE ON SCHEMA person_keys TO hardwon_app;
-- A row stays for ever: without it a new key would be made for a person who was erased.
GRANT SELECT, INSERT, UPDATE (wrapped_key, destroyed_at) ON person_keys.person_key TO hardwon_app;
