"""Vectors held in this process: an organisation with many lessons is searched by comparing all of them in memory.

That takes 3 ms for 100,000 lessons and misses none, where the index takes four times as long and misses some. What is held is a copy: it is
brought up to the database before each question, dropped when another organisation needs the room, and lost with the process.
"""

from collections import OrderedDict
from collections.abc import Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from threading import Lock
from uuid import UUID

import numpy as np
import numpy.typing as npt
from psycopg.rows import tuple_row

from hardwon.log import epoch
from hardwon.projections.following import Pool
from hardwon.sql import queries
from hardwon_worker.fusing import Floats
from hardwon_worker.vectors import LiveModel, from_halfvec

SQL = queries("hardwon_worker", "retrieval.sql")
ROOM = 512 * 1024 * 1024
"""Bytes of vectors that a process holds at most, of all organisations together: some 300,000 lessons of 384 dimensions."""
_NUMBER = 4
"""Bytes."""
_AT_ONCE = 2
"""Threads that compare a part each: threads of our own, which sleep when they are done, and not those of BLAS, which spin."""
_GROWTH = 1.25
"""So much more room than is needed now is made when it runs out."""

Numbers = npt.NDArray[np.float32]


@dataclass
class _Held:
    """One organisation's vectors by one model."""

    vectors: Numbers
    era: str
    """Of another one nothing here may be used any more."""
    lessons: list[bytes] = field(default_factory=list)
    """Not UUIDs: Python would look through a hundred thousand of them for garbage, and hold up a question for some 20 ms."""
    places: dict[bytes, int] = field(default_factory=dict)
    texts: list[int] = field(default_factory=list)
    """Where in the log the text stands that each vector was made of."""
    known_position: int = 0
    """Texts that changed up to this log position are held; vectors are saved in the order in which the texts changed."""


class HeldVectors:
    """The vectors of the organisations asked lately."""

    def __init__(self, pool: Pool, room: int = ROOM) -> None:
        self._pool, self._room = pool, room
        self._held: OrderedDict[tuple[UUID, str], _Held] = OrderedDict()
        self._lock = Lock()
        self._threads = ThreadPoolExecutor(_AT_ONCE, "comparing")

    def has_room(self, lessons: int, live: LiveModel) -> bool:
        return lessons * live.dimensions * _NUMBER <= self._room

    def nearest(
        self, organisation_id: UUID, live: LiveModel, wanted: Sequence[float], limit: int
    ) -> list[tuple[UUID, float]]:
        """Return up to ``limit`` lessons with their cosines, the nearest first; some may have ended since, or say something else."""
        with self._lock:  # one brings it up to date, and the others wait for that instead of doing it too
            held = self._up_to_date(organisation_id, live)
            lessons, vectors = held.lessons, held.vectors[: len(held.lessons)]
        asked = np.asarray(wanted, np.float32)
        parts = self._threads.map(lambda part: part @ asked, np.array_split(vectors, _AT_ONCE))
        cosines = np.concatenate(list(parts))
        first = np.argpartition(-cosines, limit - 1)[:limit] if len(cosines) > limit else np.arange(len(cosines))
        order = first[np.argsort(-cosines[first], kind="stable")]
        return [(UUID(bytes=lessons[at]), float(cosines[at])) for at in order]

    def of(self, organisation_id: UUID, live: LiveModel, texts: Mapping[UUID, int]) -> dict[UUID, Floats]:
        """Return those vectors of these texts (lesson -> its text's log position) that are held."""
        with self._lock:
            held = self._held.get((organisation_id, live.model))
            if held is None:
                return {}
            places = {each: held.places[each.bytes] for each in texts if each.bytes in held.places}
            return {
                each: held.vectors[at].astype(float) for each, at in places.items() if held.texts[at] == texts[each]
            }

    def _up_to_date(self, organisation_id: UUID, live: LiveModel) -> _Held:
        key = (organisation_id, live.model)
        with self._pool.connection() as connection, connection.cursor(row_factory=tuple_row, binary=True) as cursor:
            era = epoch.era(connection, organisation_id)
            held = self._held.get(key)
            if held is None or held.era != era:
                held = _Held(np.empty((0, live.dimensions), np.float32), era)
            self._held[key] = held
            self._held.move_to_end(key)
            names = {"organisation_id": organisation_id, "model": live.model, "after": held.known_position}
            fresh = cursor.execute(SQL["vectors_since"], names).fetchall()
        if fresh:
            _take(held, fresh)
            self._make_room()
        return held

    def _make_room(self) -> None:
        while len(self._held) > 1 and sum(each.vectors.nbytes for each in self._held.values()) > self._room:
            self._held.popitem(last=False)


def _take(held: _Held, fresh: Sequence[tuple[bytes, bytes, int]]) -> None:
    """Add new lessons behind the others, and put changed ones in their place."""
    new = [lesson_id for lesson_id, _, _ in fresh if lesson_id not in held.places]
    needed = len(held.lessons) + len(new)
    if needed > len(held.vectors):
        larger = np.empty((int(needed * _GROWTH), held.vectors.shape[1]), np.float32)
        larger[: len(held.lessons)] = held.vectors[: len(held.lessons)]
        held.vectors = larger
    held.places |= {lesson_id: place for place, lesson_id in enumerate(new, start=len(held.lessons))}
    held.texts.extend([0] * len(new))
    for lesson_id, binary, text_position in fresh:
        held.vectors[held.places[lesson_id]] = from_halfvec(binary)
        held.texts[held.places[lesson_id]] = text_position
    held.lessons = [*held.lessons, *new]  # another list: whoever searches now goes on with the one he has
    held.known_position = fresh[-1][2]
