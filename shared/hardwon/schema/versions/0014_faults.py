"""What followers keep of the event at which they stand, of tries that failed, and of texts that were set aside."""

from alembic import op

revision = "0014"
down_revision = "0015"

FAULTS = """
ALTER TABLE checkpoint
    ADD COLUMN hash bytea,
    ADD COLUMN tries int NOT NULL DEFAULT 0,
    ADD COLUMN needs_newer boolean NOT NULL DEFAULT false;

UPDATE checkpoint SET hash = event.hash
FROM event WHERE event.organisation_id = checkpoint.organisation_id AND event.position = checkpoint.position;

-- Texts that a follower could not work on, however often it tried: passed, until they change.
CREATE TABLE set_aside (
    organisation_id uuid NOT NULL,
    follower text NOT NULL,
    id uuid NOT NULL,
    set_aside_at timestamptz NOT NULL DEFAULT now(),
    PRIMARY KEY (organisation_id, follower, id)
);
GRANT SELECT, INSERT, UPDATE, DELETE ON set_aside TO hardwon_app;
"""


def upgrade() -> None:
    op.execute(FAULTS)
