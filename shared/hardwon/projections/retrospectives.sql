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
-- The page is found by itself: with a walled table beside it, the planner would try the day on row after row.
WITH page AS MATERIALIZED (
    SELECT * FROM own.retrospective
    WHERE organisation_id = %(organisation_id)s
        AND (retrospective_day(held_on, opened_at), position) < (coalesce(
            (SELECT retrospective_day(last.held_on, last.opened_at) FROM retrospective AS last
             WHERE last.organisation_id = %(organisation_id)s AND last.position = %(before)s), 'later than all days'), %(before)s)
    ORDER BY retrospective_day(held_on, opened_at) DESC, position DESC LIMIT %(limit)s
)
SELECT page.*, project.profile ->> 'name' AS project_name, project.profile ->> 'team' AS project_team
FROM page JOIN project ON project.organisation_id = page.organisation_id AND project.project_id = page.project_id
ORDER BY retrospective_day(page.held_on, page.opened_at) DESC, page.position DESC

-- name: page_of_project
-- The same, served by retrospective_of_project_by_day.
WITH page AS MATERIALIZED (
    SELECT * FROM own.retrospective
    WHERE organisation_id = %(organisation_id)s AND project_id = %(project_id)s
        AND (retrospective_day(held_on, opened_at), position) < (coalesce(
            (SELECT retrospective_day(last.held_on, last.opened_at) FROM retrospective AS last
             WHERE last.organisation_id = %(organisation_id)s AND last.position = %(before)s), 'later than all days'), %(before)s)
    ORDER BY retrospective_day(held_on, opened_at) DESC, position DESC LIMIT %(limit)s
)
SELECT page.*, project.profile ->> 'name' AS project_name, project.profile ->> 'team' AS project_team
FROM page JOIN project ON project.organisation_id = page.organisation_id AND project.project_id = page.project_id
ORDER BY retrospective_day(page.held_on, page.opened_at) DESC, page.position DESC
