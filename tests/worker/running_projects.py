"""Projects that run on while others learn, and days that pass for them."""

from datetime import timedelta
from typing import Any
from uuid import UUID

from in_process import Worker
from psycopg import Connection
from telling import BY_A_TEST, Teller

from hardwon import handlers, work
from hardwon.domain.commands import ChangeProfile
from hardwon.handlers import Request
from hardwon.ids import new_id
from hardwon.projections import recommendations
from hardwon.projections.following import Pool
from hardwon_worker.following import SWEEP

ABOUT = "The deploy, the release, the test of a server, a queue, a cache."


class Days:
    """Lets time pass: what was suggested and noted until now lies further back."""

    def __init__(self, owner: Connection[Any], worker: Worker, organisation_id: UUID) -> None:
        self._owner, self._worker, self._organisation_id = owner, worker, organisation_id

    def pass_(self, time: timedelta) -> None:
        names = {"by": time, "id": self._organisation_id}
        self._owner.execute(
            "UPDATE event SET recorded_at = recorded_at - %(by)s WHERE organisation_id = %(id)s AND type = 'lessons_suggested'",
            names,
        )
        self._owner.execute("UPDATE to_tell SET due_at = due_at - %(by)s WHERE organisation_id = %(id)s", names)
        self._worker.run(SWEEP)


def registered(teller: Teller, worker: Worker, name: str = "Running", **profile: Any) -> UUID:
    id_ = teller.project(name, **({"summary": ABOUT} | profile))
    worker.run(work.FOLLOW, teller.organisation_id)
    return id_


def changes(teller: Teller, worker: Worker, project_id: UUID, **profile: Any) -> None:
    command = ChangeProfile(project_id, profile)
    handlers.change_profile(teller.log, teller.organisation_id, command, Request(new_id(), BY_A_TEST))
    worker.run(work.FOLLOW, teller.organisation_id)


def learned(teller: Teller, worker: Worker, *words: str) -> list[UUID]:
    """Let as many past projects as words each draw a lesson that fits, and return the lessons."""
    drawn = [
        teller.lessons(teller.project("Past", ended_on="2020-01-01"), f"The {word}, {word} of the server was late.")[0]
        for word in words
    ]
    worker.run(work.FOLLOW, teller.organisation_id)
    return drawn


def told(teller: Teller, project_id: UUID) -> list[tuple[str, set[UUID]]]:
    """Return what the project was suggested, occasion by occasion, and make sure that nothing came twice."""
    answers = teller.suggested(project_id)
    ids = [each.lesson_id for answer in answers for each in answer.suggestions]
    assert len(ids) == len(set(ids))
    return [(answer.occasion, {each.lesson_id for each in answer.suggestions}) for answer in answers]


def state(pool: Pool, teller: Teller, project_id: UUID) -> str:
    with pool.of(teller.organisation_id) as connection:
        row = recommendations.get(connection, teller.organisation_id, project_id)
    assert row
    return str(row["state"])
