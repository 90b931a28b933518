-- name: forget_old
-- What lies a day back counts no more; served by sign_in_attempt_oldest.
DELETE FROM sign_in_attempt WHERE organisation_id = %(organisation_id)s AND last_at < now() - interval '1 day'

-- name: take
-- One statement, so that of many at the same moment each is counted and only the first is let through once one has to wait.
-- From 2 seconds on, doubled, up to a quarter of an hour.
INSERT INTO sign_in_attempt AS attempt (organisation_id, subject, failures, last_at, closed_until)
VALUES (%(organisation_id)s, %(subject)s, 1, now(), now())
ON CONFLICT (organisation_id, subject) DO UPDATE SET
    failures = attempt.failures + 1,
    last_at = now(),
    closed_until = CASE
        WHEN attempt.failures + 1 < %(free)s THEN now()
        ELSE now() + least(interval '2 seconds' * power(2, least(attempt.failures + 1 - %(free)s, 20)), interval '15 minutes')
    END
WHERE attempt.closed_until <= now()
RETURNING failures

-- name: waits
SELECT greatest(1, ceil(extract(epoch FROM closed_until - now())))::int AS seconds FROM sign_in_attempt
WHERE organisation_id = %(organisation_id)s AND subject = %(subject)s

-- name: give_back
-- It was let through, so nothing was closed before it.
UPDATE sign_in_attempt SET failures = failures - 1, closed_until = now()
WHERE organisation_id = %(organisation_id)s AND subject = %(subject)s

-- name: forget
DELETE FROM sign_in_attempt WHERE organisation_id = %(organisation_id)s AND subject = %(subject)s
