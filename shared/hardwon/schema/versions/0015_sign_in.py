"""Sessions of members on web pages, and links by which a member signs in once."""

from alembic import op

revision = "0015"
down_revision = "0013"

SESSIONS = """
CREATE TABLE session (
    organisation_id uuid NOT NULL,
    digest bytea NOT NULL,
    session_id uuid NOT NULL,
    member_id uuid NOT NULL,
    created_at timestamptz NOT NULL DEFAULT now(),
    seen_at timestamptz NOT NULL DEFAULT now(),
    PRIMARY KEY (organisation_id, digest)
);
CREATE UNIQUE INDEX session_by_member ON session (organisation_id, member_id, session_id);
GRANT SELECT, INSERT, DELETE, UPDATE (seen_at) ON session TO hardwon_app;
"""

# One a member: a new link takes the place of the one before.
LINKS = """
CREATE TABLE entry_link (
    organisation_id uuid NOT NULL,
    member_id uuid NOT NULL,
    digest bytea NOT NULL,
    expires_at timestamptz NOT NULL,
    PRIMARY KEY (organisation_id, member_id)
);
CREATE UNIQUE INDEX entry_link_by_digest ON entry_link (organisation_id, digest);
GRANT SELECT, INSERT, DELETE, UPDATE (digest, expires_at) ON entry_link TO hardwon_app;
"""


def upgrade() -> None:
    for statements in (SESSIONS, LINKS):
        op.execute(statements)
