"""Several answers a project: what it was offered and when, what it waits for, and what it is to be told."""

from alembic import op

revision = "0008"
down_revision = "0006"

RECOMMENDATIONS = """
ALTER TABLE recommendation
    -- Up to here in the log the profile, and all lessons, were answered.
    ADD COLUMN known_position bigint NOT NULL,
    ADD COLUMN ended_on text;
-- The open projects of an organisation, among many that ended.
CREATE INDEX recommendation_open ON recommendation (organisation_id, ended_on);
"""

REFOLD = """
-- "suggested" is a list of answers from now on. The read model is folded anew from the log as soon as a worker follows it.
DELETE FROM recommendation;
UPDATE checkpoint SET position = 0, halted_by = NULL WHERE follower = 'recommendations';
"""

DERIVED = """
-- Up to here in the log a project is owed nothing: the worker looked, and there was nothing new to say, or the project had ended. Derived
-- data, not an event: without a row the worker looks again.
CREATE TABLE nothing_new (
    organisation_id uuid NOT NULL,
    project_id uuid NOT NULL,
    position bigint NOT NULL,
    PRIMARY KEY (organisation_id, project_id)
);

-- A project is to be told of lessons that became findable between two positions of the log, at once or in its digest. One row, however many
-- lessons wait: they are ranked when it is told.
CREATE TABLE to_tell (
    organisation_id uuid NOT NULL,
    project_id uuid NOT NULL,
    occasion text NOT NULL CHECK (occasion IN ('new_lessons', 'digest')),
    after bigint NOT NULL,
    until bigint NOT NULL,
    due_at timestamptz NOT NULL,
    PRIMARY KEY (organisation_id, project_id, occasion)
);
CREATE INDEX to_tell_due ON to_tell (organisation_id, due_at);

-- Of the open projects' profiles, to find out which are near to a new lesson.
CREATE TABLE project_vector (
    organisation_id uuid NOT NULL,
    project_id uuid NOT NULL,
    model text NOT NULL,
    text_hash text NOT NULL,
    embedding halfvec NOT NULL,
    PRIMARY KEY (organisation_id, project_id, model, text_hash)
);
"""

GRANTS = "GRANT SELECT, INSERT, UPDATE, DELETE ON nothing_new, to_tell, project_vector TO hardwon_app"


def upgrade() -> None:
    for statements in (REFOLD, RECOMMENDATIONS, DERIVED, GRANTS):
        op.execute(statements)
