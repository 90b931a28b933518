-- name: find
SELECT member.member_id FROM person_keys.openid_identity AS identity
JOIN member ON member.organisation_id = identity.organisation_id AND member.member_id = identity.member_id AND NOT member.removed
WHERE identity.organisation_id = %(organisation_id)s AND identity.digest = %(digest)s

-- name: forget_removed
-- Somebody who left and was added anew is another member, and means this one from now on.
DELETE FROM person_keys.openid_identity AS identity USING member
WHERE identity.organisation_id = %(organisation_id)s AND identity.digest = %(digest)s
    AND member.organisation_id = identity.organisation_id AND member.member_id = identity.member_id AND member.removed

-- name: remember
-- A member of whom another identity is remembered stays that one's.
INSERT INTO person_keys.openid_identity (organisation_id, digest, member_id)
SELECT organisation_id, %(digest)s, member_id FROM member
WHERE organisation_id = %(organisation_id)s AND lower(email) = lower(%(email)s) AND NOT removed
ON CONFLICT DO NOTHING
RETURNING member_id

-- name: forget
DELETE FROM person_keys.openid_identity WHERE organisation_id = %(organisation_id)s AND member_id = %(member_id)s
