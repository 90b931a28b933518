-- name: load
SELECT lesson_id, to_jsonb(lesson) - 'organisation_id' FROM lesson
WHERE organisation_id = %(organisation_id)s AND lesson_id = ANY(%(keys)s)

-- name: save
INSERT INTO lesson SELECT * FROM jsonb_populate_recordset(NULL::lesson, %(rows)s)
ON CONFLICT (organisation_id, lesson_id) DO UPDATE SET
    insight = EXCLUDED.insight, advice = EXCLUDED.advice, applies_when = EXCLUDED.applies_when, tags = EXCLUDED.tags,
    text_hash = EXCLUDED.text_hash, text_position = EXCLUDED.text_position,
    state = EXCLUDED.state, version = EXCLUDED.version, leads_to = EXCLUDED.leads_to,
    endorsements = EXCLUDED.endorsements, answers = EXCLUDED.answers, merges = EXCLUDED.merges

-- name: clear
DELETE FROM lesson WHERE organisation_id = %(organisation_id)s

-- name: get
SELECT lesson.*, project.profile ->> 'name' AS project_name, project.profile ->> 'team' AS project_team
FROM lesson JOIN project ON project.organisation_id = lesson.organisation_id AND project.project_id = lesson.project_id
WHERE lesson.organisation_id = %(organisation_id)s AND lesson.lesson_id = %(lesson_id)s

-- name: of_ids
SELECT lesson.*, project.profile ->> 'name' AS project_name, project.profile ->> 'team' AS project_team
FROM lesson JOIN project ON project.organisation_id = lesson.organisation_id AND project.project_id = lesson.project_id
WHERE lesson.organisation_id = %(organisation_id)s AND lesson.lesson_id = ANY(%(lesson_ids)s)

-- name: page
-- Newest first; the position at which a lesson was drawn is the cursor.
SELECT lesson.*, project.profile ->> 'name' AS project_name, project.profile ->> 'team' AS project_team
FROM lesson JOIN project ON project.organisation_id = lesson.organisation_id AND project.project_id = lesson.project_id
WHERE lesson.organisation_id = %(organisation_id)s AND lesson.position < %(before)s
ORDER BY lesson.position DESC LIMIT %(limit)s

-- name: page_of_project
SELECT lesson.*, project.profile ->> 'name' AS project_name, project.profile ->> 'team' AS project_team
FROM lesson JOIN project ON project.organisation_id = lesson.organisation_id AND project.project_id = lesson.project_id
WHERE lesson.organisation_id = %(organisation_id)s AND lesson.project_id = %(project_id)s AND lesson.position < %(before)s
ORDER BY lesson.position DESC LIMIT %(limit)s

-- name: leading_to
-- Served by the partial index lesson_leading_to, which holds only lessons that live on elsewhere.
SELECT lesson.*, project.profile ->> 'name' AS project_name, project.profile ->> 'team' AS project_team
FROM lesson JOIN project ON project.organisation_id = lesson.organisation_id AND project.project_id = lesson.project_id
WHERE lesson.organisation_id = %(organisation_id)s AND lesson.leads_to = %(lesson_id)s ORDER BY lesson.position

-- name: to_merge
-- Served by the partial index lesson_to_merge, which holds only lessons with an open proposal.
SELECT lesson.*, project.profile ->> 'name' AS project_name, project.profile ->> 'team' AS project_team
FROM lesson JOIN project ON project.organisation_id = lesson.organisation_id AND project.project_id = lesson.project_id
WHERE lesson.organisation_id = %(organisation_id)s AND lesson.merges @? '$.*.state ? (@ == "proposed")'
    AND lesson.state = 'current' AND lesson.position < %(before)s
ORDER BY lesson.position DESC LIMIT %(limit)s
