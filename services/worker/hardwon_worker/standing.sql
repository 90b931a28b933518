-- name: standing
-- What the organisation knows of lessons besides their words; a row a lesson, however many projects answered it.
-- Of its project all but the papers, which can be long.
SELECT lesson.lesson_id, lesson.drawn_at, lesson.answers, lesson.endorsements,
       project.profile - 'artefacts' AS profile,
       (SELECT coalesce(array_agg(DISTINCT point.kind), '{}') FROM jsonb_array_elements_text(lesson.points) AS answered (point_id)
        JOIN discussion_point AS point ON point.organisation_id = lesson.organisation_id
            AND point.point_id = answered.point_id::uuid) AS stories
FROM lesson
JOIN project ON project.organisation_id = lesson.organisation_id AND project.project_id = lesson.project_id
WHERE lesson.organisation_id = %(organisation_id)s AND lesson.lesson_id = ANY(%(lesson_ids)s)
