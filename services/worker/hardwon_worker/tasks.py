"""The tasks: they take ids as text, hand them on, and may run any number of times. What they do is in following.py."""

from collections.abc import Callable
from functools import partial, wraps
from typing import Any, Concatenate, ParamSpec, TypeVar
from uuid import UUID

from celery import Celery

from hardwon.domain.values import Occasion
from hardwon.log.pool import acting_for
from hardwon.work import FOLLOW, SEARCH, SIMILAR
from hardwon_worker import finding, following
from hardwon_worker.following import (
    COMPARE,
    EMBED,
    LONG_WORK,
    PUBLISH,
    SUGGEST,
    SWEEP,
    TELL,
    THEMES,
    TRAIN,
    WATCH,
    Parts,
)

Given = ParamSpec("Given")
Answer = TypeVar("Answer")
Offer = Callable[[Callable[..., Any]], object]


class OutOfMemory(Exception):
    """A task asked for more memory than there is."""


def register(app: Celery, parts: Callable[[], Parts]) -> None:
    """Offer the tasks; ``parts`` gives what this process has opened.

    Hard limits only: a soft one is an exception at any line, which a projection would take for a bad event. They are enforced by the
    prefork pool; threads end by themselves, since all work goes in batches and each statement is bounded.
    """
    # Celery would offer a task to every other application of the process too, and each would run the first one's.
    plain = _surviving(partial(app.task, shared=False))
    offer = _of_organisations(plain)

    @offer(name=FOLLOW, time_limit=50)
    def follow(organisation_id: str) -> None:
        following.follow(parts(), UUID(organisation_id))

    @offer(name=EMBED, time_limit=50)
    def embed(organisation_id: str) -> None:
        following.embed(parts(), UUID(organisation_id))

    @offer(name=WATCH, time_limit=50)
    def watch(organisation_id: str) -> None:
        following.watch(parts(), UUID(organisation_id))

    @offer(name=SUGGEST, time_limit=30)
    def suggest(organisation_id: str, project_id: str) -> None:
        following.suggest(parts(), UUID(organisation_id), UUID(project_id))

    @offer(name=COMPARE, time_limit=50)
    def compare(organisation_id: str) -> None:
        following.compare(parts(), UUID(organisation_id))

    @offer(name=TELL, time_limit=30)
    def tell(organisation_id: str, project_id: str, occasion: Occasion) -> None:
        following.tell(parts(), UUID(organisation_id), UUID(project_id), occasion)

    _offer_bulk(offer, parts)
    _offer_answers(offer, parts)
    _offer_upkeep(plain, parts)


def _offer_bulk(offer: Callable[..., Callable[[Callable[..., None]], object]], parts: Callable[[], Parts]) -> None:
    """Offer long work, which lets everything else have its turn."""

    @offer(name=TRAIN, time_limit=50)
    def train(organisation_id: str) -> None:
        following.train(parts(), UUID(organisation_id))

    @offer(name=THEMES, time_limit=50)
    def find_themes(organisation_id: str) -> None:
        following.find_themes(parts(), UUID(organisation_id))

    @offer(name=LONG_WORK, time_limit=50)
    def go_on(organisation_id: str, name: str) -> None:
        following.go_on(parts(), UUID(organisation_id), name)


def _offer_answers(offer: Callable[..., Callable[[Callable[..., object]], object]], parts: Callable[[], Parts]) -> None:
    """Offer what somebody waits for, with a result."""

    @offer(name=SEARCH, time_limit=10, ignore_result=False)
    def search(
        organisation_id: str, queries: list[str], limit: int, narrowed: dict[str, str] | None = None
    ) -> list[list[dict[str, Any]]]:
        return finding.search(parts(), UUID(organisation_id), queries, limit, narrowed or {})

    @offer(name=SIMILAR, time_limit=10, ignore_result=False)
    def similar(organisation_id: str, text: str, retrospective_id: str | None, limit: int) -> dict[str, Any]:
        meeting = UUID(retrospective_id) if retrospective_id else None
        return finding.similar(parts(), UUID(organisation_id), text, meeting, limit)


def _surviving(plain: Callable[..., Offer]) -> Callable[..., Offer]:
    return lambda **named: lambda task: plain(**named)(_told(task))


def _told(task: Callable[Given, Answer]) -> Callable[Given, Answer]:
    """Let a task that finds no memory fail like any other: from a MemoryError Celery never learns that the task's place is free again."""

    @wraps(task)
    def told(*given: Given.args, **named: Given.kwargs) -> Answer:
        try:
            return task(*given, **named)
        except MemoryError as error:
            raise OutOfMemory(task.__name__) from error

    return told


def _of_organisations(plain: Callable[..., Offer]) -> Callable[..., Offer]:
    return lambda **named: lambda task: plain(**named)(_acting(task))


def _acting(task: Callable[Concatenate[str, Given], Answer]) -> Callable[Concatenate[str, Given], Answer]:
    """Let the task see nothing but what belongs to the organisation that it is given first."""

    @wraps(task)
    def acting(organisation_id: str, /, *given: Given.args, **named: Given.kwargs) -> Answer:
        with acting_for(UUID(organisation_id)):
            return task(organisation_id, *given, **named)

    return acting


def _offer_upkeep(offer: Callable[..., Callable[[Callable[[], None]], object]], parts: Callable[[], Parts]) -> None:
    """Offer what the clock asks for."""

    @offer(name=PUBLISH, time_limit=50)
    def publish() -> None:
        parts().publishing.publish()

    @offer(name=SWEEP, time_limit=10)
    def sweep() -> None:
        following.sweep(parts())
