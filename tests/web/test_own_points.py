"""Changing a point on its page, without script: by whom it was raised, also without a name, and by nobody else."""

from collections.abc import Callable
from uuid import UUID

import pytest
from browser import Browser
from test_retrospectives import held

from hardwon.log.wire import StoredEvent
from hardwon.ports import Log
from hardwon.projections.following import Pool
from hardwon_api import own_points

SignedIn = Callable[..., Browser]


@pytest.fixture
def address(log: Log, pool: Pool, organisation: UUID) -> str:
    """The board of a retrospective with one point, of a tool's."""
    return f"/retrospectives/{held(log, pool, organisation)}"


def raised(browser: Browser, address: str, log: Log, organisation: UUID, **more: str) -> str:
    """Raise a point and return its page's address."""
    assert browser.submit(f"{address}/points", of=address, kind="idea", text="Ask teh yard.", **more).status_code == 302
    return f"{address}/points/{last(log, organisation).data['point_id']}"


def last(log: Log, organisation: UUID) -> StoredEvent:
    return log.read(organisation, limit=1_000)[-1]


def test_i_change_my_point(signed_in: SignedIn, address: str, log: Log, organisation: UUID) -> None:
    """My point has both links; its page is filled with what it says; saved, the board reads so, and nothing happens twice."""
    ada = signed_in()
    point = raised(ada, address, log, organisation)
    assert {f"{point}/change", f"{point}/take-back"} <= set(ada.get(address).text.split('"'))
    assert "Ask teh yard.</textarea>" in ada.get(f"{point}/change").text
    for _ in "ab":
        answer = ada.submit(f"{point}/change", words="Ask the yard.")
        assert (answer.status_code, answer.location.partition("#")[0]) == (302, address)
    board = ada.get(address).text
    assert ("Ask the yard." in board, "Ask teh yard." in board) == (True, False)
    types = [stored.type for stored in log.read(organisation, limit=1_000)]
    assert types.count("point_reworded") == 1
    assert last(log, organisation).metadata["person_id"] == str(ada.member_id)


def test_i_take_my_point_back(signed_in: SignedIn, address: str, log: Log, organisation: UUID) -> None:
    """I am asked once more, with what it says; the board says once that it is taken back, and then no more; its pages are not there."""
    ada = signed_in()
    point = raised(ada, address, log, organisation)
    assert "Ask teh yard." in ada.get(f"{point}/take-back").text
    assert "Ask teh yard." in ada.get(address).text
    assert ada.submit(f"{point}/take-back").status_code == 302
    told, later = ada.get(address).text, ada.get(address).text
    assert "<strong>Taken back.</strong> <q>Ask teh yard.</q>" in told
    assert ("Taken back." in later, "Ask teh yard." in later) == (False, False)
    assert ada.get(f"{point}/change").status_code == 404
    assert last(log, organisation).type == "point_withdrawn"


@pytest.mark.parametrize("anonymous", [{}, {"anonymous": "on"}], ids=["by name", "without"])
def test_nobody_else_may(
    signed_in: SignedIn, address: str, log: Log, organisation: UUID, anonymous: dict[str, str]
) -> None:
    """Another member has no links, and is refused; whoever curates has them."""
    ada, ben, office = signed_in("Ada", "member"), signed_in("Ben", "member"), signed_in("Olga", "project_office")
    point = raised(ada, address, log, organisation, **anonymous)
    for browser, may in ((ada, True), (ben, False), (office, True)):
        assert (f"{point}/change" in browser.get(address).text) is may
    before = last(log, organisation).position
    for form in ("change", "take-back"):
        assert ben.submit(f"{point}/{form}", words="Other words.").status_code == 403
    assert last(log, organisation).position == before
    assert office.submit(f"{point}/change", words="Other words.").status_code == 302
    assert last(log, organisation).metadata["person_id"] == str(office.member_id)


