-- name: load
SELECT point_id, to_jsonb(recurrence) - 'organisation_id' FROM recurrence
WHERE organisation_id = %(organisation_id)s AND point_id = ANY(%(keys)s)

-- name: save
INSERT INTO recurrence SELECT * FROM jsonb_populate_recordset(NULL::recurrence, %(rows)s)
ON CONFLICT (organisation_id, point_id) DO UPDATE SET
    state = EXCLUDED.state, note = EXCLUDED.note, version = EXCLUDED.version

-- name: remove
DELETE FROM recurrence WHERE organisation_id = %(organisation_id)s AND point_id = ANY(%(keys)s)

-- name: clear
DELETE FROM recurrence WHERE organisation_id = %(organisation_id)s

-- name: page
-- Newest first, served by recurrence_newest; the position at which it was found is the cursor.
SELECT * FROM recurrence
WHERE organisation_id = %(organisation_id)s AND position < %(before)s AND state = ANY(%(states)s)
ORDER BY position DESC LIMIT %(limit)s

-- name: page_of_project
-- Served by recurrence_of_project.
SELECT * FROM recurrence
WHERE organisation_id = %(organisation_id)s AND project_id = %(project_id)s AND position < %(before)s AND state = ANY(%(states)s)
ORDER BY position DESC LIMIT %(limit)s
