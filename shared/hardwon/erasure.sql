-- name: hold_followers
-- Who embeds, counts words or names themes writes under one of these: what was begun is finished, and what begins afterwards finds the texts as they are.
SELECT FROM checkpoint
WHERE organisation_id = %(organisation_id)s
    AND (follower IN ('words', 'themes') OR starts_with(follower, 'embedding:') OR starts_with(follower, 'point-embedding:'))
ORDER BY follower FOR UPDATE

-- name: forget_lesson_vectors
-- Those of texts that the lessons no longer say; the sum stays in step.
WITH gone AS (
    DELETE FROM lesson_vector USING lesson
    WHERE lesson_vector.organisation_id = %(organisation_id)s AND lesson_vector.lesson_id = ANY(%(lesson_ids)s)
        AND lesson.organisation_id = lesson_vector.organisation_id AND lesson.lesson_id = lesson_vector.lesson_id
        AND lesson.text_hash <> lesson_vector.text_hash
    RETURNING lesson_vector.model, lesson_vector.embedding::vector AS embedding
), less AS (
    UPDATE vector_sum SET lessons = vector_sum.lessons - each.lessons, total = vector_sum.total - each.total
    FROM (SELECT model, count(*) AS lessons, sum(embedding) AS total FROM gone GROUP BY model) AS each
    WHERE vector_sum.organisation_id = %(organisation_id)s AND vector_sum.model = each.model
)
SELECT count(*) FROM gone

-- name: forget_point_vectors
WITH gone AS (
    DELETE FROM point_vector WHERE organisation_id = %(organisation_id)s AND point_id = ANY(%(point_ids)s)
    RETURNING model, embedding::vector AS embedding
), less AS (
    UPDATE point_vector_sum SET points = point_vector_sum.points - each.points, total = point_vector_sum.total - each.total
    FROM (SELECT model, count(*) AS points, sum(embedding) AS total FROM gone GROUP BY model) AS each
    WHERE point_vector_sum.organisation_id = %(organisation_id)s AND point_vector_sum.model = each.model
)
SELECT count(*) FROM gone

-- name: forget_words
WITH gone AS (
    DELETE FROM lesson_words USING lesson
    WHERE lesson_words.organisation_id = %(organisation_id)s AND lesson_words.lesson_id = ANY(%(lesson_ids)s)
        AND lesson.organisation_id = lesson_words.organisation_id AND lesson.lesson_id = lesson_words.lesson_id
        AND lesson.text_hash <> lesson_words.text_hash
    RETURNING lesson_words.language, lesson_words.length, lesson_words.terms
), fewer AS (
    UPDATE term SET lessons = term.lessons - each.lessons
    FROM (SELECT unnest(terms) AS term, count(*) AS lessons FROM gone GROUP BY 1) AS each
    WHERE term.organisation_id = %(organisation_id)s AND term.term = each.term
), shorter AS (
    UPDATE language SET lessons = language.lessons - each.lessons, length = language.length - each.length
    FROM (SELECT language, count(*) AS lessons, sum(length) AS length FROM gone GROUP BY language) AS each
    WHERE language.organisation_id = %(organisation_id)s AND language.language = each.language
)
SELECT count(*) FROM gone

-- name: forget_terms
-- Words that nobody uses any more.
DELETE FROM term WHERE organisation_id = %(organisation_id)s AND lessons <= 0

-- name: forget_themes
-- Whoever wrote something may have given a theme its name; a worker finds them anew, and where its texts lie.
WITH again AS (
    UPDATE checkpoint SET position = 0, hash = NULL WHERE organisation_id = %(organisation_id)s AND follower = 'themes'
), texts AS (
    DELETE FROM theme_text WHERE organisation_id = %(organisation_id)s
), made AS (
    DELETE FROM themes_made WHERE organisation_id = %(organisation_id)s
), gone AS (
    DELETE FROM theme WHERE organisation_id = %(organisation_id)s RETURNING theme
)
SELECT count(*) FROM gone
