"""What a backup of the database holds: the record, and none of the keys that open it.

Whatever was made from the log is left out: it holds members' words in plain, so a backup with it would outlive an erasure. It is made again
by the workers, which find its checkpoints at the beginning.
"""

from hardwon.schema import rebuilding
from hardwon.schema.person_keys import SCHEMA

RECORD = frozenset({"alembic_version", "event", "live_model", "log_head", "token"})
"""Tables that can be made from nothing else."""
DERIVED = (
    *(
        "checkpoint",
        "discussion_point",
        "language",
        "learning",
        "lesson",
        "lesson_vector",
        "lesson_words",
        "member",
        "nothing_new",
    ),
    *(
        "point_vector",
        "point_vector_sum",
        "project",
        "project_try",
        "project_vector",
        "recommendation",
        "recurrence",
        "retrospective",
        "set_aside",
        "term",
        "theme",
        "theme_text",
        "themes_made",
        "to_tell",
    ),
    "vector_sum",
)
"""Tables that workers fill from the log."""
FLEETING = ("entry_link", "long_work", "session", "sign_in_attempt")
"""Tables whose rows must not come back with a restore: a session that was ended would live again, and work would go on in another log."""


def pg_dump_options() -> list[str]:
    """Return the options by which pg_dump writes a backup that is of no use without the keys."""
    return [
        f"--exclude-schema={SCHEMA}",
        f"--exclude-schema={rebuilding.SCHEMA}",
        *(f"--exclude-table-data=public.{table}" for table in (*DERIVED, *FLEETING)),
    ]
