"""Asking a worker to search: a task with a result, since only workers carry the embedding model."""

import time
from collections.abc import Mapping, Sequence
from typing import Any
from uuid import UUID

import structlog
from celery import Celery
from celery.exceptions import CeleryError
from celery.states import FAILURE, SUCCESS
from kombu.exceptions import KombuError
from redis.exceptions import RedisError

from hardwon import work
from hardwon.domain.errors import Busy
from hardwon_api.context import not_answering
from hardwon_api.found import Found, NearPoint
from hardwon_api.settings import ApiSettings

_PAUSE = 0.005  # seconds between two looks for the result
log = structlog.get_logger()
_WORKER = "A worker that could search"


class WorkerSearch:
    """Implements ``hardwon_api.context.Search``.

    The result is looked up by its key instead of awaited: Celery's way to await one shares a subscription between threads,
    and this service answers from many.
    """

    def __init__(self, settings: ApiSettings, app: Celery) -> None:
        self._app = app
        self._results = Celery("hardwon-results", backend=settings.redis_url.get_secret_value(), set_as_current=False)
        self._timeout = settings.search_timeout

    def find(
        self, organisation_id: UUID, queries: Sequence[str], limit: int, narrowed: Mapping[str, str]
    ) -> list[list[Found]]:
        result = self._ask(work.SEARCH, [str(organisation_id), list(queries), limit, dict(narrowed)])
        return [[_found(each) for each in found] for found in result]

    def similar(
        self, organisation_id: UUID, text: str, retrospective_id: UUID | None, limit: int
    ) -> tuple[list[Found], list[NearPoint]]:
        meeting = str(retrospective_id) if retrospective_id else None
        result = self._ask(work.SIMILAR, [str(organisation_id), text, meeting, limit])
        points = [NearPoint(UUID(each["point_id"]), each["similarity"]) for each in result["points"]]
        return [_found(each) for each in result["lessons"]], points

    def _ask(self, task: str, arguments: list[Any]) -> Any:  # noqa: ANN401 - whatever the task answers
        """Return what a worker answers.

        Raises:
            Busy: none does in time.
            Unavailable: the broker is away, or the worker failed; a line says why.

        """
        try:
            if self._waiting() >= work.LONGEST_QUEUE:
                raise Busy("More is asked than the workers can answer; try again in a moment.")
            sent = self._app.send_task(
                task,
                arguments,
                queue=work.INTERACTIVE,
                ignore_result=False,
                expires=self._timeout,
            )
            return self._result(sent.id)
        except (CeleryError, KombuError, RedisError, OSError) as error:
            log.warning("search_impossible", error=type(error).__name__)
            raise not_answering("The broker") from error

    def _waiting(self) -> int:
        backend: Any = self._results.backend
        return int(backend.client.llen(work.INTERACTIVE))

    def _result(self, task_id: str) -> Any:  # noqa: ANN401 - as above
        backend: Any = self._results.backend
        deadline = time.monotonic() + self._timeout
        while time.monotonic() < deadline:
            told = backend.get_task_meta(task_id, cache=False)
            if told["status"] in {SUCCESS, FAILURE}:
                backend.delete(backend.get_key_for_task(task_id))
                if told["status"] == FAILURE:
                    log.warning("search_failed", task_id=task_id, error=type(told["result"]).__name__)
                    raise not_answering(_WORKER)
                return told["result"]
            time.sleep(_PAUSE)
        raise Busy(not_answering(_WORKER).message)


def _found(told: dict[str, Any]) -> Found:
    return Found(**told | {"lesson_id": UUID(told["lesson_id"])})
