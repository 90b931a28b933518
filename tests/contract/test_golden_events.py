"""Events are for ever: one file for each type and version ever written, and today's code reads them all."""

import json
from pathlib import Path
from typing import Any, get_args
from uuid import UUID

import pytest

from hardwon.domain.errors import LogBroken
from hardwon.domain.events import DomainEvent
from hardwon.log import wire

GOLDEN = Path(__file__).parent / "golden"
FILES = sorted(GOLDEN.glob("*.json"))


@pytest.mark.parametrize("file", FILES, ids=lambda file: file.stem)
def test_every_event_ever_written_still_loads(file: Path) -> None:
    """A stored event of any version is lifted to today's form, and says what it said."""
    stored = json.loads(file.read_text("utf-8"))
    event = wire.decode(stored["type"], stored["schema_version"], stored["data"])
    type_, version, data = wire.encode(event)
    assert (type_, version) == (stored["type"], wire.SCHEMA_VERSIONS.get(stored["type"], 1))
    assert data == stored.get("lifted", stored["data"])


def test_every_event_type_and_version_has_its_file() -> None:
    """Who adds an event type or raises a version adds the file that keeps it readable."""
    owed = {f"{name}.v{v}" for name in wire.TYPES for v in range(1, wire.SCHEMA_VERSIONS.get(name, 1) + 1)}
    assert {file.stem for file in FILES} == owed


def test_an_old_version_is_lifted_step_by_step(monkeypatch: pytest.MonkeyPatch) -> None:
    """Two upcasters in a row turn version 1 into version 3 before the event is built."""
    monkeypatch.setattr(wire, "SCHEMA_VERSIONS", {"lesson_retired": 3})
    steps = {
        ("lesson_retired", 1): lambda data: {**data, "reason": data["why"]},
        ("lesson_retired", 2): lambda data: {"lesson_id": data["lesson_id"], "reason": data["reason"].title()},
    }
    monkeypatch.setattr(wire, "UPCASTERS", steps)
    event: Any = wire.decode("lesson_retired", 1, {"lesson_id": str(UUID(int=1)), "why": "out of date"})
    assert event.reason == "Out Of Date"


@pytest.mark.parametrize(("type_", "version"), [("something_new", 1), ("lesson_drawn", 99)])
def test_an_event_from_the_future_is_not_guessed_at(type_: str, version: int) -> None:
    """An unknown type or a newer version stops the reader and says what to upgrade."""
    with pytest.raises(LogBroken, match=f"{type_} v{version}.*upgrade"):
        wire.decode(type_, version, {})


def test_wire_names_are_the_class_names_in_snake_case() -> None:
    """The JSON says lesson_drawn where the code says LessonDrawn: one name, two spellings, no table."""
    assert wire.TYPES["lessons_suggested"].__name__ == "LessonsSuggested"
    assert len(wire.TYPES) == len(get_args(DomainEvent))
