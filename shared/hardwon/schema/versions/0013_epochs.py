"""Epochs of logs: which history each is, and whether it was restored and waits for a person to accept that."""

from alembic import op

revision = "0013"
down_revision = "0012"

EPOCHS = """
ALTER TABLE log_head
    ADD COLUMN epoch uuid NOT NULL DEFAULT gen_random_uuid(),
    ADD COLUMN restored_at timestamptz;
GRANT UPDATE (restored_at) ON log_head TO hardwon_app;
"""


def upgrade() -> None:
    op.execute(EPOCHS)
