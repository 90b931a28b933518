-- name: load
SELECT retrospective_id, to_jsonb(retrospective) - 'organisation_id' FROM retrospective
WHERE organisation_id = %(organisation_id)s AND retrospective_id = ANY(%(keys)s)

-- name: save
-- The title reads otherwise once its writer is erased.
INSERT INTO retrospective SELECT * FROM jsonb_populate_recordset(NULL::retrospective, %(rows)s)
ON CONFLICT (organisation_id, retrospective_id) DO UPDATE SET
    title = EXCLUDED.title, points = EXCLUDED.points, closed_at = EXCLUDED.closed_at

-- name: clear
DELETE FROM retrospective WHERE organisation_id = %(organisation_id)s

-- name: page
-- The one held last first, served by retrospective_by_day; the position at which it was opened is the cursor, found by retrospective_newest.
SELECT retrospective.*, project.profile ->> 'name' AS project_name, project.profile ->> 'team' AS project_team
FROM retrospective
JOIN project ON project.organisation_id = retrospective.organisation_id AND project.project_id = retrospective.project_id
WHERE retrospective.organisation_id = %(organisation_id)s
    AND (retrospective_day(retrospective.held_on, retrospective.opened_at), retrospective.position) < (coalesce(
        (SELECT retrospective_day(last.held_on, last.opened_at) FROM retrospective AS last
         WHERE last.organisation_id = %(organisation_id)s AND last.position = %(before)s), 'later than all days'), %(before)s)
ORDER BY retrospective_day(retrospective.held_on, retrospective.opened_at) DESC, retrospective.position DESC LIMIT %(limit)s

-- name: page_of_project
-- The same, served by retrospective_of_project_by_day.
SELECT retrospective.*, project.profile ->> 'name' AS project_name, project.profile ->> 'team' AS project_team
FROM retrospective
JOIN project ON project.organisation_id = retrospective.organisation_id AND project.project_id = retrospective.project_id
WHERE retrospective.organisation_id = %(organisation_id)s AND retrospective.project_id = %(project_id)s
    AND (retrospective_day(retrospective.held_on, retrospective.opened_at), retrospective.position) < (coalesce(
        (SELECT retrospective_day(last.held_on, last.opened_at) FROM retrospective AS last
         WHERE last.organisation_id = %(organisation_id)s AND last.position = %(before)s), 'later than all days'), %(before)s)
ORDER BY retrospective_day(retrospective.held_on, retrospective.opened_at) DESC, retrospective.position DESC LIMIT %(limit)s
