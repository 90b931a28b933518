-- name: unmatched
-- The lessons whose text changed, in that order; served by lesson_text_changed.
SELECT lesson_id, text_position FROM lesson
WHERE organisation_id = %(organisation_id)s AND text_position > %(after)s AND text_position <= %(goal)s
ORDER BY text_position LIMIT %(limit)s

-- name: alike
-- For each of the lessons those older ones, or those older than which it is, that say nearly the same; the newer first, in which the
-- older is not to be lost. The filter is a scalar subquery, as in retrieval.sql, or the index could not be walked.
SELECT DISTINCT CASE WHEN one.position > other.position THEN one.lesson_id ELSE other.lesson_id END AS lesson_id,
       CASE WHEN one.position > other.position THEN other.lesson_id ELSE one.lesson_id END AS into_lesson_id, near.similarity
FROM lesson AS one
JOIN lesson_vector AS asked ON asked.organisation_id = one.organisation_id AND asked.lesson_id = one.lesson_id
    AND asked.model = {model} AND asked.text_hash = one.text_hash
CROSS JOIN LATERAL (
    SELECT vector.lesson_id, 1 - ({distance}) AS similarity
    FROM lesson_vector AS vector
    WHERE vector.organisation_id = %(organisation_id)s AND vector.model = {model} AND (
        SELECT lesson.state = 'current' AND lesson.text_hash = vector.text_hash AND lesson.lesson_id <> one.lesson_id
        FROM lesson
        WHERE lesson.organisation_id = vector.organisation_id AND lesson.lesson_id = vector.lesson_id)
    ORDER BY {distance} LIMIT %(candidates)s
) AS near
JOIN lesson AS other ON other.organisation_id = one.organisation_id AND other.lesson_id = near.lesson_id
WHERE one.organisation_id = %(organisation_id)s AND one.lesson_id = ANY(%(lesson_ids)s) AND one.state = 'current'
    AND near.similarity >= %(same)s
ORDER BY 3 DESC, 1, 2
