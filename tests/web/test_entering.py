"""Coming in by a link: whoever is new says on its page what he or she is about to do, and is on the project's page with one press."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from uuid import UUID

import pytest
from browser import Browser
from telling import Teller
from werkzeug.test import TestResponse

from hardwon import entry_links, organisations, sessions
from hardwon.domain.errors import Unavailable
from hardwon.domain.events import ProjectRegistered
from hardwon.domain.values import Role
from hardwon.log.wire import Metadata, StoredEvent
from hardwon.ports import Log
from hardwon.projections.following import Pool

ASKED = "What project are you about to begin?"
LINE = "New ticket machines, for cards only"


@dataclass
class Door:
    """A link for somebody new, and a browser before it."""

    member: UUID
    path: str
    browser: Browser
    log: Log
    organisation: UUID

    @property
    def registered(self) -> Sequence[StoredEvent]:
        head = self.log.head(self.organisation).position
        return self.log.read_types(self.organisation, [ProjectRegistered], head)


@pytest.fixture
def told(log: Log, organisation: UUID, follow: Callable[[], None]) -> None:
    """Something is there to learn from."""
    teller = Teller(log, organisation)
    teller.lessons(teller.past_project("Salt eats the readers."), "Ask who reads the meters.")
    follow()


@pytest.fixture
def door(
    browser: Browser, added: Callable[..., UUID], link: Callable[[UUID], str], log: Log, organisation: UUID, told: None
) -> Callable[[Role], Door]:
    def door(role: Role = "member") -> Door:
        member = added(role=role)
        return Door(member, link(member), browser, log, organisation)

    return door


def test_a_newcomer_begins_where_the_link_leads(door: Callable[[], Door]) -> None:
    """The page asks for a line; it leads, signed in, to the project, which the log says this member registered."""
    new = door()
    page = new.browser.get(new.path).text
    assert ASKED in page
    answer = new.browser.submit(new.path, name=f"  {LINE} ", id=_field(page, "id"))
    registered = new.registered[-1]
    assert (answer.status_code, answer.location) == (302, f"/projects/{_field(page, 'id')}")
    assert registered.data["project_id"] == _field(page, "id")
    assert registered.data["profile"]["name"] == registered.data["profile"]["summary"] == LINE
    assert registered.metadata["actor"] == f"member:{new.member}"
    assert LINE in new.browser.get(answer.location).text


@pytest.mark.parametrize("said", [{"name": " "}, {"name": LINE, "only": "enter"}, {}])
def test_who_only_enters_begins_nothing(said: dict[str, str], door: Callable[[], Door]) -> None:
    """The field is left empty, or the other button is pressed: one comes home, where it is asked again."""
    new = door()
    before = len(new.registered)
    assert new.browser.submit(new.path, **said).location == "/"
    assert len(new.registered) == before
    assert ASKED in new.browser.get("/").text


def test_who_may_only_read_is_not_asked(door: Callable[[str], Door]) -> None:
    """Nor begins one by sending the line all the same."""
    new = door("reader")
    before = len(new.registered)
    assert ASKED not in new.browser.get(new.path).text
    assert new.browser.submit(new.path, name=LINE).location == "/"
    assert len(new.registered) == before


def test_where_nothing_is_to_be_learned_nobody_is_asked(
    browser: Browser, added: Callable[[], UUID], link: Callable[[UUID], str]
) -> None:
    """There the first lessons come first."""
    assert ASKED not in browser.get(link(added())).text


def test_who_began_one_before_is_not_asked_again(
    door: Callable[[], Door], browse: Callable[[], Browser], link: Callable[[UUID], str], follow: Callable[[], None]
) -> None:
    """A second link, for a lost password, only lets in."""
    new = door()
    _begin(new)
    follow()
    assert ASKED not in browse().get(link(new.member)).text


def test_who_goes_back_to_the_link_is_told_that_he_is_in(door: Callable[[], Door]) -> None:
    """It is good no more, and the page leads on; to somebody else's browser it says only that."""
    new = door()
    _begin(new)
    again = new.browser.get(new.path)
    assert (again.status_code, "You are signed in already." in again.text) == (404, True)
    new.browser.submit("/sign-out", of="/account")
    assert "You are signed in already." not in new.browser.get(new.path).text


