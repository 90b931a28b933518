"""Members, and tokens that may do some things, for some time, until they are revoked."""

from alembic import op

revision = "0012"
down_revision = "0011"

MEMBERS = """
CREATE TABLE member (
    organisation_id uuid NOT NULL,
    member_id uuid NOT NULL,
    name text NOT NULL,
    email text NOT NULL,
    role text NOT NULL,
    teams text[] NOT NULL,
    removed boolean NOT NULL,
    -- Where in the log this member was added.
    position bigint NOT NULL,
    added_at timestamptz NOT NULL,
    PRIMARY KEY (organisation_id, member_id)
);
CREATE INDEX member_newest ON member (organisation_id, position) WHERE NOT removed;
GRANT SELECT, INSERT, UPDATE, DELETE ON member TO hardwon_app;
"""

# A token that was there before could do everything, and goes on so.
TOKENS = """
ALTER TABLE token
    ADD COLUMN token_id uuid NOT NULL DEFAULT gen_random_uuid(),
    ADD COLUMN scopes text[] NOT NULL DEFAULT '{read,write,curate,administer}',
    ADD COLUMN member_id uuid,
    ADD COLUMN expires_at timestamptz,
    ADD COLUMN revoked_at timestamptz;
CREATE UNIQUE INDEX token_by_id ON token (organisation_id, token_id);
GRANT UPDATE (revoked_at) ON token TO hardwon_app;
"""

AUDIT = "CREATE INDEX event_by_actor ON event (organisation_id, (metadata ->> 'actor'), position)"


def upgrade() -> None:
    for statements in (MEMBERS, TOKENS, AUDIT):
        op.execute(statements)
