-- name: made
-- How far the themes go, and what they were made of.
SELECT checkpoint.position, themes_made.known, themes_made.texts
FROM themes_made
JOIN checkpoint ON checkpoint.organisation_id = themes_made.organisation_id AND checkpoint.follower = 'themes'
WHERE themes_made.organisation_id = %(organisation_id)s

-- name: all
SELECT theme, words FROM theme WHERE organisation_id = %(organisation_id)s ORDER BY theme

-- name: told
-- How many texts of each kind each project told of each theme in each month: a few thousand at most, added up by whoever asks. A point that
-- was taken back since the themes were found is not told any more.
SELECT told.theme, told.month, told.kind, told.project_id, project.profile ->> 'team' AS team, count(*)::int AS texts
FROM theme_text AS told
JOIN project ON project.organisation_id = told.organisation_id AND project.project_id = told.project_id
WHERE told.organisation_id = %(organisation_id)s AND told.theme IS NOT NULL AND told.month BETWEEN %(first)s AND %(last)s
    AND (told.kind = 'lesson' OR EXISTS (
        SELECT FROM discussion_point AS point
        WHERE point.organisation_id = told.organisation_id AND point.point_id = told.text_id))
    AND (%(team)s::text IS NULL OR project.profile ->> 'team' = %(team)s)
GROUP BY 1, 2, 3, 4, 5 ORDER BY 1, 2, 3, 4

-- name: on_the_map
SELECT told.text_id AS lesson_id, told.theme, told.x, told.y, lesson.insight
FROM theme_text AS told
JOIN lesson ON lesson.organisation_id = told.organisation_id AND lesson.lesson_id = told.text_id
WHERE told.organisation_id = %(organisation_id)s AND told.x IS NOT NULL AND lesson.state = 'current'
ORDER BY told.theme, told.text_id

-- name: standing
-- How many lessons could be on the map. It reads all of them, so whoever asks keeps the number until a lesson changes.
SELECT count(*) AS lessons FROM lesson WHERE organisation_id = %(organisation_id)s AND state = 'current'

-- name: carried
-- The lessons that went furthest, by numbers alone: those that helped most projects, then those that most adopted, then those that most were
-- offered. A lesson that was only ever brought to projects is among them.
WITH offered AS MATERIALIZED (
    SELECT recommendation.organisation_id, each.lesson_id::uuid AS lesson_id, count(*)::int AS suggested_to
    FROM recommendation CROSS JOIN LATERAL jsonb_array_elements_text(recommendation.offered) AS each (lesson_id)
    WHERE recommendation.organisation_id = %(organisation_id)s GROUP BY 1, 2
), told AS MATERIALIZED (
    SELECT learning.organisation_id, answer.key::uuid AS lesson_id, count(*) FILTER (WHERE answer.value ->> 'outcome' = 'helped') AS helped,
           count(*) FILTER (WHERE answer.value ->> 'verdict' = 'adopted') AS adopted
    FROM learning CROSS JOIN LATERAL jsonb_each(learning.answers) AS answer
    WHERE learning.organisation_id = %(organisation_id)s GROUP BY 1, 2
)
SELECT coalesce(offered.lesson_id, told.lesson_id) AS lesson_id, coalesce(offered.suggested_to, 0) AS suggested_to
FROM offered
FULL JOIN told ON told.organisation_id = offered.organisation_id AND told.lesson_id = offered.lesson_id
WHERE offered.lesson_id IS NOT NULL OR told.adopted > 0
ORDER BY coalesce(told.helped, 0) DESC, coalesce(told.adopted, 0) DESC, suggested_to DESC, lesson_id LIMIT %(limit)s

-- name: carried_lessons
-- What these lessons say, of those that stand.
SELECT lesson.*, project.profile ->> 'name' AS project_name, project.profile ->> 'team' AS project_team
FROM lesson
JOIN project ON project.organisation_id = lesson.organisation_id AND project.project_id = lesson.project_id
WHERE lesson.organisation_id = %(organisation_id)s AND lesson.lesson_id = ANY(%(lesson_ids)s) AND lesson.state = 'current'
