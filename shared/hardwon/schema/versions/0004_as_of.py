"""The events about one project or one lesson, so that a row can be folded as of any day without a walk of the log."""

from alembic import op

revision = "0004"
down_revision = "0003"


def upgrade() -> None:
    op.execute(
        """
        -- A project has many points for each suggestion or answer: the type stands before the position to step over them.
        CREATE INDEX event_about_project ON event (organisation_id, ((data ->> 'project_id')::uuid), type, position)
            WHERE (data ->> 'project_id')::uuid IS NOT NULL;
        CREATE INDEX event_about_lesson ON event (organisation_id, ((data ->> 'lesson_id')::uuid), position)
            WHERE (data ->> 'lesson_id')::uuid IS NOT NULL;
        """
    )
