"""What must hold of a log and of what is made from it, whatever happened while it was written."""

from collections import Counter
from collections.abc import Mapping, Sequence
from typing import Any
from uuid import UUID

from outside import wait_for
from read_models import folded, rows

from hardwon.domain.events import LessonsSuggested
from hardwon.log import wire
from hardwon.log.wire import StoredEvent
from hardwon.ports import Log
from hardwon.projections.all import PROJECTIONS
from hardwon.projections.following import Pool, checkpoints
from hardwon_worker import theming

CLIENTS = {"project_registered", "discussion_point_raised", "lesson_drawn"}
FOLLOWERS = len(PROJECTIONS) + 6
"""Read models, words, two sorts of vectors, running projects, radar, duplicates; themes are found now and then."""
PATIENCE = 120.0


def whole_log(log: Log, organisation: UUID) -> list[StoredEvent]:
    events: list[StoredEvent] = []
    while page := log.read(organisation, after=events[-1].position if events else 0, limit=1_000):
        events += page
    return events


def losses(events: Sequence[StoredEvent], written: Mapping[UUID, str]) -> list[str]:
    """Return what is wrong with a log in which just these events were written."""
    found = []
    stored = {each.event_id: each.type for each in events if each.type in CLIENTS}
    found += [f"{type_} {id_} is missing" for id_, type_ in written.items() if stored.get(id_) != type_]
    found += [f"{type_} {id_} was written by nobody" for id_, type_ in stored.items() if id_ not in written]
    found += [f"{id_} stands there {n} times" for id_, n in Counter(e.event_id for e in events).items() if n > 1]
    previous = wire.GENESIS
    for due, each in enumerate(events, start=1):
        if each.position != due:
            found.append(f"position {due} is missing")
            break
        if wire.chain_hash(previous, each) != each.hash:
            found.append(f"the chain breaks at position {due}")
            break
        previous = each.hash
    return found


def caught_up(pool: Pool, log: Log, organisation: UUID) -> float:
    """Wait until every follower is at the head, and every project answered; return how long that took."""

    def at_the_head() -> bool:
        with pool.of(organisation) as connection:
            found = [
                each for each in checkpoints(connection, organisation).values() if each.follower != theming.FOLLOWER
            ]
            waiting = "SELECT FROM recommendation WHERE organisation_id = %s AND state = 'pending'"
            pending = connection.execute(waiting, [organisation]).fetchone() is not None
        told["at"] = {each.follower: each.position for each in found}
        told["head"], told["pending"] = log.head(organisation).position, pending
        return len(found) == FOLLOWERS and not pending and {each.position for each in found} == {told["head"]}

    told: dict[str, Any] = {}
    try:
        return wait_for(at_the_head, "everything at the log's head", PATIENCE)
    except AssertionError as error:
        raise AssertionError(f"{error}: {told}") from None


def differences(pool: Pool, log: Log, organisation: UUID) -> list[str]:
    """Return the read models that are not the pure fold of the log, as far as they have followed it."""
    wrong = []
    for projection in PROJECTIONS:
        with pool.of(organisation) as connection, connection.transaction():
            connection.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ")  # rows and checkpoint of one moment
            at = checkpoints(connection, organisation)[projection.name].position
            there = rows(connection, projection, organisation)
        due = folded(pool, projection, organisation, whole_log(log, organisation)[:at])
        if there != due:
            wrong.append(f"{projection.name}: {len(there)} rows, {len(due)} due at {at}")
    return wrong


def unanswered(events: Sequence[StoredEvent], projects: Sequence[UUID]) -> list[str]:
    """Return which projects were not offered lessons, or the same one twice."""
    offered: dict[UUID, list[UUID]] = {}
    for each in events:
        if isinstance(each.event, LessonsSuggested):
            lessons = offered.setdefault(each.event.project_id, [])
            lessons += [suggestion.lesson_id for suggestion in each.event.suggestions]
    wrong = [f"{project} was never answered" for project in projects if project not in offered]
    return wrong + [
        f"{project} was offered a lesson twice" for project, ids in offered.items() if len(set(ids)) < len(ids)
    ]
