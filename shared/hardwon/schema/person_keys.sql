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

-- Beside the keys, since it is of the same sort: what a member alone should have, no part of the record, and left out of backups with them.
CREATE TABLE IF NOT EXISTS person_keys.password (
    organisation_id uuid NOT NULL,
    member_id uuid NOT NULL,
    hash text NOT NULL,
    changed_at timestamptz NOT NULL DEFAULT now(),
    PRIMARY KEY (organisation_id, member_id)
);
GRANT SELECT, INSERT, DELETE, UPDATE (hash, changed_at) ON person_keys.password TO hardwon_app;

-- By whom an OpenID provider means which member: a digest of the provider and of what it calls somebody.
CREATE TABLE IF NOT EXISTS person_keys.openid_identity (
    organisation_id uuid NOT NULL,
    digest bytea NOT NULL,
    member_id uuid NOT NULL,
    PRIMARY KEY (organisation_id, digest),
    UNIQUE (organisation_id, member_id)
);
GRANT SELECT, INSERT, DELETE ON person_keys.openid_identity TO hardwon_app;
