"""A search that nobody answers: what the page says where many ask, and where something is broken."""

import re
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest
from browser import COOKIE, Browser
from kombu.exceptions import OperationalError

from hardwon.domain.errors import Busy, Unavailable
from hardwon_api.app import create_app
from hardwon_api.context import Deps
from hardwon_api.searching import WorkerSearch

SAID = "Many are asking just now"
BROKEN = Unavailable("The lessons are being embedded anew.")


@pytest.fixture
def failing(deps: Deps, signed_in: Callable[..., Browser]) -> Callable[[Exception], Browser]:
    """Return what opens a browser before a Hardwon whose every search fails like this."""

    class Search:
        def __init__(self, error: Exception) -> None:
            self.error = error

        def find(self, *_: object) -> Any:
            raise self.error

    def browser(error: Exception) -> Browser:
        known = signed_in()
        app = create_app(replace(deps, search=Search(error)))  # type: ignore[arg-type]
        client = app.test_client()
        client.set_cookie(COOKIE, known.secret or "")
        return replace(known, http=client)

    return browser


@pytest.mark.parametrize("error", [Busy(), BROKEN], ids=["many ask", "broken"])
def test_only_where_many_ask_the_page_says_so(error: Exception, failing: Callable[[Exception], Browser]) -> None:
    """What does not work for another reason is said to be out of breath, and is not asked again by itself."""
    answer = failing(error).get("/search?q=gates")
    assert answer.status_code == 503
    assert (SAID in answer.text) is isinstance(error, Busy)
    assert ("Out of breath" in answer.text) is not isinstance(error, Busy)
    assert "Nothing found" not in answer.text  # which is heard where nobody has looked yet


def test_without_script_it_is_not_said_to_ask_by_itself(failing: Callable[[Exception], Browser]) -> None:
    """That sentence waits for a script; without one I read that I may ask again, and find the way to."""
    told = failing(Busy()).get("/search?q=gates").text
    assert "data-scripted hidden" in told.partition(SAID)[0].rpartition("hx-trigger")[2]
    without = told.partition("<noscript>")[2].partition("</noscript>")[0]
    assert "Too many are asking just now" in without
    assert "Ask again" in without


@pytest.mark.parametrize(("again", "then"), [("-99", "again=1"), ("0", "again=1"), ("4", "again=5"), ("5", None)])
def test_it_asks_five_times_at_most(again: str, then: str | None, failing: Callable[[Exception], Browser]) -> None:
    """Whatever an address says of how often it has asked."""
    told = failing(Busy()).get(f"/search?q=gates&again={again}").text
    assert (SAID in told) is bool(then)
    assert then is None or f"/search?{then}&" in told


def test_those_who_were_refused_together_do_not_come_together_again(failing: Callable[[Exception], Browser]) -> None:
    """Each page asks again after a while of its own: not before Retry-After says, and not twice as late."""
    browser = failing(Busy())
    answers = [browser.get("/search?q=gates") for _ in range(8)]
    whiles = [int(said) for each in answers for said in re.findall(r'"load delay:(\d+)ms"', each.text)]
    assert len(whiles) == len(answers)
    assert len(set(whiles)) > 1
    least = 1_000 * int(answers[0].headers["Retry-After"])
    assert all(least <= each < 2 * least for each in whiles)


def test_a_worker_that_is_late_is_told_from_a_broker_that_is_away(
    deps: Deps, monkeypatch: pytest.MonkeyPatch, organisation: Any, capsys: pytest.CaptureFixture[str]
) -> None:
    """Nobody takes the question: many ask. The broker is away: something is broken, and a line says what."""
    search = deps.search
    assert isinstance(search, WorkerSearch)
    with pytest.raises(Busy):
        search.find(organisation, ["gates"], 1, {})

    def away(_: object) -> int:
        raise OperationalError

    monkeypatch.setattr(WorkerSearch, "_waiting", away)
    with pytest.raises(Unavailable) as refused:
        search.find(organisation, ["gates"], 1, {})
    assert type(refused.value) is Unavailable
    assert "search_impossible" in capsys.readouterr().out
