-- name: create
-- A log opens at position 0 under the hash before all events. Creating it twice changes nothing.
INSERT INTO log_head (organisation_id, position, hash) VALUES (%(organisation_id)s, 0, %(genesis)s)
ON CONFLICT (organisation_id) DO NOTHING

-- name: lock_head
-- Every append of an organisation waits here for the one before it, so commit order is position order. The statements after it see all
-- that was committed before the lock was got; under another isolation level they would not, hence the check of the level.
SELECT position, hash, current_setting('transaction_isolation') AS isolation
FROM log_head WHERE organisation_id = %(organisation_id)s FOR UPDATE

-- name: now
-- A clock may be set back, times of recording may not go back: position_at goes by them. A statement of its own, since the one that waited
-- for the lock does not see the event that it waited for.
SELECT greatest(clock_timestamp(), (
    SELECT recorded_at FROM event WHERE organisation_id = %(organisation_id)s AND position = %(position)s)) AS now

-- name: head
SELECT position, hash FROM log_head WHERE organisation_id = %(organisation_id)s

-- name: heads
SELECT organisation_id, position FROM every.log

-- name: find
SELECT * FROM event WHERE organisation_id = %(organisation_id)s AND event_id = ANY(%(event_ids)s)

-- name: versions
-- One step down the index (organisation_id, stream, version) for each stream, however long the stream is.
SELECT wanted.stream, last.version
FROM unnest(%(streams)s::text[]) AS wanted (stream)
CROSS JOIN LATERAL (
    SELECT version FROM event
    WHERE organisation_id = %(organisation_id)s AND event.stream = wanted.stream
    ORDER BY version DESC LIMIT 1
) AS last

-- name: counts
-- Down the index (organisation_id, stream, version); asked once a stream by a walk that goes on.
SELECT stream, count(*) FROM event
WHERE organisation_id = %(organisation_id)s AND stream = ANY(%(streams)s) AND position <= %(until)s GROUP BY stream

-- name: insert
-- One statement for the whole batch. No ON CONFLICT: a clash that got past the lock must fail loudly.
INSERT INTO event (organisation_id, position, stream, version, event_id, type, schema_version,
                   data, metadata, payload_digest, occurred_at, recorded_at, hash)
SELECT %(organisation_id)s, * FROM unnest(
    %(position)s::bigint[], %(stream)s::text[], %(version)s::bigint[], %(event_id)s::uuid[], %(type)s::text[],
    %(schema_version)s::int[], %(data)s::jsonb[], %(metadata)s::jsonb[], %(payload_digest)s::bytea[],
    %(occurred_at)s::timestamptz[], %(recorded_at)s::timestamptz[], %(hash)s::bytea[])

-- name: move_head
UPDATE log_head SET position = %(position)s, hash = %(hash)s WHERE organisation_id = %(organisation_id)s

-- name: read
SELECT * FROM event WHERE organisation_id = %(organisation_id)s AND position > %(after)s ORDER BY position LIMIT %(limit)s

-- name: read_stream
SELECT * FROM event WHERE organisation_id = %(organisation_id)s AND stream = %(stream)s ORDER BY version

-- name: read_types
-- Served by the index event_by_type.
SELECT * FROM event
WHERE organisation_id = %(organisation_id)s AND type = ANY(%(types)s) AND position <= %(until)s ORDER BY position

-- name: read_about_project
-- Served by the index event_about_project: one descent for each id. It holds only events that name a project, which the planner
-- knows to be enough because a comparison with one id at a time never holds for NULL; of = ANY it does not know that.
SELECT event.* FROM unnest(%(ids)s::uuid[]) AS wanted (id)
CROSS JOIN LATERAL (
    SELECT * FROM own.event
    WHERE organisation_id = %(organisation_id)s AND (data ->> 'project_id')::uuid = wanted.id
        AND type = ANY(%(types)s) AND position <= %(until)s
) AS event
ORDER BY event.position

-- name: read_about_lesson
-- Served by the index event_about_lesson, in the same way.
SELECT event.* FROM unnest(%(ids)s::uuid[]) AS wanted (id)
CROSS JOIN LATERAL (
    SELECT * FROM own.event
    WHERE organisation_id = %(organisation_id)s AND (data ->> 'lesson_id')::uuid = wanted.id
        AND type = ANY(%(types)s) AND position <= %(until)s
) AS event
ORDER BY event.position

-- name: read_about_point
-- Served by the index event_about_point, which holds the few events that change a point; their types are said once more, or it could not be used.
SELECT event.* FROM unnest(%(ids)s::uuid[]) AS wanted (id)
CROSS JOIN LATERAL (
    SELECT * FROM own.event
    WHERE organisation_id = %(organisation_id)s AND (data ->> 'point_id')::uuid = wanted.id
        AND type IN ('point_reworded', 'point_withdrawn') AND type = ANY(%(types)s) AND position <= %(until)s
) AS event
ORDER BY event.position

-- name: read_back
-- Never prepared: planned for what is asked for this time, so that conditions which ask for nothing fall away and the others find their index,
-- event_by_actor, event_by_type or event_about_project.
SELECT * FROM own.event
WHERE organisation_id = %(organisation_id)s AND position > %(after)s AND position < %(before)s
    AND (%(actor)s::text IS NULL OR metadata ->> 'actor' = %(actor)s)
    AND (%(types)s::text[] IS NULL OR type = ANY(%(types)s))
    AND (%(project_id)s::uuid IS NULL OR (data ->> 'project_id')::uuid = %(project_id)s)
ORDER BY position DESC LIMIT %(limit)s

-- name: read_newest
-- Served by the index event_by_type, read backwards from the position on.
SELECT * FROM event
WHERE organisation_id = %(organisation_id)s AND type = %(type)s AND position < %(before)s
ORDER BY position DESC LIMIT %(limit)s

-- name: read_words_of
-- Walks the whole log: asked for only when a person is erased, and an index for it would cost every append.
SELECT * FROM event WHERE organisation_id = %(organisation_id)s AND metadata @> %(written)s ORDER BY position

-- name: position_at
-- Positions are gapless and times of recording never go back, so the place in time is found by halving: some twenty steps down the primary key
-- in a log of a million events, and no index on times that every append would have to pay for.
WITH RECURSIVE search (organisation_id, low, high) AS (
    SELECT organisation_id, 0::bigint, position FROM log_head WHERE organisation_id = %(organisation_id)s
    UNION ALL
    SELECT search.organisation_id,
           CASE WHEN event.recorded_at <= %(moment)s THEN event.position ELSE low END,
           CASE WHEN event.recorded_at <= %(moment)s THEN high ELSE event.position - 1 END
    FROM search
    JOIN own.event ON event.organisation_id = search.organisation_id AND event.position = (low + high + 1) / 2
    WHERE low < high
)
SELECT low FROM search WHERE low = high
