"""What was added up from read models, kept until they move on: thousands of rows give the same few numbers again and again."""

from collections import OrderedDict
from collections.abc import Callable
from threading import Lock
from typing import Any, TypeVar
from uuid import UUID

_MOST = 256
"""So many sums are kept, those that were asked for last."""
Value = TypeVar("Value")


class Sums:
    """Sums by what they are of, with the state of the read models that they were made from. Never words: an erasure need not find them."""

    def __init__(self) -> None:
        self._kept: OrderedDict[tuple[UUID, str], tuple[Any, Any]] = OrderedDict()
        self._lock = Lock()

    def of(self, key: tuple[UUID, str], state: object, make: Callable[[], Value]) -> Value:
        """Return what was made in this state, or make it."""
        with self._lock:
            known, value = self._kept.get(key, (None, None))
        if known != state:
            value = make()
        with self._lock:
            self._kept[key] = (state, value)
            self._kept.move_to_end(key)
            if len(self._kept) > _MOST:
                self._kept.popitem(last=False)
        found: Value = value
        return found
