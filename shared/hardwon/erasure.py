"""Erasing a person: the key is destroyed, then all is made anew or forgotten that was made of this person's words while they could be read.

Each step may be cut short and run again, and changes nothing where it was done before. ``PersonErased`` is recorded behind them: where it
stands, they are done. docs/decisions/0017 tells why it goes this way.
"""

from collections import Counter
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from functools import partial
from typing import Any
from uuid import UUID

import psycopg
from psycopg import sql

from hardwon import entry_links, handlers, identities, passwords, sessions
from hardwon.domain import board, recurrence
from hardwon.domain import members as membership
from hardwon.domain.commands import LessonCommand, RemoveMember, RetireLesson, ReviseLesson
from hardwon.domain.errors import Conflict
from hardwon.domain.events import (
    DiscussionPointRaised,
    LessonDrawn,
    LessonRevised,
    PersonErased,
    PointReworded,
    PointWithdrawn,
)
from hardwon.domain.own_words import LESSON
from hardwon.handlers import Request
from hardwon.handlers.lessons import text_events
from hardwon.ids import id_for_key, new_id
from hardwon.log import personal
from hardwon.log.wire import Metadata, NewEvent, StoredEvent
from hardwon.ports import Log
from hardwon.projections import lessons, members, points, recommendations, recurrences, retrospectives
from hardwon.projections.all import PROJECTIONS
from hardwon.projections.following import Pool, Projection, Row, advance, refold
from hardwon.projections.rebuilding import begin_again
from hardwon.sql import queries

SQL = queries("hardwon", "erasure.sql")
BY = Metadata("hardwon erase")
REASON = "The words of the one who wrote it were erased."
_BATCH = 200
"""Rows folded anew at a time, for which their projection stands still."""
_HELD_WORDS = (
    *("discussion_point", "lesson", "member", "recommendation", "recurrence", "retrospective"),
    *("lesson_vector", "vector_sum", "point_vector", "point_vector_sum", "lesson_words", "term", "language", "theme"),
)
"""The tables made of words. What stood there stays in the files until it is swept out, and samples of it in the planner's statistics."""

Told = Callable[[str], None]


@dataclass(frozen=True, slots=True)
class Words:
    """Where one person's words stand."""

    written: Sequence[StoredEvent]
    """All events that hold some of them."""
    fallen: Sequence[UUID]
    """Lessons whose insight is this person's: without it nothing is left of them, so they are retired."""
    shortened: Mapping[UUID, Sequence[str]]
    """Lessons whose insight is somebody else's -> the fields that are this person's: they live on without."""

    def counts(self) -> Counter[str]:
        return Counter(stored.type for stored in self.written)


def words_of(log: Log, organisation_id: UUID, person_id: UUID) -> Words:
    """Return where the person's words stand; it walks the whole log."""
    written = log.read_words_of(organisation_id, person_id)
    texts = (stored.event for stored in written)
    ids = dict.fromkeys(event.lesson_id for event in texts if isinstance(event, LessonDrawn | LessonRevised))
    said = {lesson_id: _said_by(log, organisation_id, person_id, lesson_id) for lesson_id in ids}
    fallen = [lesson_id for lesson_id, fields in said.items() if "insight" in fields]
    return Words(written, fallen, {id_: fields for id_, fields in said.items() if fields and "insight" not in fields})


def erase(pool: Pool, log: Log, organisation_id: UUID, person_id: UUID, told: Told) -> Words:
    """Destroy the person's key, and leave nothing in the database that was made of his words; return where they stood.

    Raises:
        Conflict: this is the last administrator; nothing was done.

    """
    if person_id in handlers.current_members(log, organisation_id):
        handlers.change_members(log, organisation_id, RemoveMember(person_id), Request(new_id(), BY))
        told("This person is no member any more, and no token speaks and no session goes on on his behalf.")
    _shut_out(pool, organisation_id, person_id)
    log.destroy_key(organisation_id, person_id)
    told("The key is destroyed: from now on nobody reads these words, in the log or in a copy of it that has no keys.")
    words = words_of(log, organisation_id, person_id)
    retired, revised = _change_lessons(log, organisation_id, words)
    told(f"{retired} lessons are retired now that nothing is left of them; {revised} live on in what others wrote.")
    folded = _fold_anew(pool, log, organisation_id, words)
    told("Folded anew: " + ", ".join(f"{count} {name}" for name, count in folded.items()) + ".")
    forgotten = _forget_derived(pool, organisation_id, words)
    told("Forgotten: " + ", ".join(f"{count} {name}" for name, count in forgotten.items()) + ".")
    return words


def conclude(log: Log, organisation_id: UUID, person_id: UUID) -> None:
    """Record that the person is erased, once everything is done; workers then drop the vectors that they hold in memory."""
    # No Idempotency-Key leads to it, since none holds a line break.
    event_id = id_for_key(organisation_id, f"erased\n{person_id}")
    log.append(organisation_id, [NewEvent(event_id, f"person:{person_id}", PersonErased(person_id), BY)])


def sweep_out(owner_database_url: str) -> None:
    """Have PostgreSQL clear the places of rows that were replaced, and take new samples for its statistics; takes the tables' owner."""
    with psycopg.connect(owner_database_url, autocommit=True) as connection:
        for table in _HELD_WORDS:
            connection.execute(sql.SQL("VACUUM (ANALYZE) {}").format(sql.Identifier(table)))
        # Written anew as a whole: it is small, and what is left of a wrapped key is worth more than what is left of a row.
        connection.execute(
            "VACUUM (FULL, ANALYZE) person_keys.person_key, person_keys.password, person_keys.openid_identity"
        )


