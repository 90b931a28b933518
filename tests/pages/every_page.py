"""Every page there is, once. Add a line for yours: axe looks at it in both themes, it is weighed, narrowed, mirrored and photographed."""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import httpx
from looking import load_until
from others import answered
from playwright.sync_api import Locator, Page, expect

Deed = Callable[[Page, "Organisation"], None]


@dataclass(frozen=True)
class Organisation:
    """The sample organisation, as pages and tools reach it."""

    url: str
    http: httpx.Client
    """With its token, for what a test prepares."""
    project: dict[str, Any]
    """The newest one, which is suggested lessons."""
    lesson: dict[str, Any]
    """The first of them."""
    meeting: dict[str, Any]
    """The board of a retrospective."""
    known: dict[str, str] = field(default_factory=dict)
    """More that stands in addresses: members, a link, what there is in organisations that hold little."""

    def address(self, of: str) -> str:
        """Return a page's address, with what it is about."""
        meeting, point = self.meeting["id"], self.meeting["points"][0]["id"]
        return of.format(
            project=self.project["id"], lesson=self.lesson["id"], meeting=meeting, point=point, **self.known
        )


@dataclass(frozen=True)
class Way:
    """How one comes to a page, and as whom."""

    address: str
    deed: Deed | None = None
    """What one does there, where the address alone does not show it."""
    who: str = "administrator"
    """Also: reader, nobody (not signed in), newcomer (where nothing is yet), lonely (where one project is, and nothing else),
    busy room (where forty points stand on a board), impatient (whose project waits for its suggestions while it is looked at)."""
    status: int = 200
    where: str = ""
    """The name of another service; "" is the one that all is well with."""


def _go_on(page: Page, button: Locator) -> None:
    with page.expect_navigation():
        button.click()


def _press(name: str, *filled: tuple[str, str]) -> Deed:
    def press(page: Page, _sample: Organisation) -> None:
        for label, text in filled:
            page.get_by_label(label, exact=True).fill(text)
        _go_on(page, page.locator("main").get_by_role("button", name=name, exact=True).first)

    return press


def _first_team(page: Page, _sample: Organisation) -> None:
    _go_on(page, page.locator("main td").get_by_role("link").first)


def _wrongly_named(page: Page, sample: Organisation) -> None:
    _first_team(page, sample)
    _press("Rename the team", ("New name", "This one, and that one"))(page, sample)


def _choose_a_short_password(page: Page, sample: Organisation) -> None:
    page.get_by_text("Choose a password").click()
    _press("Enter Hardwon", ("Your password optional", "short"))(page, sample)


def _somebody_was_faster(page: Page, sample: Organisation) -> None:
    page.locator("#team").fill("Those who come too late")
    project = sample.address("/projects/{project}")
    size = sample.http.get(project).json()["size"] or 0
    sample.http.patch(project, json={"size": size + 1}).raise_for_status()
    _go_on(page, page.get_by_role("button", name="Save"))


def _form_of_yesterday(page: Page, _sample: Organisation) -> None:
    page.evaluate("for (const each of document.getElementsByName('csrf_token')) each.value = 'of another day'")
    _go_on(page, page.locator(".look").get_by_role("button", name="Dark"))


def _said_nothing(page: Page, _sample: Organisation) -> None:
    """Send a suggestion's form as if no button had been pressed."""
    with page.expect_navigation():
        page.evaluate("document.querySelector('.suggestion form').submit()")


def _closed(page: Page, _sample: Organisation) -> None:
    if (close := page.get_by_role("button", name="Close the retrospective")).count():
        _go_on(page, close)


def _answered(page: Page, _sample: Organisation) -> None:
    card = page.locator(".suggestion").first
    card.get_by_role("button", name="We will do this").click()
    expect(card.get_by_role("button", name="Undo")).to_be_visible()


def _asked_whether_it_helped(page: Page, sample: Organisation) -> None:
    """On the day itself nobody asks, unless something was told already."""
    _answered(page, sample)
    lesson = str(page.locator(".suggestion").first.get_attribute("id")).removeprefix("lesson-")
    project, asked = page.url.rsplit("/", 1)[1], page.get_by_text("What you adopted: did it help?")
    told = f"/projects/{project}/recommendations/{lesson}/outcome"
    assert sample.http.post(told, json={"outcome": "too_early"}).status_code == 200
    answered(sample.http, project)  # or many a page is loaded
    load_until(page, asked)
    asked.click()


