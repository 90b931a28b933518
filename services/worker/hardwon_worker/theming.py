"""The themes of an organisation: made anew from its lessons and points when enough is new, and remembered with their log position."""

from collections import Counter
from collections.abc import Mapping, Sequence
from typing import Any
from uuid import UUID

import numpy as np
from psycopg import Connection
from psycopg.rows import dict_row
from psycopg.types.json import Jsonb

from hardwon.log.personal import ERASED
from hardwon.ports import Embedder
from hardwon.projections import lessons, points
from hardwon.projections.following import Pool, Row, ensure_checkpoint
from hardwon.projections.reading import fetch, fetch_one
from hardwon.sql import queries
from hardwon_worker import naming
from hardwon_worker.batches import take_batch
from hardwon_worker.fusing import Floats
from hardwon_worker.naming import Spoken, Told
from hardwon_worker.vectors import LESSONS, LiveModel, from_halfvec

SQL = queries("hardwon_worker", "theming.sql")
FOLLOWER = "themes"
MOST_TEXTS = 3_000
"""Looked at. Comparing each with each takes seconds, and more of them would not change the picture."""
FEWEST = 12
"""Texts; fewer have no themes."""
ENOUGH_NEW = 0.05
"""Of the texts known before, so many new ones make it worth its while to look again."""
MOST_ON_THE_MAP = 100
"""Lessons: as many as a person can still point at, and as a page of 100 KB holds."""
_AT_ONCE = 16
"""Texts embedded at a time."""


Embedded = dict[tuple[UUID, str], Floats]
"""Vectors by the ids of points and the hashes of their texts."""


class Theming:
    """Follows lessons and points, in large steps: the themes of now take the place of those before."""

    def __init__(self, pool: Pool) -> None:
        self._pool = pool

    def is_due(self, organisation_id: UUID, live: LiveModel) -> bool:
        with self._pool.of(organisation_id) as connection:
            ensure_checkpoint(connection, organisation_id, FOLLOWER)
            return _is_due(connection, organisation_id, live)

    def make(self, organisation_id: UUID, live: LiveModel, embedder: Embedder) -> int | None:
        """Find the themes, and return how many there are; None where they are fresh, or another worker is at it."""
        embedded = self._embed(organisation_id, live, embedder)

        def take(connection: Connection[Any], after: int, goal: int) -> tuple[int, int | None]:
            # Asked again, now that nobody else can make them.
            if not _is_due(connection, organisation_id, live):
                return after, None
            return goal, _make(connection, organisation_id, live, goal, embedded, embedder)

        return take_batch(self._pool, organisation_id, FOLLOWER, _needed(live), take)

    def _embed(self, organisation_id: UUID, live: LiveModel, embedder: Embedder) -> Embedded:
        """Return the vectors of those points that nothing else needs one of; made beforehand, while nothing is locked."""
        with self._pool.of(organisation_id) as connection:
            rows = _sampled(connection, organisation_id, live, goal=2**62)
        bare = [row for row in rows if row["vector"] is None and row["kind"] != "lesson"]
        batches = [bare[at : at + _AT_ONCE] for at in range(0, len(bare), _AT_ONCE)]
        vectors = [vector for batch in batches for vector in embedder.embed([row["text"] for row in batch])]
        return {(row["text_id"], row["text_hash"]): np.array(vector) for row, vector in zip(bare, vectors, strict=True)}


def _needed(live: LiveModel) -> tuple[str, ...]:
    """Return what is stayed behind: a lesson counts once it has its vector."""
    return lessons.PROJECTION.name, points.PROJECTION.name, LESSONS.follower(live.model)


def _is_due(connection: Connection[Any], organisation_id: UUID, live: LiveModel) -> bool:
    found = fetch_one(connection, SQL["due"], organisation_id=organisation_id, follower=FOLLOWER)
    if found is None or found["fresh"] + found["known"] < FEWEST:
        return False
    return bool(found["model"] != live.model or found["fresh"] >= max(FEWEST, found["known"] * ENOUGH_NEW))


