"""Vectors held in this process: an organisation with many lessons is searched by comparing all of them in memory.

All are compared as bytes, in a sixth of the time that single precision takes, and the best of them again as they are; docs/decisions/0009
has the figures. What is held is a copy: brought up to the database before each question, dropped when another organisation needs the room,
and lost with the process.
"""

from collections import OrderedDict
from collections.abc import Mapping, Sequence
from concurrent.futures import Executor, ThreadPoolExecutor
from dataclasses import dataclass, field
from threading import Lock
from typing import NamedTuple
from uuid import UUID

import numkong
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
"""Bytes of vectors that a process holds at most, of all organisations together: some 400,000 lessons of 384 dimensions."""
_NUMBER = 3
"""Bytes: one rounded, two exact."""
_LOOKED_AT = 3
"""So many times as many as are wanted are compared exactly: rounding moves a lesson by some places only."""
_SAMPLE, _OVER = 16, 3
"""Of one lesson in so many the border is guessed behind which the nearest lie, so low that so many times as many lie behind it."""
_GROWTH = 1.25
"""So much more room than is needed now is made when it runs out."""

Halves = npt.NDArray[np.float16]
Bytes = npt.NDArray[np.int8]


class Snapshot(NamedTuple):
    """One organisation's vectors as they were at one moment; whoever searches goes on with it while others bring new ones."""

    lessons: list[bytes]
    """Not UUIDs: Python would look through a hundred thousand of them for garbage, and hold up a question for some 20 ms."""
    exact: Halves
    rounded: Bytes
    steps: npt.NDArray[np.float32]
    """What a rounded vector's numbers are to be multiplied by."""
    beside: Executor
    """Compares half of them, on another core."""

    def nearest(self, wanted: Sequence[float], limit: int) -> list[tuple[UUID, float]]:
        """Return up to ``limit`` lessons with their cosines, the nearest first; some may have ended since, or say something else."""
        asked = np.asarray(wanted, np.float32)
        in_steps, half = rounded(asked[None])[0], len(self.rounded) // 2
        later = self.beside.submit(_products, in_steps, self.rounded[half:])
        about = np.concatenate([_products(in_steps, self.rounded[:half]), later.result()])
        first = _largest(about * self.steps, _LOOKED_AT * limit)
        cosines = self.exact[first].astype(np.float32) @ asked
        best = np.argsort(-cosines, kind="stable")[:limit]
        return [(UUID(bytes=self.lessons[first[at]]), float(cosines[at])) for at in best]


@dataclass
class _Held:
    """One organisation's vectors by one model."""

    exact: Halves
    rounded: Bytes
    steps: npt.NDArray[np.float32]
    era: str
    """Of another one nothing here may be used any more."""
    lessons: list[bytes] = field(default_factory=list)
    places: dict[bytes, int] = field(default_factory=dict)
    texts: list[int] = field(default_factory=list)
    """Where in the log the text stands that each vector was made of."""
    known_position: int = 0
    """Texts that changed up to this log position are held; vectors are saved in the order in which the texts changed."""

    def grow(self, needed: int) -> None:
        """Make room for so many lessons, and some more. Whoever searches goes on with the arrays he has."""
        if needed > len(self.steps):
            more = int(needed * _GROWTH) - len(self.steps)
            self.exact = np.pad(self.exact, ((0, more), (0, 0)))
            self.rounded = np.pad(self.rounded, ((0, more), (0, 0)))
            self.steps = np.pad(self.steps, (0, more))

    @property
    def size(self) -> int:
        return self.exact.nbytes + self.rounded.nbytes


