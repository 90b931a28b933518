"""Points that were said otherwise since they were raised, and what changed each of them."""

from alembic import op

revision = "0028"
down_revision = "0027"

POINTS = """
-- Where in the log it last got other words; NULL where it reads as it was raised, as all do that older code writes.
ALTER TABLE discussion_point ADD COLUMN reworded bigint;

-- Texts in the order in which they came to read as they do: for whoever follows all of them, and for whoever follows what went wrong.
DROP INDEX discussion_point_raised;
CREATE INDEX discussion_point_text ON discussion_point (organisation_id, coalesce(reworded, position));
CREATE INDEX discussion_point_text_went_wrong ON discussion_point (organisation_id, coalesce(reworded, position))
WHERE kind = 'went_wrong';

-- Behind the wall the planner trusts no expression; here it does, and nobody need know of it.
CREATE VIEW own.discussion_point AS
SELECT *, coalesce(reworded, position) AS text_position FROM public.discussion_point WHERE organisation_id = acting_for();
GRANT SELECT ON own.discussion_point TO hardwon_app;
"""

CHANGED = """
-- As an append does, the head first: appends wait there, and none waits for the index with the migration waiting for it.
LOCK TABLE log_head IN EXCLUSIVE MODE;
CREATE INDEX event_about_point ON event (organisation_id, ((data ->> 'point_id')::uuid), position)
WHERE type IN ('point_reworded', 'point_withdrawn')
"""


def upgrade() -> None:
    for statements in (CHANGED, POINTS):
        op.execute(statements)
