-- name: current
SELECT epoch FROM log_head WHERE organisation_id = %(organisation_id)s

-- name: era
-- Served by the index event_by_type.
SELECT epoch || '/' || (
    SELECT coalesce(max(position), 0) FROM event WHERE event.organisation_id = log_head.organisation_id AND type = 'person_erased')
FROM log_head WHERE organisation_id = %(organisation_id)s

-- name: heads
SELECT organisation_id, epoch, position, hash FROM every.log WHERE restored_at IS NULL AND position > 0

-- name: mark_others
UPDATE every.log SET restored_at = now()
FROM unnest(%(organisations)s::uuid[], %(positions)s::bigint[], %(hashes)s::bytea[]) AS seen (organisation_id, position, hash)
WHERE log.organisation_id = seen.organisation_id AND log.restored_at IS NULL
    AND NOT EXISTS (
        SELECT FROM every.hash
        WHERE hash.organisation_id = seen.organisation_id AND hash.position = seen.position AND hash.hash = seen.hash)
RETURNING log.organisation_id

-- name: count_restored
SELECT count(*) FROM every.log WHERE restored_at IS NOT NULL

-- name: mark_all
-- Part of a restore, in whose session no schema is looked through.
UPDATE public.log_head SET restored_at = now()

-- name: restored
-- Locked against appends. Those marked, and those of which a follower has seen more than there is, or another event than stands there.
SELECT organisation_id FROM log_head AS head
WHERE restored_at IS NOT NULL OR EXISTS (
    SELECT FROM checkpoint
    LEFT JOIN event ON event.organisation_id = checkpoint.organisation_id AND event.position = checkpoint.position
    WHERE checkpoint.organisation_id = head.organisation_id
        AND (checkpoint.position > head.position OR event.hash <> checkpoint.hash))
ORDER BY organisation_id FOR UPDATE

-- name: begin
UPDATE log_head SET epoch = gen_random_uuid(), restored_at = NULL WHERE organisation_id = ANY(%(organisations)s)