def _make(
    connection: Connection[Any],
    organisation_id: UUID,
    live: LiveModel,
    goal: int,
    embedded: Embedded,
    embedder: Embedder,
) -> int:
    """Put the themes of all that was recorded up to ``goal`` in the place of those before; return how many there are."""
    parameters: Row = {"organisation_id": organisation_id, "model": live.model, "goal": goal, "erased": ERASED}
    parameters |= fetch_one(connection, SQL["known"], **parameters) or {}
    rows = _sampled(connection, organisation_id, live, goal)
    texts = [row | {"vector": vector} for row in rows if (vector := _vector(row, embedded)) is not None]
    named, told = _found(connection, texts, embedder) if len(texts) >= FEWEST else ({}, [])
    parameters |= {"texts": len(texts), "themes": Jsonb(_keyed(named)), "told": Jsonb(told)}
    connection.execute(SQL["forget"], parameters)
    connection.execute(SQL["remember"], parameters)
    return len(named)


def _sampled(connection: Connection[Any], organisation_id: UUID, live: LiveModel, goal: int) -> list[Row]:
    names = {
        "organisation_id": organisation_id,
        "model": live.model,
        "goal": goal,
        "most": MOST_TEXTS,
        "erased": ERASED,
    }
    with connection.cursor(row_factory=dict_row, binary=True) as cursor:
        return cursor.execute(SQL["sampled"], names).fetchall()


def _vector(row: Row, embedded: Embedded) -> Floats | None:
    return from_halfvec(row["vector"]) if row["vector"] else embedded.get((row["text_id"], row["text_hash"]))


def _found(
    connection: Connection[Any], texts: Sequence[Row], embedder: Embedder
) -> tuple[dict[int, list[str]], list[Row]]:
    """Return the words of each theme, and each text with its theme; some lessons of each have places on the map too."""
    # It needs scipy and sklearn, which take a second: half of what every worker's start would take.
    from hardwon_worker.clustering import clusters, middles, on_a_map  # noqa: PLC0415

    def stems(words: Sequence[Spoken]) -> dict[Spoken, str]:
        spoken = {"words": [word for word, _ in words], "languages": [language for _, language in words]}
        return {words[row["place"]]: row["lexeme"] for row in fetch(connection, SQL["stems"], **spoken)}

    labels, told = clusters(np.stack([row["vector"] for row in texts]), [row["project_id"] for row in texts])
    said = [Told(row["project_id"], row["text"], row["language"]) for row in texts]
    named = naming.names(
        said, labels.tolist(), middles(told, labels), stems, lambda words: np.array(embedder.embed(words))
    )
    theme_of = {at: label for at, label in enumerate(labels.tolist()) if texts[at]["kind"] == "lesson"}
    mapped = drawn(theme_of, MOST_ON_THE_MAP)
    places = dict(zip(mapped, on_a_map(told, labels).round(4)[mapped].tolist(), strict=True))
    return named, [
        {
            "text_id": str(row["text_id"]),
            "kind": row["kind"],
            "project_id": str(row["project_id"]),
            "month": row["month"],
            "theme": key_of(named[label]) if label in named else None,
            "x": places[at][0] if at in places else None,
            "y": places[at][1] if at in places else None,
        }
        for at, (row, label) in enumerate(zip(texts, labels.tolist(), strict=True))
    ]


def drawn(theme_of: Mapping[int, int], most: int) -> list[int]:
    """Return as many lessons as the map holds: of each theme its part, and one at least, however few it has; the first ones of each."""
    all_of, before, parts = Counter(theme_of.values()), Counter[int](), {}
    for lesson, theme in theme_of.items():
        parts[lesson] = before[theme] / all_of[theme]
        before[theme] += 1
    return sorted(parts, key=lambda lesson: parts[lesson])[:most]


def _keyed(named: dict[int, list[str]]) -> list[Row]:
    return [{"theme": key_of(words), "words": words} for words in named.values()]


def key_of(words: Sequence[str]) -> str:
    """Return what an address calls the theme: its words, which no other theme has."""
    return "-".join(words).lower().replace(" ", "-")
