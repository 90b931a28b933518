"""Places: how much may go on at a time, of all together and of each who asks."""

import threading
from collections import Counter


class NoPlace(Exception):
    """All are taken: by everybody together, or by whoever asks."""

    def __init__(self, *, by_all: bool) -> None:
        super().__init__(by_all)
        self.by_all = by_all


class Places:
    """What goes on in this process, counted by who asked for it."""

    def __init__(self, most: int, most_each: int) -> None:
        self._most, self._most_each = most, most_each
        self._lock = threading.Lock()
        self._taken: Counter[str] = Counter()

    @property
    def taken(self) -> int:
        return self._taken.total()

    def take(self, whose: str) -> None:
        """Count one more.

        Raises:
            NoPlace: there is none for it.

        """
        with self._lock:
            full = self._taken.total() >= self._most
            if full or self._taken[whose] >= self._most_each:
                raise NoPlace(by_all=full)
            self._taken[whose] += 1

    def give_back(self, whose: str) -> None:
        with self._lock:
            self._taken[whose] -= 1
            if not self._taken[whose]:
                del self._taken[whose]  # who comes once shall not be remembered for ever
