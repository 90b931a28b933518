"""Recording what a project is offered, and what somebody brings it."""

from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from datetime import UTC, datetime
from functools import partial, reduce
from uuid import UUID

from hardwon.domain import suggesting
from hardwon.domain.commands import BringLesson, PutBackLesson, SuggestLessons
from hardwon.domain.errors import NotFound, StreamConflict
from hardwon.domain.events import (
    DomainEvent,
    LessonBrought,
    LessonDrawn,
    LessonPutBack,
    LessonRevised,
    LessonsSuggested,
)
from hardwon.domain.own_words import TEXT
from hardwon.domain.suggesting import Suggesting
from hardwon.handlers.lessons import current_lesson
from hardwon.handlers.projects import current_project
from hardwon.handlers.recording import Request
from hardwon.log import personal
from hardwon.log.wire import NewEvent, StoredEvent
from hardwon.ports import Log


def suggest_lessons(log: Log, organisation_id: UUID, command: SuggestLessons, request: Request) -> StoredEvent | None:
    """Return the recorded event; None where nothing is left to offer, since this task or another one has offered it."""

    def decide(known: Suggesting) -> list[DomainEvent]:
        return suggesting.suggest(command, known, datetime.now(UTC))

    return _record(log, organisation_id, command.project_id, decide, request)


def bring_lesson(log: Log, organisation_id: UUID, command: BringLesson, request: Request) -> StoredEvent | None:
    """Return the recorded event; None where the lesson stands before the project already, brought or suggested."""
    project, _ = current_project(log, organisation_id, command.project_id)
    lesson, _ = current_lesson(log, organisation_id, command.lesson_id)

    def decide(known: Suggesting) -> list[DomainEvent]:
        return suggesting.bring(command, known, project, lesson, datetime.now(UTC).date().isoformat())

    asked = LessonBrought(command.project_id, command.lesson_id)
    return _record(log, organisation_id, command.project_id, decide, request, asked)


def put_back_lesson(log: Log, organisation_id: UUID, command: PutBackLesson, request: Request) -> StoredEvent | None:
    """Return the recorded event; None where the lesson does not stand before the project. With it goes what the project says of it."""
    current_project(log, organisation_id, command.project_id)
    asked, decide = LessonPutBack(command.project_id, command.lesson_id), partial(suggesting.put_back, command)
    return _record(log, organisation_id, command.project_id, decide, request, asked)


def offered_by(log: Log, organisation_id: UUID, project_id: UUID, lesson_id: UUID) -> StoredEvent:
    """Return the event since which the lesson stands before the project."""
    history = log.read_stream(organisation_id, suggesting.stream(project_id))
    if lesson_id not in suggesting_of(history).offered:
        raise NotFound("recommendation", lesson_id)
    return next(stored for stored in reversed(history) if lesson_id in suggesting_of([stored]).offered)


def _record(
    log: Log,
    organisation_id: UUID,
    project_id: UUID,
    decide: Callable[[Suggesting], list[DomainEvent]],
    request: Request,
    asked: DomainEvent | None = None,
) -> StoredEvent | None:
    """Record what is decided on. ``asked`` is all that the request can come to: sent again it comes to that, whatever changed since."""
    stream = suggesting.stream(project_id)
    while True:
        history = log.read_stream(organisation_id, stream)
        again = any(stored.event_id == request.event_id for stored in history)
        decided = [asked] if asked and again else decide(suggesting_of(history))
        if not decided:
            return None
        (event,) = decided
        passages = _whose_passages(log, organisation_id, event)
        new = NewEvent(request.event_id, stream, event, request.metadata, request.occurred_at, passages)
        with suppress(StreamConflict):  # another task's answer, or a person, came first: what is left is decided anew
            return log.append(organisation_id, [new], {stream: len(history)})[0]


def _whose_passages(log: Log, organisation_id: UUID, event: DomainEvent) -> Mapping[str, UUID | None]:
    """Return whose words the reasons quote: a passage of a lesson stays the words of who wrote the lesson."""
    if not isinstance(event, LessonsSuggested):
        return {}
    quoted = {
        f"suggestions/{at}/reasons/{place}/passage": (said.lesson_id, reason.passage)
        for at, said in enumerate(event.suggestions)
        for place, reason in enumerate(said.reasons)
        if reason.passage and reason.kind != "shared_trait"  # which quotes a project's profile
    }
    ids, until = {lesson_id for lesson_id, _ in quoted.values()}, log.head(organisation_id).position
    told = log.read_about(organisation_id, "lesson", ids, [LessonDrawn, LessonRevised], until)
    return {
        path: _writer([stored for stored in told if stored.data["lesson_id"] == str(lesson_id)], passage)
        for path, (lesson_id, passage) in quoted.items()
    }


def _writer(told: Sequence[StoredEvent], passage: str) -> UUID | None:
    """Return who wrote the passage; where it stands in no field as it now reads, who wrote the lesson."""
    texts = [(stored.data[name], getattr(stored.event, name)) for stored in reversed(told) for name in TEXT]
    written = next((data for data, text in texts if passage in text), None)
    everyone = [personal.owner(data) for data, _ in texts]
    return next(filter(None, everyone), None) if written is None else personal.owner(written)


def current_suggesting(log: Log, organisation_id: UUID, project_id: UUID) -> tuple[Suggesting, int]:
    """Return what the project was offered so far, and the version of the stream that tells it."""
    history = log.read_stream(organisation_id, suggesting.stream(project_id))
    return suggesting_of(history), len(history)


def suggesting_of(history: Sequence[StoredEvent]) -> Suggesting:
    """Return what the events of a project's suggestions tell; the limits count from when each was recorded."""
    return reduce(
        lambda state, stored: suggesting.evolve(state, stored.event, stored.recorded_at), history, Suggesting()
    )
