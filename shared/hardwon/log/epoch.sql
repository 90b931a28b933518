-- name: current
SELECT epoch FROM log_head WHERE organisation_id = %(organisation_id)s

-- name: era
-- Served by the index event_by_type.
SELECT epoch || '/' || (
    SELECT coalesce(max(position), 0) FROM event WHERE event.organisation_id = log_head.organisation_id AND type = 'person_erased')
FROM log_head WHERE organisation_id = %(organisation_id)s

-- name: heads
SELECT organisation_id, epoch, position FROM log_head

-- name: mark_shorter
UPDATE log_head SET restored_at = now()
FROM unnest(%(organisations)s::uuid[], %(positions)s::bigint[]) AS seen (organisation_id, position)
WHERE log_head.organisation_id = seen.organisation_id AND log_head.position < seen.position AND log_head.restored_at IS NULL
RETURNING log_head.organisation_id

-- name: count_restored
SELECT count(*) FROM log_head WHERE restored_at IS NOT NULL

-- name: mark_all
-- Part of a restore, in whose session no schema is looked through.
UPDATE public.log_head SET restored_at = now()

-- name: restored
-- Locked against appends. Those marked, and those of which a follower has seen more than there is.
SELECT organisation_id FROM log_head AS head
WHERE restored_at IS NOT NULL OR EXISTS (
    SELECT FROM checkpoint WHERE checkpoint.organisation_id = head.organisation_id AND checkpoint.position > head.position)
ORDER BY organisation_id FOR UPDATE

-- name: begin
UPDATE log_head SET epoch = gen_random_uuid(), restored_at = NULL WHERE organisation_id = ANY(%(organisations)s)
