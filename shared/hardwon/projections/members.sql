-- name: load
SELECT member_id, to_jsonb(member) - 'organisation_id' FROM member
WHERE organisation_id = %(organisation_id)s AND member_id = ANY(%(keys)s)

-- name: save
INSERT INTO member SELECT * FROM jsonb_populate_recordset(NULL::member, %(rows)s)
ON CONFLICT (organisation_id, member_id) DO UPDATE SET
    name = EXCLUDED.name, email = EXCLUDED.email, role = EXCLUDED.role, teams = EXCLUDED.teams, removed = EXCLUDED.removed

-- name: clear
DELETE FROM member WHERE organisation_id = %(organisation_id)s

-- name: get
SELECT * FROM member WHERE organisation_id = %(organisation_id)s AND member_id = %(member_id)s

-- name: of_ids
SELECT * FROM member WHERE organisation_id = %(organisation_id)s AND member_id = ANY(%(member_ids)s)

-- name: page
-- Newest first, served by member_newest; the position at which somebody was added is the cursor.
SELECT * FROM member
WHERE organisation_id = %(organisation_id)s AND position < %(before)s AND NOT removed
ORDER BY position DESC LIMIT %(limit)s

-- name: names
SELECT member_id, name FROM member WHERE organisation_id = %(organisation_id)s AND member_id = ANY(%(member_ids)s)

-- name: administrators
-- Whom to ask, by name: those who were added first. Members are few, and one index leads to an organisation's.
SELECT name FROM member
WHERE organisation_id = %(organisation_id)s AND role = 'administrator' AND NOT removed AND name <> ''
ORDER BY position LIMIT %(limit)s

-- name: of_team
-- Members are few, and one index leads to an organisation's.
SELECT member_id, name, role FROM member
WHERE organisation_id = %(organisation_id)s AND %(team)s = ANY(teams) AND NOT removed
ORDER BY name, position LIMIT %(limit)s

-- name: teams
-- Teams have no life of their own: they are what members and projects call them.
SELECT name, sum(members)::int AS members, sum(projects)::int AS projects
FROM (
    SELECT unnest(teams) AS name, 1 AS members, 0 AS projects
    FROM member WHERE organisation_id = %(organisation_id)s AND NOT removed
    UNION ALL
    SELECT profile ->> 'team', 0, 1 FROM project WHERE organisation_id = %(organisation_id)s AND profile ->> 'team' <> ''
) AS named
GROUP BY name ORDER BY name
