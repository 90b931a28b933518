"""Times, and how they are told."""

import os
import time
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass

import numpy as np


@dataclass(frozen=True, slots=True)
class Times:
    """Milliseconds of one call, in the middle, and where one in twenty and one in a hundred takes longer."""

    p50: float
    p95: float
    p99: float


def timed(calls: Sequence[Callable[[], object]], *, at_once: int = 1) -> Times:
    """Make the calls, ``at_once`` of them by threads side by side."""

    def milliseconds(call: Callable[[], object]) -> float:
        began = time.perf_counter()
        call()
        return (time.perf_counter() - began) * 1_000

    with ThreadPoolExecutor(at_once) as threads:
        taken = list(threads.map(milliseconds, calls))
    return Times(*(round(float(each), 2) for each in np.percentile(taken, [50, 95, 99])))


def load() -> str:
    """Return what else the machine does: figures of a busy one tell little."""
    return f"load {os.getloadavg()[0]:.1f} on {os.cpu_count()} cores"
