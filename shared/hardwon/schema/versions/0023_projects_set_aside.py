"""How often a project's answer was begun and not finished, and which projects are set aside since their profile ends every worker."""

from alembic import op

revision = "0023"
down_revision = "0020"

TRIES = """
CREATE TABLE project_try (
    organisation_id uuid NOT NULL,
    project_id uuid NOT NULL,
    -- Of what the project last said of itself: said otherwise, it is tried again.
    position bigint NOT NULL,
    tries int NOT NULL DEFAULT 1,
    set_aside_at timestamptz,
    PRIMARY KEY (organisation_id, project_id)
);
GRANT SELECT, INSERT, UPDATE, DELETE ON project_try TO hardwon_app;

CREATE OR REPLACE VIEW every.set_aside AS
    SELECT organisation_id, follower FROM public.set_aside
    UNION ALL SELECT organisation_id, 'suggestions' FROM public.project_try WHERE set_aside_at IS NOT NULL;

CREATE OR REPLACE VIEW every.waiting AS
    SELECT organisation_id FROM public.recommendation
    WHERE state = 'pending' AND NOT EXISTS (
        SELECT FROM public.nothing_new
        WHERE nothing_new.organisation_id = recommendation.organisation_id
            AND nothing_new.project_id = recommendation.project_id AND nothing_new.position >= recommendation.owed_position)
    AND NOT EXISTS (
        SELECT FROM public.project_try
        WHERE project_try.organisation_id = recommendation.organisation_id
            AND project_try.project_id = recommendation.project_id AND project_try.position >= recommendation.owed_position
            AND project_try.set_aside_at IS NOT NULL)
    UNION ALL SELECT organisation_id FROM public.to_tell WHERE due_at <= now();
"""


def upgrade() -> None:
    op.execute(TRIES)
