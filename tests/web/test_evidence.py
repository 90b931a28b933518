"""Whether a lesson helped, as the project is told that answered it itself."""

from hardwon_api.answers import Evidence


def test_what_one_said_oneself_is_no_evidence() -> None:
    """Of two that adopted it, one of which it helped, the one hears of the other; who said nothing hears of both."""
    told = Evidence(adopted=2, helped=1, not_relevant=1)
    assert told.without("adopted", None) == Evidence(adopted=1, helped=1, not_relevant=1)
    assert told.without("adopted", "helped") == Evidence(adopted=1, not_relevant=1)
    assert told.without("adopted", "too_early") == Evidence(adopted=1, helped=1, not_relevant=1)
    assert told.without() == told.without(None, None) == told


def test_a_read_model_that_lags_gives_no_number_below_nothing() -> None:
    """The project's answer is known, and the lesson has yet to count it."""
    assert Evidence().without("adopted", "helped") == Evidence()
