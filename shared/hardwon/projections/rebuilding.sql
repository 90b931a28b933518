-- name: write_beside
-- For the rest of the transaction: the tables of the read models are found in this schema, all others where they always are.
SET LOCAL search_path = rebuilding, public

-- name: write_live
SET LOCAL search_path = public

-- name: hold_live
SELECT FROM checkpoint WHERE organisation_id = %(organisation_id)s AND follower = %(follower)s FOR UPDATE

-- name: reset
UPDATE checkpoint SET position = 0, hash = NULL WHERE organisation_id = %(organisation_id)s AND follower = %(rebuilding)s

-- name: finish
-- What halted the old rows is no part of the new ones. The rebuild's own checkpoint goes: another one starts from the beginning.
WITH gone AS (DELETE FROM checkpoint WHERE organisation_id = %(organisation_id)s AND follower = %(rebuilding)s)
UPDATE checkpoint SET position = %(position)s, halted_by = NULL, needs_newer = false, updated_at = now(),
    hash = (SELECT hash FROM event WHERE organisation_id = %(organisation_id)s AND position = %(position)s)
WHERE organisation_id = %(organisation_id)s AND follower = %(follower)s
