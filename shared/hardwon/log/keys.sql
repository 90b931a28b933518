-- name: of
SELECT person_id, wrapped_key FROM person_keys.person_key
WHERE organisation_id = %(organisation_id)s AND person_id = ANY(%(person_ids)s) AND destroyed_at IS NULL

-- name: unknown
SELECT person_id FROM unnest(%(person_ids)s::uuid[]) AS wanted (person_id)
WHERE NOT EXISTS (
    SELECT FROM person_keys.person_key
    WHERE person_key.organisation_id = %(organisation_id)s AND person_key.person_id = wanted.person_id)

-- name: one
SELECT person_id, wrapped_key FROM person_keys.person_key
WHERE organisation_id = %(organisation_id)s AND destroyed_at IS NULL LIMIT 1

-- name: make
-- Appends of one organisation come one after the other, so nobody else makes the same key; an erasure at this moment wins.
INSERT INTO person_keys.person_key (organisation_id, person_id, wrapped_key)
VALUES (%(organisation_id)s, %(person_id)s, %(wrapped_key)s) ON CONFLICT (organisation_id, person_id) DO NOTHING

-- name: destroy
INSERT INTO person_keys.person_key (organisation_id, person_id, destroyed_at) VALUES (%(organisation_id)s, %(person_id)s, now())
ON CONFLICT (organisation_id, person_id) DO UPDATE SET wrapped_key = NULL, destroyed_at = now()
WHERE person_key.destroyed_at IS NULL
