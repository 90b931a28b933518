-- name: due
-- What the themes were made of, and how many texts are new since; the counts are served by lesson_text_changed and discussion_point_text.
SELECT themes_made.model, coalesce(themes_made.known, 0) AS known,
       (SELECT count(*) FROM lesson WHERE organisation_id = %(organisation_id)s AND text_position > checkpoint.position)
       + (SELECT count(*) FROM own.discussion_point
          WHERE organisation_id = %(organisation_id)s AND text_position > checkpoint.position) AS fresh
FROM checkpoint
LEFT JOIN themes_made ON themes_made.organisation_id = checkpoint.organisation_id
WHERE checkpoint.organisation_id = %(organisation_id)s AND checkpoint.follower = %(follower)s

-- name: known
SELECT (SELECT count(*) FROM lesson
        WHERE organisation_id = %(organisation_id)s AND state = 'current' AND text_position <= %(goal)s)
       + (SELECT count(*) FROM own.discussion_point
          WHERE organisation_id = %(organisation_id)s AND text_position <= %(goal)s AND text <> %(erased)s) AS known

-- name: sampled
-- As many texts as are looked at, drawn by the hash of their ids: any part of all years, and the same ones each time. The ids are drawn
-- first, since to sort all texts would take the disk.
WITH drawn AS MATERIALIZED (
    SELECT organisation_id, text_id, md5(text_id::text) AS lot
    FROM (
        SELECT organisation_id, lesson_id AS text_id FROM lesson
        WHERE organisation_id = %(organisation_id)s AND state = 'current' AND text_position <= %(goal)s
        UNION ALL
        SELECT organisation_id, point_id FROM own.discussion_point
        WHERE organisation_id = %(organisation_id)s AND text_position <= %(goal)s AND text <> %(erased)s
    ) AS text
    ORDER BY lot LIMIT %(most)s
), text AS (
    SELECT drawn.organisation_id, drawn.text_id, drawn.lot, 'lesson' AS kind, lesson.project_id, lesson.drawn_at AS at, lesson.language,
           concat_ws(E'\n', lesson.insight, lesson.advice, lesson.applies_when) AS text, lesson.text_hash
    FROM drawn
    JOIN lesson ON lesson.organisation_id = drawn.organisation_id AND lesson.lesson_id = drawn.text_id
    UNION ALL
    SELECT drawn.organisation_id, drawn.text_id, drawn.lot, point.kind, point.project_id, point.raised_at, spoken.language, point.text,
           encode(sha256(convert_to(point.text, 'UTF8')), 'hex')
    FROM drawn
    JOIN discussion_point AS point ON point.organisation_id = drawn.organisation_id AND point.point_id = drawn.text_id
    -- Nobody says in which language a point is: it is taken for that of most lessons.
    CROSS JOIN (SELECT coalesce((SELECT language FROM language WHERE organisation_id = %(organisation_id)s
                                 ORDER BY lessons DESC, language LIMIT 1), 'en') AS language) AS spoken
)
SELECT text.text_id, text.kind, text.project_id, to_char(text.at, 'YYYY-MM') AS month, text.language, text.text, text.text_hash,
       halfvec_send(coalesce(told.embedding, raised.embedding)) AS vector
FROM text
LEFT JOIN lesson_vector AS told ON told.organisation_id = text.organisation_id AND told.lesson_id = text.text_id
    AND told.model = %(model)s AND told.text_hash = text.text_hash
LEFT JOIN point_vector AS raised ON raised.organisation_id = text.organisation_id AND raised.point_id = text.text_id
    AND raised.model = %(model)s AND raised.text_hash = text.text_hash
ORDER BY text.lot

-- name: stems
-- Of each word what the lessons' words are counted by; a word that says nothing has none.
SELECT spoken.place - 1 AS place, stem.lexeme
FROM unnest(%(words)s::text[], %(languages)s::text[]) WITH ORDINALITY AS spoken (word, language, place)
CROSS JOIN LATERAL unnest(to_tsvector(text_configuration(spoken.language), spoken.word)) AS stem

-- name: forget
WITH texts AS (DELETE FROM theme_text WHERE organisation_id = %(organisation_id)s)
DELETE FROM theme WHERE organisation_id = %(organisation_id)s

-- name: remember
WITH made AS (
    INSERT INTO themes_made (organisation_id, model, known, texts) VALUES (%(organisation_id)s, %(model)s, %(known)s, %(texts)s)
    ON CONFLICT (organisation_id) DO UPDATE SET model = EXCLUDED.model, known = EXCLUDED.known, texts = EXCLUDED.texts
), named AS (
    INSERT INTO theme SELECT %(organisation_id)s, name ->> 'theme', name -> 'words' FROM jsonb_array_elements(%(themes)s) AS name
)
INSERT INTO theme_text
SELECT %(organisation_id)s, text_id, kind, project_id, month, theme, x, y FROM jsonb_populate_recordset(NULL::theme_text, %(told)s)
