-- name: points
-- A story behind every second lesson, happy and unhappy in turn, over five years.
INSERT INTO discussion_point (organisation_id, point_id, project_id, kind, text, tags, raised_at, position)
SELECT organisation_id, gen_random_uuid(), project_id, CASE WHEN mod(position, 4) = 0 THEN 'went_well' ELSE 'went_wrong' END, insight, '[]',
       timestamptz '2022-01-01' + mod(position, 1800) * interval '1 day', position
FROM lesson WHERE mod(position, 2) = 0

-- name: learning
-- What each project learned, month by month.
INSERT INTO learning (organisation_id, project_id, team, answers, recurrences, months)
SELECT organisation_id, project_id, 'Team ' || mod(position, 20), '{}', '{}',
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
UPDATE project SET profile = profile || jsonb_build_object('team', 'Team ' || mod(position, 20)) || '{"summary": "What we do.", "domain": "ferries",
    "technologies": ["PostgreSQL"], "practices": [], "size": 5, "phase": "closed", "started_on": "2022-01-01", "ended_on": "2023-01-01", "tags": []}'

-- name: themes
-- As many texts as a worker looks at, in twelve themes; 400 lessons on the map.
WITH made AS (
    INSERT INTO themes_made VALUES (%(organisation_id)s, 'bench', 150000, 3000)
), named AS (
    INSERT INTO theme SELECT %(organisation_id)s, 'theme-' || theme, jsonb_build_array('word', 'theme', theme::text) FROM generate_series(0, 11) AS theme
)
INSERT INTO theme_text
SELECT organisation_id, lesson_id, CASE mod(position, 3) WHEN 0 THEN 'lesson' WHEN 1 THEN 'went_well' ELSE 'went_wrong' END, project_id,
       to_char(date '2022-01-01' + (mod(position, 60))::int * interval '1 month', 'YYYY-MM'), 'theme-' || mod(position, 12),
       CASE WHEN position <= 1200 AND mod(position, 3) = 0 THEN sin(position) END, CASE WHEN position <= 1200 AND mod(position, 3) = 0 THEN cos(position) END
FROM lesson WHERE organisation_id = %(organisation_id)s AND position <= 3000

-- name: themes_checkpoint
INSERT INTO checkpoint (organisation_id, follower, position) VALUES (%(organisation_id)s, 'themes', 1)

-- name: member
INSERT INTO member VALUES (%(organisation_id)s, %(member_id)s, 'Bench', '', 'administrator', '{}', false, 1, now())
