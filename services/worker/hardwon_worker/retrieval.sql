-- name: considered
SELECT count(*) FROM lesson
WHERE organisation_id = %(organisation_id)s AND state = 'current' AND project_id <> %(project_id)s
    AND text_position <= %(known_position)s

-- name: nearest_exact
-- Every vector of the organisation is compared. The column stands here without the cast that the HNSW index is made on, so the planner
-- cannot take that index, whatever it believes about the costs.
SELECT lesson.lesson_id, 1 - (vector.embedding <=> %(wanted)s::halfvec) AS similarity
FROM lesson_vector AS vector
JOIN lesson ON lesson.organisation_id = vector.organisation_id AND lesson.lesson_id = vector.lesson_id
    AND lesson.text_hash = vector.text_hash
WHERE vector.organisation_id = %(organisation_id)s AND vector.model = {model}
    AND lesson.state = 'current' AND lesson.project_id IS DISTINCT FROM %(other_than)s
    AND (%(among)s::uuid[] IS NULL OR lesson.lesson_id = ANY(%(among)s))
ORDER BY vector.embedding <=> %(wanted)s::halfvec LIMIT %(limit)s

-- name: nearest_indexed
-- The HNSW index of this model, walked until enough of its tuples pass the filter. The filter on the lesson is a scalar subquery, which
-- the planner never turns into a join, since a join could be run in another order than the index's. Model and dimensions are literals
-- because the index is partial and on a cast: with a parameter in their place a cached plan would not match it.
SELECT nearest.lesson_id, 1 - nearest.distance AS similarity
FROM (
    SELECT vector.lesson_id,
           (vector.embedding::halfvec({dimensions})) <=> %(wanted)s::halfvec({dimensions}) AS distance
    FROM lesson_vector AS vector
    WHERE vector.organisation_id = %(organisation_id)s AND vector.model = {model} AND (
        SELECT lesson.state = 'current' AND lesson.project_id IS DISTINCT FROM %(other_than)s
            AND lesson.text_hash = vector.text_hash
        FROM lesson
        WHERE lesson.organisation_id = vector.organisation_id AND lesson.lesson_id = vector.lesson_id)
    ORDER BY distance LIMIT %(limit)s
) AS nearest
ORDER BY nearest.distance

-- name: walk_the_index
-- For one transaction. Iterative, because pgvector filters behind the index: without it a small organisation's lessons vanish behind
-- others'. In relaxed order, and sorted in the end, because the strict one drops true neighbours that it comes upon late. With a wide
-- search, because a narrow one lost all ten of some question's nearest. Without sorts, because a plan that sorts does not walk the index.
SET LOCAL hnsw.iterative_scan = relaxed_order;
SET LOCAL hnsw.ef_search = 800;
SET LOCAL hnsw.max_scan_tuples = 40000;
SET LOCAL enable_sort = off

-- name: compare_by_keys
-- For one transaction. Tables that were filled in the last minute have no statistics, and are taken for tiny: then each text would be looked
-- up by reading the whole table, and a batch among four hundred lessons took seconds, among some thousands longer than any task may.
SET LOCAL enable_seqscan = off

-- name: candidates
-- All that the candidates' scores are computed from, but for their vectors. The words' numbers come in their binary form: as lists of
-- Python's numbers they would take as long as all else of an answer.
SELECT lesson.lesson_id, lesson.text_position, coalesce(words.length, 0) AS length,
       coalesce(array_send(words.terms), '') AS terms, coalesce(array_send(words.counts), '') AS counts
FROM lesson
LEFT JOIN lesson_words AS words ON words.organisation_id = lesson.organisation_id AND words.lesson_id = lesson.lesson_id
    AND words.text_hash = lesson.text_hash
WHERE lesson.organisation_id = %(organisation_id)s AND lesson.lesson_id = ANY(%(lesson_ids)s)
    AND lesson.state = 'current' AND lesson.project_id IS DISTINCT FROM %(other_than)s
ORDER BY lesson.lesson_id

-- name: told
-- What the lessons say that are answered with.
SELECT lesson_id, project_id, insight, advice, applies_when, language
FROM lesson WHERE organisation_id = %(organisation_id)s AND lesson_id = ANY(%(lesson_ids)s)

-- name: vectors_of
-- The vectors of these lessons' present texts, in their binary form: a tenth of the time that its text would take.
SELECT lesson.lesson_id, halfvec_send(vector.embedding)
FROM lesson
JOIN lesson_vector AS vector ON vector.organisation_id = lesson.organisation_id AND vector.lesson_id = lesson.lesson_id
    AND vector.model = %(model)s AND vector.text_hash = lesson.text_hash
WHERE lesson.organisation_id = %(organisation_id)s AND lesson.lesson_id = ANY(%(lesson_ids)s)

-- name: mean
SELECT lessons, total FROM vector_sum WHERE organisation_id = %(organisation_id)s AND model = %(model)s

-- name: latest
-- The lessons that changed last, served by lesson_text_changed: enough to tell what an organisation meets again and again.
SELECT lesson.lesson_id, lesson.project_id, lesson.insight, lesson.advice, lesson.applies_when, lesson.language,
       halfvec_send(vector.embedding) AS vector
FROM lesson
JOIN lesson_vector AS vector ON vector.organisation_id = lesson.organisation_id AND vector.lesson_id = lesson.lesson_id
    AND vector.model = %(model)s AND vector.text_hash = lesson.text_hash
WHERE lesson.organisation_id = %(organisation_id)s AND lesson.state = 'current' AND lesson.project_id <> %(other_than)s
ORDER BY lesson.text_position DESC LIMIT %(limit)s

-- name: vectors_since
-- The vectors of texts that changed behind a position, in that order; served by lesson_text_changed.
SELECT uuid_send(lesson.lesson_id), halfvec_send(vector.embedding), lesson.text_position
FROM lesson
JOIN lesson_vector AS vector ON vector.organisation_id = lesson.organisation_id AND vector.lesson_id = lesson.lesson_id
    AND vector.model = %(model)s AND vector.text_hash = lesson.text_hash
WHERE lesson.organisation_id = %(organisation_id)s AND lesson.text_position > %(after)s
ORDER BY lesson.text_position

-- name: still_current
-- Which of these lessons stand, with a text whose vector they were found by, and are not of that project.
SELECT lesson.lesson_id
FROM lesson
JOIN lesson_vector AS vector ON vector.organisation_id = lesson.organisation_id AND vector.lesson_id = lesson.lesson_id
    AND vector.model = %(model)s AND vector.text_hash = lesson.text_hash
WHERE lesson.organisation_id = %(organisation_id)s AND lesson.lesson_id = ANY(%(lesson_ids)s)
    AND lesson.state = 'current' AND lesson.project_id IS DISTINCT FROM %(other_than)s
