-- name: unanswered
-- What went wrong last in other projects, and nobody drew a lesson from; served by discussion_point_went_wrong. A lesson answers points of its
-- own project only, so the project's few lessons are looked at and not all.
SELECT point.project_id, halfvec_send(vector.embedding) AS vector
FROM discussion_point AS point
JOIN point_vector AS vector ON vector.organisation_id = point.organisation_id AND vector.point_id = point.point_id
    AND vector.model = %(model)s
WHERE point.organisation_id = %(organisation_id)s AND point.kind = 'went_wrong' AND point.project_id <> %(other_than)s
    AND NOT EXISTS (
        SELECT FROM lesson
        WHERE lesson.organisation_id = point.organisation_id AND lesson.project_id = point.project_id
            AND lesson.points ? point.point_id::text)
ORDER BY point.position DESC LIMIT %(limit)s
