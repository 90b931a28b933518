-- name: position_at
-- One step down the index event_recorded.
SELECT position FROM event WHERE organisation_id = %(organisation_id)s AND recorded_at <= %(at)s
ORDER BY recorded_at DESC, position DESC LIMIT 1

-- name: recorded_at
SELECT recorded_at FROM event WHERE organisation_id = %(organisation_id)s AND position = %(position)s

-- name: of_streams
SELECT * FROM event
WHERE organisation_id = %(organisation_id)s AND stream = ANY(%(streams)s) AND position <= %(until)s ORDER BY position

-- name: answering_lessons
-- What projects said of these lessons; served by event_answering_lesson, whose condition stands here word for word.
SELECT * FROM event
WHERE organisation_id = %(organisation_id)s AND data ->> 'lesson_id' = ANY(%(ids)s) AND position <= %(until)s
    AND type IN ('feedback_given', 'feedback_withdrawn', 'outcome_reported') ORDER BY position

-- name: answering_projects
-- What these projects said of lessons; served by event_answering_project.
SELECT * FROM event
WHERE organisation_id = %(organisation_id)s AND data ->> 'project_id' = ANY(%(ids)s) AND position <= %(until)s
    AND type IN ('feedback_given', 'feedback_withdrawn', 'outcome_reported') ORDER BY position

-- name: drawn
-- A page of the lessons drawn by then, newest first; served by event_by_type.
SELECT (data ->> 'lesson_id')::uuid AS lesson_id FROM event
WHERE organisation_id = %(organisation_id)s AND type = 'lesson_drawn' AND position <= %(until)s AND position < %(before)s
    AND (%(project_id)s::text IS NULL OR data ->> 'project_id' = %(project_id)s::text)
ORDER BY position DESC LIMIT %(limit)s

-- name: led_to
-- Lessons that were ever merged into this one or superseded by it; served by event_living_on.
SELECT DISTINCT (data ->> 'lesson_id')::uuid AS lesson_id FROM event
WHERE organisation_id = %(organisation_id)s AND coalesce(data ->> 'into_lesson_id', data ->> 'by_lesson_id') = %(lesson_id)s::text
    AND position <= %(until)s AND type IN ('lesson_merged', 'lesson_superseded')
