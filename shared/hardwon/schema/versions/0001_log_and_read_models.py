"""The log, the read models, the vectors.

Every primary key, unique index and foreign key starts with organisation_id, so that the same schema can be distributed by it.
tests/architecture/test_catalogue.py reads the catalogue and says where that is broken.
"""

from alembic import op

revision = "0001"
down_revision = None

LOG = """
CREATE TABLE log_head (
    organisation_id uuid PRIMARY KEY,
    position bigint NOT NULL CHECK (position >= 0),
    hash bytea NOT NULL
);

CREATE TABLE event (
    organisation_id uuid NOT NULL REFERENCES log_head,
    position bigint NOT NULL CHECK (position > 0),
    stream text NOT NULL,
    version bigint NOT NULL CHECK (version > 0),
    event_id uuid NOT NULL,
    type text NOT NULL,
    schema_version int NOT NULL,
    data jsonb NOT NULL,
    metadata jsonb NOT NULL,
    payload_digest bytea NOT NULL,
    occurred_at timestamptz NOT NULL,
    recorded_at timestamptz NOT NULL,
    hash bytea NOT NULL,
    PRIMARY KEY (organisation_id, position),
    UNIQUE (organisation_id, stream, version),
    UNIQUE (organisation_id, event_id)
);

-- Whoever holds a token of this digest speaks for the organisation; the token itself is nowhere.
CREATE TABLE token (
    organisation_id uuid NOT NULL REFERENCES log_head,
    digest bytea NOT NULL,
    name text NOT NULL,
    created_at timestamptz NOT NULL DEFAULT now(),
    PRIMARY KEY (organisation_id, digest)
);
"""

READ_MODELS = """
-- How far each follower of a log has come; a halted one waits for a person, and says at which event and why.
CREATE TABLE checkpoint (
    organisation_id uuid NOT NULL REFERENCES log_head,
    follower text NOT NULL,
    position bigint NOT NULL DEFAULT 0,
    halted_by text,
    updated_at timestamptz NOT NULL DEFAULT now(),
    PRIMARY KEY (organisation_id, follower)
);

CREATE TABLE project (
    organisation_id uuid NOT NULL,
    project_id uuid NOT NULL,
    profile jsonb NOT NULL,
    version bigint NOT NULL,
    position bigint NOT NULL,
    registered_at timestamptz NOT NULL,
    retrospectives int NOT NULL,
    points int NOT NULL,
    lessons int NOT NULL,
    PRIMARY KEY (organisation_id, project_id)
);
CREATE INDEX project_newest ON project (organisation_id, position DESC);

CREATE TABLE discussion_point (
    organisation_id uuid NOT NULL,
    point_id uuid NOT NULL,
    project_id uuid NOT NULL,
    retrospective_id uuid,
    kind text NOT NULL,
    text text NOT NULL,
    tags jsonb NOT NULL,
    raised_at timestamptz NOT NULL,
    position bigint NOT NULL,
    PRIMARY KEY (organisation_id, point_id)
);

CREATE TABLE lesson (
    organisation_id uuid NOT NULL,
    lesson_id uuid NOT NULL,
    project_id uuid NOT NULL,
    retrospective_id uuid,
    insight text NOT NULL,
    advice text NOT NULL,
    applies_when text NOT NULL,
    tags jsonb NOT NULL,
    language text NOT NULL,
    points jsonb NOT NULL,
    state text NOT NULL CHECK (state IN ('current', 'retired')),
    drawn_at timestamptz NOT NULL,
    version bigint NOT NULL,
    position bigint NOT NULL,
    text_hash text NOT NULL,
    text_position bigint NOT NULL,
    PRIMARY KEY (organisation_id, lesson_id)
);
CREATE INDEX lesson_newest ON lesson (organisation_id, position DESC);
CREATE INDEX lesson_of_project ON lesson (organisation_id, project_id, position DESC);
-- The embedding follower walks lessons in the order in which their text last changed.
CREATE UNIQUE INDEX lesson_text_changed ON lesson (organisation_id, text_position);

CREATE TABLE recommendation (
    organisation_id uuid NOT NULL,
    project_id uuid NOT NULL,
    state text NOT NULL CHECK (state IN ('pending', 'ready')),
    owed_position bigint NOT NULL,
    position bigint NOT NULL,
    suggested jsonb NOT NULL,
    PRIMARY KEY (organisation_id, project_id)
);
CREATE INDEX recommendation_pending ON recommendation (organisation_id, owed_position) WHERE state = 'pending';
"""

VECTORS = """
CREATE EXTENSION IF NOT EXISTS vector;

-- The model whose vectors answer an organisation's questions; source is the setting by which a worker loads it.
CREATE TABLE live_model (
    organisation_id uuid PRIMARY KEY REFERENCES log_head,
    model text NOT NULL,
    source text NOT NULL,
    dimensions int NOT NULL
);

-- Derived data: one row a lesson, model and text. The column names no dimension, since models differ; each model has its own HNSW index.
CREATE TABLE lesson_vector (
    organisation_id uuid NOT NULL,
    lesson_id uuid NOT NULL,
    model text NOT NULL,
    text_hash text NOT NULL,
    embedding halfvec NOT NULL,
    PRIMARY KEY (organisation_id, lesson_id, model, text_hash)
);

-- Makes the HNSW index of one model, while it has no vectors yet. It runs with the owner's rights because the application role may not
-- change the schema; the index is partial, so one model's vectors never crowd another's.
CREATE FUNCTION ensure_vector_index(model text, dimensions int) RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
BEGIN
    IF dimensions NOT BETWEEN 1 AND 4000 THEN
        RAISE EXCEPTION 'a model of % dimensions cannot be indexed as halfvec (1 to 4000)', dimensions;
    END IF;
    EXECUTE format(
        'CREATE INDEX IF NOT EXISTS %I ON lesson_vector USING hnsw ((embedding::halfvec(%s)) halfvec_cosine_ops) WHERE model = %L',
        'lesson_vector_' || left(encode(sha256(convert_to(model, 'UTF8')), 'hex'), 16), dimensions, model);
END $$;
REVOKE ALL ON FUNCTION ensure_vector_index FROM PUBLIC;
"""

GRANTS = """
-- The application role appends and reads events, and can do nothing else to them.
REVOKE ALL ON SCHEMA public FROM PUBLIC;
GRANT USAGE ON SCHEMA public TO hardwon_app;
GRANT SELECT, INSERT ON event TO hardwon_app;
GRANT SELECT, INSERT ON log_head TO hardwon_app;
GRANT UPDATE (position, hash) ON log_head TO hardwon_app;
GRANT SELECT, INSERT ON token TO hardwon_app;
GRANT SELECT, INSERT, UPDATE, DELETE ON checkpoint, project, discussion_point, lesson, recommendation TO hardwon_app;
GRANT SELECT, INSERT, UPDATE, DELETE ON live_model, lesson_vector TO hardwon_app;
GRANT EXECUTE ON FUNCTION ensure_vector_index TO hardwon_app;
GRANT SELECT ON alembic_version TO hardwon_app;
"""


def upgrade() -> None:
    for statements in (LOG, READ_MODELS, VECTORS, GRANTS):
        op.execute(statements)
