"""How close a sentence comes to a question, word piece by word piece: by the vectors that a model begins with, before it reads any context.

Near enough to choose a passage by while somebody waits: reading sentences in context takes some 5 ms each, this less than one for all.
docs/decisions/0009 has the figures. The measure is that of late interaction (Khattab and Zaharia, "ColBERT", 2020), on static vectors.
"""

from collections.abc import Callable, Sequence

import numpy as np
import numpy.typing as npt

from hardwon_worker.fusing import Floats, unit

Tokenize = Callable[[Sequence[str]], list[list[int]]]
"""From texts to the numbers of their word pieces, each text with one at least."""


def centred(vectors: npt.NDArray[np.float32]) -> npt.NDArray[np.float16]:
    """Return the vectors of all word pieces, (pieces, dimensions), without what they have in common, of length one."""
    return unit((vectors - vectors.mean(axis=0)).astype(np.float64)).astype(np.float16)


class Pieces:
    """A model's word pieces. Threads may share it."""

    def __init__(self, vectors: npt.NDArray[np.float16], tokenize: Tokenize) -> None:
        self._vectors, self._tokenize = vectors, tokenize

    def closeness(self, question: str, sentences: Sequence[str]) -> Floats:
        """Return for each sentence how close it comes, comparable among these only: each piece of the question counts with its nearest.

        The more of the sentences hold a piece, the less it tells them apart, and the less it weighs.
        """
        first, *told = self._tokenize([question, *sentences])
        asked, flat = np.array(first), np.concatenate(told)
        starts = np.cumsum([0, *(len(each) for each in told[:-1])])
        cosines = self._vectors[asked].astype(np.float32) @ self._vectors[flat].astype(np.float32).T
        held = np.logical_or.reduceat(asked[:, None] == flat, starts, axis=1).sum(axis=1)
        weights = np.log((len(told) + 1) / (held + 0.5))
        closeness: Floats = weights @ np.maximum.reduceat(cosines, starts, axis=1)
        return closeness
