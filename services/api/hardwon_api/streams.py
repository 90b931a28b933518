"""Counting live streams: each holds a thread for as long as it lasts, so they have a cap."""

import threading
from collections import Counter

from hardwon_api.problems import Refusal


class Streams:
    """The open streams of this process."""

    def __init__(self, most: int, most_per_token: int) -> None:
        self._most, self._most_per_token = most, most_per_token
        self._lock = threading.Lock()
        self._open: Counter[str] = Counter()

    @property
    def open(self) -> int:
        return self._open.total()

    def take(self, token: str) -> None:
        """Count one more, or refuse it."""
        with self._lock:
            full = self._open.total() >= self._most
            if full or self._open[token] >= self._most_per_token:
                whose = "this service's" if full else "this token's"
                raise Refusal(
                    429, "too-many-streams", f"All {whose} live streams are taken.", headers={"Retry-After": "5"}
                )
            self._open[token] += 1

    def give_back(self, token: str) -> None:
        with self._lock:
            self._open[token] -= 1
