"""The pages in a real browser, before a real Hardwon: servers, API and worker as `hardwon up` starts them, with the sample organisation."""

from collections.abc import Callable, Generator, Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import httpx
import pytest
from boards import BEN
from every_page import PAGES, Organisation
from looking import Arriving
from others import (
    ENTER,
    Untouched,
    busy,
    cut_off,
    held_up,
    let_alone,
    link,
    little,
    meeting,
    reached,
    remembered,
    strict,
)
from outside import wait_for
from playwright.sync_api import Browser, BrowserContext, Error, Page, expect, sync_playwright
from rich.console import Console

from hardwon.sample import Point, sample_story
from hardwon.tokens import organisation_of
from hardwon_local.demo import tell
from hardwon_local.running import Running

CHROMIUM = Path("/usr/bin/chromium")
ARGUMENTS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--no-first-run",
]
PATIENCE = 60_000  # milliseconds that a browser waits for what is to come, on a busy machine too
_SHOWN, _LINES = 3_000, 40  # characters of a page, lines of a log
expect.set_options(timeout=PATIENCE)


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(
    item: pytest.Item, call: pytest.CallInfo[None]
) -> Generator[None, pytest.TestReport, pytest.TestReport]:
    """Add to a failure what the open pages showed and what the services last said: where it fails, nobody may be there to look."""
    report = yield
    asked: dict[str, Any] = getattr(item, "funcargs", {})
    if report.failed and "chromium" in asked:
        pages = [page for context in asked["chromium"].contexts for page in context.pages]
        report.sections += [(page.url, _shown(page)) for page in pages]
    if report.failed and "hardwon" in asked:
        # Not once all was taken down.
        left = [each for each in asked["hardwon"].servers.children if each.log_path.exists()]
        report.sections += [(f"the end of {each.name}'s log", each.last_log_lines(_LINES)) for each in left]
    return report


def _shown(page: Page) -> str:
    try:
        return str(page.evaluate("document.body.innerText"))[:_SHOWN]
    except Error as error:  # it is gone, or hangs: that is what there is to tell
        return str(error)


@pytest.fixture(scope="session")
def chromium() -> Iterator[Browser]:
    if not CHROMIUM.exists():
        pytest.fail(f"The pages are tested in Chromium, and {CHROMIUM} is not there: apt-get install chromium")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=ARGUMENTS)
        yield browser
        browser.close()


@pytest.fixture(scope="session")
def token(hardwon: Running) -> str:
    """The token of an organisation of this session's own, which has lived through the sample story."""
    story = sample_story()
    token = hardwon.register(story.name)
    tell(story, hardwon.url, token, Console(quiet=True))
    return token


@pytest.fixture(scope="session")
def sample(hardwon: Running, token: str) -> Iterator[Organisation]:
    with reached(hardwon, token) as http:
        project, meeting = newest(http, "/projects"), newest(http, "/retrospectives")
        offered = newest(http, f"/projects/{project['id']}/recommendations")
        board = http.get(f"/retrospectives/{meeting['id']}").json()
        yield Organisation(hardwon.url, http, project, offered["lesson"], board)


def newest(http: httpx.Client, path: str) -> Any:
    """Return what is listed first, as soon as something is: the worker may have much to do before it."""
    wait_for(lambda: http.get(path).json()["items"] != [], f"something at {path}", PATIENCE / 1_000)
    return http.get(path).json()["items"][0]


@pytest.fixture(scope="session")
def signed_in(hardwon: Running, token: str, chromium: Browser) -> Any:
    """What a browser remembers of an administrator who came in by an entry link."""
    return remembered(chromium, hardwon.url, hardwon.entry_address(token))


@pytest.fixture(scope="session")
def untouched(hardwon: Running, chromium: Browser) -> Iterator[Untouched]:
    """An organisation in which themes and searches stay as they are: in the sample's, what other tests tell changes them at any moment."""
    found = let_alone(hardwon, chromium)
    yield found
    found.http.close()


@pytest.fixture
def browser(hardwon: Running, chromium: Browser, signed_in: Any) -> Iterator[Callable[..., BrowserContext]]:
    """Return what opens a browser of the administrator's: ``browser(color_scheme="dark", java_script_enabled=False, ...)``."""
    opened: list[BrowserContext] = []

    def browser(**options: Any) -> BrowserContext:
        asked = {"base_url": hardwon.url, "storage_state": signed_in, "locale": "en-GB", "reduced_motion": "reduce"}
        context = chromium.new_context(**asked | options)
        context.set_default_timeout(PATIENCE)
        opened.append(context)
        return context

    yield browser
    for context in opened:
        context.close()


@pytest.fixture
def page(browser: Callable[..., BrowserContext]) -> Iterator[Page]:
    """A page of the administrator's, that no script may fail on and that may load nothing from elsewhere."""
    page = browser().new_page()
    problems: list[str] = []
    page.on("pageerror", lambda error: problems.append(str(error)))
    page.on("console", lambda said: problems.append(said.text) if "Content Security Policy" in said.text else None)
    yield page
    assert not problems


