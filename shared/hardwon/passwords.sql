-- name: save
INSERT INTO person_keys.password (organisation_id, member_id, hash) VALUES (%(organisation_id)s, %(member_id)s, %(hash)s)
ON CONFLICT (organisation_id, member_id) DO UPDATE SET hash = EXCLUDED.hash, changed_at = now()

-- name: rehash
-- Unless it was changed meanwhile.
UPDATE person_keys.password SET hash = %(hash)s
WHERE organisation_id = %(organisation_id)s AND member_id = %(member_id)s AND hash = %(before)s

-- name: find
-- Whoever has the address, with or without a password.
SELECT member.member_id, password.hash FROM member
LEFT JOIN person_keys.password AS password ON password.organisation_id = member.organisation_id AND password.member_id = member.member_id
WHERE member.organisation_id = %(organisation_id)s AND lower(member.email) = lower(%(email)s) AND NOT member.removed

-- name: has_one
SELECT member_id FROM person_keys.password WHERE organisation_id = %(organisation_id)s AND member_id = %(member_id)s

-- name: forget
DELETE FROM person_keys.password WHERE organisation_id = %(organisation_id)s AND member_id = %(member_id)s
