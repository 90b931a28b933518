-- name: live_model
SELECT model, source, dimensions FROM live_model WHERE organisation_id = %(organisation_id)s

-- name: first_live_model
-- Two workers may meet a new organisation at once: the first one decides.
INSERT INTO live_model (organisation_id, model, source, dimensions)
VALUES (%(organisation_id)s, %(model)s, %(source)s, %(dimensions)s)
ON CONFLICT (organisation_id) DO NOTHING

-- name: switch_live_model
-- Most times there is nothing to switch, and the row stays untouched.
UPDATE live_model SET model = %(model)s, source = %(source)s, dimensions = %(dimensions)s
WHERE organisation_id = %(organisation_id)s AND (model, source) <> (%(model)s, %(source)s)

-- name: ensure_vector_index
SELECT ensure_vector_index(%(model)s, %(dimensions)s, %(table)s)

-- name: unembedded
-- In the order in which texts changed, served by lesson_text_changed. A text whose vector exists is listed, so that the batch can pass
-- it, but not embedded again: after its checkpoint was reset, a follower runs through without one call of the model.
SELECT lesson.lesson_id AS id, lesson.insight, lesson.advice, lesson.applies_when, lesson.text_hash, lesson.text_position,
       vector.lesson_id IS NOT NULL AS embedded
FROM lesson
LEFT JOIN lesson_vector AS vector ON vector.organisation_id = lesson.organisation_id
    AND vector.lesson_id = lesson.lesson_id AND vector.model = %(model)s AND vector.text_hash = lesson.text_hash
WHERE lesson.organisation_id = %(organisation_id)s AND lesson.text_position > %(after)s
ORDER BY lesson.text_position LIMIT %(limit)s

-- name: unembedded_points
-- What went wrong, in the order in which texts changed, served by discussion_point_text_went_wrong. Points that were erased are passed: all of
-- them read the same, and the radar would take each for the one before it.
SELECT point.point_id AS id, point.text, hashed.text_hash, point.text_position, vector.point_id IS NOT NULL OR point.text = %(erased)s AS embedded
FROM own.discussion_point AS point
CROSS JOIN LATERAL (SELECT encode(sha256(convert_to(point.text, 'UTF8')), 'hex') AS text_hash) AS hashed
LEFT JOIN point_vector AS vector ON vector.organisation_id = point.organisation_id
    AND vector.point_id = point.point_id AND vector.model = %(model)s AND vector.text_hash = hashed.text_hash
WHERE point.organisation_id = %(organisation_id)s AND point.kind = 'went_wrong' AND point.text_position > %(after)s
ORDER BY point.text_position LIMIT %(limit)s

-- name: claim
-- Only who finds the checkpoint where the batch began may write it: a slower worker must not put back what a faster one replaced.
SELECT FROM checkpoint
WHERE organisation_id = %(organisation_id)s AND follower = %(follower)s AND position = %(after)s FOR UPDATE

-- name: save
-- Adds the new vectors, takes away those of what the texts no longer say, which must not be found, and keeps the sum in step. What a text
-- no longer says by now is not added: it may have been erased while the model worked. For lessons and points alike, which each have
-- tables of their own.
WITH fresh AS (
    SELECT * FROM unnest(%(ids)s::uuid[], %(text_hashes)s::text[], %(embeddings)s::text[]) AS fresh (id, text_hash, embedding)
    WHERE EXISTS ({said})
), added AS (
    INSERT INTO {vectors} (organisation_id, {key}, model, text_hash, embedding)
    SELECT %(organisation_id)s, id, %(model)s, text_hash, embedding::halfvec FROM fresh
    ON CONFLICT (organisation_id, {key}, model, text_hash) DO NOTHING
    RETURNING embedding::vector AS embedding
), gone AS (
    DELETE FROM {vectors} AS vector USING fresh
    WHERE vector.organisation_id = %(organisation_id)s AND vector.{key} = fresh.id
        AND vector.model = %(model)s AND vector.text_hash <> fresh.text_hash
    RETURNING vector.embedding::vector * array_fill(-1, ARRAY[%(dimensions)s])::vector AS embedding
), change AS (
    SELECT sum(sign) AS counted, sum(embedding) AS total
    FROM (SELECT embedding, 1 AS sign FROM added UNION ALL SELECT embedding, -1 FROM gone) AS each
)
INSERT INTO {sums} AS sums (organisation_id, model, {counted}, total)
SELECT %(organisation_id)s, %(model)s, counted, total FROM change WHERE total IS NOT NULL
ON CONFLICT (organisation_id, model) DO UPDATE SET {counted} = sums.{counted} + EXCLUDED.{counted}, total = sums.total + EXCLUDED.total

-- name: lesson_says
SELECT FROM lesson
WHERE lesson.organisation_id = %(organisation_id)s AND lesson.lesson_id = fresh.id AND lesson.text_hash = fresh.text_hash

-- name: point_says
SELECT FROM discussion_point AS point
WHERE point.organisation_id = %(organisation_id)s AND point.point_id = fresh.id
    AND encode(sha256(convert_to(point.text, 'UTF8')), 'hex') = fresh.text_hash

-- name: forget_points
-- The vectors of points that were taken back in this part of the log, which whoever follows it passes; the sum stays in step. They were gone
-- from the read model before, so none of them is made again. Found by an array of their keys, as points are in standing.sql.
WITH gone AS (
    DELETE FROM point_vector
    WHERE organisation_id = %(organisation_id)s AND model = %(model)s AND point_id = ANY(ARRAY(
        SELECT (event.data ->> 'point_id')::uuid FROM event
        WHERE event.organisation_id = %(organisation_id)s AND event.type = 'point_withdrawn'
            AND event.position > %(after)s AND event.position <= %(until)s))
    RETURNING point_vector.embedding::vector AS embedding
)
UPDATE point_vector_sum SET points = point_vector_sum.points - each.points, total = point_vector_sum.total - each.total
FROM (SELECT count(*) AS points, sum(embedding) AS total FROM gone) AS each
WHERE point_vector_sum.organisation_id = %(organisation_id)s AND point_vector_sum.model = %(model)s AND each.points > 0
