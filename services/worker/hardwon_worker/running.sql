-- name: changed
-- Where lessons became findable: drawn, revised or restored; served by lesson_text_changed.
SELECT text_position FROM lesson
WHERE organisation_id = %(organisation_id)s AND state = 'current'
    AND text_position > %(after)s AND text_position <= %(until)s
ORDER BY text_position LIMIT %(limit)s

-- name: open
-- The projects that still run and have not been answered up to "until", without their papers, which are long; served by recommendation_open.
-- Those that are set aside are not compared either: their text would end this worker too.
SELECT project.project_id, project.profile - 'artefacts' AS profile, recommendation.known_position,
       jsonb_array_length(coalesce(project.profile -> 'artefacts', '[]')) > 0 AS has_papers
FROM recommendation
JOIN project ON project.organisation_id = recommendation.organisation_id AND project.project_id = recommendation.project_id
WHERE recommendation.organisation_id = %(organisation_id)s
    AND (recommendation.ended_on IS NULL OR recommendation.ended_on >= %(today)s)
    AND recommendation.known_position < %(until)s
    AND NOT EXISTS (
        SELECT FROM project_try
        WHERE project_try.organisation_id = recommendation.organisation_id
            AND project_try.project_id = recommendation.project_id AND project_try.set_aside_at IS NOT NULL)

-- name: unembedded
SELECT wanted.project_id FROM unnest(%(project_ids)s::uuid[], %(text_hashes)s::text[]) AS wanted (project_id, text_hash)
WHERE NOT EXISTS (
    SELECT FROM project_vector
    WHERE project_vector.organisation_id = %(organisation_id)s AND project_vector.project_id = wanted.project_id
        AND project_vector.model = %(model)s AND project_vector.text_hash = wanted.text_hash)

-- name: save_vectors
-- Adds the new vectors and takes away those of what the profiles no longer say.
WITH fresh AS (
    SELECT * FROM unnest(%(project_ids)s::uuid[], %(text_hashes)s::text[], %(embeddings)s::text[])
        AS fresh (project_id, text_hash, embedding)
), gone AS (
    DELETE FROM project_vector USING fresh
    WHERE project_vector.organisation_id = %(organisation_id)s AND project_vector.project_id = fresh.project_id
        AND project_vector.model = %(model)s AND project_vector.text_hash <> fresh.text_hash
)
INSERT INTO project_vector (organisation_id, project_id, model, text_hash, embedding)
SELECT %(organisation_id)s, project_id, %(model)s, text_hash, embedding::halfvec FROM fresh
ON CONFLICT (organisation_id, project_id, model, text_hash) DO NOTHING

-- name: near
-- The projects to which one of the new lessons is near enough, for all projects and the whole batch at once. The lessons are looked up
-- once and kept, or each project would look them up again.
WITH fresh AS MATERIALIZED (
    SELECT lesson.project_id, lesson.text_position, vector.embedding
    FROM lesson
    JOIN lesson_vector AS vector ON vector.organisation_id = lesson.organisation_id AND vector.lesson_id = lesson.lesson_id
        AND vector.model = %(model)s AND vector.text_hash = lesson.text_hash
    WHERE lesson.organisation_id = %(organisation_id)s AND lesson.state = 'current'
        AND lesson.text_position > %(after)s AND lesson.text_position <= %(until)s
)
SELECT wanted.project_id
FROM unnest(%(project_ids)s::uuid[], %(text_hashes)s::text[], %(known_positions)s::bigint[])
    AS wanted (project_id, text_hash, known_position)
CROSS JOIN LATERAL (
    SELECT embedding FROM project_vector
    WHERE project_vector.organisation_id = %(organisation_id)s AND project_vector.project_id = wanted.project_id
        AND project_vector.model = %(model)s AND project_vector.text_hash = wanted.text_hash
) AS profile
WHERE EXISTS (
    SELECT FROM fresh
    WHERE fresh.project_id <> wanted.project_id AND fresh.text_position > wanted.known_position
        AND 1 - (fresh.embedding <=> profile.embedding) >= %(relevant)s)

-- name: to_tell
-- What came before and still waits keeps its place and its time.
INSERT INTO to_tell (organisation_id, project_id, occasion, after, until, due_at)
SELECT %(organisation_id)s, project_id, %(occasion)s, %(after)s, %(until)s, %(due_at)s
FROM unnest(%(project_ids)s::uuid[]) AS project_id ORDER BY project_id
ON CONFLICT (organisation_id, project_id, occasion) DO UPDATE
SET after = least(to_tell.after, EXCLUDED.after), until = greatest(to_tell.until, EXCLUDED.until)

-- name: waiting_behind
SELECT after FROM to_tell
WHERE organisation_id = %(organisation_id)s AND project_id = %(project_id)s AND occasion = %(occasion)s

-- name: due
-- Served by to_tell_due.
SELECT project_id, occasion FROM to_tell
WHERE organisation_id = %(organisation_id)s AND due_at <= now() ORDER BY due_at, project_id

-- name: postpone
UPDATE to_tell SET due_at = %(due_at)s
WHERE organisation_id = %(organisation_id)s AND project_id = %(project_id)s AND occasion = %(occasion)s

-- name: told
-- What is known goes; what came meanwhile stays, and is all that is left.
WITH gone AS (
    DELETE FROM to_tell
    WHERE organisation_id = %(organisation_id)s AND project_id = %(project_id)s AND occasion = ANY(%(occasions)s)
        AND until <= %(known_position)s
)
UPDATE to_tell SET after = %(known_position)s
WHERE organisation_id = %(organisation_id)s AND project_id = %(project_id)s AND occasion = ANY(%(occasions)s)
    AND until > %(known_position)s AND after < %(known_position)s
