"""How a lesson or a project's suggestions stood on a day: its own streams, and what projects said of them, found without walking the log."""

from alembic import op

revision = "0004"
down_revision = "0003"

INDEXES = """
CREATE INDEX event_recorded ON event (organisation_id, recorded_at, position);
CREATE INDEX event_answering_lesson ON event (organisation_id, (data ->> 'lesson_id'), position)
    WHERE type IN ('feedback_given', 'feedback_withdrawn', 'outcome_reported');
CREATE INDEX event_answering_project ON event (organisation_id, (data ->> 'project_id'), position)
    WHERE type IN ('feedback_given', 'feedback_withdrawn', 'outcome_reported');
CREATE INDEX event_living_on ON event (organisation_id, (coalesce(data ->> 'into_lesson_id', data ->> 'by_lesson_id')), position)
    WHERE type IN ('lesson_merged', 'lesson_superseded');
"""


def upgrade() -> None:
    op.execute(INDEXES)
