"""Discussion points, newest first, of all projects or of one: those without a lesson are asked about."""

from alembic import op

revision = "0006"
down_revision = "0005"

INDEXES = """
CREATE INDEX discussion_point_newest ON discussion_point (organisation_id, position DESC);
CREATE INDEX discussion_point_of_project ON discussion_point (organisation_id, project_id, position DESC);
"""


def upgrade() -> None:
    op.execute(INDEXES)
