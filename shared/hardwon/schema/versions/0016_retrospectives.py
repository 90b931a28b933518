"""Retrospectives, newest first, of all projects or of one."""

from alembic import op

revision = "0016"
down_revision = "0018"

RETROSPECTIVES = """
CREATE TABLE retrospective (
    organisation_id uuid NOT NULL,
    retrospective_id uuid NOT NULL,
    project_id uuid NOT NULL,
    title text NOT NULL,
    held_on text,
    points int NOT NULL,
    opened_at timestamptz NOT NULL,
    closed_at timestamptz,
    -- Where in the log it was opened.
    position bigint NOT NULL,
    PRIMARY KEY (organisation_id, retrospective_id)
);
CREATE INDEX retrospective_newest ON retrospective (organisation_id, position DESC);
CREATE INDEX retrospective_of_project ON retrospective (organisation_id, project_id, position DESC);
GRANT SELECT, INSERT, UPDATE, DELETE ON retrospective TO hardwon_app;
"""


def upgrade() -> None:
    op.execute(RETROSPECTIVES)
