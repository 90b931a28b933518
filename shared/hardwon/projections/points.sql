-- name: load
SELECT point_id, to_jsonb(discussion_point) - 'organisation_id' FROM discussion_point
WHERE organisation_id = %(organisation_id)s AND point_id = ANY(%(keys)s)

-- name: save
INSERT INTO discussion_point SELECT * FROM jsonb_populate_recordset(NULL::discussion_point, %(rows)s)
ON CONFLICT (organisation_id, point_id) DO NOTHING

-- name: clear
DELETE FROM discussion_point WHERE organisation_id = %(organisation_id)s

-- name: of_ids
SELECT * FROM discussion_point WHERE organisation_id = %(organisation_id)s AND point_id = ANY(%(point_ids)s) ORDER BY position

-- name: unanswered
-- Points that no lesson answers, newest first. A lesson answers points of its own project only, so for each point that project's few
-- lessons are looked at, by lesson_of_project.
SELECT point.*, project.profile ->> 'name' AS project_name, project.profile ->> 'team' AS project_team
FROM discussion_point AS point
JOIN project ON project.organisation_id = point.organisation_id AND project.project_id = point.project_id
WHERE point.organisation_id = %(organisation_id)s AND point.position < %(before)s
    AND NOT EXISTS (
        SELECT FROM lesson
        WHERE lesson.organisation_id = point.organisation_id AND lesson.project_id = point.project_id
            AND lesson.points ? point.point_id::text)
ORDER BY point.position DESC LIMIT %(limit)s

-- name: unanswered_of_project
SELECT point.*, project.profile ->> 'name' AS project_name, project.profile ->> 'team' AS project_team
FROM discussion_point AS point
JOIN project ON project.organisation_id = point.organisation_id AND project.project_id = point.project_id
WHERE point.organisation_id = %(organisation_id)s AND point.project_id = %(project_id)s AND point.position < %(before)s
    AND NOT EXISTS (
        SELECT FROM lesson
        WHERE lesson.organisation_id = point.organisation_id AND lesson.project_id = point.project_id
            AND lesson.points ? point.point_id::text)
ORDER BY point.position DESC LIMIT %(limit)s

-- name: count_unanswered
SELECT point.project_id, count(*) AS points
FROM discussion_point AS point
WHERE point.organisation_id = %(organisation_id)s AND point.project_id = ANY(%(project_ids)s)
    AND NOT EXISTS (
        SELECT FROM lesson
        WHERE lesson.organisation_id = point.organisation_id AND lesson.project_id = point.project_id
            AND lesson.points ? point.point_id::text)
GROUP BY point.project_id
