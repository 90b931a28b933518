-- name: load
SELECT project_id, to_jsonb(recommendation) - 'organisation_id' FROM recommendation
WHERE organisation_id = %(organisation_id)s AND project_id = ANY(%(keys)s)

-- name: save
INSERT INTO recommendation SELECT * FROM jsonb_populate_recordset(NULL::recommendation, %(rows)s)
ON CONFLICT (organisation_id, project_id) DO UPDATE SET
    state = EXCLUDED.state, owed_position = EXCLUDED.owed_position, position = EXCLUDED.position,
    known_position = EXCLUDED.known_position, ended_on = EXCLUDED.ended_on,
    suggested = EXCLUDED.suggested, offered = EXCLUDED.offered, answers = EXCLUDED.answers

-- name: clear
DELETE FROM recommendation WHERE organisation_id = %(organisation_id)s

-- name: get
-- A change that brought nothing new is answered too; the log has no event of it, so the row alone would wait for ever. Nor has it one of a
-- project at which all tries failed.
SELECT recommendation.project_id, recommendation.position, recommendation.suggested, recommendation.offered,
       recommendation.answers, project_try.set_aside_at,
       CASE WHEN nothing_new.position >= recommendation.owed_position THEN 'ready' ELSE recommendation.state END AS state
FROM recommendation
LEFT JOIN nothing_new ON nothing_new.organisation_id = recommendation.organisation_id
    AND nothing_new.project_id = recommendation.project_id
LEFT JOIN project_try ON project_try.organisation_id = recommendation.organisation_id
    AND project_try.project_id = recommendation.project_id AND project_try.position >= recommendation.owed_position
WHERE recommendation.organisation_id = %(organisation_id)s AND recommendation.project_id = %(project_id)s

-- name: unanswered
-- Of few projects, with the lessons that stand, which are looked up by their keys. A cast may fail and tell of what it read, so behind the wall
-- the ids are cast first; and of = ANY the planner knows that few lessons come.
WITH said AS MATERIALIZED (
    SELECT recommendation.organisation_id, recommendation.project_id, each.lesson_id::uuid AS lesson_id
    FROM recommendation CROSS JOIN LATERAL jsonb_array_elements_text(recommendation.offered) AS each (lesson_id)
    WHERE recommendation.organisation_id = %(organisation_id)s AND recommendation.project_id = ANY(%(project_ids)s)
        AND NOT recommendation.answers ? each.lesson_id
)
SELECT said.project_id, count(*) AS lessons
FROM said
JOIN lesson ON lesson.organisation_id = said.organisation_id AND lesson.lesson_id = said.lesson_id
WHERE lesson.organisation_id = %(organisation_id)s AND lesson.lesson_id = ANY(ARRAY(SELECT lesson_id FROM said))
    AND lesson.state = 'current'
GROUP BY said.project_id

-- name: pending
-- Served by the partial index recommendation_pending, which holds only the projects still waiting. Those that are set aside wait for a person.
SELECT recommendation.project_id FROM recommendation
WHERE recommendation.organisation_id = %(organisation_id)s AND recommendation.state = 'pending'
    AND recommendation.owed_position <= %(embedded_to)s
    AND NOT EXISTS (
        SELECT FROM nothing_new
        WHERE nothing_new.organisation_id = recommendation.organisation_id
            AND nothing_new.project_id = recommendation.project_id AND nothing_new.position >= recommendation.owed_position)
    AND NOT EXISTS (
        SELECT FROM project_try
        WHERE project_try.organisation_id = recommendation.organisation_id
            AND project_try.project_id = recommendation.project_id AND project_try.position >= recommendation.owed_position
            AND project_try.set_aside_at IS NOT NULL)
ORDER BY recommendation.owed_position

-- name: nothing_new
INSERT INTO nothing_new (organisation_id, project_id, position) VALUES (%(organisation_id)s, %(project_id)s, %(position)s)
ON CONFLICT (organisation_id, project_id) DO UPDATE SET position = EXCLUDED.position
WHERE nothing_new.position < EXCLUDED.position

-- name: try_again
DELETE FROM project_try WHERE organisation_id = %(organisation_id)s AND set_aside_at IS NOT NULL RETURNING project_id
