"""Attempts to sign in with a password: how often in vain, and until when no further one is taken. Passwords themselves: person_keys.sql."""

from alembic import op

revision = "0019"
down_revision = "0017"

ATTEMPTS = """
CREATE TABLE sign_in_attempt (
    organisation_id uuid NOT NULL,
    -- Whom it was for, or whence it came.
    subject text NOT NULL,
    failures integer NOT NULL,
    last_at timestamptz NOT NULL,
    closed_until timestamptz NOT NULL,
    PRIMARY KEY (organisation_id, subject)
);
CREATE INDEX sign_in_attempt_oldest ON sign_in_attempt (organisation_id, last_at);
GRANT SELECT, INSERT, UPDATE, DELETE ON sign_in_attempt TO hardwon_app;
"""


def upgrade() -> None:
    op.execute(ATTEMPTS)
