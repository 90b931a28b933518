-- name: load
SELECT point_id, to_jsonb(discussion_point) - 'organisation_id' FROM discussion_point
WHERE organisation_id = %(organisation_id)s AND point_id = ANY(%(keys)s)

-- name: save
-- The words are others once they were mended, or their writer was erased.
INSERT INTO discussion_point SELECT * FROM jsonb_populate_recordset(NULL::discussion_point, %(rows)s)
ON CONFLICT (organisation_id, point_id) DO UPDATE SET text = EXCLUDED.text, tags = EXCLUDED.tags, reworded = EXCLUDED.reworded

-- name: remove
DELETE FROM discussion_point WHERE organisation_id = %(organisation_id)s AND point_id = ANY(%(keys)s)

-- name: clear
DELETE FROM discussion_point WHERE organisation_id = %(organisation_id)s

-- name: of_ids
SELECT * FROM discussion_point WHERE organisation_id = %(organisation_id)s AND point_id = ANY(%(point_ids)s) ORDER BY position

-- name: with_projects
SELECT point.*, project.profile ->> 'name' AS project_name, project.profile ->> 'team' AS project_team
FROM discussion_point AS point
JOIN project ON project.organisation_id = point.organisation_id AND project.project_id = point.project_id
WHERE point.organisation_id = %(organisation_id)s AND point.point_id = ANY(%(point_ids)s)

-- name: unanswered
-- Points that no lesson answers, newest first, without those of an erased person, from which nothing more can be learned. What lessons answer
-- is gathered once: looked up for each point, it would take a second for a project of some thousand points.
WITH answered AS MATERIALIZED (
    SELECT jsonb_array_elements_text(points)::uuid AS point_id FROM lesson WHERE organisation_id = %(organisation_id)s
)
SELECT point.*, project.profile ->> 'name' AS project_name, project.profile ->> 'team' AS project_team
FROM discussion_point AS point
JOIN project ON project.organisation_id = point.organisation_id AND project.project_id = point.project_id
WHERE point.organisation_id = %(organisation_id)s AND point.position < %(before)s
    AND NOT EXISTS (SELECT FROM answered WHERE answered.point_id = point.point_id) AND point.text <> %(erased)s
ORDER BY point.position DESC LIMIT %(limit)s

-- name: unanswered_of_project
-- A lesson answers points of its own project only.
WITH answered AS MATERIALIZED (
    SELECT jsonb_array_elements_text(points)::uuid AS point_id FROM lesson
    WHERE organisation_id = %(organisation_id)s AND project_id = %(project_id)s
)
SELECT point.*, project.profile ->> 'name' AS project_name, project.profile ->> 'team' AS project_team
FROM discussion_point AS point
JOIN project ON project.organisation_id = point.organisation_id AND project.project_id = point.project_id
WHERE point.organisation_id = %(organisation_id)s AND point.project_id = %(project_id)s AND point.position < %(before)s
    AND NOT EXISTS (SELECT FROM answered WHERE answered.point_id = point.point_id) AND point.text <> %(erased)s
ORDER BY point.position DESC LIMIT %(limit)s

-- name: unanswered_lately
-- Of the newest points only, so that it costs the same in an organisation of any size; served by discussion_point_newest and lesson_of_project.
-- Of = ANY the planner knows that few projects come; of IN it does not, and reads all lessons.
WITH lately AS MATERIALIZED (
    SELECT * FROM discussion_point WHERE organisation_id = %(organisation_id)s ORDER BY position DESC LIMIT %(looked_at)s
), answered AS MATERIALIZED (
    SELECT jsonb_array_elements_text(points)::uuid AS point_id FROM lesson
    WHERE organisation_id = %(organisation_id)s AND project_id = ANY(ARRAY(SELECT DISTINCT project_id FROM lately))
)
SELECT lately.* FROM lately
WHERE NOT EXISTS (SELECT FROM answered WHERE answered.point_id = lately.point_id) AND lately.text <> %(erased)s
ORDER BY lately.position DESC LIMIT %(limit)s

-- name: count_unanswered
WITH answered AS MATERIALIZED (
    SELECT jsonb_array_elements_text(points)::uuid AS point_id FROM lesson
    WHERE organisation_id = %(organisation_id)s AND project_id = ANY(%(project_ids)s)
)
SELECT point.project_id, count(*) AS points
FROM discussion_point AS point
WHERE point.organisation_id = %(organisation_id)s AND point.project_id = ANY(%(project_ids)s)
    AND NOT EXISTS (SELECT FROM answered WHERE answered.point_id = point.point_id) AND point.text <> %(erased)s
GROUP BY point.project_id
