"""The pages of a retrospective, as forms and parts: what is refused, and what leads back to nobody."""

import re
from collections.abc import Callable
from uuid import UUID

import pytest
from browser import Browser

from hardwon import handlers, organisations
from hardwon.domain.commands import DrawLesson, HoldRetrospective, RaiseDiscussionPoint, RegisterProject
from hardwon.domain.values import Profile
from hardwon.handlers import Request, RetroItem
from hardwon.ids import new_id
from hardwon.log.wire import Metadata
from hardwon.ports import Log
from hardwon.projections.all import PROJECTIONS
from hardwon.projections.following import Pool, advance

BY = Metadata("tests")
SignedIn = Callable[..., Browser]


@pytest.fixture
def meeting(log: Log, pool: Pool, organisation: UUID) -> UUID:
    """A retrospective with one point on its board."""
    return held(log, pool, organisation)


def held(log: Log, pool: Pool, organisation: UUID) -> UUID:
    project, retro, point = new_id(), new_id(), new_id()
    command = RegisterProject(project, Profile("Gates"))
    handlers.register_project(log, organisation, command, Request(new_id(), BY))
    raised = RaiseDiscussionPoint(point, project, retro, "went_wrong", "<b>It broke.</b>", ())
    items = [RetroItem(HoldRetrospective(retro, project, "After the opening", None), retro), RetroItem(raised, point)]
    handlers.record_retro_events(log, organisation, project, items, BY)
    for projection in PROJECTIONS:
        advance(pool, projection, organisation)
    return retro


def test_nothing_anonymous_leads_back(
    signed_in: SignedIn, meeting: UUID, log: Log, organisation: UUID, capfd: pytest.CaptureFixture[str]
) -> None:
    """Neither the page, nor the event, nor a line that the service wrote holds who raised it; under one's name the event does."""
    ada = signed_in()
    address = f"/retrospectives/{meeting}"
    for text, anonymous in (("By me.", {}), ("By nobody.", {"anonymous": "on"})):
        capfd.readouterr()
        sent = ada.submit(f"{address}/points", of=address, kind="idea", text=text, **anonymous)
        assert sent.status_code == 302
        lines = "".join(capfd.readouterr())
        stored = log.read(organisation, limit=1_000)[-1]
        traces = (str(ada.member_id), str(ada.secret))
        assert any(each in str(stored) for each in traces) is not bool(anonymous)
        assert not any(each in lines for each in (*traces, text))
    html = ada.get(address).text
    name = re.compile(r"\bAda\b")  # as a word: the letters may stand in a form's token
    assert name.search(html.partition("By me.")[2].partition("By nobody.")[0])
    assert not name.search(html.partition("By nobody.")[2])
    assert str(ada.member_id) not in html


def test_what_is_wrong_stands_beside_the_field(signed_in: SignedIn, meeting: UUID) -> None:
    """A blank point and a heading without a name are asked for again, on the same page; a title too."""
    ada, address = signed_in(), f"/retrospectives/{meeting}"
    for path, of, fields in (
        (f"{address}/points", address, {"kind": "idea", "text": " "}),
        (f"{address}/groups", address, {"name": ""}),
        ("/retrospectives", "/retrospectives", {"title": ""}),
    ):
        answer = ada.submit(path, of=of, **fields)
        assert (answer.status_code, "Please fill this in." in answer.text) == (422, True)


def test_a_part_is_answered_with_the_board_alone(signed_in: SignedIn, meeting: UUID) -> None:
    """What htmx asks for is the board, and no page around it; what people wrote is shown as they wrote it."""
    part = signed_in().get(f"/retrospectives/{meeting}", HX_Request="true").text
    assert "<html" not in part
    assert "&lt;b&gt;It broke.&lt;/b&gt;" in part


