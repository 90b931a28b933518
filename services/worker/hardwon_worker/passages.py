"""Which sentence of a lesson answers a question: the one that holds most of its words, in their weights, or is nearest in meaning."""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

import numpy as np
from psycopg import Connection

from hardwon_worker import words
from hardwon_worker.fusing import Floats

_WEIGHED_BY_MEANING = 3
"""So many sentences are embedded for one answer,"""
_READ_FIRST = 3
"""of those so many lessons that are read first: embedding takes longer than all else of an answer."""


def worth_embedding(told: Sequence[list[str]], shares_words: Sequence[bool]) -> list[int]:
    """Return which texts, among those that share no word with the question, are weighed by meaning: as long as a person waits gladly."""
    wordless = [at for at, shares in enumerate(shares_words[:_READ_FIRST]) if not shares and len(told[at]) > 1]
    size = np.cumsum([len(told[at]) for at in wordless])
    return wordless[: int(np.searchsorted(size, _WEIGHED_BY_MEANING, side="right"))]


def word_weights(
    connection: Connection[Any],
    organisation_id: UUID,
    asked: words.Asked,
    texts: Sequence[tuple[list[str], str]],
) -> list[Floats]:
    """Return how much of what was asked the words of each sentence are, for each text (its sentences and its language)."""
    flat = [sentence for told, _ in texts for sentence in told]
    languages = [language for told, language in texts for _ in told]
    held = words.weights_of(connection, organisation_id, asked, flat, languages)
    return np.split(held, np.cumsum([len(told) for told, _ in texts])[:-1])