def test_a_line_is_kept_where_the_log_does_not_answer(
    door: Callable[[], Door], monkeypatch: pytest.MonkeyPatch
) -> None:
    """One is in, since the link is used up; the form for a project holds the line, and sends it once the log is back."""
    new = door()
    before = len(new.registered)

    def refuse(*_given: object) -> None:
        raise Unavailable("The log does not answer.")

    with monkeypatch.context() as broken:
        broken.setattr("hardwon.handlers.register_project", refuse)
        refused = _begin(new)
    assert (refused.status_code, LINE in refused.text, "Try again in a moment" in refused.text) == (503, True, True)
    token, id_ = (_field(refused.text, name) for name in ("csrf_token", "id"))
    said = {"name": LINE, "summary": LINE, "id": id_, "csrf_token": token}
    assert new.browser.post("/projects/new", **said).location == f"/projects/{id_}"
    assert len(new.registered) == before + 1


def test_who_is_signed_in_elsewhere_begins_where_the_link_leads(door: Callable[[], Door], log: Log, pool: Pool) -> None:
    """An administrator elsewhere opens it: the project is where the link leads, its member's, and the session elsewhere is over."""
    new, other = door(), organisations.register(log, "Another", "tests")
    path = entry_links.for_first_administrator(pool, log, other, Metadata("tests"))
    assert new.browser.submit(path).location == "/"
    theirs, before = new.browser.secret, len(new.registered)
    head = log.head(other)
    assert _begin(new).status_code == 302
    assert len(new.registered) == before + 1
    assert new.registered[-1].metadata["actor"] == f"member:{new.member}"
    assert log.head(other) == head
    assert theirs
    assert sessions.authenticate(pool, theirs) is None


def test_a_line_is_not_lost_with_a_weak_password(door: Callable[[], Door]) -> None:
    """It stands there again; nothing is begun, and the link is still good."""
    new = door()
    before = len(new.registered)
    refused = new.browser.submit(new.path, name=LINE, password="short")
    assert (refused.status_code, LINE in refused.text, new.browser.secret) == (422, True, None)
    assert len(new.registered) == before
    assert _begin(new, password="a ferry in the fog").status_code == 302
    assert len(new.registered) == before + 1


@pytest.mark.parametrize(("line", "status"), [("x" * 201, 422), ("Meters", 409)])
def test_a_line_that_does_not_fit_is_asked_for_again(
    line: str, status: int, door: Callable[[], Door], follow: Callable[[], None]
) -> None:
    """Too long, or a project is called so already: one is in, and the form for a project shows the line and what is wrong."""
    new = door()
    Teller(new.log, new.organisation).project("Meters")
    follow()
    before = len(new.registered)
    refused = _begin(new, line)
    assert (refused.status_code, line in refused.text) == (status, True)
    assert len(new.registered) == before
    said = {name: _field(refused.text, name) for name in ("csrf_token", "id")} | {"name": "Others", "summary": ""}
    assert new.browser.post("/projects/new", **said).status_code == 302
    assert len(new.registered) == before + 1


def test_a_form_of_another_site_begins_nothing(door: Callable[[], Door]) -> None:
    """Whoever knows a link cannot make another's browser come in by it, with a project or without."""
    new = door()
    before = len(new.registered)
    assert new.browser.post(new.path, name=LINE).status_code == 400
    assert len(new.registered) == before


def _begin(new: Door, line: str = LINE, **more: str) -> TestResponse:
    """Say on the link's page what one is about to begin, and press its button."""
    return new.browser.submit(new.path, name=line, id=_field(new.browser.get(new.path).text, "id"), **more)


def _field(page: str, name: str) -> str:
    return page.partition(f'name="{name}" value="')[2].partition('"')[0]
