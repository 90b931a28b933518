"""A lesson that somebody found and brings to a project, as given / when / then."""

from collections.abc import Callable, Mapping, Sequence
from contextlib import nullcontext
from dataclasses import replace
from datetime import UTC, datetime
from functools import reduce
from uuid import UUID

import pytest
from telling import BY_A_TEST, Teller

from hardwon import handlers, organisations
from hardwon.domain import suggesting
from hardwon.domain.commands import BringLesson, GiveFeedback, PutBackLesson, SuggestLessons
from hardwon.domain.errors import Conflict, Invalid, NotFound, Refused
from hardwon.domain.events import DomainEvent, LessonBrought, LessonPutBack, LessonsSuggested
from hardwon.domain.lesson import Lesson
from hardwon.domain.project import Project
from hardwon.domain.suggesting import NEW_A_DAY, Suggesting
from hardwon.domain.values import Profile, Suggestion
from hardwon.handlers import Request
from hardwon.ids import new_id
from hardwon.log.memory import NO_EXPECTATION, MemoryLog
from hardwon.log.wire import NewEvent, StoredEvent

PROJECT, ANOTHER, LESSON, OTHER = (UUID(int=n) for n in range(1, 5))
NOW, TODAY = datetime(2026, 11, 23, 9, tzinfo=UTC), "2026-11-23"
FOUND, NEW = Lesson(LESSON, ANOTHER, {}), Project(PROJECT, Profile("New", ended_on=TODAY))
BRING, BROUGHT = BringLesson(PROJECT, LESSON), LessonBrought(PROJECT, LESSON)
PUT_BACK = LessonPutBack(PROJECT, LESSON)
OFFERED = LessonsSuggested(PROJECT, 9, "r", "m", 4, 1, (Suggestion(LESSON, 1, 0.5, ()),))


def after(*history: DomainEvent) -> Suggesting:
    return reduce(lambda state, event: suggesting.evolve(state, event, NOW), history, Suggesting())


def test_it_is_brought() -> None:
    """Given a lesson of another project, it is brought, also while the project waits for its first answer, and on its last day."""
    assert suggesting.bring(BRING, after(), NEW, FOUND, TODAY) == [BROUGHT]
    assert suggesting.bring(BRING, after(replace(OFFERED, suggestions=())), NEW, FOUND, TODAY) == [BROUGHT]


@pytest.mark.parametrize("before", [BROUGHT, OFFERED], ids=["brought", "suggested"])
def test_what_stands_there_is_not_brought_again(before: DomainEvent) -> None:
    """Given a lesson that was brought or suggested, bringing it is no event, whatever became of it or the project since."""
    retired, over = replace(FOUND, state="retired"), Project(PROJECT, Profile("Over", ended_on="2026-01-01"))
    assert suggesting.bring(BRING, after(before), NEW, FOUND, TODAY) == []
    assert suggesting.bring(BRING, after(before), over, retired, TODAY) == []


@pytest.mark.parametrize(
    ("project", "lesson", "refused", "why"),
    [
        (NEW, replace(FOUND, project_id=PROJECT), Invalid, "learned this itself"),
        (NEW, replace(FOUND, state="retired"), Conflict, "already retired"),
        (NEW, replace(FOUND, state="merged"), Conflict, "already merged"),
        (Project(PROJECT, Profile("Over", ended_on="2026-11-22")), FOUND, Conflict, "ended on 2026-11-22"),
    ],
    ids=["its own", "retired", "merged", "a project that has ended"],
)
def test_what_is_no_use_there_is_refused(project: Project, lesson: Lesson, refused: type[Refused], why: str) -> None:
    """Its own lesson, one that does not stand, a project that has no use for lessons any more: each is refused with the reason."""
    with pytest.raises(refused, match=why):
        suggesting.bring(BRING, after(), project, lesson, TODAY)


@pytest.mark.parametrize("brought", [True, False], ids=["brought", "the control: not brought"])
def test_it_is_never_suggested_then(*, brought: bool) -> None:
    """Given a lesson that was brought, a ranking that holds it suggests the others; the registration is answered all the same."""
    known = after(*[BROUGHT] if brought else [])
    both = tuple(Suggestion(id_, rank, 0.5, ()) for rank, id_ in enumerate((LESSON, OTHER), start=1))
    (event,) = suggesting.suggest(SuggestLessons(PROJECT, 9, "r", "m", 4, 1, both), known, NOW)
    assert isinstance(event, LessonsSuggested)
    assert [each.lesson_id for each in event.suggestions] == ([OTHER] if brought else [LESSON, OTHER])


def test_it_takes_no_room() -> None:
    """Given lessons that people brought today, as many new ones are suggested as on any other day."""
    known = after(replace(OFFERED, suggestions=()), *(LessonBrought(PROJECT, UUID(int=n)) for n in range(10, 20)))
    assert known.room(NOW) == NEW_A_DAY


def test_it_is_put_back() -> None:
    """Given a lesson that was brought, it is put back, once; where it never stood, or stands no more, that is no event."""
    command = PutBackLesson(PROJECT, LESSON)
    assert suggesting.put_back(command, after(BROUGHT)) == [PUT_BACK]
    assert suggesting.put_back(command, after(BROUGHT, PUT_BACK)) == []
    assert suggesting.put_back(command, after()) == []


def test_put_back_it_is_as_if_nobody_had_brought_it() -> None:
    """Given a lesson that was put back, it can be brought anew and suggested; the control: one that was brought can not."""
    assert after(BROUGHT, PUT_BACK) == after() != after(BROUGHT)
    assert suggesting.bring(BRING, after(BROUGHT, PUT_BACK), NEW, FOUND, TODAY) == [BROUGHT]


def test_what_was_suggested_is_not_put_back() -> None:
    """Given a lesson that was suggested, also after it was brought and put back, it is refused: a suggestion is a fact."""
    for known in (after(OFFERED), after(BROUGHT, PUT_BACK, OFFERED)):
        with pytest.raises(Conflict, match="not for you"):
            suggesting.put_back(PutBackLesson(PROJECT, LESSON), known)


class Overtaken(MemoryLog):
    """A log in which somebody else is quicker, once: ``first`` is done before the next append."""

    first: Callable[[], object] | None = None

    def append(
        self, organisation_id: UUID, events: Sequence[NewEvent], expected: Mapping[str, int] = NO_EXPECTATION
    ) -> list[StoredEvent]:
        if done := self.first:
            self.first = None
            done()
        return super().append(organisation_id, events, expected)


@pytest.mark.parametrize("overtaken", [True, False], ids=["put back meanwhile", "the control: it stands"])
def test_nothing_is_said_of_what_was_just_put_back(*, overtaken: bool) -> None:
    """Who answers in the moment in which somebody puts the lesson back is told that it does not stand there any more."""
    log = Overtaken()
    told = Teller(log, organisations.register(log, "An organisation", "tests"))
    (lesson,), project = told.lessons(told.project("Old"), "Order early."), told.project("New")
    told.bring(project, lesson)
    if overtaken:
        back = PutBackLesson(project, lesson)
        log.first = lambda: handlers.put_back_lesson(log, told.organisation_id, back, Request(new_id(), BY_A_TEST))
    saying = GiveFeedback(project, lesson, "adopted", "")
    with pytest.raises(NotFound) if overtaken else nullcontext():
        handlers.give_feedback(log, told.organisation_id, saying, Request(new_id(), BY_A_TEST))
    assert (handlers.standing_at(log, told.organisation_id, project, lesson, None) is None) == overtaken
