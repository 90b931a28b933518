"""What a member did of the first steps: the home page asks it of everybody, however much else somebody or a tool of theirs recorded."""

from alembic import op

revision = "0027"
down_revision = "0026"

FIRST_STEPS = """
-- As an append does, the head first: appends wait there, and none waits for the index with the migration waiting for it.
LOCK TABLE log_head IN EXCLUSIVE MODE;
CREATE INDEX event_first_steps ON event (organisation_id, (metadata ->> 'actor'), position)
WHERE type IN ('project_registered', 'feedback_given')
"""


def upgrade() -> None:
    op.execute(FIRST_STEPS)
