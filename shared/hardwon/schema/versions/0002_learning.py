"""What a lesson goes through after it was drawn, what projects say of it, and the words by which it is found."""

from alembic import op

revision = "0002"
down_revision = "0001"

LESSONS = """
ALTER TABLE lesson DROP CONSTRAINT lesson_state_check;
ALTER TABLE lesson
    ADD CONSTRAINT lesson_state_check CHECK (state IN ('current', 'retired', 'superseded', 'merged')),
    -- Where a superseded or merged lesson lives on.
    ADD COLUMN leads_to uuid,
    -- [{"project_id", "note", "at"}], one a project, in the order in which they joined.
    ADD COLUMN endorsements jsonb NOT NULL DEFAULT '[]',
    -- Project id -> {"verdict", "outcome", "at"}: what each project that was offered the lesson now says of it.
    ADD COLUMN answers jsonb NOT NULL DEFAULT '{}',
    -- Lesson id -> {"similarity", "state": "proposed" or "declined"}: what this lesson might be merged into.
    ADD COLUMN merges jsonb NOT NULL DEFAULT '{}';
CREATE INDEX lesson_leading_to ON lesson (organisation_id, leads_to) WHERE leads_to IS NOT NULL;
CREATE INDEX lesson_to_merge ON lesson (organisation_id, position DESC) WHERE merges @? '$.*.state ? (@ == "proposed")';

-- Lesson id -> {"verdict", "note", "outcome", "outcome_note", "at"}: what the project says of each lesson that it was offered.
ALTER TABLE recommendation ADD COLUMN answers jsonb NOT NULL DEFAULT '{}';
"""


def upgrade() -> None:
    op.execute(LESSONS)
