-- name: load
SELECT project_id, to_jsonb(learning) - 'organisation_id' FROM learning
WHERE organisation_id = %(organisation_id)s AND project_id = ANY(%(keys)s)

-- name: save
INSERT INTO learning SELECT * FROM jsonb_populate_recordset(NULL::learning, %(rows)s)
ON CONFLICT (organisation_id, project_id) DO UPDATE SET
    team = EXCLUDED.team, answers = EXCLUDED.answers, recurrences = EXCLUDED.recurrences, months = EXCLUDED.months

-- name: clear
DELETE FROM learning WHERE organisation_id = %(organisation_id)s

-- name: all
SELECT team, months FROM learning WHERE organisation_id = %(organisation_id)s
