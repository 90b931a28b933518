"""Asking for tasks, each once while it waits, and leases on work that only one worker shall do; all of it may be lost at any moment."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from datetime import UTC, datetime

from celery import Celery
from redis import Redis
from redis.exceptions import LockError

from hardwon.work import FOLLOW, HINT_KEY, WORKER_KEY

_ASKED_KEY = "hardwon:asked:{task}:{arguments}"
_ASKED_SECONDS = 10
"""A task that got lost on its way is asked for again after this time at the latest."""
_LEASE_KEY = "hardwon:lease:{name}"
_LEASE_SECONDS = 6
"""Longer than a model takes for a batch, or two tasks do the same work; shorter than a person waits for a killed worker's."""
_ALIVE_SECONDS = 10


class Sending:
    """Sends tasks and keeps what coalesces them in the same Redis that carries them."""

    def __init__(self, app: Celery) -> None:
        self._app = app

    def send(self, task: str, *wanted: Sequence[str]) -> None:
        """Ask for ``task`` with each of the arguments ``wanted``, but not where it was asked for and has not begun."""
        with self._redis.pipeline(transaction=False) as pipe:
            for arguments in wanted:
                pipe.set(_key(task, arguments), "1", nx=True, ex=_ASKED_SECONDS)
            for arguments, fresh in zip(wanted, pipe.execute(), strict=True):
                if fresh:
                    self._app.tasks[task].apply_async(tuple(arguments))

    def begun(self, task: str, *arguments: str) -> None:
        """Say that the task runs: from now on, asking for it means that it shall run once more."""
        self._redis.delete(_key(task, arguments))

    @contextmanager
    def lease(self, name: str) -> Iterator[bool]:
        """Tell whether the work ``name`` is this task's for as long as the block lasts; if not, another one is at it.

        A killed worker's lease runs out, and any may be lost with Redis: a lease saves work, and must not guard what would be wrong if
        it were done twice.
        """
        lock = self._redis.lock(_LEASE_KEY.format(name=name), timeout=_LEASE_SECONDS)
        held = bool(lock.acquire(blocking=False))
        try:
            yield held
        finally:
            if held:
                with suppress(LockError):
                    lock.release()

    def say_alive(self) -> None:
        """Leave word that a worker takes tasks; the API tells it to whoever asks whether the service is ready."""
        self._redis.set(WORKER_KEY, datetime.now(UTC).isoformat(), ex=_ALIVE_SECONDS)

    @property
    def _redis(self) -> Redis:
        """Celery's own client of the result store: it knows every form of address that the broker does."""
        client: Redis = self._app.backend.client  # type: ignore[attr-defined]  # the types know the base class only
        return client


def _key(task: str, arguments: Sequence[str]) -> str:
    if task == FOLLOW:
        return HINT_KEY.format(organisation_id=arguments[0])
    return _ASKED_KEY.format(task=task, arguments=":".join(arguments))
