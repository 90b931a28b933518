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

-- name: mean_of_points
SELECT points, total FROM point_vector_sum WHERE organisation_id = %(organisation_id)s AND model = %(model)s

-- name: nearest_points_exact
-- As nearest_exact of retrieval.sql: without the cast that the HNSW index is made on.
SELECT point.point_id, 1 - (vector.embedding <=> %(wanted)s::halfvec) AS similarity
FROM point_vector AS vector
JOIN discussion_point AS point ON point.organisation_id = vector.organisation_id AND point.point_id = vector.point_id
WHERE vector.organisation_id = %(organisation_id)s AND vector.model = {model}
    AND (point.retrospective_id = %(other_than)s) IS NOT TRUE
ORDER BY vector.embedding <=> %(wanted)s::halfvec LIMIT %(limit)s

-- name: nearest_points_indexed
-- As nearest_indexed of retrieval.sql, with its filter as a scalar subquery.
SELECT nearest.point_id, 1 - nearest.distance AS similarity
FROM (
    SELECT vector.point_id,
           (vector.embedding::halfvec({dimensions})) <=> %(wanted)s::halfvec({dimensions}) AS distance
    FROM point_vector AS vector
    WHERE vector.organisation_id = %(organisation_id)s AND vector.model = {model} AND (
        SELECT (point.retrospective_id = %(other_than)s) IS NOT TRUE
        FROM discussion_point AS point
        WHERE point.organisation_id = vector.organisation_id AND point.point_id = vector.point_id)
    ORDER BY distance LIMIT %(limit)s
) AS nearest
ORDER BY nearest.distance
