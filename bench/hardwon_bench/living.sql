-- name: points
-- A story behind every second lesson, happy and unhappy in turn, over five years.
INSERT INTO discussion_point (organisation_id, point_id, project_id, kind, text, tags, raised_at, position)
SELECT organisation_id, gen_random_uuid(), project_id, CASE WHEN mod(position, 4) = 0 THEN 'went_well' ELSE 'went_wrong' END, insight, '[]',
       timestamptz '2022-01-01' + mod(position, 1800) * interval '1 day', position
FROM lesson WHERE mod(position, 2) = 0

-- name: learning
-- What each project learned, month by month, and what it says of a quarter of what it was offered.
INSERT INTO learning (organisation_id, project_id, team, answers, recurrences, months)
SELECT organisation_id, project_id, 'Team ' || mod(position, 20), (
           SELECT coalesce(jsonb_object_agg(offer.lesson_id, '{"verdict": "adopted", "outcome": "helped", "at": "2026-01-01T00:00:00Z"}'::jsonb), '{}')
           FROM recommendation
           CROSS JOIN LATERAL jsonb_array_elements_text(recommendation.offered) WITH ORDINALITY AS offer (lesson_id, place)
           WHERE recommendation.organisation_id = project.organisation_id AND recommendation.project_id = project.project_id AND mod(place, 4) = 0
       ), '{}',
       (SELECT jsonb_object_agg(to_char(date '2022-01-01' + month * interval '1 month', 'YYYY-MM'),
                                '{"points": 2, "recurrences": 1, "known": 1, "suggested": 10, "answered": 3, "adopted": 1}'::jsonb)
        FROM generate_series(mod(position, 36), mod(position, 36) + 24) AS month)
FROM project

-- name: recommendations
-- Each project was offered twenty lessons.
INSERT INTO recommendation (organisation_id, project_id, state, owed_position, position, known_position, suggested, offered, answers)
SELECT project.organisation_id, project.project_id, 'ready', 1, 1, 1, '[]', offered.ids, '{}'
FROM project
CROSS JOIN LATERAL (
    SELECT coalesce(jsonb_agg(near.lesson_id), '[]') AS ids
    FROM (SELECT lesson_id FROM lesson
          WHERE lesson.organisation_id = project.organisation_id AND lesson.position > project.position
          ORDER BY lesson.position LIMIT 20) AS near
) AS offered

-- name: profiles
-- What each project says of itself.
UPDATE project SET profile = profile || jsonb_build_object('team', 'Team ' || mod(position, 20)) || '{"summary": "What we do.", "domain": "ferries",
    "technologies": ["PostgreSQL"], "practices": [], "size": 5, "phase": "closed", "artefacts": [], "started_on": "2022-01-01", "ended_on": "2023-01-01", "tags": []}'

-- name: themes
-- As many texts as a worker looks at, in twelve themes; a hundred lessons on the map, as many as a worker draws.
WITH made AS (
    INSERT INTO themes_made VALUES (%(organisation_id)s, 'bench', 150000, 3000)
), named AS (
    INSERT INTO theme SELECT %(organisation_id)s, 'theme-' || theme, jsonb_build_array('word', 'theme', theme::text) FROM generate_series(0, 11) AS theme
)
INSERT INTO theme_text
SELECT organisation_id, lesson_id, CASE mod(position, 3) WHEN 0 THEN 'lesson' WHEN 1 THEN 'went_well' ELSE 'went_wrong' END, project_id,
       to_char(date '2022-01-01' + (mod(position, 60))::int * interval '1 month', 'YYYY-MM'), 'theme-' || mod(position, 12),
       CASE WHEN position <= 300 AND mod(position, 3) = 0 THEN sin(position) END, CASE WHEN position <= 300 AND mod(position, 3) = 0 THEN cos(position) END
FROM lesson WHERE organisation_id = %(organisation_id)s AND position <= 3000

-- name: themes_checkpoint
INSERT INTO checkpoint (organisation_id, follower, position) VALUES (%(organisation_id)s, 'themes', 1)

