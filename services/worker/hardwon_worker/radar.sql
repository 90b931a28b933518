-- name: unjudged
-- Served by discussion_point_text_went_wrong. A point that got other words is looked at again.
SELECT point_id, project_id, position, text_position FROM own.discussion_point
WHERE organisation_id = %(organisation_id)s AND kind = 'went_wrong' AND text_position > %(after)s AND text_position <= %(goal)s
ORDER BY text_position LIMIT %(limit)s

-- name: groundless
-- The recurrences that repeated nothing but a story that was taken back in this part of the log. What a person confirmed stays.
SELECT recurrence.point_id
FROM event
JOIN recurrence ON recurrence.organisation_id = event.organisation_id AND recurrence.earlier_point_id = (event.data ->> 'point_id')::uuid
WHERE event.organisation_id = %(organisation_id)s AND event.type = 'point_withdrawn'
    AND event.position > %(after)s AND event.position <= %(until)s AND recurrence.lesson_id IS NULL AND recurrence.state = 'detected'
UNION
-- And those recorded at the very moment at which their point, or the only story that they repeat, was taken back: then it stands behind that.
-- Served by recurrence_newest.
SELECT point_id FROM recurrence
WHERE organisation_id = %(organisation_id)s AND position > %(after)s AND position <= %(until)s AND state = 'detected'
    AND NOT (
        EXISTS (SELECT FROM discussion_point AS point
                WHERE point.organisation_id = recurrence.organisation_id AND point.point_id = recurrence.point_id)
        AND (lesson_id IS NOT NULL
             OR EXISTS (SELECT FROM discussion_point AS earlier
                        WHERE earlier.organisation_id = recurrence.organisation_id AND earlier.point_id = recurrence.earlier_point_id)))

-- name: mean_of_points
SELECT points, total FROM point_vector_sum WHERE organisation_id = %(organisation_id)s AND model = %(model)s

-- name: closest
-- For each point what came before it and is most like it: from the few nearest, by the cosine without what all texts have in common.
SELECT DISTINCT ON (found.point_id) found.point_id, found.id, found.similarity, count(*) OVER (PARTITION BY found.point_id) AS candidates
FROM (
    SELECT point.point_id, near.id,
           1 - ((near.embedding::vector - %(mean)s::vector) <=> (asked.embedding::vector - %(mean_of_points)s::vector)) AS similarity
    FROM discussion_point AS point
    JOIN point_vector AS asked ON asked.organisation_id = point.organisation_id AND asked.point_id = point.point_id
        AND asked.model = {model}
    CROSS JOIN LATERAL ({near}) AS near
    WHERE point.organisation_id = %(organisation_id)s AND point.point_id = ANY(%(point_ids)s)
) AS found
ORDER BY found.point_id, found.similarity DESC, found.id

-- name: lessons_before
-- A part of closest: lessons drawn before the point, but not in the same meeting. A lesson that answers the point comes behind it, so it
-- is none of them. The filter is a scalar subquery, as in retrieval.sql, or the index could not be walked. A lesson just said better is
-- found by its old vector until it has the new one, since a point is judged only once.
SELECT vector.lesson_id AS id, vector.embedding FROM lesson_vector AS vector
WHERE vector.organisation_id = %(organisation_id)s AND vector.model = {model} AND (
    SELECT lesson.state = 'current' AND lesson.position < point.position
        AND (lesson.retrospective_id = point.retrospective_id) IS NOT TRUE
    FROM lesson
    WHERE lesson.organisation_id = vector.organisation_id AND lesson.lesson_id = vector.lesson_id)
ORDER BY {distance} LIMIT %(candidates)s

-- name: points_before
-- A part of closest: points raised before it, in another meeting. What one project raises between its meetings counts as one meeting.
SELECT vector.point_id AS id, vector.embedding FROM point_vector AS vector
WHERE vector.organisation_id = %(organisation_id)s AND vector.model = {model} AND (
    SELECT other.position < point.position
        AND (other.project_id, other.retrospective_id) IS DISTINCT FROM (point.project_id, point.retrospective_id)
    FROM discussion_point AS other
    WHERE other.organisation_id = vector.organisation_id AND other.point_id = vector.point_id)
ORDER BY {distance} LIMIT %(candidates)s