def test_readers_look_and_do_not_touch(signed_in: SignedIn, meeting: UUID) -> None:
    """A reader sees the board without its forms, and is refused where one is sent all the same."""
    address = f"/retrospectives/{meeting}"
    reader = signed_in("Rita", "reader")
    page = reader.get(address)
    assert (page.status_code, "data-raise" in page.text, "Close the retrospective" in page.text) == (200, False, False)
    assert reader.submit(f"{address}/points", of="/account", kind="idea", text="No.").status_code == 403


def test_other_organisations_boards_are_not_found(signed_in: SignedIn, log: Log, pool: Pool) -> None:
    """Neither their boards nor their points are there, for looking or for doing."""
    theirs = held(log, pool, organisations.register(log, "Another one", "tests"))
    ada, address = signed_in(), f"/retrospectives/{theirs}"
    assert ada.get(address).status_code == 404
    assert ada.get(f"{address}/points/{new_id()}").status_code == 404
    for deed in ("points", "groups", "close", "reopen", f"points/{new_id()}/vote", f"points/{new_id()}/place"):
        assert ada.submit(f"{address}/{deed}", of="/account", kind="idea", text="Hello.", name="x").status_code == 404
    similar = ada.submit(f"{address}/similar", of="/account", text="Something long enough.")
    assert similar.status_code == 404


def test_writing_goes_on_where_nothing_can_be_compared(signed_in: SignedIn, meeting: UUID) -> None:
    """Without a worker the place beside says so, and is no error."""
    address = f"/retrospectives/{meeting}"
    answer = signed_in().submit(f"{address}/similar", of=address, text="Something long enough.")
    assert (answer.status_code, "Nothing can be compared just now" in answer.text) == (200, True)


def test_a_board_closed_meanwhile_says_so(signed_in: SignedIn, meeting: UUID) -> None:
    """Whoever sends a point from a page that does not know yet reads why it is not taken."""
    ada, address = signed_in(), f"/retrospectives/{meeting}"
    ada.submit(f"{address}/close", of=address)
    late = ada.submit(f"{address}/points", of="/account", kind="idea", text="Too late.")
    assert (late.status_code, "This retrospective is closed" in late.text) == (422, True)


def test_what_one_had_learned_oneself_is_asked_about(
    signed_in: SignedIn, log: Log, pool: Pool, organisation: UUID
) -> None:
    """At the start of the next meeting I say what came of our own advice: it is a point like any other, and is asked for once."""
    project, before, now, lesson = (new_id() for _ in range(4))
    advice = (
        "Ask for a date in writing. Then ask who waits for it."  # on two lines, which a browser would send otherwise
    )
    command = RegisterProject(project, Profile("Gates"))
    handlers.register_project(log, organisation, command, Request(new_id(), BY))
    items = [
        RetroItem(HoldRetrospective(before, project, "Half-way", None), before),
        RetroItem(
            DrawLesson(lesson, project, before, "Dates are wishes.", advice.replace(". ", ".\n"), "", (), (), "en"),
            lesson,
        ),
        RetroItem(HoldRetrospective(now, project, "At the end", None), now),
    ]
    handlers.record_retro_events(log, organisation, project, items, BY)
    for projection in PROJECTIONS:
        advance(pool, projection, organisation)
    ada, address = signed_in(), f"/retrospectives/{now}"
    said = {"kind": "went_wrong", "text": f"It did not help: {advice}"}
    html = ada.get(address).text
    assert all(f'value="{each}"' in html for each in (*said.values(), f"It helped: {advice}"))
    assert f"It helped: {advice}" not in signed_in("Rita", "reader").get(address).text
    sent = ada.submit(f"{address}/points", of=address, before="open", **said)
    assert sent.location == f"{address}?before=open#before"
    html = ada.get(address).text
    assert "It stands on the board." in html
    assert f'value="It helped: {advice}"' not in html
    assert f'value="It helped: {advice}"' not in ada.get(f"/retrospectives/{before}").text  # it was drawn there
