-- name: begin
INSERT INTO session (organisation_id, digest, session_id, member_id)
VALUES (%(organisation_id)s, %(digest)s, %(session_id)s, %(member_id)s)

-- name: forget
-- Whenever somebody signs in, so that the table never outgrows those who do.
DELETE FROM session
WHERE organisation_id = %(organisation_id)s AND (created_at < now() - %(longest)s OR seen_at < now() - %(idle)s)

-- name: authenticate
-- A session is good for as long as the member is one.
SELECT session.session_id, session.member_id, member.role, session.seen_at < now() - interval '1 minute' AS due
FROM session
JOIN member ON member.organisation_id = session.organisation_id AND member.member_id = session.member_id AND NOT member.removed
WHERE session.organisation_id = %(organisation_id)s AND session.digest = %(digest)s
    AND session.created_at > now() - %(longest)s AND session.seen_at > now() - %(idle)s

-- name: seen
-- Only where it is due: reading a page should write nothing.
UPDATE session SET seen_at = now() WHERE organisation_id = %(organisation_id)s AND digest = %(digest)s

-- name: of_member
SELECT session_id, created_at, seen_at FROM session
WHERE organisation_id = %(organisation_id)s AND member_id = %(member_id)s
    AND created_at > now() - %(longest)s AND seen_at > now() - %(idle)s
ORDER BY seen_at DESC, session_id

-- name: end
DELETE FROM session WHERE organisation_id = %(organisation_id)s AND member_id = %(member_id)s AND session_id = %(session_id)s

-- name: end_all
DELETE FROM session
WHERE organisation_id = %(organisation_id)s AND member_id = %(member_id)s AND session_id IS DISTINCT FROM %(but)s
