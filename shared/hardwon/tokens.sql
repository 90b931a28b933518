-- name: save
INSERT INTO token (organisation_id, digest, name, token_id, scopes, member_id, expires_at)
VALUES (%(organisation_id)s, %(digest)s, %(name)s, %(token_id)s, %(scopes)s, %(member_id)s, %(expires_at)s)

-- name: authenticate
-- A member's token is good for as long as the member is one.
SELECT token.token_id, token.name, token.scopes, token.member_id, member.role
FROM token
LEFT JOIN member ON member.organisation_id = token.organisation_id AND member.member_id = token.member_id AND NOT member.removed
WHERE token.organisation_id = %(organisation_id)s AND token.digest = %(digest)s AND token.revoked_at IS NULL
    AND (token.expires_at IS NULL OR token.expires_at > now()) AND (token.member_id IS NULL OR member.member_id IS NOT NULL)

-- name: revoke
UPDATE token SET revoked_at = coalesce(revoked_at, now())
WHERE organisation_id = %(organisation_id)s AND token_id = %(token_id)s
RETURNING token_id

-- name: every
SELECT token_id, name, scopes, member_id, created_at, expires_at FROM token
WHERE organisation_id = %(organisation_id)s AND revoked_at IS NULL AND (expires_at IS NULL OR expires_at > now())
ORDER BY created_at DESC, token_id
