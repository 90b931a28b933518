"""A lesson that one found is taken into a project of one's own, from the lesson's page, with one press and without script."""

import re
from collections.abc import Callable
from typing import NamedTuple
from uuid import UUID

import pytest
from browser import Browser
from telling import BY_A_TEST, Teller

from hardwon import handlers
from hardwon.domain.commands import ChangeProfile
from hardwon.handlers import Request
from hardwon.ids import new_id
from hardwon.ports import Log

_OPTION = re.compile(r'<option value="([^"]+)"( selected)?>([^<]+)</option>')


class Found(NamedTuple):
    """A lesson, the project that learned it, and two others that go on: the tests began them, the older one first."""

    teller: Teller
    source: UUID
    lesson: UUID
    older: UUID
    newer: UUID
    follow: Callable[[], None]

    @property
    def page(self) -> str:
        return f"/lessons/{self.lesson}"

    def bring(self, who: Browser, project: UUID) -> str:
        """Press the button and return where it leads."""
        answer = who.submit(f"{self.page}/bring", of=self.page, project_id=str(project))
        assert answer.status_code == 302, answer.text
        self.follow()
        return str(answer.location)


@pytest.fixture
def found(log: Log, organisation: UUID, follow: Callable[[], None]) -> Found:
    teller = Teller(log, organisation)
    source = teller.project("The source")
    (lesson,) = teller.lessons(source, "Gates freeze.", advice="Heat the hinges.")
    older, newer = teller.project("The older one"), teller.project("The newer one")
    teller.project("Over", ended_on="2020-01-01")
    follow()
    return Found(teller, source, lesson, older, newer, follow)


def offered(html: str) -> list[tuple[str, bool]]:
    """Return the projects to which the lesson can be brought, and whether each is the one chosen."""
    form = html.partition('class="taking"')[2].partition("</form>")[0]
    return [(name, bool(selected)) for _id, selected, name in _OPTION.findall(form)]


def test_it_is_brought_and_adopted_with_one_press(signed_in: Callable[..., Browser], found: Found) -> None:
    """I choose the project and press: its page opens at the card, which says that I brought it, shows my answer, and can be undone."""
    ada = signed_in()
    at = f"/projects/{found.newer}"
    assert found.bring(ada, found.newer) == f"{at}#lesson-{found.lesson}"
    page = ada.get(at).text
    assert re.search(r"You brought it here on \d", page)
    assert f'id="adopted-{found.lesson}" aria-pressed="true"' in page
    assert re.search(r"A member brought it here on \d", signed_in("Mo", "member").get(at).text)
    ada.submit(f"{at}/suggestions/{found.lesson}", of=at, verdict="undo")
    assert f'id="adopted-{found.lesson}" aria-pressed="false"' in ada.get(at).text
    found.follow()
    assert "adopted it" not in ada.get(at).text


def test_where_it_was_adopted_stands_in_the_same_place(signed_in: Callable[..., Browser], found: Found) -> None:
    """Back at the lesson I read that my project has it, and am offered the others; of another's project nothing is said to me there."""
    ada, told = signed_in(), "Adopted already:"
    assert told not in ada.get(found.page).text
    found.bring(ada, found.newer)
    back = ada.get(f"{found.page}?project={found.newer}").text
    assert told in back
    assert f'<a href="/projects/{found.newer}#lesson-{found.lesson}">The newer one</a>' in back
    assert ("The newer one", False) not in offered(back)
    assert told not in ada.get(f"{found.page}?project={found.older}").text


def test_what_a_tool_brought_says_so(signed_in: Callable[..., Browser], found: Found) -> None:
    """The card of what a tool brought names neither a score nor a person."""
    found.teller.bring(found.newer, found.lesson)
    found.follow()
    assert "A tool brought it here on" in signed_in().get(f"/projects/{found.newer}").text


