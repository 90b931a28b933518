-- name: ask
-- What is under way stays as it is; what had ended begins again, and still tells how it ended.
INSERT INTO long_work (organisation_id, name) VALUES (%(organisation_id)s, %(name)s)
ON CONFLICT (organisation_id, name) DO UPDATE
SET under_way = true, asked_at = now(), done = 0, goal = 0, state = NULL
WHERE NOT long_work.under_way

-- name: under_way
SELECT name FROM long_work WHERE organisation_id = %(organisation_id)s AND under_way ORDER BY asked_at

-- name: every
SELECT name, under_way, asked_at, done, goal, outcome, ended_at FROM long_work WHERE organisation_id = %(organisation_id)s ORDER BY name

-- name: take
-- SKIP LOCKED: a second worker leaves at once what the first one is at.
SELECT state FROM long_work
WHERE organisation_id = %(organisation_id)s AND name = %(name)s AND under_way FOR UPDATE SKIP LOCKED

-- name: went_on
UPDATE long_work SET done = %(done)s, goal = %(goal)s, state = %(state)s
WHERE organisation_id = %(organisation_id)s AND name = %(name)s AND under_way

-- name: ended
UPDATE long_work
SET under_way = false, ended_at = now(), done = %(done)s, goal = %(goal)s, state = NULL, outcome = %(outcome)s
WHERE organisation_id = %(organisation_id)s AND name = %(name)s AND under_way