@pytest.fixture
def ben(sample: Organisation, hardwon: Running, browser: Callable[..., BrowserContext]) -> Page:
    """Another member, in a browser of his own."""
    members = sample.http.get("/members?limit=100").json()["items"]
    known = next((each for each in members if each["email"] == BEN), None)
    member = known or sample.http.post("/members", json={"name": "Ben", "email": BEN}).json()
    page = browser(storage_state=None).new_page()
    page.goto(link(hardwon, sample.http.headers["Authorization"].removeprefix("Bearer "), member["id"]))
    page.get_by_role("button", name=ENTER).click()
    expect(page).to_have_url(f"{hardwon.url}/")
    return page


@pytest.fixture(scope="session")
def people(hardwon: Running, token: str, sample: Organisation, signed_in: Any, chromium: Browser) -> dict[str, Any]:
    """What the browsers of several people remember, by what they are called in ``every_page``; what they see is added to the sample."""
    members = sample.http.get("/members?limit=100").json()["items"]
    colleague, reader, guest = (
        sample.http.post(
            "/members", json={"name": name, "email": f"{name.lower()}@ferries.example", "role": role}
        ).json()
        for name, role in (("Ada", "member"), ("Rita", "reader"), ("Nelly", "member"))
    )
    newcomer, lonely = hardwon.register("A newcomer's"), hardwon.register("Only one project")
    with reached(hardwon, lonely) as http:
        sample.known["lonely_project"] = little(http, "A tunnel under the harbour")
    impatient = sample.known["impatient"] = hardwon.register("Somebody waits")
    with reached(hardwon, impatient) as http:
        little(http, "A tunnel under the lock")
    busy_room = hardwon.register("One board, and much on it")
    with reached(hardwon, busy_room) as http:
        known = [each for past in sample_story().projects for held in past.retrospectives for each in held.points]
        sample.known["full_meeting"] = meeting(http, little(http, "New gates"), "After the opening", *known[:40])
    project = sample.project["id"]
    said = (Point("late", "went_wrong", "The supplier was late."), Point("keys", "went_wrong", "Nobody had the keys."))
    sample.known.update(
        organisation=str(organisation_of(token)),
        self=next(each["id"] for each in members if each["role"] == "administrator"),
        colleague=colleague["id"],
        link=link(hardwon, token, reader["id"]),
        empty_meeting=meeting(sample.http, project, "Before anybody wrote"),
        closed_meeting=meeting(sample.http, project, "Half-way", *said),
    )
    rita = remembered(chromium, hardwon.url, sample.known["link"])
    sample.known["link"] = link(hardwon, token, reader["id"])
    sample.known["first_link"] = link(hardwon, token, guest["id"])  # the colleague is made another one, which ends hers
    return {
        "administrator": signed_in,
        "nobody": None,
        "reader": rita,
        "newcomer": remembered(chromium, hardwon.url, hardwon.entry_address(newcomer)),
        "lonely": remembered(chromium, hardwon.url, hardwon.entry_address(lonely)),
        "busy room": remembered(chromium, hardwon.url, hardwon.entry_address(busy_room)),
        "impatient": remembered(chromium, hardwon.url, hardwon.entry_address(impatient)),
    }


@pytest.fixture(scope="session")
def services(hardwon: Running) -> dict[str, str]:
    """Where the services answer that pages of ``every_page`` are asked of."""
    return {"": hardwon.url, "strict": strict(hardwon), "cut off": cut_off(hardwon), "busy": busy(hardwon)}


@pytest.fixture
def waits(hardwon: Running, sample: Organisation) -> Iterator[Callable[[], None]]:
    """Return what starts a project that waits for its suggestions until the test is over, and no longer: workers wait with it."""
    with ExitStack() as held:

        def waits() -> None:
            token = sample.known["impatient"]
            held.enter_context(held_up(hardwon, token))
            with reached(hardwon, token) as http:
                made = http.post("/projects", json={"name": "A lock above it"}).json()["id"]
                # Whoever opens the page did not begin the project, and is not waited for.
                parts = [f"/projects/{made}{each}" for each in ("", "/recommendations")]
                wait_for(lambda: all(http.get(each).is_success for each in parts), "the project", PATIENCE / 1_000)
                sample.known["waiting_project"] = made

        yield waits


@pytest.fixture
def opened(
    browser: Callable[..., BrowserContext],
    sample: Organisation,
    people: dict[str, Any],
    services: dict[str, str],
    waits: Callable[[], None],
) -> Callable[..., Page]:
    """Return what opens a page of ``every_page`` by its name, as whom it is for: ``opened("learned", color_scheme="dark")``."""

    def opened(name: str, listening: Callable[[Page], None] = lambda _page: None, **options: Any) -> Page:
        way = PAGES[name]
        if way.who == "impatient":
            waits()
        page = browser(storage_state=people[way.who], base_url=services[way.where], **options).new_page()
        statuses: list[int] = []
        page.on("response", lambda told: statuses.append(told.status) if told.request.is_navigation_request() else None)
        listening(page)
        arriving = Arriving(page)
        page.goto(sample.address(way.address))
        arriving.wait()  # what a deed cuts off or replaces must not be on its way
        if way.deed:
            way.deed(page, sample)
            arriving.wait()
        assert statuses[-1] == way.status
        return page

    return opened
