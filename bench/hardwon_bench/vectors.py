"""Vectors that behave like those of texts, without embedding every text: drawn around those of real sentences, and spread as they are."""

import numpy as np
import numpy.typing as npt

from hardwon.ports import Embedder
from hardwon_bench.texts import Ints, Speech

Vectors = npt.NDArray[np.float32]
_SENTENCES = 4
"""So many of each topic are embedded."""
_BATCH = 32
_MANNER = 0.75
"""The share of a lesson's own in where it lies, beside its topic's: so its nearest are about as near as in public sets of lessons."""


def vectors(speech: Speech, topics: Ints, embedder: Embedder, chance: np.random.Generator) -> Vectors:
    """Return a unit vector for a lesson of each of the topics."""
    told = np.repeat(np.arange(speech.topics), _SENTENCES)
    embedded = embed(embedder, speech.sentences(told, chance))
    of_topic = embedded.reshape(speech.topics, _SENTENCES, -1).mean(axis=1)
    spread = (embedded - embedded.mean(axis=0)) / np.sqrt(len(embedded))
    made = np.empty((len(topics), embedded.shape[1]), np.float32)
    for start in range(0, len(topics), 10_000):
        part = slice(start, start + 10_000)
        own = chance.standard_normal((len(topics[part]), len(embedded)), np.float32) @ spread
        made[part] = of_topic[topics[part]] + _MANNER * own
    lengths: Vectors = np.linalg.norm(made, axis=1, keepdims=True)
    return made / lengths


def embed(embedder: Embedder, texts: list[str]) -> Vectors:
    made = [vector for start in range(0, len(texts), _BATCH) for vector in embedder.embed(texts[start : start + _BATCH])]
    return np.array(made, np.float32)
