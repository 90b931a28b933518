-- name: copy_lessons
COPY lesson (organisation_id, lesson_id, project_id, insight, position, text_position, advice, applies_when, tags, language, points, state,
    drawn_at, version, text_hash) FROM STDIN

-- name: projects
INSERT INTO project (organisation_id, project_id, profile, version, position, registered_at, retrospectives, points, lessons)
SELECT organisation_id, project_id, '{"name": "Bench"}', 1, min(position), now(), 0, 0, count(*) FROM lesson GROUP BY 1, 2

-- name: checkpoints
-- As if the read model of lessons had followed the log to here; the words' follower then finds them.
INSERT INTO checkpoint (organisation_id, follower, position) SELECT organisation_id, 'lessons', max(position) FROM lesson GROUP BY 1

-- name: move_checkpoints
UPDATE checkpoint SET position = (SELECT max(text_position) FROM lesson WHERE lesson.organisation_id = checkpoint.organisation_id)
WHERE organisation_id = %(organisation_id)s AND follower = 'lessons'

-- name: move_heads
-- As if the lessons had been recorded: no follower may have seen more of a log than there is.
UPDATE log_head SET position = told.position
FROM (SELECT organisation_id, max(text_position) AS position FROM lesson GROUP BY 1) AS told
WHERE told.organisation_id = log_head.organisation_id

-- name: copy_vectors
COPY lesson_vector (organisation_id, lesson_id, model, text_hash, embedding) FROM STDIN

-- name: vector_sums
INSERT INTO vector_sum (organisation_id, model, lessons, total)
SELECT organisation_id, model, count(*), sum(embedding::vector) FROM lesson_vector GROUP BY 1, 2

-- name: megabytes
SELECT sum(pg_total_relation_size(relation::regclass)) / 1e6 FROM unnest(%(relations)s::text[]) AS relation
