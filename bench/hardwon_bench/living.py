"""What a large organisation lives through: most of its projects from rows alone, and one through the log, as its team would record it."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any
from uuid import UUID

import numpy as np
from psycopg import Connection

from hardwon import handlers, tokens
from hardwon.bootstrap import open_log
from hardwon.domain.commands import (
    AddMember,
    BoardCommand,
    CastVote,
    ChangeProfile,
    DrawLesson,
    GiveFeedback,
    GroupPoint,
    HoldRetrospective,
    NameGroup,
    RaiseDiscussionPoint,
    RegisterProject,
    RetroCommand,
    SuggestLessons,
)
from hardwon.domain.values import Occasion, PointKind, Profile, Reason, Suggestion, Verdict
from hardwon.handlers import Request, RetroItem
from hardwon.ids import new_id
from hardwon.log.wire import Metadata
from hardwon.ports import Log
from hardwon.projections.all import PROJECTIONS
from hardwon.projections.following import Pool, advance
from hardwon.sql import queries
from hardwon_bench import database
from hardwon_bench.database import Organisation
from hardwon_bench.texts import Speech

SQL = queries("hardwon_bench", "living.sql")
_SENTENCES = 3
_ANSWERS = 3
_OFFERED = 10
"""Lessons with each answer: as many as a project is given at most."""
_SAID = 20
"""Of so many lessons the project says what it makes of them."""
_POINTS = 40
_GROUPS = 6
_MEMBERS = 200
_TOKENS = 20
_KINDS: tuple[PointKind, ...] = ("went_well", "went_wrong", "puzzle", "idea")
_VERDICTS: tuple[Verdict, ...] = ("adopted", "helpful", "already_known", "not_relevant")
_OF_ALL = ("profiles", "points", "recommendations", "learning", "recurrences", "retrospectives")
"""What is filled of all organisations."""
_OF_THE_LARGE = (
    "lessons",
    "answers",
    "themes",
    "themes_checkpoint",
    "lesson_events",
    "project_events",
    "point_events",
    "followed",
)
_BY_A_WORKER = Metadata("hardwon-worker", "bench")


@dataclass(frozen=True, slots=True)
class Lived:
    """An organisation, and what its pages are asked about."""

    large: Organisation
    project: UUID
    """It was suggested as much as three answers hold."""
    lesson: UUID
    """It was adopted."""
    meeting: UUID
    """On its board stand forty points."""
    member: UUID
    """Who asks: an administrator."""


def fill(pool: Pool, owner: Connection[Any], lessons: int) -> Lived:
    """Make organisations of very different size with lessons, stories, suggestions and themes; the large one also has members and a log."""
    speech, chance, counts = Speech(), np.random.default_rng(1), database.sizes(lessons)
    told = speech.sentences(np.repeat(speech.topics_of(sum(counts), chance), _SENTENCES), chance)
    texts = [" ".join(told[at : at + _SENTENCES]) for at in range(0, len(told), _SENTENCES)]
    large = database.fill(pool, owner, texts, counts)[0]
    names = {"organisation_id": large.organisation_id, "followers": [each.name for each in PROJECTIONS]}
    for name in _OF_ALL:
        owner.execute(SQL[name])
    for name in _OF_THE_LARGE:
        owner.execute(SQL[name], names)
    database.settle(owner)
    lived = _Team(open_log(pool), large).live(pool)
    for each in PROJECTIONS:
        advance(pool, each, large.organisation_id)
    database.settle(owner)
    return lived


class _Team:
    """Records the life of one project."""

    def __init__(self, log: Log, large: Organisation) -> None:
        self._log, self._large, self._id = log, large, large.organisation_id
        self._project, self._meeting, self._member = new_id(), new_id(), new_id()
        self._offered = large.lessons[1 : 2 * _ANSWERS * _OFFERED : 2]
        self._texts: Iterator[str] = iter(large.texts)

    def live(self, pool: Pool) -> Lived:
        self._join(pool)
        profile = Profile(
            "Harbour", "We move the ferries.", "ferries", ("PostgreSQL",), ("Scrum",), "Team 3", 5, "begun"
        )
        handlers.register_project(self._log, self._id, RegisterProject(self._project, profile), self._by())
        for at in range(_ANSWERS):
            self._be_told(at)
        for at, lesson_id in enumerate(self._offered[:_SAID]):
            given = GiveFeedback(self._project, lesson_id, _VERDICTS[at % len(_VERDICTS)], "")
            handlers.give_feedback(self._log, self._id, given, self._by())
        self._look_back()
        return Lived(self._large, self._project, self._offered[0], self._meeting, self._member)

    def _join(self, pool: Pool) -> None:
        for at in range(_MEMBERS):
            id_ = new_id() if at else self._member
            added = AddMember(id_, f"Member {at}", f"member{at}@example.org", "member" if at else "administrator")
            handlers.change_members(self._log, self._id, added, Request(id_, _BY_A_WORKER))
        for at in range(_TOKENS):
            tokens.issue(pool, self._log, self._id, tokens.IssueToken(new_id(), f"Tool {at}", ("read",)), _BY_A_WORKER)

    def _be_told(self, at: int) -> None:
        """Be answered: first to the registration, then to changes of the profile."""
        known = 0
        if at:
            change = ChangeProfile(self._project, {"phase": f"phase {at}"})
            stored = handlers.change_profile(self._log, self._id, change, self._by())
            known = stored.position if stored else 0
        position, offered = self._log.head(self._id).position, self._offered[at * _OFFERED :][:_OFFERED]
        said = tuple(Suggestion(id_, rank, 0.8, tuple(self._reasons())) for rank, id_ in enumerate(offered, 1))
        occasion: Occasion = "profile_changed" if known else "registered"
        command = SuggestLessons(self._project, position, "bench", "bench", 9_000, 7, said, occasion, known)
        handlers.suggest_lessons(self._log, self._id, command, Request(new_id(), _BY_A_WORKER))

    def _reasons(self) -> Iterator[Reason]:
        yield Reason("similar_text", "summary", next(self._texts), 0.5)
        yield Reason("shared_trait", "technologies", "PostgreSQL", 0.2)
        yield Reason("evidence", "", "", 0.1, count=3)

    def _look_back(self) -> None:
        """Hold a retrospective in which much is raised, grouped, voted for and learned from."""
        points, groups = [new_id() for _ in range(_POINTS)], [new_id() for _ in range(_GROUPS)]
        self._record(HoldRetrospective(self._meeting, self._project, "After the opening", None), self._meeting)
        for at, id_ in enumerate(points):
            kind = _KINDS[at % len(_KINDS)]
            self._record(RaiseDiscussionPoint(id_, self._project, self._meeting, kind, next(self._texts), ()), id_)
        for at, group in enumerate(groups):
            self._change(NameGroup(self._meeting, group, f"Group {at}"))
        for at, point in enumerate(points[: _POINTS // 2]):
            self._change(GroupPoint(self._meeting, point, groups[at % _GROUPS]))
            self._change(CastVote(self._meeting, point, f"ballot {at}"))
        for point in points[: _POINTS // 4]:
            id_, said = new_id(), (next(self._texts), next(self._texts), "")
            self._record(DrawLesson(id_, self._project, self._meeting, *said, (point,), (), "en"), id_)

    def _record(self, command: RetroCommand, id_: UUID) -> None:
        items = [RetroItem(command, id_)]
        handlers.record_retro_events(self._log, self._id, self._project, items, self._by().metadata)

    def _change(self, command: BoardCommand) -> None:
        handlers.change_board(self._log, self._id, command, self._by())

    def _by(self) -> Request:
        return Request(new_id(), Metadata(f"member:{self._member}", "bench", person_id=self._member))
