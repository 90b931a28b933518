"""The names by which the API asks for work and the worker offers it: Celery carries them, ids travel with them, never truth."""

INTERACTIVE = "interactive"
"""The queue for what a person waits for."""
BULK = "bulk"
"""The queue for long work that nobody watches."""

FOLLOW = "hardwon.follow"
"""Task(organisation_id: str): the organisation's log has grown; bring everything that follows it up to its head."""
SEARCH = "hardwon.search"
"""Task(organisation_id: str, queries: list[str], limit: int, narrowed: dict[str, str]) -> a list a query, of {"lesson_id": str,
"score": float, "similarity": float, "passage": str}, the best first. ``narrowed`` says which lessons may answer, by any of: "kind", of the
points that they answer; "team", of their project; "theme"; "first" and "last", the days between which they were drawn."""

SIMILAR = "hardwon.similar"
"""Task(organisation_id: str, text: str, retrospective_id: str | None, limit: int) -> {"lessons": as SEARCH answers, "points": a list of
{"point_id": str, "similarity": float}, the nearest first, none of that retrospective}."""

HINT_KEY = "hardwon:hint:{organisation_id}"
"""Set while a hint is on its way, so that a burst of writes sends one; the worker deletes it before it reads the log."""

WORKER_KEY = "hardwon:worker"
"""Set by every sweep to its time, for a few seconds: where it is missing, no worker works."""

LONGEST_QUEUE = 1_000
"""Where so many tasks wait, nobody sends more: the sweep makes good for hints, and a search that waits so long has no asker left."""
