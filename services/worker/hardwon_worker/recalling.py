"""Vectors of texts that come again with each answer: what projects were about, and the cases that lessons are meant for."""

from collections.abc import Sequence
from hashlib import sha256
from threading import Lock
from time import monotonic

import numpy as np
import numpy.typing as npt
from cachetools import TTLCache

from hardwon.ports import Embedder

_MOST = 10_000
"""Some 15 MB."""
_LONGEST = 24 * 3600
"""Seconds: nothing made of a text that was erased stays for longer. It lies in memory only, under a hash, and no text is kept."""

Vector = npt.NDArray[np.float32]


class Recall:
    """Embeds texts, each once a day as long as there are not too many."""

    def __init__(self) -> None:
        self._kept: TTLCache[bytes, Vector] = TTLCache(_MOST, _LONGEST, timer=monotonic)
        self._lock = Lock()

    def vectors(self, embedder: Embedder, texts: Sequence[str]) -> dict[str, Vector]:
        """Return text -> vector of length 1."""
        keys = {text: sha256(f"{embedder.model.name}\n{text}".encode()).digest() for text in texts}
        with self._lock:
            found = {text: vector for text, key in keys.items() if (vector := self._kept.get(key)) is not None}
        missing = [text for text in keys if text not in found]
        if missing:
            fresh = dict(zip(missing, np.asarray(embedder.embed(missing), dtype=np.float32), strict=True))
            found |= fresh
            with self._lock:
                self._kept.update({keys[text]: vector for text, vector in fresh.items()})
        return found
