-- name: tries
SELECT tries FROM project_try
WHERE organisation_id = %(organisation_id)s AND project_id = %(project_id)s AND position = %(position)s

-- name: begin
-- What the project said before counts no more.
INSERT INTO project_try (organisation_id, project_id, position) VALUES (%(organisation_id)s, %(project_id)s, %(position)s)
ON CONFLICT (organisation_id, project_id) DO UPDATE SET
    tries = CASE WHEN project_try.position = EXCLUDED.position THEN project_try.tries + 1 ELSE 1 END,
    position = EXCLUDED.position, set_aside_at = NULL

-- name: take_back
UPDATE project_try SET tries = tries - 1
WHERE organisation_id = %(organisation_id)s AND project_id = %(project_id)s AND position = %(position)s

-- name: end
DELETE FROM project_try
WHERE organisation_id = %(organisation_id)s AND project_id = %(project_id)s AND position = %(position)s

-- name: set_aside
UPDATE project_try SET set_aside_at = now()
WHERE organisation_id = %(organisation_id)s AND project_id = %(project_id)s AND position = %(position)s AND set_aside_at IS NULL
