"""Recurrences: the vectors of discussion points, what the radar found in them, and what each project learned, month by month."""

from alembic import op

revision = "0005"
down_revision = "0004"

POINTS = """
-- What went wrong is embedded and looked at in the order in which it was raised.
CREATE INDEX discussion_point_went_wrong ON discussion_point (organisation_id, position) WHERE kind = 'went_wrong';

-- Derived data, as lesson_vector is.
CREATE TABLE point_vector (
    organisation_id uuid NOT NULL,
    point_id uuid NOT NULL,
    model text NOT NULL,
    text_hash text NOT NULL,
    embedding halfvec NOT NULL,
    PRIMARY KEY (organisation_id, point_id, model, text_hash)
);

-- As vector_sum is.
CREATE TABLE point_vector_sum (
    organisation_id uuid NOT NULL,
    model text NOT NULL,
    points int NOT NULL,
    total vector NOT NULL,
    PRIMARY KEY (organisation_id, model)
);

-- As it was, and for points too. The table is one of two by name: the function runs with the owner's rights.
DROP FUNCTION ensure_vector_index (text, int);
CREATE FUNCTION ensure_vector_index(model text, dimensions int, vectors text DEFAULT 'lesson_vector') RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
BEGIN
    IF dimensions NOT BETWEEN 1 AND 4000 THEN
        RAISE EXCEPTION 'a model of % dimensions cannot be indexed as halfvec (1 to 4000)', dimensions;
    END IF;
    IF vectors NOT IN ('lesson_vector', 'point_vector') THEN
        RAISE EXCEPTION '% is no table of vectors', vectors;
    END IF;
    EXECUTE format(
        'CREATE INDEX IF NOT EXISTS %I ON %I USING hnsw ((embedding::halfvec(%s)) halfvec_cosine_ops) WHERE model = %L',
        vectors || '_' || left(encode(sha256(convert_to(model, 'UTF8')), 'hex'), 16), vectors, dimensions, model);
END $$;
REVOKE ALL ON FUNCTION ensure_vector_index FROM PUBLIC;
"""

READ_MODELS = """
CREATE TABLE recurrence (
    organisation_id uuid NOT NULL,
    point_id uuid NOT NULL,
    project_id uuid NOT NULL,
    lesson_id uuid,
    earlier_point_id uuid,
    similarity double precision NOT NULL,
    suggested boolean NOT NULL,
    adopted boolean NOT NULL,
    radar text NOT NULL,
    embedding_model text NOT NULL,
    state text NOT NULL CHECK (state IN ('detected', 'confirmed', 'rejected')),
    note text NOT NULL,
    raised_at timestamptz NOT NULL,
    version bigint NOT NULL,
    position bigint NOT NULL,
    PRIMARY KEY (organisation_id, point_id)
);
CREATE INDEX recurrence_newest ON recurrence (organisation_id, position DESC);
CREATE INDEX recurrence_of_project ON recurrence (organisation_id, project_id, position DESC);

-- By project: what it now says of lessons (lesson id -> verdict, outcome and their months), what it met again (point id -> what was found
-- and said of it), and what follows: month -> counts. shared/hardwon/projections/learning.py knows the names.
CREATE TABLE learning (
    organisation_id uuid NOT NULL,
    project_id uuid NOT NULL,
    team text NOT NULL,
    answers jsonb NOT NULL,
    recurrences jsonb NOT NULL,
    months jsonb NOT NULL,
    PRIMARY KEY (organisation_id, project_id)
);
"""

GRANTS = """
GRANT SELECT, INSERT, UPDATE, DELETE ON point_vector, point_vector_sum, recurrence, learning TO hardwon_app;
GRANT EXECUTE ON FUNCTION ensure_vector_index TO hardwon_app;
"""


def upgrade() -> None:
    for statements in (POINTS, READ_MODELS, GRANTS):
        op.execute(statements)
