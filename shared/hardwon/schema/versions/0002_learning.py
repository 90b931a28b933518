"""What a lesson goes through after it was drawn, what projects say of it, and the words by which it is found."""

from alembic import op

revision = "0002"
down_revision = "0001"

LESSONS = """
ALTER TABLE lesson DROP CONSTRAINT lesson_state_check;
ALTER TABLE lesson
    ADD CONSTRAINT lesson_state_check CHECK (state IN ('current', 'retired', 'superseded', 'merged')),
    -- Where a superseded or merged lesson lives on.
    ADD COLUMN leads_to uuid,
    -- [{"project_id", "note", "at"}], one a project, in the order in which they joined.
    ADD COLUMN endorsements jsonb NOT NULL DEFAULT '[]',
    -- Project id -> {"verdict", "outcome", "at"}: what each project that was offered the lesson now says of it.
    ADD COLUMN answers jsonb NOT NULL DEFAULT '{}',
    -- Lesson id -> {"similarity", "state": "proposed" or "declined"}: what this lesson might be merged into.
    ADD COLUMN merges jsonb NOT NULL DEFAULT '{}';
CREATE INDEX lesson_leading_to ON lesson (organisation_id, leads_to) WHERE leads_to IS NOT NULL;
CREATE INDEX lesson_to_merge ON lesson (organisation_id, position DESC) WHERE merges @? '$.*.state ? (@ == "proposed")';

-- Lesson id -> {"verdict", "note", "outcome", "outcome_note", "at"}: what the project says of each lesson that it was offered.
ALTER TABLE recommendation ADD COLUMN answers jsonb NOT NULL DEFAULT '{}';
"""

WORDS = """
-- PostgreSQL's own stemmers, by the first part of a BCP 47 tag; a language that they do not know is taken word for word.
CREATE FUNCTION text_configuration(language text) RETURNS regconfig
LANGUAGE sql IMMUTABLE PARALLEL SAFE RETURN
    CASE split_part(lower(language), '-', 1)
        WHEN 'ar' THEN 'arabic' WHEN 'da' THEN 'danish' WHEN 'de' THEN 'german' WHEN 'el' THEN 'greek' WHEN 'en' THEN 'english'
        WHEN 'es' THEN 'spanish' WHEN 'fi' THEN 'finnish' WHEN 'fr' THEN 'french' WHEN 'hu' THEN 'hungarian'
        WHEN 'it' THEN 'italian' WHEN 'nb' THEN 'norwegian' WHEN 'nl' THEN 'dutch' WHEN 'no' THEN 'norwegian'
        WHEN 'pt' THEN 'portuguese' WHEN 'ro' THEN 'romanian' WHEN 'ru' THEN 'russian' WHEN 'sv' THEN 'swedish'
        WHEN 'tr' THEN 'turkish' ELSE 'simple' END::regconfig;

-- A word's number within an organisation, at most the dimensions of a sparsevec. The organisation is hashed in, so that an index on the
-- numbers alone never leads from one organisation to another's lessons; among 100,000 words some five share a number, which does no harm.
CREATE FUNCTION term_number(organisation_id uuid, lexeme text) RETURNS int
LANGUAGE sql IMMUTABLE PARALLEL SAFE RETURN
    (('x' || left(md5(organisation_id::text || lexeme), 8))::bit(32)::bigint % 999999999 + 1)::int;

-- A lesson's words, for BM25: derived data. The weights are those of BM25 at a length fixed once, so that they never go stale; they choose the
-- candidates, whose scores are then computed from the counts and the average length as it is.
CREATE TABLE lesson_words (
    organisation_id uuid NOT NULL,
    lesson_id uuid NOT NULL,
    text_hash text NOT NULL,
    language text NOT NULL,
    length int NOT NULL,
    terms int[] NOT NULL,
    counts smallint[] NOT NULL,
    weights sparsevec NOT NULL,
    PRIMARY KEY (organisation_id, lesson_id)
);
CREATE INDEX lesson_words_terms ON lesson_words USING gin (terms);

-- In how many lessons a word occurs.
CREATE TABLE term (
    organisation_id uuid NOT NULL,
    term int NOT NULL,
    lessons int NOT NULL,
    PRIMARY KEY (organisation_id, term)
);

-- How many lessons there are in a language, and how long they are in all.
CREATE TABLE language (
    organisation_id uuid NOT NULL,
    language text NOT NULL,
    lessons int NOT NULL,
    length bigint NOT NULL,
    PRIMARY KEY (organisation_id, language)
);
"""

VECTORS = """
-- The sum of an organisation's vectors, whose mean is what all its lessons have in common.
CREATE TABLE vector_sum (
    organisation_id uuid NOT NULL,
    model text NOT NULL,
    lessons int NOT NULL,
    total vector NOT NULL,
    PRIMARY KEY (organisation_id, model)
);
INSERT INTO vector_sum SELECT organisation_id, model, count(*), sum(embedding::vector) FROM lesson_vector GROUP BY 1, 2;
"""

GRANTS = """
GRANT SELECT, INSERT, UPDATE, DELETE ON lesson_words, term, language, vector_sum TO hardwon_app;
GRANT EXECUTE ON FUNCTION text_configuration, term_number TO hardwon_app;
"""


def upgrade() -> None:
    for statements in (LESSONS, WORDS, VECTORS, GRANTS):
        op.execute(statements)
