-- name: ensure_checkpoint
INSERT INTO checkpoint (organisation_id, follower) VALUES (%(organisation_id)s, %(follower)s)
ON CONFLICT (organisation_id, follower) DO NOTHING

-- name: lock_checkpoint
-- SKIP LOCKED: a second worker leaves at once instead of queueing for work that the first one is doing.
SELECT position FROM checkpoint
WHERE organisation_id = %(organisation_id)s AND follower = %(follower)s AND (halted_by IS NULL OR needs_newer)
FOR UPDATE SKIP LOCKED

-- name: of_another_log
-- A follower that has seen more than there is, or another event where it stands, follows another log than it did. A statement of its own:
-- beside a lock, a head from before that lock would be compared with a checkpoint from after it.
SELECT head.restored_at IS NOT NULL OR checkpoint.position > head.position OR coalesce(event.hash <> checkpoint.hash, false)
FROM checkpoint
JOIN log_head AS head ON head.organisation_id = checkpoint.organisation_id
LEFT JOIN event ON event.organisation_id = checkpoint.organisation_id AND event.position = checkpoint.position
WHERE checkpoint.organisation_id = %(organisation_id)s AND checkpoint.follower = %(follower)s

-- name: lock_checkpoint_waiting
SELECT position FROM checkpoint WHERE organisation_id = %(organisation_id)s AND follower = %(follower)s FOR UPDATE

-- name: move_checkpoint
-- Never backwards: a slow follower that finishes late must not undo a faster one. Whoever comes this far is halted no more.
UPDATE checkpoint SET position = %(position)s, updated_at = now(), halted_by = NULL, needs_newer = false,
    hash = (SELECT hash FROM event WHERE organisation_id = %(organisation_id)s AND position = %(position)s)
WHERE organisation_id = %(organisation_id)s AND follower = %(follower)s AND position < %(position)s

-- name: halt
UPDATE checkpoint SET halted_by = %(halted_by)s, needs_newer = %(needs_newer)s, updated_at = now()
WHERE organisation_id = %(organisation_id)s AND follower = %(follower)s

-- name: checkpoints
SELECT follower, position, halted_by, tries FROM checkpoint WHERE organisation_id = %(organisation_id)s

-- name: halted
SELECT organisation_id, follower, position FROM every.checkpoint WHERE halted

-- name: set_aside
SELECT organisation_id, follower, count(*) FROM every.set_aside GROUP BY organisation_id, follower ORDER BY organisation_id, follower

-- name: lag
SELECT checkpoint.follower, max(head.position - checkpoint.position), count(*) FILTER (WHERE checkpoint.halted)
FROM every.checkpoint JOIN every.log AS head ON head.organisation_id = checkpoint.organisation_id
GROUP BY checkpoint.follower

-- name: lagging
-- Organisations with something left to do: a follower behind its log's head, a project waiting for its suggestions, or one to be told.
SELECT head.organisation_id FROM every.log AS head
WHERE EXISTS (
    SELECT FROM unnest(%(followers)s::text[]) AS wanted (follower)
    LEFT JOIN every.checkpoint ON checkpoint.organisation_id = head.organisation_id AND checkpoint.follower = wanted.follower
    WHERE (checkpoint.halted IS NOT TRUE OR checkpoint.needs_newer) AND coalesce(checkpoint.position, 0) < head.position)
OR EXISTS (SELECT FROM every.waiting WHERE waiting.organisation_id = head.organisation_id)
