-- name: unanswered
-- What went wrong last in other projects, and nobody drew a lesson from; served by discussion_point_went_wrong. What lessons answer is
-- gathered once: looked up for each point, it would take a second for a project of some thousand points.
WITH answered AS MATERIALIZED (
    SELECT jsonb_array_elements_text(points)::uuid AS point_id FROM lesson WHERE organisation_id = %(organisation_id)s
)
SELECT point.project_id, halfvec_send(vector.embedding) AS vector
FROM discussion_point AS point
JOIN point_vector AS vector ON vector.organisation_id = point.organisation_id AND vector.point_id = point.point_id
    AND vector.model = %(model)s
WHERE point.organisation_id = %(organisation_id)s AND point.kind = 'went_wrong' AND point.project_id <> %(other_than)s
    AND NOT EXISTS (SELECT FROM answered WHERE answered.point_id = point.point_id)
ORDER BY point.position DESC LIMIT %(limit)s
