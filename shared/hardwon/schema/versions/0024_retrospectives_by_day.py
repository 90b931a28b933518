"""Retrospectives by the day they were held: one of years ago that is recorded today is not the newest."""

from alembic import op

revision = "0024"
down_revision = "0023"

BY_DAY = """
-- Days are written so that their order is that of their letters, whatever the session's style of dates.
CREATE FUNCTION retrospective_day(held_on text, opened_at timestamptz) RETURNS text
LANGUAGE sql IMMUTABLE PARALLEL SAFE
RETURN coalesce(held_on, to_char(opened_at AT TIME ZONE 'UTC', 'YYYY-MM-DD'));
CREATE INDEX retrospective_by_day ON retrospective (organisation_id, retrospective_day(held_on, opened_at) DESC, position DESC);
CREATE INDEX retrospective_of_project_by_day
    ON retrospective (organisation_id, project_id, retrospective_day(held_on, opened_at) DESC, position DESC);
DROP INDEX retrospective_of_project;
"""


def upgrade() -> None:
    op.execute(BY_DAY)
