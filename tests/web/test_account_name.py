"""One's own name: whoever set Hardwon up came in without one."""

from collections.abc import Callable

import pytest
from browser import Browser


@pytest.mark.parametrize("role", ["administrator", "reader"])
def test_i_say_what_i_am_called(signed_in: Callable[..., Browser], role: str) -> None:
    """Whatever my role is: it is my name, and nobody else's changes."""
    ada, other = signed_in("Administrator", role), signed_in("Grace", "member")
    assert ada.submit("/account/name", of="/account", name=" Ada Palmer ").status_code == 302
    assert "<h1>Ada Palmer</h1>" in ada.get("/account").text
    assert "<h1>Grace</h1>" in other.get("/account").text
    assert "Ada Palmer" in ada.get("/log").text or role == "reader"


def test_a_name_of_nothing_is_refused(signed_in: Callable[..., Browser]) -> None:
    """The field that is to be filled in holds what I sent, not the name that I have."""
    ada = signed_in("Ada")
    answer = ada.submit("/account/name", of="/account", name="  ")
    assert answer.status_code == 422
    assert "Please fill this in." in answer.text
    assert 'value="Ada"' in ada.get("/account").text
    assert 'value="Ada"' not in answer.text
    answer = ada.submit("/account/name", of="/account", name="Ada " * 100)
    assert answer.text.count("Ada Ada") > 1
    assert "<h1>Ada</h1>" in ada.get("/account").text


def test_the_foot_says_what_log_and_api_are(signed_in: Callable[..., Browser], browser: Browser) -> None:
    """In words for whoever never heard of either; the log only to whoever may read it."""
    page = signed_in("Rhea", "reader").get("/").text
    assert '<a href="/log">Log</a> <span>all that ever happened here' in page
    assert "for programs that read and write here" in page
    assert 'href="/log"' not in browser.get("/sign-in").text
