-- name: load
SELECT project_id, to_jsonb(recommendation) - 'organisation_id' FROM recommendation
WHERE organisation_id = %(organisation_id)s AND project_id = ANY(%(keys)s)

-- name: save
INSERT INTO recommendation SELECT * FROM jsonb_populate_recordset(NULL::recommendation, %(rows)s)
ON CONFLICT (organisation_id, project_id) DO UPDATE SET
    state = EXCLUDED.state, position = EXCLUDED.position, suggested = EXCLUDED.suggested,
    answers = EXCLUDED.answers

-- name: clear
DELETE FROM recommendation WHERE organisation_id = %(organisation_id)s

-- name: get
SELECT * FROM recommendation WHERE organisation_id = %(organisation_id)s AND project_id = %(project_id)s

-- name: pending
-- Served by the partial index recommendation_pending, which holds only the projects still waiting.
SELECT project_id FROM recommendation
WHERE organisation_id = %(organisation_id)s AND state = 'pending' AND owed_position <= %(embedded_to)s
ORDER BY owed_position
