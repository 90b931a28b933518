"""Copies of words in Redis: what was asked of a search and what it answered. ``hardwon erase`` forgets them."""

from redis import Redis
from redis.exceptions import ResponseError

from hardwon.config import load
from hardwon.work import BULK, INTERACTIVE
from hardwon_worker.settings import WorkerSettings

_WAITING = (INTERACTIVE, BULK, "unacked", "unacked_index")
"""Tasks that wait, and those begun. Whatever they would have brought about is asked for again by the next sweep."""
_ANSWERS = "celery-task-meta-*"


def forget() -> str:
    """Delete every task and every answer: which of them holds whose words cannot be told."""
    return forget_in(load(WorkerSettings).redis_url.get_secret_value())


def forget_in(redis_url: str) -> str:
    with Redis.from_url(redis_url) as redis:
        answers = list(redis.scan_iter(_ANSWERS, count=1_000))
        redis.delete(*_WAITING, *answers)
        return f"Redis holds no task and no answer any more ({len(answers)} answers deleted); {_rewritten(redis)}."


def _rewritten(redis: "Redis") -> str:
    """Have the append-only file written anew: what was deleted stands in it until then."""
    try:
        redis.bgrewriteaof()
    except ResponseError as error:  # a managed Redis may not allow it, or one is under way
        return f"its append-only file was not written anew ({error})"
    return "its append-only file is being written anew"
