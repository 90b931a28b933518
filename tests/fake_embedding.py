"""An embedder without a model: texts that share words are near to each other. It passes the contract that the real one passes."""

import math
import re
import time
from collections.abc import Sequence
from hashlib import blake2b
from pathlib import Path

from hardwon.ports import EmbeddingModel

DIMENSIONS = 64


class WordsEmbedder:
    """Each word adds to a few places of the vector, always the same ones."""

    def __init__(self, source: str = "words", *, pause: float = 0.0, told: Path | None = None) -> None:
        self.model = EmbeddingModel(f"{source}@fake", DIMENSIONS)
        self.embedded: list[str] = []
        """Every text that was ever asked for, so that a test can count."""
        self._pause = pause
        self._told = told

    def embed(self, texts: Sequence[str]) -> list[list[float]]:
        self.embedded += texts
        if self._told:
            with self._told.open("a") as file:
                file.writelines(f"{text!r}\n" for text in texts)
        time.sleep(self._pause * len(texts))
        return [_vector(text) for text in texts]

    def closeness(self, question: str, sentences: Sequence[str]) -> Sequence[float]:
        asked = _vector(question)
        return [sum(a * b for a, b in zip(asked, _vector(each), strict=True)) for each in sentences]


def _vector(text: str) -> list[float]:
    sums = [0.0] * DIMENSIONS
    for word in re.findall(r"\w+", text.lower()) or [""]:
        digest = blake2b(word.encode(), digest_size=8).digest()
        for place in digest[:4]:
            sums[place % DIMENSIONS] += 1.0 if digest[4] & 1 else -1.0
    length = math.sqrt(sum(each * each for each in sums)) or 1.0
    return [each / length for each in sums] if length else sums
