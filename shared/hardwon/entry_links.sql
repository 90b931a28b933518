-- name: make
INSERT INTO entry_link (organisation_id, member_id, digest, expires_at)
VALUES (%(organisation_id)s, %(member_id)s, %(digest)s, now() + %(lasts)s)
ON CONFLICT (organisation_id, member_id) DO UPDATE SET digest = EXCLUDED.digest, expires_at = EXCLUDED.expires_at

-- name: look
SELECT member.organisation_id, member.member_id, member.name, member.role FROM entry_link
JOIN member ON member.organisation_id = entry_link.organisation_id AND member.member_id = entry_link.member_id AND NOT member.removed
WHERE entry_link.organisation_id = %(organisation_id)s AND entry_link.digest = %(digest)s AND entry_link.expires_at > now()

-- name: use
DELETE FROM entry_link USING member
WHERE entry_link.organisation_id = %(organisation_id)s AND entry_link.digest = %(digest)s AND entry_link.expires_at > now()
    AND member.organisation_id = entry_link.organisation_id AND member.member_id = entry_link.member_id AND NOT member.removed
RETURNING member.organisation_id, member.member_id, member.name

-- name: forget
DELETE FROM entry_link WHERE organisation_id = %(organisation_id)s AND member_id = %(member_id)s