def test_taken_along_by_mistake_it_is_put_back(signed_in: Callable[..., Browser], found: Found) -> None:
    """One press, and the project's page and the lesson's are as before; a reader cannot."""
    ada = signed_in()
    found.bring(ada, found.newer)
    at, address = f"/projects/{found.newer}", f"/projects/{found.newer}/recommendations/{found.lesson}/put-back"
    assert signed_in("Rita", "reader").submit(address, of="/").status_code == 403
    assert "brought it here" in ada.get(at).text
    assert ada.submit(address, of=at).location == at
    found.follow()
    assert "brought it here" not in ada.get(at).text
    assert "No project has said yet" in ada.get(found.page).text
    said = "“Gates freeze.”, which somebody had brought to “The newer one”, was put back"
    assert said in ada.get("/log").text


def test_that_it_was_put_back_is_said_once_with_the_way_back(signed_in: Callable[..., Browser], found: Found) -> None:
    """The page that comes says so and leads to the lesson; one press brings it again; pressed where it is gone already, nothing is said."""
    ada = signed_in()
    found.bring(ada, found.newer)
    at, address = f"/projects/{found.newer}", f"/projects/{found.newer}/recommendations/{found.lesson}/put-back"
    ada.submit(address, of=at)
    told = ada.get(at).text
    assert "Taken out of the project again." in told
    assert f'href="/lessons/{found.lesson}?project={found.newer}"' in told
    assert "Bring it back" in told
    assert "Taken out of the project again." not in ada.get(at).text
    ada.submit(address, of=at)
    assert "Taken out of the project again." not in ada.get(at).text


def test_brought_back_it_waits_for_an_answer(signed_in: Callable[..., Browser], found: Found) -> None:
    """One press brings it, and says nothing for me; pressed again, nothing changes, also what I answered meanwhile."""
    ada = signed_in()
    found.bring(ada, found.newer)
    at = f"/projects/{found.newer}"
    there = f"{at}/recommendations/{found.lesson}"
    ada.submit(f"{there}/put-back", of=at)
    assert f'action="{there}/bring-back"' in ada.get(at).text
    assert ada.submit(f"{there}/bring-back", of=at).location == f"{at}#lesson-{found.lesson}"
    page = ada.get(at).text
    assert "You brought it here on" in page
    assert f'id="adopted-{found.lesson}" aria-pressed="false"' in page
    ada.submit(f"{at}/suggestions/{found.lesson}", of=at, verdict="helpful")
    ada.submit(f"{there}/bring-back", of=at)
    assert f'id="helpful-{found.lesson}" aria-pressed="true"' in ada.get(at).text


def test_only_the_page_of_its_project_says_that_it_was_put_back(
    signed_in: Callable[..., Browser], found: Found
) -> None:
    """Another project's page, which I open before, says nothing of it: its button would bring the lesson there."""
    ada = signed_in()
    found.bring(ada, found.newer)
    at = f"/projects/{found.newer}"
    ada.submit(f"{at}/recommendations/{found.lesson}/put-back", of=at)
    assert "Taken out of the project again." not in ada.get(f"/projects/{found.older}").text


@pytest.mark.parametrize("over", [True, False], ids=["over", "the control: it goes on"])
def test_a_project_that_is_over_is_not_offered_to_bring_it_back(
    over: bool,  # noqa: FBT001 - a parameter of the test
    signed_in: Callable[..., Browser],
    found: Found,
    log: Log,
) -> None:
    """It would be refused; that the lesson was taken out is said all the same."""
    ada = signed_in()
    found.bring(ada, found.newer)
    if over:
        command, by = ChangeProfile(found.newer, {"ended_on": "2020-01-01"}), Request(new_id(), BY_A_TEST)
        handlers.change_profile(log, found.teller.organisation_id, command, by)
        found.follow()
    at = f"/projects/{found.newer}"
    ada.submit(f"{at}/recommendations/{found.lesson}/put-back", of=at)
    page = ada.get(at).text
    assert "Taken out of the project again." in page
    assert ("Bring it back" in page) is not over


def test_my_own_projects_come_first(signed_in: Callable[..., Browser], found: Found) -> None:
    """The projects that go on, those that I began first, then the newest; neither the lesson's own nor one that does it already."""
    ada = signed_in()
    assert offered(ada.get(found.page).text) == [("The newer one", False), ("The older one", False)]
    mine = ada.submit("/projects/new", id=str(new_id()), name="Mine").location
    found.teller.project("The newest")
    found.follow()
    names = ["Mine", "The newest", "The newer one", "The older one"]
    assert [name for name, _ in offered(ada.get(found.page).text)] == names
    found.bring(ada, UUID(mine.rpartition("/")[2]))
    assert [name for name, _ in offered(ada.get(found.page).text)] == names[1:]


