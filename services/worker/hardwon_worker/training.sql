-- name: verdicts_since
-- Both are served by the index event_by_type.
SELECT count(*) FROM event WHERE organisation_id = %(organisation_id)s AND type = %(type)s AND position > %(after)s

-- name: judging_projects
SELECT count(DISTINCT data ->> 'project_id') FROM event WHERE organisation_id = %(organisation_id)s AND type = %(type)s

-- name: judged_lessons
SELECT lesson.lesson_id, lesson.project_id, halfvec_send(vector.embedding) AS vector
FROM lesson
JOIN lesson_vector AS vector ON vector.organisation_id = lesson.organisation_id AND vector.lesson_id = lesson.lesson_id
    AND vector.model = %(model)s AND vector.text_hash = lesson.text_hash
WHERE lesson.organisation_id = %(organisation_id)s AND lesson.lesson_id = ANY(%(lesson_ids)s)
ORDER BY lesson.position
