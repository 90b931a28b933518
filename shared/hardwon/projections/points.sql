-- name: load
SELECT point_id, to_jsonb(discussion_point) - 'organisation_id' FROM discussion_point
WHERE organisation_id = %(organisation_id)s AND point_id = ANY(%(keys)s)

-- name: save
INSERT INTO discussion_point SELECT * FROM jsonb_populate_recordset(NULL::discussion_point, %(rows)s)
ON CONFLICT (organisation_id, point_id) DO NOTHING

-- name: clear
DELETE FROM discussion_point WHERE organisation_id = %(organisation_id)s

-- name: of_ids
SELECT * FROM discussion_point WHERE organisation_id = %(organisation_id)s AND point_id = ANY(%(point_ids)s) ORDER BY position
