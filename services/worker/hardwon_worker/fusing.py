"""One score from two: how near a text is in meaning, and how well its words match. docs/decisions/0008 has the measurements."""

import numpy as np
import numpy.typing as npt

MEANING = 0.6
"""The share of meaning in the score; the rest is that of the words."""
FEEDBACK_FROM, FEEDBACK = 4, 0.5
"""The question is moved by this share toward so many best texts (pseudo-relevance feedback): the second counts half, the third a third."""

Floats = npt.NDArray[np.float64]


def fuse(wanted: Floats, vectors: Floats, lexical: Floats, mean: Floats) -> Floats:
    """Return a score for each candidate, the higher the better, comparable among them only.

    Args:
        wanted: the question's vector, (dimensions,).
        vectors: those of the candidates, (candidates, dimensions).
        lexical: how well the candidates' words match, (candidates,), in any unit.
        mean: of the corpus, (dimensions,). It is what all texts have in common, and taken away: what is left tells them apart.

    """
    asked, told = unit(wanted - mean), unit(vectors - mean)
    by_words = standardised(lexical)
    first = _fused(told @ asked, by_words)
    best = np.argsort(-first, kind="stable")[:FEEDBACK_FROM]
    target = np.average(told[best], axis=0, weights=1 / np.arange(1, len(best) + 1))
    moved = unit((1 - FEEDBACK) * asked + FEEDBACK * target)
    return _fused(told @ moved, by_words)


def unit(vectors: Floats) -> Floats:
    """Return the vectors with length 1; one without a direction stays as it is."""
    lengths = np.linalg.norm(vectors, axis=-1, keepdims=True)
    scaled: Floats = vectors / np.where(lengths > 0, lengths, 1)
    return scaled


def standardised(values: Floats) -> Floats:
    """Return the values as distances from their mean, in standard deviations; equal values are all 0."""
    spread = values.std()
    return (values - values.mean()) / spread if spread > 1e-9 else np.zeros_like(values)  # noqa: PLR2004 - rounding's size


def _fused(cosines: Floats, by_words: Floats) -> Floats:
    return MEANING * standardised(cosines) + (1 - MEANING) * by_words
