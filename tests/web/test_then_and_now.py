"""A project's page of the past: it shows the project as it was, and nothing that was said later."""

from collections.abc import Callable
from typing import NamedTuple
from uuid import UUID

import pytest
from browser import Browser
from telling import BY_A_TEST, Teller

from hardwon import handlers
from hardwon.domain.commands import ChangeProfile, EndorseLesson, HoldRetrospective
from hardwon.handlers import Request, RetroItem
from hardwon.ids import new_id
from hardwon.ports import Log

LATER = ("Said later: a tunnel.", "Digging", "After the tunnel", "Own the spares.")
"""Of the profile, the phases, the retrospectives, and the way of the lesson."""
PART = {"HX_Request": "true"}


class Story(NamedTuple):
    project: UUID
    lesson: UUID


@pytest.fixture
def told(log: Log, organisation: UUID, follow: Callable[[], None]) -> Story:
    """A project that was suggested a lesson, and of which all else was said afterwards."""
    teller = Teller(log, organisation)
    (lesson,) = teller.lessons(teller.past_project(), "Ferries break.")
    project, held = teller.project("The ferry", summary="A ferry for all.", phase="planning"), new_id()
    teller.offer(project, lesson)
    changes = ChangeProfile(project, {"name": "The tunnel", "summary": LATER[0], "phase": LATER[1]})
    handlers.change_profile(log, organisation, changes, Request(new_id(), BY_A_TEST))
    item = RetroItem(HoldRetrospective(held, project, LATER[2], None), held)
    handlers.record_retro_events(log, organisation, project, [item], BY_A_TEST)
    endorsed = EndorseLesson(lesson, project, LATER[3])
    handlers.change_lesson(log, organisation, endorsed, Request(new_id(), BY_A_TEST))
    follow()
    return Story(project, lesson)


def test_a_page_of_the_past_shows_the_project_as_it_was(signed_in: Callable[..., Browser], told: Story) -> None:
    """I read its name, summary and phase of then, and of no retrospective that was still to come; nor can I change anything."""
    ada, address = signed_in(), f"/projects/{told.project}"
    then, now = ada.get(f"{address}?step=1").text, ada.get(address).text
    assert "As it was on" in then
    assert all(each in then for each in ("The ferry</h1>", "A ferry for all.", "planning", "Ferries break."))
    assert [each for each in ("The tunnel", *LATER) if each in then] == []
    assert "Change the details" not in then
    assert [each for each in ("The tunnel", *LATER[:3]) if each not in now] == []  # the control


def test_before_it_was_registered_a_project_is_not_shown(signed_in: Callable[..., Browser], told: Story) -> None:
    """The end of a day before it began: the page says that it was not there, and nothing of what it became."""
    then = signed_in().get(f"/projects/{told.project}?day=2020-02-02").text
    assert "This project had not been registered yet." in then
    assert "The ferry</h1>" in then
    assert [each for each in ("The tunnel", *LATER, "Ferries break.") if each in then] == []


def test_tell_me_more_tells_the_way_of_the_lesson(signed_in: Callable[..., Browser], told: Story) -> None:
    """Unfolded, a card asks for the lesson's lineage: as far as it went by the moment that the page shows. Folded, it asks nothing."""
    ada, address = signed_in(), f"/projects/{told.project}"
    ways = []
    for page in (ada.get(address).text, ada.get(f"{address}?step=1").text):
        asks = page.partition('<div hx-get="/lessons/')[2].partition('"')[0]
        ways.append(ada.get(f"/lessons/{asks}", **PART).text)
        assert "Its way so far" in page
        assert LATER[3] not in page
    now, then = ways
    assert ("Learned" in now, LATER[3] in now, "The tunnel" in now) == (True, True, True)
    assert ("Learned" in then, LATER[3] in then, "<html" in then) == (True, False, False)
