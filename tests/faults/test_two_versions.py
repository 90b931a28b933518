"""Two versions of Hardwon beside each other, while one is upgraded: what the older one cannot read, it leaves to the newer one."""

from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass, replace
from typing import Any, Protocol
from uuid import UUID

import pytest
from telling import Teller

from hardwon.ids import new_id
from hardwon.log import wire
from hardwon.log.personal import Json
from hardwon.log.wire import Metadata, NewEvent
from hardwon.ports import Log
from hardwon.projections import lessons
from hardwon.projections.all import PROJECTIONS
from hardwon.projections.following import Pool, advance, checkpoints, fold, lagging

NAMES = [each.name for each in PROJECTIONS]


@dataclass(frozen=True, slots=True)
class LessonWhispered:
    """A type that only the newer version knows; none of its read models look at it."""

    lesson_id: UUID


def _with_advice(data: Json) -> Json:
    return data | {"advice": data["advice"] or "None was given."}


class Newer(Protocol):
    def __call__(self) -> AbstractContextManager[None]: ...


@pytest.fixture
def newer(monkeypatch: pytest.MonkeyPatch) -> Newer:
    """Return what runs as the next version of Hardwon: it writes lessons in a second form, lifts the first one, and knows one type more."""

    @contextmanager
    def as_newer() -> Iterator[None]:
        with monkeypatch.context() as patched:
            patched.setitem(wire.SCHEMA_VERSIONS, "lesson_drawn", 2)  # type: ignore[arg-type]  # a dict that says it is not to be changed
            patched.setitem(wire.UPCASTERS, ("lesson_drawn", 1), _with_advice)  # type: ignore[arg-type]
            patched.setitem(wire.TYPES, "lesson_whispered", LessonWhispered)  # type: ignore[arg-type]
            yield

    return as_newer


@pytest.fixture
def teller(log: Log, organisation: UUID) -> Teller:
    return Teller(log, organisation)


def follow(pool: Pool, organisation: UUID) -> None:
    for projection in PROJECTIONS:
        advance(pool, projection, organisation)


def positions(pool: Pool, organisation: UUID) -> dict[str, int]:
    with pool.of(organisation) as connection:
        return {name: each.position for name, each in checkpoints(connection, organisation).items()}


def halted_of(pool: Pool, organisation: UUID) -> dict[str, str]:
    with pool.of(organisation) as connection:
        at = checkpoints(connection, organisation)
    return {name: each.halted_by for name, each in at.items() if each.halted_by}


def rows(pool: Pool, organisation: UUID) -> dict[UUID, Any]:
    with pool.of(organisation) as connection:
        asked = "SELECT lesson_id, insight, advice FROM lesson WHERE organisation_id = %s ORDER BY position"
        return {row[0]: row[1:] for row in connection.execute(asked, [organisation])}


def whisper(log: Log, organisation: UUID) -> None:
    event: Any = LessonWhispered(UUID(int=3))
    log.append(organisation, [NewEvent(new_id(), "whispers", event, Metadata("tests"))])


def test_an_older_worker_halts_and_the_newer_one_goes_on(pool: Pool, log: Log, teller: Teller, newer: Newer) -> None:
    """The older one halts in front of the new form, says so, and spoils nothing: the newer one follows to the end, by itself."""
    project = teller.project()
    (first,) = teller.lessons(project, "In the first form", advice="")
    follow(pool, teller.organisation_id)
    with newer():
        (second,) = teller.lessons(project, "In the second form")
        whisper(log, teller.organisation_id)
    follow(pool, teller.organisation_id)
    head = log.head(teller.organisation_id).position
    waiting = halted_of(pool, teller.organisation_id)
    assert "lesson_drawn v2 is unknown to this version of Hardwon" in waiting["lessons"]
    assert positions(pool, teller.organisation_id)["lessons"] == head - 2
    assert list(rows(pool, teller.organisation_id)) == [first]
    with pool.across() as connection:
        assert teller.organisation_id in lagging(connection, NAMES), "the sweep still asks for it"
    with newer():
        follow(pool, teller.organisation_id)
        folded: dict[UUID, Any] = {}
        fold(lessons.PROJECTION, folded, log.read(teller.organisation_id))
    assert halted_of(pool, teller.organisation_id) == {}
    assert set(positions(pool, teller.organisation_id).values()) == {head}
    assert list(rows(pool, teller.organisation_id)) == [first, second]
    assert {id_: row["insight"] for id_, row in folded.items()} == {
        first: "In the first form",
        second: "In the second form",
    }


def test_a_newer_reader_lifts_old_events(log: Log, teller: Teller, newer: Newer) -> None:
    """What was written before the upgrade reads in today's form; in the log nothing changed."""
    teller.lessons(teller.project(), "In the first form", advice="")
    with newer():
        stored = log.read(teller.organisation_id)[-1]
        assert stored.event.advice == "None was given."  # type: ignore[union-attr]
        assert (stored.schema_version, stored.data["advice"]) == (1, "")


def test_older_and_newer_workers_take_turns(pool: Pool, log: Log, teller: Teller, newer: Newer) -> None:
    """Hints reach now the one, now the other: at the end the read models are at the head, and nothing was skipped."""
    project, drawn = teller.project(), []
    for turn in range(6):
        with newer():
            drawn += teller.lessons(project, f"Number {turn}")
            if turn % 2:
                follow(pool, teller.organisation_id)
        drawn += teller.lessons(project, f"Number {turn}, in the first form")
        follow(pool, teller.organisation_id)
    with newer():
        follow(pool, teller.organisation_id)
    assert list(rows(pool, teller.organisation_id)) == drawn
    assert halted_of(pool, teller.organisation_id) == {}


def test_an_event_that_nobody_can_apply_halts_everybody(pool: Pool, log: Log, teller: Teller, newer: Newer) -> None:
    """The control: a bad event is no matter of versions; it waits for a person, whoever comes."""
    teller.lessons(teller.project(), "A lesson")

    def fail(*_: object) -> None:
        raise ZeroDivisionError

    with newer():
        advance(pool, replace(lessons.PROJECTION, evolve=fail), teller.organisation_id)
        follow(pool, teller.organisation_id)
    assert list(halted_of(pool, teller.organisation_id)) == ["lessons"]
    assert positions(pool, teller.organisation_id)["lessons"] < log.head(teller.organisation_id).position