@pytest.mark.parametrize("there", [True, False], ids=["from a project", "the control: from elsewhere"])
def test_the_project_that_i_came_from_is_chosen(
    there: bool,  # noqa: FBT001 - a parameter of the test
    signed_in: Callable[..., Browser],
    found: Found,
) -> None:
    """Opened from a project, that is the one chosen, however old it is; opened from a search for it too."""
    ada, search = signed_in(), "q=gates&kind=went_wrong"
    came = f"project={found.older}" if there else ""
    chosen = [("The newer one", False), ("The older one", there)]
    assert sorted(offered(ada.get(f"{found.page}?{came}").text)) == chosen
    page = ada.get(f"{found.page}?{search}&{came}").text
    assert sorted(offered(page)) == chosen
    back = "/search?q=gates&amp;kind=went_wrong" + (f"&amp;project={found.older}" if there else "")
    assert f'<a href="{back}">Back to the search</a>' in page


@pytest.mark.parametrize("there", [True, False], ids=["from the map", "the control: from elsewhere"])
def test_a_lesson_opened_from_the_map_leads_back_to_it(
    there: bool,  # noqa: FBT001 - a parameter of the test
    signed_in: Callable[..., Browser],
    found: Found,
) -> None:
    """To its dot, where one was."""
    page = signed_in().get(found.page + "?map=" * there).text
    assert (f'<a href="/learned/map#lesson-{found.lesson}">Back to the map</a>' in page) is there


def test_who_may_only_read_is_not_asked(signed_in: Callable[..., Browser], found: Found) -> None:
    """A reader is shown no button, and refused whoever sends the form all the same."""
    rita = signed_in("Rita", "reader")
    assert "Take it along" not in rita.get(found.page).text
    sent = rita.submit(f"{found.page}/bring", of="/", project_id=str(found.newer))
    assert sent.status_code == 403


def test_a_lesson_that_does_not_stand_cannot_be_taken(signed_in: Callable[..., Browser], found: Found) -> None:
    """Retired, it offers no button; whoever had the page open is told why, and nothing is recorded."""
    ada = signed_in()
    found.teller.retire(found.lesson)
    found.follow()
    assert "Take it along" not in ada.get(found.page).text
    for project, status in ((str(found.newer), 409), (str(new_id()), 404), ("", 422)):
        assert ada.submit(f"{found.page}/bring", of="/", project_id=project).status_code == status
    assert "Heat the hinges" not in ada.get(f"/projects/{found.newer}").text


def test_pressed_twice_it_stands_there_once(signed_in: Callable[..., Browser], found: Found, log: Log) -> None:
    """A second press of the same button, from a page that lay open, records nothing and leads to the same card."""
    ada = signed_in()
    first = found.bring(ada, found.newer)
    head = log.head(found.teller.organisation_id)
    assert found.bring(ada, found.newer) == first
    assert log.head(found.teller.organisation_id) == head


def test_what_was_suggested_is_adopted_where_it_stands(signed_in: Callable[..., Browser], found: Found) -> None:
    """A lesson that was suggested to the project, and not answered, is not brought: its card keeps its reason, and is adopted."""
    found.teller.offer(found.newer, found.lesson)
    ada = signed_in()
    page = ada.get(found.bring(ada, found.newer)).text
    assert f'id="adopted-{found.lesson}" aria-pressed="true"' in page
    assert "brought it here" not in page


def test_the_log_says_it_in_a_sentence(signed_in: Callable[..., Browser], found: Found) -> None:
    """The log names the project and the lesson."""
    ada = signed_in()
    found.bring(ada, found.newer)
    said = "Somebody found a lesson for “The newer one” and brought it there: “Gates freeze.”"
    assert said in ada.get("/log").text
    assert "found and brought to a project by its people" in ada.get("/learned").text