def _taken_along(page: Page, sample: Organisation) -> None:
    """Take it into a project that has just begun, and got its first answer."""
    made = sample.http.post("/projects", json={"name": "A tunnel under the pier"}).json()
    answered(sample.http, made["id"])
    page.reload()
    page.get_by_label("We will do this in …").select_option(made["id"])
    _go_on(page, page.get_by_role("button", name="Take it along"))


def _something_typed(page: Page, _sample: Organisation) -> None:
    page.get_by_label("What happened?").fill("The supplier was late again")
    expect(page.locator("#similar h2").first).to_be_visible()


def _held_back(page: Page, _sample: Organisation) -> None:
    page.context.set_offline(True)
    expect(page.get_by_text("Offline:")).to_be_visible()
    page.get_by_role("link", name="Not now").click()
    expect(page.get_by_text("That was not sent")).to_be_visible()


def _asked(link: str, shown: str) -> Deed:
    """Press a link of a point, and wait for what opens within it."""

    def asked(page: Page, _sample: Organisation) -> None:
        page.get_by_role("link", name=f"{link}: ").first.click()
        expect(page.locator(".slot").get_by_text(shown)).to_be_visible()

    return asked


def _unfolded(page: Page, _sample: Organisation) -> None:
    for each in ("What is kept then?", "Put together what belongs together"):
        page.get_by_text(each).click()


def _known(page: Page, sample: Organisation) -> None:
    _asked("Learn from it", "The insight")(page, sample)
    page.locator(".slot").get_by_text("What is known already").click()


def _taken_back(page: Page, sample: Organisation) -> None:
    """Raise a point, and take it back."""
    text = page.get_by_label("What happened?")
    text.fill("What was better not said.")
    text.press("Enter")
    point = page.locator(".point", has_text="What was better not said.")
    point.get_by_role("link", name="Take back").click()
    point.get_by_role("button", name="Take it back").click()
    expect(page.get_by_text("Taken back.")).to_be_visible()