def _shut_out(pool: Pool, organisation_id: UUID, person_id: UUID) -> None:
    with pool.of(organisation_id) as connection:
        sessions.end_all(connection, organisation_id, person_id)
        entry_links.forget(connection, organisation_id, person_id)
        passwords.forget(connection, organisation_id, person_id)
        identities.forget(connection, organisation_id, person_id)


def _said_by(log: Log, organisation_id: UUID, person_id: UUID, lesson_id: UUID) -> list[str]:
    """Return the fields of the lesson's present text that are this person's."""
    latest = text_events(handlers.current_lesson(log, organisation_id, lesson_id)[1])[0]
    return [name for name in LESSON if personal.owner(latest.data[name]) == person_id]


def _change_lessons(log: Log, organisation_id: UUID, words: Words) -> tuple[int, int]:
    retired = sum(_changed(log, organisation_id, RetireLesson(lesson_id, REASON)) for lesson_id in words.fallen)
    revisions = [
        ReviseLesson(lesson_id, {name: () if name == "tags" else "" for name in fields}, REASON)
        for lesson_id, fields in words.shortened.items()
    ]
    return retired, sum(_changed(log, organisation_id, each) for each in revisions)


def _changed(log: Log, organisation_id: UUID, command: LessonCommand) -> bool:
    """Record it as anybody would, so that whatever follows lessons follows this too; one that has ended before stays as it is."""
    with suppress(Conflict):
        return bool(handlers.change_lesson(log, organisation_id, command, Request(new_id(), BY)))
    return False


def _fold_anew(pool: Pool, log: Log, organisation_id: UUID, words: Words) -> dict[str, int]:
    """Fold every row anew that held the words, and bring all read models to the head of the log."""
    for projection in PROJECTIONS:
        # What is rebuilt beside was folded while the words could be read.
        begin_again(pool, projection, organisation_id)
        advance(pool, projection, organisation_id)
    folded: dict[str, int] = {}
    for projection, about in _ABOUT:
        keys = sorted({key for stored in words.written if (key := projection.key(stored))})
        told = (partial(about, log, organisation_id, ids) for ids in _batches(keys))
        folded[projection.name] = sum(refold(pool, projection, organisation_id, each) for each in told)
    return folded


def _batches(keys: Sequence[UUID]) -> Iterator[Sequence[UUID]]:
    return (keys[start : start + _BATCH] for start in range(0, len(keys), _BATCH))


About = Callable[[Log, UUID, Collection[UUID], int], Sequence[StoredEvent]]


def _about_lessons(log: Log, organisation_id: UUID, ids: Collection[UUID], until: int) -> Sequence[StoredEvent]:
    return log.read_about(organisation_id, "lesson", ids, lessons.FOLDED, until)


def _about_projects(log: Log, organisation_id: UUID, ids: Collection[UUID], until: int) -> Sequence[StoredEvent]:
    return log.read_about(organisation_id, "project", ids, recommendations.FOLDED, until)


def _of_points(log: Log, organisation_id: UUID, ids: Collection[UUID], until: int) -> Sequence[StoredEvent]:
    return points.events_of(log, organisation_id, ids, until)


def _of_recurrences(log: Log, organisation_id: UUID, ids: Collection[UUID], until: int) -> Sequence[StoredEvent]:
    told = _of_streams(log, organisation_id, map(recurrence.stream, ids), until)
    # With its point a recurrence is gone too.
    withdrawn = log.read_about(organisation_id, "point", ids, [PointWithdrawn], until)
    return sorted([*told, *withdrawn], key=lambda stored: stored.position)


def _of_retrospectives(log: Log, organisation_id: UUID, ids: Collection[UUID], until: int) -> Sequence[StoredEvent]:
    return _of_streams(log, organisation_id, map(board.stream, ids), until)


def _of_streams(log: Log, organisation_id: UUID, streams: Iterable[str], until: int) -> Sequence[StoredEvent]:
    found = (stored for stream in streams for stored in log.read_stream(organisation_id, stream))
    return [stored for stored in found if stored.position <= until]


def _of_members(log: Log, organisation_id: UUID, ids: Collection[UUID], until: int) -> Sequence[StoredEvent]:
    found = log.read_stream(organisation_id, membership.STREAM)
    return [stored for stored in found if stored.position <= until and members.key(stored) in ids]


_ABOUT: Sequence[tuple[Projection, About]] = (
    (lessons.PROJECTION, _about_lessons),
    (points.PROJECTION, _of_points),
    (recommendations.PROJECTION, _about_projects),
    (recurrences.PROJECTION, _of_recurrences),
    (members.PROJECTION, _of_members),
    (retrospectives.PROJECTION, _of_retrospectives),
)
"""The read models whose rows hold words, and what reads the events that touch some of their rows."""


def _forget_derived(pool: Pool, organisation_id: UUID, words: Words) -> dict[str, int]:
    told = (stored.event for stored in words.written)
    raised = [event.point_id for event in told if isinstance(event, DiscussionPointRaised | PointReworded)]
    names: Row = {"organisation_id": organisation_id, "point_ids": raised}
    names["lesson_ids"] = [*words.fallen, *words.shortened]
    with pool.of(organisation_id) as connection, connection.transaction():
        connection.execute(SQL["hold_followers"], names)
        counts = {
            told: _count(connection.execute(SQL[query], names).fetchone())
            for told, query in (
                ("vectors of lessons", "forget_lesson_vectors"),
                ("vectors of points", "forget_point_vectors"),
                ("lessons' words", "forget_words"),
                ("themes", "forget_themes"),
            )
        }
        connection.execute(SQL["forget_terms"], names)
    return counts


def _count(row: tuple[Any, ...] | None) -> int:
    return int(row[0]) if row else 0
