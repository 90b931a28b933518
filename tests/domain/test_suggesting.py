"""What a project is offered on which occasion, as given / when / then: limits, and no lesson twice."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from functools import reduce
from uuid import UUID

import pytest

from hardwon.domain import suggesting
from hardwon.domain.commands import SuggestLessons
from hardwon.domain.events import DomainEvent, LessonsSuggested
from hardwon.domain.suggesting import AT_ONCE, DAY, DIGEST_EVERY, NEW_A_DAY, Suggesting
from hardwon.domain.values import Occasion, Suggestion

PROJECT = UUID(int=1)
LATER: tuple[Occasion, ...] = ("profile_changed", "new_lessons", "digest")
NOW = datetime(2026, 11, 23, 9, tzinfo=UTC)
HOUR = timedelta(hours=1)


def said(*lessons: int) -> tuple[Suggestion, ...]:
    return tuple(Suggestion(UUID(int=lesson), rank, 0.5, ()) for rank, lesson in enumerate(lessons, start=1))


def asked(occasion: Occasion, *lessons: int, profile_position: int = 20) -> SuggestLessons:
    return SuggestLessons(PROJECT, 30, "r", "m", 4, 1, said(*lessons), occasion, profile_position)


def given(occasion: Occasion, *lessons: int, known: int = 9) -> LessonsSuggested:
    return LessonsSuggested(PROJECT, known, "r", "m", 4, 1, said(*lessons), occasion)


def after(*history: tuple[DomainEvent, datetime]) -> Suggesting:
    return reduce(lambda state, each: suggesting.evolve(state, *each), history, Suggesting())


def offered(decided: Sequence[DomainEvent]) -> list[int]:
    """Return the lessons of the one answer decided on."""
    (event,) = decided
    assert isinstance(event, LessonsSuggested)
    return [each.lesson_id.int for each in event.suggestions]


REGISTERED = (given("registered", 101), NOW - 30 * DAY)


def test_a_registration_is_answered_once_even_with_nothing() -> None:
    """Given nothing, a ranking is what happened, an empty one too; given an answer, a second one adds nothing."""
    command = replace(asked("registered"), known_position=9)
    assert suggesting.suggest(command, after(), NOW) == [given("registered")]
    assert suggesting.suggest(asked("registered", 102), after(REGISTERED), NOW) == []


@pytest.mark.parametrize("occasion", LATER)
def test_no_lesson_is_offered_twice(occasion: Occasion) -> None:
    """Given a lesson offered on any occasion, on the next one only others are, each with the rank that it got."""
    known = after(REGISTERED, (given("new_lessons", 102), NOW - 2 * DAY), (given("digest", 103), NOW - 8 * DAY))
    (event,) = suggesting.suggest(asked(occasion, 101, 102, 104, 103), known, NOW)
    assert isinstance(event, LessonsSuggested)
    assert [(each.lesson_id.int, each.rank) for each in event.suggestions] == [(104, 3)]
    assert event.occasion == occasion


@pytest.mark.parametrize("occasion", LATER)
def test_nothing_new_is_no_event(occasion: Occasion) -> None:
    """Given an answered project, when a ranking holds only what it was offered, then nothing happens."""
    assert suggesting.suggest(asked(occasion, 101), after(REGISTERED), NOW) == []


@pytest.mark.parametrize("occasion", LATER)
def test_the_registration_is_answered_first(occasion: Occasion) -> None:
    """Given a project that waits for its first answer, then nothing comes before it."""
    assert suggesting.suggest(asked(occasion, 101), after(), NOW) == []


def test_a_changed_profile_is_answered_once() -> None:
    """Given an answer that knew the profile, another one is for a later change only; new lessons do not answer a change."""
    known = after(REGISTERED, (given("new_lessons", 102, known=30), NOW - 2 * DAY))
    assert offered(suggesting.suggest(asked("profile_changed", 103), known, NOW)) == [103]
    assert suggesting.suggest(asked("profile_changed", 103, profile_position=9), known, NOW) == []
    answered = after(REGISTERED, (given("profile_changed", 103, known=30), NOW))
    assert suggesting.suggest(asked("profile_changed", 104), answered, NOW) == []


def test_a_few_new_lessons_reach_a_project_a_day() -> None:
    """Given some within the last 24 hours, as many more are offered as make three; a day after the first, there is room again."""
    many = asked("new_lessons", *range(201, 211))
    assert offered(suggesting.suggest(many, after(REGISTERED), NOW)) == [201, 202, 203]
    two = after(REGISTERED, (given("new_lessons", 301), NOW - 5 * HOUR), (given("new_lessons", 302), NOW - HOUR))
    assert offered(suggesting.suggest(many, two, NOW)) == [201]
    full = after(REGISTERED, (given("new_lessons", 301, 302), NOW - 5 * HOUR), (given("new_lessons", 303), NOW))
    assert (full.room(NOW), suggesting.suggest(many, full, NOW)) == (0, [])
    room_at = NOW - 5 * HOUR + DAY
    assert offered(suggesting.suggest(many, full, room_at)) == [201, 202]
    assert NEW_A_DAY == 3


def test_a_digest_comes_once_a_week_and_holds_ten() -> None:
    """Given a digest, the next one is given a week later; new lessons at once and a digest do not count against each other."""
    many = asked("digest", *range(201, 221))
    full = after(REGISTERED, (given("new_lessons", 301, 302, 303), NOW))
    assert offered(suggesting.suggest(many, full, NOW)) == list(range(201, 201 + AT_ONCE))
    known = after(REGISTERED, (given("digest", 301), NOW - DIGEST_EVERY + HOUR))
    assert suggesting.suggest(many, known, NOW) == []
    assert offered(suggesting.suggest(many, known, NOW + HOUR)) != []
    assert known.room(NOW) == NEW_A_DAY
