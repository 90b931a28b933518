-- name: load
SELECT project_id, to_jsonb(project) - 'organisation_id' FROM project
WHERE organisation_id = %(organisation_id)s AND project_id = ANY(%(keys)s)

-- name: save
INSERT INTO project SELECT * FROM jsonb_populate_recordset(NULL::project, %(rows)s)
ON CONFLICT (organisation_id, project_id) DO UPDATE SET
    profile = EXCLUDED.profile, version = EXCLUDED.version,
    retrospectives = EXCLUDED.retrospectives, points = EXCLUDED.points, lessons = EXCLUDED.lessons

-- name: clear
DELETE FROM project WHERE organisation_id = %(organisation_id)s

-- name: get
SELECT * FROM project WHERE organisation_id = %(organisation_id)s AND project_id = %(project_id)s

-- name: page
-- Newest first; the registration's position is the cursor, so a page stays put while new projects arrive. Without the papers, which are long.
SELECT project_id, profile - 'artefacts' AS profile, version, position, registered_at, retrospectives, points, lessons
FROM project WHERE organisation_id = %(organisation_id)s AND position < %(before)s
ORDER BY position DESC LIMIT %(limit)s

-- name: names
SELECT project_id, profile ->> 'name' AS name FROM project
WHERE organisation_id = %(organisation_id)s AND project_id = ANY(%(project_ids)s)

-- name: named
-- Those called the same, however it is written, newest first; by the view, which alone goes down the index behind the wall.
SELECT project_id, profile - 'artefacts' AS profile, registered_at FROM own.project
WHERE organisation_id = %(organisation_id)s AND name_in_small = lower(%(name)s)
ORDER BY position DESC LIMIT %(limit)s

-- name: of_team
-- For administrators, who ask seldom: down project_newest, and past the projects of other teams.
SELECT project_id, profile ->> 'name' AS name, position, registered_at FROM project
WHERE organisation_id = %(organisation_id)s AND position < %(before)s AND profile ->> 'team' = %(team)s
ORDER BY position DESC LIMIT %(limit)s

-- name: profiles
SELECT project_id, profile - 'artefacts' AS profile FROM project
WHERE organisation_id = %(organisation_id)s AND project_id = ANY(%(project_ids)s)
