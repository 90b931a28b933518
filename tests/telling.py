"""Telling an organisation's story in a test: projects, lessons, what was suggested."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any
from uuid import UUID

from hardwon import handlers
from hardwon.domain.commands import (
    BringLesson,
    DrawLesson,
    RaiseDiscussionPoint,
    RegisterProject,
    RetireLesson,
    ReviseLesson,
    RewordPoint,
    SuggestLessons,
    WithdrawPoint,
)
from hardwon.domain.events import LessonsSuggested
from hardwon.domain.suggesting import stream
from hardwon.domain.values import Occasion, PointKind, Profile, Reason, Suggestion
from hardwon.handlers import Request, RetroItem
from hardwon.ids import new_id
from hardwon.log.wire import Metadata
from hardwon.ports import Log

BY_A_TEST = Metadata("tests", "a test")


class Teller:
    """Records what one organisation's teams went through."""

    def __init__(self, log: Log, organisation_id: UUID) -> None:
        self.log = log
        self.organisation_id = organisation_id

    def project(self, name: str = "A project", **profile: Any) -> UUID:
        """Register a project that waits for suggestions."""
        project_id = new_id()
        command = RegisterProject(project_id, Profile(name, **profile))
        handlers.register_project(self.log, self.organisation_id, command, Request(project_id, BY_A_TEST))
        return project_id

    def past_project(self, *insights: str) -> UUID:
        """Register a project that is over, with the lessons it left."""
        project_id = self.project("Past work", ended_on="2020-01-01")
        self.lessons(project_id, *insights)
        return project_id

    def lessons(
        self,
        project_id: UUID,
        *insights: str,
        advice: str = "Look earlier.",
        applies_when: str = "",
        language: str = "en",
        at: datetime | None = None,
    ) -> list[UUID]:
        ids = [new_id() for _ in insights]
        items = [
            RetroItem(DrawLesson(id_, project_id, None, insight, advice, applies_when, (), (), language), id_, at)
            for id_, insight in zip(ids, insights, strict=True)
        ]
        handlers.record_retro_events(self.log, self.organisation_id, project_id, items, BY_A_TEST)
        return ids

    def story(self, project_id: UUID, kind: PointKind, text: str) -> UUID:
        """Raise a point and draw the lesson from it."""
        point_id, lesson_id = new_id(), new_id()
        items = [
            RetroItem(RaiseDiscussionPoint(point_id, project_id, None, kind, text, ()), point_id),
            RetroItem(DrawLesson(lesson_id, project_id, None, text, "", "", (point_id,), (), "en"), lesson_id),
        ]
        handlers.record_retro_events(self.log, self.organisation_id, project_id, items, BY_A_TEST)
        return lesson_id

    def points(
        self, project_id: UUID, *texts: str, kind: PointKind = "went_wrong", meeting: UUID | None = None
    ) -> list[UUID]:
        ids = [new_id() for _ in texts]
        items = [
            RetroItem(RaiseDiscussionPoint(id_, project_id, meeting, kind, text, ()), id_)
            for id_, text in zip(ids, texts, strict=True)
        ]
        handlers.record_retro_events(self.log, self.organisation_id, project_id, items, BY_A_TEST)
        return ids

    def reword(self, point_id: UUID, text: str) -> None:
        handlers.change_point(self.log, self.organisation_id, RewordPoint(point_id, text), Request(new_id(), BY_A_TEST))

    def withdraw(self, point_id: UUID) -> None:
        handlers.change_point(self.log, self.organisation_id, WithdrawPoint(point_id), Request(new_id(), BY_A_TEST))

    def retire(self, lesson_id: UUID) -> None:
        command = RetireLesson(lesson_id, "out of date")
        handlers.change_lesson(self.log, self.organisation_id, command, Request(new_id(), BY_A_TEST))

    def revise(self, lesson_id: UUID, insight: str) -> None:
        command = ReviseLesson(lesson_id, {"insight": insight}, "said better")
        handlers.change_lesson(self.log, self.organisation_id, command, Request(new_id(), BY_A_TEST))

    def offer(
        self,
        project_id: UUID,
        *lesson_ids: UUID,
        reasons: Mapping[int, tuple[Reason, ...]] = {},
        occasion: Occasion = "registered",
    ) -> None:
        """Suggest these lessons to the project, the best first; ``reasons`` by rank."""
        offered = tuple(Suggestion(id_, rank, 0.5, reasons.get(rank, ())) for rank, id_ in enumerate(lesson_ids, 1))
        known = self.log.head(self.organisation_id).position
        command = SuggestLessons(project_id, known, "r", "m", len(offered), 0, offered, occasion)
        handlers.suggest_lessons(self.log, self.organisation_id, command, Request(new_id(), BY_A_TEST))

    def bring(self, project_id: UUID, lesson_id: UUID) -> None:
        command = BringLesson(project_id, lesson_id)
        handlers.bring_lesson(self.log, self.organisation_id, command, Request(new_id(), BY_A_TEST))

    def suggested(self, project_id: UUID) -> list[LessonsSuggested]:
        """Return every answer that the project was given; there should never be two."""
        events = [stored.event for stored in self.log.read_stream(self.organisation_id, stream(project_id))]
        return [event for event in events if isinstance(event, LessonsSuggested)]
