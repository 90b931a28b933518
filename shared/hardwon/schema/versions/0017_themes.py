"""Themes: what an organisation's texts are about, found by the worker, and what lets the pages of insights be read at once."""

from alembic import op

revision = "0017"
down_revision = "0016"

THEMES = """
-- Derived data, made anew as a whole; the checkpoint of the follower "themes" says at which position of the log.
CREATE TABLE themes_made (
    organisation_id uuid PRIMARY KEY,
    model text NOT NULL,
    -- So many texts there were, and so many of them were looked at.
    known int NOT NULL,
    texts int NOT NULL
);
CREATE TABLE theme (
    organisation_id uuid NOT NULL,
    theme text NOT NULL,
    words jsonb NOT NULL,
    PRIMARY KEY (organisation_id, theme)
);
-- A lesson or a discussion point, its theme where it has one, and a lesson's place on the map where it is on it.
CREATE TABLE theme_text (
    organisation_id uuid NOT NULL,
    text_id uuid NOT NULL,
    kind text NOT NULL,
    project_id uuid NOT NULL,
    month text NOT NULL,
    theme text,
    x real,
    y real,
    PRIMARY KEY (organisation_id, text_id)
);
CREATE INDEX theme_text_of_theme ON theme_text (organisation_id, theme);
GRANT SELECT, INSERT, UPDATE, DELETE ON themes_made, theme, theme_text TO hardwon_app;

-- Points of every kind in the order in which they were raised: what is new since the themes were made is counted in it.
CREATE INDEX discussion_point_raised ON discussion_point (organisation_id, position);
"""

OFFERED = """
-- The lessons that the project was offered, once more by themselves: to count them, nobody has to read all that was said with them.
ALTER TABLE recommendation ADD COLUMN offered jsonb NOT NULL DEFAULT '[]';
UPDATE recommendation SET offered = jsonb_path_query_array(suggested, '$[*].suggestions[*].lesson_id') WHERE suggested <> '[]';
"""


def upgrade() -> None:
    for statements in (THEMES, OFFERED):
        op.execute(statements)