class HeldVectors:
    """The vectors of the organisations asked lately."""

    def __init__(self, pool: Pool, room: int = ROOM) -> None:
        self._pool, self._room = pool, room
        self._held: OrderedDict[tuple[UUID, str], _Held] = OrderedDict()
        self._lock, self._beside = Lock(), ThreadPoolExecutor(1, "half")

    def has_room(self, lessons: int, live: LiveModel) -> bool:
        return lessons * live.dimensions * _NUMBER <= self._room

    def now(self, organisation_id: UUID, live: LiveModel) -> Snapshot:
        """Return the vectors of all lessons whose present text has one."""
        with self._lock:  # one brings it up to date, and the others wait for that instead of doing it too
            held = self._up_to_date(organisation_id, live)
            count = len(held.lessons)
            return Snapshot(held.lessons, held.exact[:count], held.rounded[:count], held.steps[:count], self._beside)

    def of(self, organisation_id: UUID, live: LiveModel, texts: Mapping[UUID, int]) -> dict[UUID, Floats]:
        """Return those vectors of these texts (lesson -> its text's log position) that are held."""
        with self._lock:
            held = self._held.get((organisation_id, live.model))
            if held is None:
                return {}
            places: dict[UUID, int] = {}
            for each, text_position in texts.items():
                at = held.places.get(each.bytes)
                if at is not None and held.texts[at] == text_position:
                    places[each] = at
            vectors = held.exact[list(places.values())].astype(float) if places else ()
        return dict(zip(places, vectors, strict=True))

    def _up_to_date(self, organisation_id: UUID, live: LiveModel) -> _Held:
        key = (organisation_id, live.model)
        with (
            self._pool.of(organisation_id) as connection,
            connection.cursor(row_factory=tuple_row, binary=True) as cursor,
        ):
            era = epoch.era(connection, organisation_id)
            held = self._held.get(key)
            if held is None or held.era != era:
                none = (0, live.dimensions)
                held = _Held(np.empty(none, np.float16), np.empty(none, np.int8), np.empty(0, np.float32), era)
            self._held[key] = held
            self._held.move_to_end(key)
            names = {"organisation_id": organisation_id, "model": live.model, "after": held.known_position}
            fresh = cursor.execute(SQL["vectors_since"], names).fetchall()
        if fresh:
            _take(held, fresh)
            self._make_room()
        return held

    def _make_room(self) -> None:
        while len(self._held) > 1 and sum(each.size for each in self._held.values()) > self._room:
            self._held.popitem(last=False)


def _take(held: _Held, fresh: Sequence[tuple[bytes, bytes, int]]) -> None:
    """Add new lessons behind the others, and put changed ones in their place."""
    new = [lesson_id for lesson_id, _, _ in fresh if lesson_id not in held.places]
    held.grow(len(held.lessons) + len(new))
    held.places |= {lesson_id: place for place, lesson_id in enumerate(new, start=len(held.lessons))}
    held.texts.extend([0] * len(new))
    # In single precision: as Python's floats a first 100,000 lessons would take most of a gigabyte for this moment.
    vectors = np.stack([from_halfvec(binary).astype(np.float32) for _, binary, _ in fresh])
    places = [held.places[lesson_id] for lesson_id, _, _ in fresh]
    held.exact[places] = vectors
    held.rounded[places], held.steps[places] = rounded(vectors)
    for place, (_, _, text_position) in zip(places, fresh, strict=True):
        held.texts[place] = text_position
    held.lessons = [*held.lessons, *new]  # another list: whoever searches now goes on with the one he has
    held.known_position = fresh[-1][2]


def rounded(vectors: npt.NDArray[np.floating]) -> tuple[Bytes, npt.NDArray[np.float32]]:
    """Return the vectors in steps of a 127th of each one's largest number, and these steps."""
    # A vector of zeros must not divide by zero.
    steps = np.maximum(np.abs(vectors).max(axis=1) / 127, 1e-12).astype(np.float32)
    return np.rint(vectors / steps[:, None]).astype(np.int8), steps


def _products(asked: Bytes, vectors: Bytes) -> npt.NDArray[np.float32]:
    """Return the product of what is asked, (1, dimensions), with each vector, (vectors, dimensions)."""
    return np.asarray(numkong.cdist(asked, vectors, metric="dot", out_dtype="float32")).ravel()


def _largest(values: npt.NDArray[np.float32], count: int) -> npt.NDArray[np.intp]:
    """Return where the largest stand, in no order."""
    if len(values) <= count:
        return np.arange(len(values))
    # A sixteenth tells about where the border is; what is over it is few, and ordering all would take eight times as long.
    sample = values[::_SAMPLE]
    over = min(len(sample) - 1, _OVER * count // _SAMPLE + _SAMPLE)
    places = np.flatnonzero(values >= -np.partition(-sample, over)[over])
    among = places if len(places) >= count else np.arange(len(values))
    return among[np.argpartition(values[among], len(among) - count)[len(among) - count :]]
