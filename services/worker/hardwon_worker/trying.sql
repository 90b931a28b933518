-- name: begin
UPDATE checkpoint SET tries = tries + 1 WHERE organisation_id = %(organisation_id)s AND follower = %(follower)s

-- name: end
-- What was set aside before it changed is so no more.
WITH worked_on AS (
    DELETE FROM set_aside
    WHERE organisation_id = %(organisation_id)s AND follower = %(follower)s AND id = ANY(%(ids)s))
UPDATE checkpoint SET tries = %(tries)s
WHERE organisation_id = %(organisation_id)s AND follower = %(follower)s AND tries <> %(tries)s

-- name: set_aside
INSERT INTO set_aside (organisation_id, follower, id) VALUES (%(organisation_id)s, %(follower)s, %(id)s)
ON CONFLICT (organisation_id, follower, id) DO UPDATE SET set_aside_at = now()
