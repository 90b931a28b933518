"""What is live on a page comes though a service was busy for a moment: nobody has to load the page again."""

from collections.abc import Iterator
from contextlib import ExitStack

import httpx
import pytest
from boards import card, meeting, raised, write
from every_page import Organisation
from outside import wait_for
from playwright.sync_api import Page, Route, expect

pytestmark = pytest.mark.timeout(240)
SEEN = """
window.away = true;
Object.defineProperty(document, "hidden", { get: () => away });
window.streams = [];
window.told = 0;
window.EventSource = class extends EventSource {
  constructor(address) { super(address); streams.push(this); this.addEventListener("change", () => { told += 1; }); }
};
"""
"""A page says that it is hidden while `away`, keeps its streams where they can be looked at, and counts what they tell."""
PLACES = 8
"""So many streams one session has at a time, unless an operator chose otherwise."""


@pytest.fixture
def places(ben: Page, sample: Organisation) -> Iterator[ExitStack]:
    """All that Ben's session may follow at a time is taken, until this is closed."""
    cookies = {each["name"]: each["value"] for each in ben.context.cookies()}
    with httpx.Client(base_url=sample.url, cookies=cookies, timeout=60) as http, ExitStack() as held:
        for _ in range(PLACES):
            stream = held.enter_context(http.stream("GET", "/live"))
            assert stream.status_code == 200
            next(stream.iter_raw())
        yield held


def test_a_page_that_was_refused_its_stream_follows_later(ben: Page, sample: Organisation, places: ExitStack) -> None:
    """I look through many pages, and the last one finds no place to follow: it does as soon as there is one, and tells what it missed."""
    address = meeting(sample, "The gates came late.")
    ben.add_init_script(SEEN.replace("away = true", "away = false"))
    with ben.expect_response("**/live?*") as asked:
        ben.goto(address)
    assert asked.value.status == 429
    raised(sample, address, "Nobody had a key.")
    places.close()
    expect(card(ben, "Nobody had a key.")).to_be_visible()
    ben.wait_for_function("() => streams.at(-1).readyState === EventSource.OPEN")
    before = ben.evaluate("told")
    raised(sample, address, "Told by the stream.")
    expect(card(ben, "Told by the stream.")).to_be_visible()
    ben.wait_for_function("(before) => told > before", arg=before)


@pytest.mark.parametrize("status", [429, 503])
def test_a_part_that_was_refused_comes_later(ben: Page, sample: Organisation, status: int) -> None:
    """The board asks for itself while the service is out of breath: it asks again."""
    address = meeting(sample, "The gates came late.")
    ben.goto(address)
    refused: list[str] = []

    def refuse_once(route: Route) -> None:
        if refused or route.request.headers.get("hx-request") is None:
            return route.continue_()
        refused.append(route.request.url)
        told = {"HX-Retarget": "#notice", "HX-Reswap": "innerHTML"}
        return route.fulfill(status=status, content_type="text/html", headers=told, body="<p role=alert>A moment.</p>")

    ben.route(f"**{address}", refuse_once)
    raised(sample, address, "Nobody had a key.")
    expect(card(ben, "Nobody had a key.")).to_be_visible()
    assert len(refused) == 1
    expect(ben.locator("#notice")).to_have_text("")  # nobody pressed anything, and all is well


def test_a_page_that_nobody_sees_follows_nothing(ben: Page, sample: Organisation) -> None:
    """I open it in a tab behind: it takes no place until I look at it, then one, and gives it back when I look away."""
    ben.add_init_script(SEEN)
    ben.goto(meeting(sample, "The gates came late."))
    open_ones = "streams.filter((each) => each.readyState !== EventSource.CLOSED).length"
    for seen, places in ((False, 0), (True, 1), (True, 1), (False, 0), (True, 1)):
        ben.evaluate("(seen) => { away = !seen; document.dispatchEvent(new Event('visibilitychange')); }", seen)
        assert ben.evaluate(open_ones) == places
    ben.reload()
    expect(card(ben, "The gates came late.")).to_be_visible()
    assert ben.evaluate("streams.length") == 0


def test_a_point_is_told_and_not_asked_for(page: Page, ben: Page, sample: Organisation) -> None:
    """Within a second of Ben's clock after he is told of it, what I write stands on his board: a board that asks at times would be late."""
    ben.add_init_script(SEEN.replace("away = true", "away = false"))
    ben.clock.install()
    address = meeting(sample)
    for each in (page, ben):
        each.goto(address)
    ben.wait_for_function("() => streams.length === 1 && streams[0].readyState === EventSource.OPEN")
    ben.clock.pause_at(ben.evaluate("Date.now()") / 1_000 + 60)
    before = ben.evaluate("told")
    write(page, "The gates came late.")
    wait_for(lambda: ben.evaluate("told") > before, "word of the point", 60)
    expect(card(ben, "The gates came late.")).to_be_hidden()  # the control: his clock stands still
    ben.clock.run_for(1_000)
    expect(card(ben, "The gates came late.")).to_be_visible()
