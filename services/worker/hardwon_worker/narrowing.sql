-- name: among
-- The lessons that a search may answer with. What is not asked for is NULL and folds away, since the statement is never prepared.
-- Points are found by an array of their keys, as in standing.sql; the kind is compared outside, since EXISTS would be made a join again.
SELECT lesson.lesson_id
FROM lesson
JOIN project ON project.organisation_id = lesson.organisation_id AND project.project_id = lesson.project_id
WHERE lesson.organisation_id = %(organisation_id)s AND lesson.state = 'current'
    AND (%(team)s::text IS NULL OR project.profile ->> 'team' = %(team)s)
    AND (%(first)s::date IS NULL OR lesson.drawn_at >= %(first)s::date)
    AND (%(last)s::date IS NULL OR lesson.drawn_at < %(last)s::date + 1)
    AND (%(theme)s::text IS NULL OR EXISTS (
        SELECT FROM theme_text
        WHERE theme_text.organisation_id = lesson.organisation_id AND theme_text.text_id = lesson.lesson_id
            AND theme_text.theme = %(theme)s))
    AND (%(kind)s::text IS NULL OR %(kind)s = ANY(ARRAY(
        SELECT point.kind FROM discussion_point AS point
        WHERE point.organisation_id = lesson.organisation_id
            AND point.point_id = ANY(ARRAY(SELECT jsonb_array_elements_text(lesson.points)::uuid)))))
