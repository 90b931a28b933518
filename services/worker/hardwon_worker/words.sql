-- name: changed
-- The lessons whose text changed last, in order; served by lesson_text_changed.
SELECT lesson_id, text_position FROM lesson
WHERE organisation_id = %(organisation_id)s AND text_position > %(after)s ORDER BY text_position LIMIT %(limit)s

-- name: forget
-- Takes away what the lessons said before, from the words and from both counts, so that a text is never counted twice.
WITH gone AS (
    DELETE FROM lesson_words WHERE organisation_id = %(organisation_id)s AND lesson_id = ANY(%(lesson_ids)s)
    RETURNING language, length, terms
), fewer AS (
    UPDATE term SET lessons = term.lessons - each.lessons
    FROM (SELECT unnest(terms) AS term, count(*) AS lessons FROM gone GROUP BY 1) AS each
    WHERE term.organisation_id = %(organisation_id)s AND term.term = each.term
)
UPDATE language SET lessons = language.lessons - each.lessons, length = language.length - each.length
FROM (SELECT language, count(*) AS lessons, sum(length) AS length FROM gone GROUP BY language) AS each
WHERE language.organisation_id = %(organisation_id)s AND language.language = each.language

-- name: remember
-- Stems in PostgreSQL, whose dictionaries know the languages; one statement for the batch.
WITH stemmed AS (
    SELECT lesson.lesson_id, lesson.text_hash, lesson.language,
           term_number(lesson.organisation_id, word.lexeme) AS term, cardinality(word.positions) AS count
    FROM lesson CROSS JOIN LATERAL unnest(to_tsvector(text_configuration(lesson.language),
        concat_ws(E'\n', lesson.insight, lesson.advice, lesson.applies_when))) AS word
    WHERE lesson.organisation_id = %(organisation_id)s AND lesson.lesson_id = ANY(%(lesson_ids)s)
), word AS (
    SELECT lesson_id, text_hash, language, term, least(sum(count), 32767)::smallint AS count,
           sum(sum(count)) OVER (PARTITION BY lesson_id) AS length
    FROM stemmed GROUP BY lesson_id, text_hash, language, term
), remembered AS (
    INSERT INTO lesson_words (organisation_id, lesson_id, text_hash, language, length, terms, counts, weights)
    SELECT %(organisation_id)s, lesson_id, text_hash, language, max(length), array_agg(term ORDER BY term), array_agg(count ORDER BY term),
           ('{' || string_agg(term || ':' || count * (%(k1)s + 1) / (count + %(k1)s * (1 - %(b)s + %(b)s * length / %(usual_length)s)), ',')
               || '}/1000000000')::sparsevec
    FROM word GROUP BY lesson_id, text_hash, language
    RETURNING language, length
), more AS (
    INSERT INTO term (organisation_id, term, lessons)
    SELECT %(organisation_id)s, term, count(*) FROM word GROUP BY term ORDER BY term
    ON CONFLICT (organisation_id, term) DO UPDATE SET lessons = term.lessons + EXCLUDED.lessons
)
INSERT INTO language (organisation_id, language, lessons, length)
SELECT %(organisation_id)s, language, count(*), sum(length) FROM remembered GROUP BY language
ON CONFLICT (organisation_id, language) DO UPDATE
SET lessons = language.lessons + EXCLUDED.lessons, length = language.length + EXCLUDED.length

-- name: asked
-- A question's words in every language in which the organisation has lessons, and how many lessons hold each.
SELECT term.term, max(cardinality(word.positions)) AS count, max(term.lessons) AS lessons
FROM (SELECT DISTINCT organisation_id, text_configuration(language) AS configuration FROM language
      WHERE organisation_id = %(organisation_id)s) AS spoken
CROSS JOIN LATERAL unnest(to_tsvector(spoken.configuration, %(question)s)) AS word
JOIN own.term ON term.organisation_id = spoken.organisation_id
    AND term.term = term_number(%(organisation_id)s, word.lexeme) AND term.lessons > 0
GROUP BY term.term ORDER BY max(term.lessons), term.term

-- name: corpus
SELECT coalesce(sum(lessons), 0)::bigint, coalesce(sum(length), 0)::bigint FROM language WHERE organisation_id = %(organisation_id)s

-- name: with_words
-- The lessons that hold one of the rarest words, those with the highest weights first. What the index on terms finds is asked for by
-- itself: with the organisation beside it, a planner without statistics would rather read all that the organisation has. The numbers of
-- terms lead to no other organisation but by a rare coincidence, which the next step passes over. Only the first are then looked up as
-- lessons: so many more than wanted that those passed over are made up for.
WITH holding AS MATERIALIZED (
    SELECT organisation_id, lesson_id, text_hash, weights <#> %(weighed)s::sparsevec AS distance
    FROM own.lesson_words WHERE terms && %(rarest)s::int[]
), best AS (
    SELECT * FROM holding
    WHERE organisation_id = %(organisation_id)s AND (%(among)s::uuid[] IS NULL OR lesson_id = ANY(%(among)s))
    ORDER BY distance, lesson_id LIMIT 3 * %(limit)s
)
SELECT lesson.lesson_id
FROM best
JOIN lesson ON lesson.organisation_id = best.organisation_id AND lesson.lesson_id = best.lesson_id
    AND lesson.text_hash = best.text_hash
WHERE lesson.state = 'current' AND lesson.project_id IS DISTINCT FROM %(other_than)s
ORDER BY best.distance, lesson.lesson_id LIMIT %(limit)s

-- name: sentences
-- Which words each sentence holds, stemmed as the lesson is that it stands in.
SELECT sentence.place - 1, array_agg(term_number(%(organisation_id)s, word.lexeme))
FROM unnest(%(sentences)s::text[], %(languages)s::text[]) WITH ORDINALITY AS sentence (text, language, place)
CROSS JOIN LATERAL unnest(to_tsvector(text_configuration(sentence.language), sentence.text)) AS word
GROUP BY sentence.place
