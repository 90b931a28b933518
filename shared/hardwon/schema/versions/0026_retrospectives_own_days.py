"""The days of retrospectives go down their index behind the wall too: the function that tells them is none that the planner trusts there."""

from alembic import op

revision = "0026"
down_revision = "0025"

OWN = """
CREATE VIEW own.retrospective AS SELECT * FROM public.retrospective WHERE organisation_id = acting_for();
GRANT SELECT ON own.retrospective TO hardwon_app;
"""


def upgrade() -> None:
    op.execute(OWN)
