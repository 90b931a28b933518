-- name: behind
-- Which of a few lessons became findable behind a position of the log.
SELECT lesson_id FROM lesson
WHERE organisation_id = %(organisation_id)s AND lesson_id = ANY(%(lesson_ids)s) AND text_position > %(after)s
