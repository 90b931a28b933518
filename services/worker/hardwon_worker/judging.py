"""From the log to what can be learned from: which project said what of which lesson, and how each was ranked for it."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

import numpy as np
from psycopg.rows import dict_row

from hardwon.domain import feedback, project
from hardwon.domain.events import (
    DomainEvent,
    FeedbackGiven,
    FeedbackWithdrawn,
    LessonPutBack,
    LessonsSuggested,
    OutcomeReported,
    ProjectProfileChanged,
    ProjectRegistered,
)
from hardwon.domain.feedback import Feedback
from hardwon.domain.project import Project
from hardwon.domain.values import Outcome, Suggestion, Verdict
from hardwon.ports import Embedder, Log
from hardwon.projections.following import Pool
from hardwon.sql import queries
from hardwon_worker.aspects import as_text
from hardwon_worker.fusing import Floats
from hardwon_worker.memory import Judgements
from hardwon_worker.vectors import LiveModel, from_halfvec

SQL = queries("hardwon_worker", "training.sql")
_MOST = 500
"""The latest projects are learned from: what was right years ago may not be so now, and training must end."""
_TYPES = (
    *(ProjectRegistered, ProjectProfileChanged, LessonsSuggested),
    *(FeedbackGiven, FeedbackWithdrawn, OutcomeReported, LessonPutBack),
)
_WORTH: dict[Verdict, float] = {"adopted": 1, "helpful": 1, "already_known": 0.5, "not_relevant": 0}
_WORTH_AFTER: dict[Outcome, float] = {"helped": 1, "too_early": 1, "did_not_help": 0.25}
Pair = tuple[UUID, UUID]
"""Project and lesson."""


@dataclass
class _Told:
    """What the log tells, in the order in which it happened."""

    projects: dict[UUID, Project | None] = field(default_factory=dict)
    offered: dict[Pair, Suggestion] = field(default_factory=dict)
    said: dict[Pair, Feedback | None] = field(default_factory=dict)

    def take(self, event: DomainEvent) -> None:
        match event:
            case ProjectRegistered() | ProjectProfileChanged():
                self.projects[event.project_id] = project.evolve(self.projects.get(event.project_id), event)
            case LessonsSuggested():
                # Of a lesson that stands for a common theme it was never said that it is like the project.
                matching = (
                    each for each in event.suggestions if not any(r.kind == "common_theme" for r in each.reasons)
                )
                self.offered |= {(event.project_id, each.lesson_id): each for each in matching}
                # What was said of it before was said in the moment after it was put back.
                for each in event.suggestions:
                    self.said.pop((event.project_id, each.lesson_id), None)
            case FeedbackGiven() | FeedbackWithdrawn() | OutcomeReported() | LessonPutBack():
                pair = event.project_id, event.lesson_id
                self.said[pair] = feedback.evolve(self.said.get(pair), event)


def judgements(
    events: Log, pool: Pool, organisation_id: UUID, live: LiveModel, embedder: Embedder, until: int
) -> Judgements:
    """Return what the latest projects said of lessons that matched them, as the log told it at position ``until``."""
    told = _Told()
    for stored in events.read_types(organisation_id, _TYPES, until):
        told.take(stored.event)
    pairs = [pair for pair in told.offered if told.said.get(pair)]
    asked = list(dict.fromkeys(project_id for project_id, _ in pairs))[-_MOST:]
    lessons = _lessons(pool, organisation_id, live, {lesson_id for _, lesson_id in pairs})
    number, row = {id_: at for at, id_ in enumerate(asked)}, {id_: at for at, id_ in enumerate(lessons)}
    pairs = [pair for pair in pairs if pair[0] in number and pair[1] in row]
    texts = [as_text(known.profile) if (known := told.projects.get(each)) else "" for each in asked]
    asking = np.array([number[project_id] for project_id, _ in pairs], np.int64)
    owners = [lessons[lesson_id][0] for _, lesson_id in pairs]
    learned = np.array([told.offered[pair].learned for pair in pairs])
    return Judgements(
        np.array(embedder.embed(texts)).reshape(-1, live.dimensions),
        np.array([vector for _, vector in lessons.values()]).reshape(-1, live.dimensions),
        question=asking,
        lesson=np.array([row[lesson_id] for _, lesson_id in pairs], np.int64),
        project=asking,
        owner=np.array([number.get(owner, -1) for owner in owners], np.int64),
        worth=np.array([_worth(told.said[pair]) for pair in pairs], float),
        default=np.array([told.offered[pair].score for pair in pairs]) - learned,
        learned=learned,
    )


def _lessons(
    pool: Pool, organisation_id: UUID, live: LiveModel, lesson_ids: Iterable[UUID]
) -> dict[UUID, tuple[UUID, Floats]]:
    """Return lesson -> the project that drew it, and its vector; without those that have none now."""
    names: dict[str, Any] = {"organisation_id": organisation_id, "model": live.model, "lesson_ids": list(lesson_ids)}
    with pool.of(organisation_id) as connection, connection.cursor(row_factory=dict_row, binary=True) as cursor:
        rows = cursor.execute(SQL["judged_lessons"], names).fetchall()
    return {row["lesson_id"]: (row["project_id"], from_halfvec(row["vector"])) for row in rows}


def _worth(said: Feedback | None) -> float:
    if said is None:
        raise AssertionError("only what was said is judged")
    return _WORTH_AFTER[said.outcome] if said.outcome else _WORTH[said.verdict]
