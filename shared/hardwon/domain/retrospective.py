"""Retrospectives: what was held, what was raised in them. Each fact may lean on earlier ones of the same project."""

from collections.abc import Mapping
from uuid import UUID

from hardwon.domain import board
from hardwon.domain.commands import DrawLesson, HoldRetrospective, RaiseDiscussionPoint, RetroCommand
from hardwon.domain.errors import Invalid
from hardwon.domain.events import DiscussionPointRaised, DomainEvent, LessonDrawn, RetrospectiveHeld

Known = Mapping[UUID, DomainEvent]
"""The facts that a command refers to, by the id they opened; facts only ever join it, so no version is checked."""


def stream(project_id: UUID, retrospective_id: UUID | None) -> str:
    """Return where a retrospective's facts stand; points raised between meetings share a stream a project."""
    return board.stream(retrospective_id) if retrospective_id else f"between-meetings:{project_id}"


def references(command: RetroCommand) -> set[UUID]:
    """Return the ids that must be known before ``command`` can be decided."""
    match command:
        case HoldRetrospective():
            return set()
        case RaiseDiscussionPoint():
            return {command.retrospective_id} - {None}  # type: ignore[return-value]  # mypy does not narrow by set difference
        case DrawLesson():
            return {*command.points, command.retrospective_id} - {None}  # type: ignore[return-value]


def decide(command: RetroCommand, known: Known) -> DomainEvent:
    """Return the fact that ``command`` leads to; the project's existence was checked before."""
    match command:
        case HoldRetrospective():
            _need_text(command.title, "/title")
            return RetrospectiveHeld(command.retrospective_id, command.project_id, command.title, command.held_on)
        case RaiseDiscussionPoint():
            _need_text(command.text, "/text")
            _need_retrospective(command.project_id, command.retrospective_id, known)
            return DiscussionPointRaised(
                command.point_id,
                command.project_id,
                command.retrospective_id,
                command.kind,
                command.text,
                command.tags,
            )
        case DrawLesson():
            return _draw(command, known)


def _draw(command: DrawLesson, known: Known) -> LessonDrawn:
    _need_text(command.insight, "/insight")
    _need_retrospective(command.project_id, command.retrospective_id, known)
    for index, point_id in enumerate(command.points):
        point = known.get(point_id)
        if not isinstance(point, DiscussionPointRaised) or point.project_id != command.project_id:
            raise Invalid("This project has no discussion point %(id)s.", field=f"/points/{index}", id=point_id)
    return LessonDrawn(
        command.lesson_id,
        command.project_id,
        command.retrospective_id,
        command.insight,
        command.advice,
        command.applies_when,
        command.points,
        command.tags,
        command.language,
    )


def _need_text(text: str, field: str) -> None:
    if not text.strip():
        raise Invalid("This text must not be empty.", field=field)


def _need_retrospective(project_id: UUID, retrospective_id: UUID | None, known: Known) -> None:
    if retrospective_id is None:
        return
    held = known.get(retrospective_id)
    if not isinstance(held, RetrospectiveHeld) or held.project_id != project_id:
        raise Invalid("This project has no retrospective %(id)s.", field="/retrospective_id", id=retrospective_id)