-- name: lessons
-- Every second lesson answers a story, but for a few; all give advice, as Markdown.
UPDATE lesson SET
    advice = '**' || split_part(insight, '. ', 1) || E'**\n\n- ' || split_part(insight, '. ', 2) || E'\n- ' || split_part(insight, '. ', 3),
    applies_when = split_part(insight, '. ', 2), tags = '["ferries", "ports"]',
    points = coalesce((
        SELECT jsonb_build_array(point.point_id) FROM discussion_point AS point
        WHERE point.organisation_id = lesson.organisation_id AND point.project_id = lesson.project_id
            AND point.position = lesson.position AND mod(point.position, 14) <> 0), '[]')
WHERE organisation_id = %(organisation_id)s

-- name: answers
UPDATE lesson SET answers = told.answers
FROM (
    SELECT organisation_id, answer.key::uuid AS lesson_id, jsonb_object_agg(project_id, answer.value) AS answers
    FROM learning CROSS JOIN LATERAL jsonb_each(learning.answers) AS answer GROUP BY 1, 2
) AS told
WHERE lesson.organisation_id = told.organisation_id AND lesson.lesson_id = told.lesson_id

-- name: recurrences
-- One story in ten went wrong as before, and most of these were looked at.
INSERT INTO recurrence
SELECT point.organisation_id, point_id, point.project_id, lesson.lesson_id, NULL, 0.8, true, false, 'bench', 'bench',
       CASE WHEN mod(point.position, 200) = 10 THEN 'detected' ELSE 'confirmed' END, '', raised_at, 1, point.position
FROM discussion_point AS point
JOIN lesson ON lesson.organisation_id = point.organisation_id AND lesson.position = point.position - 1
WHERE mod(point.position, 20) = 10

-- name: retrospectives
-- Each project looked back twice.
INSERT INTO retrospective
SELECT organisation_id, gen_random_uuid(), project_id, 'Looking back', '2023-01-01', 20, registered_at, now(), position + half
FROM project CROSS JOIN generate_series(0, 1) AS half

-- name: lesson_events
-- The log, as far as lessons, projects and stories come from it; what chains its events is not looked at by pages.
INSERT INTO event
SELECT organisation_id, position, 'lesson:' || lesson_id, 1, lesson_id, 'lesson_drawn', 1,
       jsonb_build_object('lesson_id', lesson_id, 'project_id', project_id, 'retrospective_id', NULL, 'insight', insight, 'advice', advice,
                          'applies_when', applies_when, 'points', points, 'tags', tags, 'language', language),
       '{"actor": "token:first", "correlation_id": "", "causation_id": null}', '', drawn_at, drawn_at, ''
FROM lesson WHERE organisation_id = %(organisation_id)s AND position > 1

-- name: project_events
INSERT INTO event
SELECT organisation_id, (SELECT max(position) FROM event WHERE organisation_id = %(organisation_id)s) + row_number() OVER (ORDER BY position), 'project:' || project_id, 1, gen_random_uuid(), 'project_registered', 1,
       jsonb_build_object('project_id', project_id, 'profile', profile),
       '{"actor": "token:first", "correlation_id": "", "causation_id": null}', '', registered_at, '2026-01-02', ''
FROM project WHERE organisation_id = %(organisation_id)s

-- name: point_events
INSERT INTO event
SELECT organisation_id, (SELECT max(position) FROM event WHERE organisation_id = %(organisation_id)s) + row_number() OVER (ORDER BY position),
       'between-meetings:' || project_id, row_number() OVER (PARTITION BY project_id ORDER BY position), point_id, 'discussion_point_raised', 1,
       jsonb_build_object('point_id', point_id, 'project_id', project_id, 'retrospective_id', NULL, 'kind', kind, 'text', text, 'tags', tags),
       '{"actor": "token:first", "correlation_id": "", "causation_id": null}', '', raised_at, '2026-01-03', ''
FROM discussion_point WHERE organisation_id = %(organisation_id)s

-- name: followed
-- As if all read models had followed the log to here.
WITH head AS (
    UPDATE log_head SET position = (SELECT max(position) FROM event WHERE event.organisation_id = log_head.organisation_id)
    WHERE organisation_id = %(organisation_id)s RETURNING organisation_id, position
)
INSERT INTO checkpoint (organisation_id, follower, position) SELECT organisation_id, unnest(%(followers)s::text[]), position FROM head
ON CONFLICT (organisation_id, follower) DO UPDATE SET position = EXCLUDED.position
