"""Vectors that behave like those of texts, without embedding every text: each lies between those of three real sentences.

How hard neighbours are to find depends on how many directions there are to be near in (local intrinsic dimension): some 26 among sentences
of public sets of lessons, some 38 among these. Drawn freely around a topic, as by a normal distribution, they would have 55.
"""

import numpy as np
import numpy.typing as npt

from hardwon.ports import Embedder
from hardwon_bench.texts import Ints, Speech

Vectors = npt.NDArray[np.float32]
_OF_TOPIC = 8
"""Sentences of each topic that are embedded."""
_BATCH = 32


def vectors(speech: Speech, topics: Ints, embedder: Embedder, chance: np.random.Generator) -> Vectors:
    """Return a unit vector for a lesson of each of the topics: between a sentence of its topic and two of any."""
    sentences = speech.sentences(np.repeat(np.arange(speech.topics), _OF_TOPIC), chance)
    shares = chance.dirichlet([1, 1, 1], len(topics)).astype(np.float32)
    between = [
        (speech.topics_of(len(topics), chance) if place else topics) * _OF_TOPIC
        + chance.integers(0, _OF_TOPIC, len(topics))
        for place in range(shares.shape[1])
    ]
    # Few lessons lie between few sentences: only those are embedded.
    needed, found = np.unique(between, return_inverse=True)
    embedded = embed(embedder, [sentences[at] for at in needed])
    made = np.zeros((len(topics), embedded.shape[1]), np.float32)
    for share, places in zip(shares.T, found.reshape(len(between), -1), strict=True):
        made += share[:, None] * embedded[places]
    lengths: Vectors = np.linalg.norm(made, axis=1, keepdims=True)
    return made / lengths


def embed(embedder: Embedder, texts: list[str]) -> Vectors:
    made = [
        vector for start in range(0, len(texts), _BATCH) for vector in embedder.embed(texts[start : start + _BATCH])
    ]
    return np.array(made, np.float32)
