"""All events of some types, for what is folded from a few types only: learning from feedback, and answers as of a day."""

from alembic import op

revision = "0003"
down_revision = "0002"


def upgrade() -> None:
    op.execute("CREATE INDEX event_by_type ON event (organisation_id, type, position)")
