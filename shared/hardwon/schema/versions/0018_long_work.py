"""Long work that somebody asked for on a page: how far it is, and how it ended the last time."""

from alembic import op

revision = "0018"
down_revision = "0014"

LONG_WORK = """
CREATE TABLE long_work (
    organisation_id uuid NOT NULL,
    name text NOT NULL,
    under_way boolean NOT NULL DEFAULT true,
    asked_at timestamptz NOT NULL DEFAULT now(),
    done bigint NOT NULL DEFAULT 0,
    goal bigint NOT NULL DEFAULT 0,
    state jsonb,
    outcome jsonb,
    ended_at timestamptz,
    PRIMARY KEY (organisation_id, name)
);
GRANT SELECT, INSERT, UPDATE, DELETE ON long_work TO hardwon_app;
"""


def upgrade() -> None:
    op.execute(LONG_WORK)
