"""Keys of persons, under which what they write is kept."""

from alembic import op

from hardwon.schema import person_keys

revision = "0011"
down_revision = "0008"


def upgrade() -> None:
    person_keys.ensure(op.get_bind())