PAGES = {
    "projects": Way("/"),
    "start-a-project": Way("/projects/new"),
    "start-a-project-wrong": Way(
        "/projects/new", _press("Show me what others learned", ("What is it called?", " ")), status=422
    ),
    "offline": Way("/projects/new", _held_back),
    "project": Way("/projects/{project}"),
    "project-answered": Way("/projects/{project}", _answered),
    "project-did-it-help": Way("/projects/{project}", _asked_whether_it_helped),
    "project-then": Way("/projects/{project}?step=0"),
    "project-that-waits": Way("/projects/{waiting_project}", who="impatient"),
    "project-with-nothing-suggested": Way("/projects/{lonely_project}", who="lonely"),
    "edit-a-project": Way("/projects/{project}/edit"),
    "lesson": Way("/lessons/{lesson}"),
    "lesson-found-for-a-project": Way("/lessons/{lesson}?q=the+supplier+comes+late&project={project}"),
    "project-brought": Way("/lessons/{lesson}", _taken_along),
    "account": Way("/account"),
    "account-no-name": Way("/account", _press("Save the name", ("What others call you", " ")), status=422),
    "account-weak-password": Way("/account", _press("Set the password", ("New password", "short")), status=422),
    "sign-in": Way("/sign-in/{organisation}", who="nobody"),
    "sign-in-nowhere": Way("/sign-in", who="nobody"),
    "sign-in-wrong": Way(
        "/sign-in/{organisation}",
        _press("Sign in", ("E-mail address", "nobody@example.org"), ("Password", "a guess")),
        who="nobody",
        status=422,
    ),
    "enter": Way("{link}", who="nobody"),
    "enter-with-a-line": Way("{first_link}", who="nobody"),
    "enter-weak-password": Way(
        "{link}",
        _choose_a_short_password,
        who="nobody",
        status=422,
    ),
    "enter-no-more": Way("/enter/of-yesterday", who="nobody", status=404),
    "search": Way("/search?q=the+supplier+comes+late"),
    "search-narrowed": Way("/search?q=the+supplier+comes+late&kind=went_wrong&from=2020-01-01"),
    "search-nothing-asked": Way("/search"),
    "search-nothing-close": Way("/search?q=how+to+bake+sourdough+bread"),
    "search-further-away": Way("/search?q=how+to+bake+sourdough+bread&all=1&project={project}"),
    "search-nothing-found": Way("/search?q=late&from=2091-01-01"),
    "search-busy": Way("/search?q=late", where="busy", status=503),
    "search-where-nothing-is": Way("/search?q=late", who="newcomer"),
    "learned": Way("/learned"),
    "learned-map": Way("/learned/map"),
    "learned-nothing": Way("/learned", who="newcomer"),
    "learned-map-nothing": Way("/learned/map", who="newcomer"),
    "log": Way("/log"),
    "log-nothing-found": Way("/log?since=2091-01-01"),
    "log-event": Way("/log/2"),
    "admin-members": Way("/admin"),
    "admin-members-wrong": Way(
        "/admin", _press("Add and make a link", ("Name", "Ada"), ("E-mail address", "ada@ferries.example")), status=422
    ),
    "admin-member": Way("/admin/members/{colleague}"),
    "admin-member-link": Way("/admin/members/{colleague}", _press("Make a link that signs in once")),
    "admin-remove": Way("/admin/members/{colleague}/remove"),
    "admin-remove-the-last": Way("/admin/members/{self}/remove", _press("Remove this member"), status=409),
    "admin-teams": Way("/admin/teams"),
    "admin-team": Way("/admin/teams", _first_team),
    "admin-team-wrong": Way("/admin/teams", _wrongly_named, status=422),
    "admin-teams-nothing": Way("/admin/teams", who="newcomer"),
    "admin-tokens": Way("/admin/tokens"),
    "admin-token-shown": Way("/admin/tokens", _press("Make it", ("Name of the tool", "Nightly import")), status=201),
    "admin-health": Way("/admin/health"),
    "admin-ranker": Way("/admin/ranker"),
    "retrospectives": Way("/retrospectives"),
    "retrospectives-of-a-project": Way("/retrospectives?project_id={project}"),
    "retrospectives-of-a-project-without": Way("/retrospectives?project_id={lonely_project}", who="lonely"),
    "retrospectives-nothing": Way("/retrospectives", who="newcomer"),
    "retrospective": Way("/retrospectives/{meeting}"),
    "retrospective-while-typing": Way("/retrospectives/{meeting}", _something_typed),
    "retrospective-unfolded": Way("/retrospectives/{meeting}", _unfolded),
    "retrospective-full": Way("/retrospectives/{full_meeting}", who="busy room"),
    "retrospective-empty": Way("/retrospectives/{empty_meeting}"),
    "retrospective-closed": Way("/retrospectives/{closed_meeting}", _closed),
    "question": Way("/retrospectives/{meeting}/points/{point}"),
    "question-in-place": Way("/retrospectives/{meeting}", _known),
    "point-change": Way("/retrospectives/{meeting}/points/{point}/change"),
    "point-change-in-place": Way("/retrospectives/{meeting}", _asked("Change", "What it is to say")),
    "point-change-to-nothing": Way(
        "/retrospectives/{meeting}/points/{point}/change",
        _press("Save the change", ("What it is to say", " ")),
        status=422,
    ),
    "point-take-back": Way("/retrospectives/{meeting}/points/{point}/take-back"),
    "point-take-back-in-place": Way("/retrospectives/{meeting}", _asked("Take back", "It is gone for everybody")),
    "point-taken-back": Way("/retrospectives/{empty_meeting}", _taken_back),
    "first-run": Way("/", who="newcomer"),
    "first-run-second-step": Way("/", who="lonely"),
    "projects-read-only": Way("/", who="reader"),
    "not-found": Way("/there/is/nothing", status=404),
    "not-yours": Way("/admin", who="reader", status=403),
    "somebody-was-faster": Way("/projects/{project}/edit", _somebody_was_faster, status=409),
    "does-not-fit": Way("/projects/{project}", _said_nothing, status=422),
    "form-of-yesterday": Way("/", _form_of_yesterday, status=400),
    "too-often": Way("/projects/{project}", lambda page, _: page.reload() and None, where="strict", status=429),
    "out-of-breath": Way("/projects/{project}", where="cut off", status=503),
}
"""By name, which its pictures are called by. ``Organisation.address`` says what an address is about."""