@pytest.mark.parametrize("form", ["change", "take-back"])
def test_what_i_raised_without_my_name_i_change_without_it(
    signed_in: SignedIn, address: str, log: Log, organisation: UUID, form: str, capfd: pytest.CaptureFixture[str]
) -> None:
    """Neither the event, nor a line, nor a page holds who it was; also of one who curates. The control: under my name it does."""
    ada = signed_in("Ada", "project_office")
    for anonymous in ({"anonymous": "on"}, {}):
        point = raised(ada, address, log, organisation, **anonymous)
        capfd.readouterr()
        assert ada.submit(f"{point}/{form}", words="Ask the yard.").status_code == 302
        stored, lines = last(log, organisation), "".join(capfd.readouterr())
        traces = (str(ada.member_id), str(ada.secret))
        assert any(each in str(stored) for each in traces) is not bool(anonymous)
        assert not any(each in lines for each in (*traces, "Ask the yard."))
        assert stored.words_of == ({ada.member_id} if form == "change" and not anonymous else set())
        assert str(ada.member_id) not in ada.get(address).text.partition("Ask the yard.")[2].partition("</li>")[0]


def test_only_the_browser_that_raised_it_knows(
    signed_in: SignedIn, link: Callable[[UUID], str], address: str, log: Log, organisation: UUID
) -> None:
    """Signed out and in again, or at another browser, I am nobody to what I raised without my name; the control: before, I was not."""
    ada = signed_in("Ada", "member")
    point = raised(ada, address, log, organisation, anonymous="on")
    assert f"{point}/change" in ada.get(address).text
    cookie = ada.http.get_cookie("hardwon_form")
    assert cookie
    ada.http.delete_cookie("hardwon_form")
    assert f"{point}/change" not in ada.get(address).text
    assert ada.submit(f"{point}/change", words="Other words.").status_code == 403
    signed, _, signature = cookie.value.rpartition(".")
    other = "A" if signature[9] != "A" else "B"  # in the middle: the last letter's last bits say nothing
    ada.http.set_cookie("hardwon_form", f"{signed}.{signature[:9]}{other}{signature[10:]}")
    assert f"{point}/change" not in ada.get(address).text
    ada.http.set_cookie("hardwon_form", cookie.value)
    assert f"{point}/change" in ada.get(address).text
    ada.submit("/sign-out", of="/account")
    assert ada.member_id
    assert ada.submit(link(ada.member_id)).status_code == 302
    board = ada.get(address)
    assert (board.status_code, f"{point}/change" in board.text) == (200, False)


def test_a_browser_keeps_the_newest_ones(signed_in: SignedIn, address: str, log: Log, organisation: UUID) -> None:
    """So many that the cookie stays small; of an older one it knows nothing any more."""
    ada = signed_in("Ada", "member")
    points = [raised(ada, address, log, organisation, anonymous="on") for _ in range(own_points._MOST + 1)]
    board = ada.get(address).text
    assert [f"{point}/change" in board for point in points] == [False] + [True] * own_points._MOST
    cookie = ada.http.get_cookie("hardwon_form")
    assert cookie
    assert len(cookie.value) < 2_000


def test_when_it_is_too_late_it_says_why(signed_in: SignedIn, address: str, log: Log, organisation: UUID) -> None:
    """Once a lesson was drawn, or the meeting closed, no point has the links; who had the page open hears why."""
    ada = signed_in()
    learned, other = (raised(ada, address, log, organisation) for _ in "ab")
    ada.submit(f"{learned}/lessons", of=learned, insight="Yards know.")
    refused = ada.submit(f"{learned}/change", words="Other words.")
    assert (refused.status_code, "revise the lesson" in refused.text) == (409, True)
    assert [f"{point}/change" in ada.get(address).text for point in (learned, other)] == [False, True]
    ada.submit(f"{address}/close", of=address)
    assert f"{other}/change" not in ada.get(address).text
    closed = ada.submit(f"{other}/take-back")
    assert (closed.status_code, "closed" in closed.text) == (409, True)


def test_an_empty_text_is_asked_for_again(signed_in: SignedIn, address: str, log: Log, organisation: UUID) -> None:
    """On the page and within the point, beside the field; nothing is recorded."""
    ada = signed_in()
    point = raised(ada, address, log, organisation)
    answer = ada.submit(f"{point}/change", words=" ")
    assert (answer.status_code, "Please fill this in." in answer.text) == (422, True)
    assert last(log, organisation).type == "discussion_point_raised"
