"""The wall between organisations, as far as it is no table's own: whom a connection acts for, and what may be seen over the wall.

schema/walls.py puts every table behind it, at the end of each migration.
"""

from alembic import op

revision = "0020"
down_revision = "0019"

# NULL where the connection is lent for no organisation, and then no row is anybody's. One expression, parsed now: no search_path leads it
# astray, and the planner puts it in the place of the call.
ACTING_FOR = """
CREATE FUNCTION acting_for() RETURNS uuid
LANGUAGE sql STABLE PARALLEL SAFE RETURN nullif(current_setting('hardwon.organisation_id', true), '')::uuid
"""

# With the owner's rights, for queries whose index the planner does not use behind a policy: there it takes only comparisons that are known
# to tell nothing of the rows that they are tried on, and those of arrays and of expressions on JSON are not. What they return is the same.
OWN = """
CREATE SCHEMA own;
CREATE VIEW own.event AS SELECT * FROM public.event WHERE organisation_id = acting_for();
CREATE VIEW own.term AS SELECT * FROM public.term WHERE organisation_id = acting_for();
CREATE VIEW own.lesson_words AS SELECT * FROM public.lesson_words WHERE (organisation_id = acting_for()) IS TRUE;
GRANT USAGE ON SCHEMA own TO hardwon_app;
GRANT SELECT ON ALL TABLES IN SCHEMA own TO hardwon_app;
"""

# With the owner's rights, for what finds out which organisation has something left to do: positions and hashes, and nothing that anybody wrote.
EVERY = """
CREATE SCHEMA every;
CREATE VIEW every.log AS SELECT organisation_id, position, hash, epoch, restored_at FROM public.log_head;
CREATE VIEW every.hash AS SELECT organisation_id, position, hash FROM public.event;
CREATE VIEW every.checkpoint AS
    SELECT organisation_id, follower, position, halted_by IS NOT NULL AS halted, needs_newer FROM public.checkpoint;
CREATE VIEW every.set_aside AS SELECT organisation_id, follower FROM public.set_aside;
CREATE VIEW every.waiting AS
    SELECT organisation_id FROM public.recommendation
    WHERE state = 'pending' AND NOT EXISTS (
        SELECT FROM public.nothing_new
        WHERE nothing_new.organisation_id = recommendation.organisation_id
            AND nothing_new.project_id = recommendation.project_id AND nothing_new.position >= recommendation.owed_position)
    UNION ALL SELECT organisation_id FROM public.to_tell WHERE due_at <= now();
GRANT USAGE ON SCHEMA every TO hardwon_app;
GRANT SELECT ON ALL TABLES IN SCHEMA every TO hardwon_app;
GRANT UPDATE (restored_at) ON every.log TO hardwon_app;
"""


def upgrade() -> None:
    for statements in (ACTING_FOR, OWN, EVERY):
        op.execute(statements)
