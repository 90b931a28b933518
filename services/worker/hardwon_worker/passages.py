"""Which sentence of a lesson answers a question: the one that holds most of its words, in their weights; else see pieces.py."""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

import numpy as np
from psycopg import Connection

from hardwon_worker import words
from hardwon_worker.fusing import Floats


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
    return apart(held, [told for told, _ in texts])


def apart(weights: Floats, told: Sequence[list[str]]) -> list[Floats]:
    """Return the weights of all texts' sentences text by text."""
    return np.split(weights, np.cumsum([len(each) for each in told])[:-1])
