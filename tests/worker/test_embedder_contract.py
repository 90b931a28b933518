"""What every embedder must do, the tests' own as well as the real one, so that the one cannot drift from the other."""

import numpy as np
import pytest
from fake_embedding import WordsEmbedder

from hardwon.ports import Embedder

TEXTS = [
    "The release was late because nobody tested the deployment.",
    "Nobody had tested the deployment, so the release was late.",
    "Tomato soup wants basil.",
    "",
    "word " * 3_000,
]


@pytest.fixture(params=["words", "real"])
def each_embedder(request: pytest.FixtureRequest) -> Embedder:
    embedder: Embedder = WordsEmbedder() if request.param == "words" else request.getfixturevalue("real_embedder")
    return embedder


def test_one_vector_of_unit_length_a_text(each_embedder: Embedder) -> None:
    """Whatever the text, empty or long, its vector has the model's dimensions and length one."""
    vectors = each_embedder.embed(TEXTS)
    assert [len(vector) for vector in vectors] == [each_embedder.model.dimensions] * len(TEXTS)
    assert np.linalg.norm(vectors, axis=1) == pytest.approx(np.ones(len(TEXTS)), abs=1e-3)


def test_nothing_gives_nothing(each_embedder: Embedder) -> None:
    """No texts, no vectors."""
    assert each_embedder.embed([]) == []


def test_the_order_and_the_company_of_texts_do_not_matter(each_embedder: Embedder) -> None:
    """A text has the same vector alone and among others, in the place where it stood."""
    together = each_embedder.embed(TEXTS)
    alone = [each_embedder.embed([text])[0] for text in TEXTS]
    assert np.asarray(together) == pytest.approx(np.asarray(alone), abs=1e-3)


def test_texts_that_say_the_same_are_nearer_than_others(each_embedder: Embedder) -> None:
    """Nearness means something: two tellings of one story are nearer to each other than to a recipe."""
    late, late_again, soup = each_embedder.embed(TEXTS[:3])
    assert np.dot(late, late_again) > 0.7
    assert np.dot(late, soup) < 0.4


def test_the_sentence_that_answers_comes_closest(each_embedder: Embedder) -> None:
    """A question comes closest to the sentence that tells of the same, whatever stands around it."""
    question = "Why was the release late?"
    told = ["Lunch was good.", TEXTS[0], TEXTS[2], "we"]
    assert int(np.argmax(each_embedder.closeness(question, told))) == 1
    assert len(each_embedder.closeness(question, [TEXTS[3], "\u200b"])) == 2


def test_the_model_is_named(each_embedder: Embedder) -> None:
    """The name fits into an event and a checkpoint, and says more than nothing."""
    assert 0 < len(each_embedder.model.name) <= 100
