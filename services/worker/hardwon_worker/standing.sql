-- name: standing
-- What the organisation knows of lessons besides their words; a row a lesson, however many projects answered it.
-- Of its project all but the papers, which can be long. Points are found by an array of their keys: joined by a cast, which may fail and tell of
-- what it read, all of the organisation would be read for each lesson behind the wall.
SELECT lesson.lesson_id, lesson.drawn_at, lesson.answers, lesson.endorsements,
       project.profile - 'artefacts' AS profile,
       (SELECT coalesce(array_agg(DISTINCT point.kind), '{}') FROM discussion_point AS point
        WHERE point.organisation_id = lesson.organisation_id
            AND point.point_id = ANY(ARRAY(SELECT jsonb_array_elements_text(lesson.points)::uuid))) AS stories
FROM lesson
JOIN project ON project.organisation_id = lesson.organisation_id AND project.project_id = lesson.project_id
WHERE lesson.organisation_id = %(organisation_id)s AND lesson.lesson_id = ANY(%(lesson_ids)s)
