"""Answering what somebody asks and waits for: lessons that match a question, and points beside them."""

from collections.abc import Mapping, Sequence
from typing import Any
from uuid import UUID

from hardwon.domain.errors import Unavailable
from hardwon.ports import Embedder
from hardwon_worker import narrowing, stories
from hardwon_worker.following import Parts
from hardwon_worker.matches import Match
from hardwon_worker.vectors import LiveModel


def search(
    parts: Parts, organisation_id: UUID, queries: Sequence[str], limit: int, narrowed: Mapping[str, str]
) -> list[list[dict[str, Any]]]:
    """Return for each query the lessons that match it best, of all the organisation's projects or as ``narrowed``.

    Raises:
        Unavailable: a change of model is under way, and the old one cannot be loaded here.

    """
    live, embedder = _answering(parts, organisation_id)
    among = narrowing.among(parts.pool, organisation_id, narrowed)
    return [_search(parts, organisation_id, live, embedder, query, limit, among)[1] for query in queries]


def similar(
    parts: Parts, organisation_id: UUID, text: str, retrospective_id: UUID | None, limit: int
) -> dict[str, Any]:
    """Return the lessons that match the text best, and what went wrong before and reads most like it, in other retrospectives.

    Raises:
        Unavailable: as above.

    """
    live, embedder = _answering(parts, organisation_id)
    wanted, lessons = _search(parts, organisation_id, live, embedder, text, limit)
    points = stories.near(parts.pool, organisation_id, live, wanted, limit, other_than=retrospective_id)
    return {
        "lessons": lessons,
        "points": [{"point_id": str(each.point_id), "similarity": each.similarity} for each in points],
    }


def _answering(parts: Parts, organisation_id: UUID) -> tuple[LiveModel, Embedder]:
    """Return the model whose vectors answer, and what embeds questions as it did."""
    live = parts.vectors.live(organisation_id)
    embedder = parts.vectors.embedders.of(live)
    if embedder is None:
        raise Unavailable(
            f"The lessons are being embedded anew, and the model {live.model} cannot be loaded; try later."
        )
    return live, embedder


def _search(
    parts: Parts,
    organisation_id: UUID,
    live: LiveModel,
    embedder: Embedder,
    query: str,
    limit: int,
    among: Sequence[UUID] | None = None,
) -> tuple[Sequence[float], list[dict[str, Any]]]:
    """Return the query's vector, and the lessons that match it best."""
    question = parts.retrieval.question(organisation_id, live, query, among=among)
    (wanted,) = embedder.embed([query])  # while all else is looked up
    found = parts.retrieval.search(organisation_id, live, question, wanted, limit)
    passages = parts.retrieval.passages(organisation_id, query, question, found, embedder)
    return wanted, [_found(match, passage) for match, passage in zip(found, passages, strict=True)]


def _found(match: Match, passage: str) -> dict[str, Any]:
    told = {"lesson_id": str(match.lesson_id), "score": match.score, "similarity": match.similarity}
    return told | {"passage": passage}
