"""Texts that come again with each answer are embedded once a day."""

import numpy as np
import pytest
from fake_embedding import WordsEmbedder

from hardwon_worker import recalling
from hardwon_worker.recalling import Recall


def test_each_text_is_embedded_once() -> None:
    """Twice in one question, and again in the next; a new one among them is embedded alone, and all get their own vector."""
    embedder, recall = WordsEmbedder(), Recall()
    for asked in (["ferry", "pier", "ferry"], ["pier", "tram"]):
        found = recall.vectors(embedder, asked)
        for text in asked:
            np.testing.assert_allclose(found[text], WordsEmbedder().embed([text])[0], atol=1e-6)
    assert embedder.embedded == ["ferry", "pier", "tram"]


def test_another_model_embeds_anew() -> None:
    """Vectors of two models are of two worlds."""
    one, other, recall = WordsEmbedder(), WordsEmbedder("others"), Recall()
    for embedder in (one, other):
        recall.vectors(embedder, ["ferry"])
    assert other.embedded == ["ferry"]


@pytest.mark.parametrize(("seconds", "embedded"), [(60, 2), (0, 1)], ids=["later", "the control: at once"])
def test_nothing_is_kept_for_longer(monkeypatch: pytest.MonkeyPatch, seconds: int, embedded: int) -> None:
    """What was made of a text that is erased is gone after its time."""
    now = [0.0]
    monkeypatch.setattr(recalling, "_LONGEST", 50)
    monkeypatch.setattr(recalling, "monotonic", lambda: now[0])
    embedder, recall = WordsEmbedder(), Recall()
    recall.vectors(embedder, ["ferry"])
    now[0] += seconds
    recall.vectors(embedder, ["ferry"])
    assert len(embedder.embedded) == embedded
