"""Search: as one types, narrowed by filters, under an address that can be passed on, and without script."""

import re
from collections.abc import Callable
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
from boards import meeting
from every_page import Organisation
from others import Untouched
from playwright.sync_api import BrowserContext, Page, Request, Route, expect

pytestmark = pytest.mark.timeout(300)


def asked(page: Page) -> dict[str, list[str]]:
    return parse_qs(urlsplit(page.url).query)


def shown(page: Page) -> list[str]:
    """Return the lessons that the list holds, from the addresses of their pages."""
    expect(page.locator("#results h2 a").first).to_be_visible()
    page.wait_for_load_state()  # or the end of the list may not have come yet
    links = page.locator("#results h2 a").all()
    return [urlsplit(each.get_attribute("href") or "").path.rpartition("/")[2] for each in links]


def test_lessons_come_up_as_i_type(page: Page) -> None:
    """I type, and without another key what was learned is there, the passage that matches marked; the address says what I asked."""
    page.goto("/search")
    expect(page.get_by_text("Begin to type")).to_be_visible()
    page.get_by_label("What do you want to know?").press_sequentially("the supplier comes late", delay=15)
    expect(page.locator("#results mark").first).to_be_visible()
    expect(page.get_by_role("status").filter(has_text="the best first")).to_be_visible()
    expect(page).to_have_url("/search?q=the+supplier+comes+late")


@pytest.mark.parametrize(
    ("question", "told", "known"),
    [
        ("how to bake sourdough bread", r"^Nothing comes close to this\. The 3 nearest lessons:$", 0),
        ("solar panels on a roof", r"^(\d+) lessons come close, the best first$", 1),
    ],
)
def test_weak_matches_are_not_passed_off_as_answers(
    question: str, told: str, known: int, browser: Callable[..., BrowserContext], untouched: Untouched
) -> None:
    """Where nothing says what I ask, the line above says so, and is heard as I type; where something does, it stands above what does not.

    It is the measure by which a retrospective says that nothing like it is known, and the API tells the same.
    """
    page = browser(storage_state=untouched.signed_in).new_page()
    page.goto("/search")
    line, results = page.locator("#told"), page.locator("#results")
    line.evaluate("each => { each.stays = true }")
    page.get_by_label("What do you want to know?").fill(question)
    expect(line).to_have_text(re.compile(told))
    assert line.evaluate("each => each.stays && each.getAttribute('role')") == "status"  # a new one would not be heard
    expect(results.get_by_text("do not come close")).to_have_count(known)
    found = untouched.http.get("/search", params={"q": question, "limit": 20}).json()["items"]
    similar = untouched.http.get("/similar", params={"text": question}).json()
    assert bool(similar["lessons"]) is any(each["close"] for each in found) is bool(known)
    first = sorted(found, key=lambda each: not each["close"])
    ids = [each["lesson"]["id"] for each in first]
    near = sum(each["close"] for each in found) + 3  # what only lies nearest may hold just the word that was meant
    assert near < len(ids)
    assert shown(page) == ids[:near]
    page.get_by_role("link", name="Show what is further away").click()
    assert asked(page) == {"q": [question], "all": ["1"]}
    assert shown(page) == ids
    expect(page.get_by_role("link", name="Show what is further away")).to_have_count(0)
    page.reload()
    assert shown(page) == ids
    page.get_by_label("What do you want to know?").press_sequentially("?")
    expect(results.locator("h2 a")).not_to_have_count(len(ids))


def test_the_address_can_be_passed_on_and_gone_back_to(
    browser: Callable[..., BrowserContext], untouched: Untouched
) -> None:
    """Whoever opens the address sees the same; coming back from a lesson the results are still there, and so is what I typed."""
    page = browser(storage_state=untouched.signed_in).new_page()
    page.goto("/search?q=supplier&kind=went_wrong")
    first = page.locator("#results h2 a").first
    title = first.inner_text()
    first.click()
    page.wait_for_url("**/lessons/*")
    page.go_back()
    expect(page.locator("#results h2 a").first).to_have_text(title)
    expect(page.get_by_label("What do you want to know?")).to_have_value("supplier")
    expect(page.get_by_label("Drawn from")).to_have_value("went_wrong")


def test_it_is_narrowed(browser: Callable[..., BrowserContext], untouched: Untouched) -> None:
    """By kind, team, theme and day; each change shows at once, and what does not fit is gone."""
    theme, page = untouched.themes[0], browser(storage_state=untouched.signed_in).new_page()
    page.goto("/search?q=test")
    page.get_by_text("Narrow it down").click()
    page.get_by_label("Team", exact=True).select_option("Data and Platform")
    expect(page).to_have_url("/search?q=test&team=Data+and+Platform")
    expect(page.locator("#results .meta").first).to_contain_text("Data and Platform")
    teams = page.locator("#results .meta").all_inner_texts()
    assert all("Data and Platform" in each for each in teams)
    page.get_by_label("Team", exact=True).select_option("")
    page.get_by_label("Theme", exact=True).select_option(theme["theme"])
    expect(page).to_have_url(f"/search?q=test&theme={theme['theme']}")
    page.get_by_label("and until").fill("1999-12-31")
    expect(page.locator("#results").get_by_text("Nothing found")).to_be_visible()
    page.get_by_role("link", name="Search among all lessons").click()
    expect(page.locator("#results h2").first).to_be_visible()
    assert asked(page) == {"q": ["test"]}


def test_what_cannot_be_asked_is_said(page: Page) -> None:
    """A theme that is gone, and days in the wrong order: I am told what to change, and what I asked is still there."""
    page.goto("/search?q=test&theme=no-such-theme")
    expect(page.get_by_text("This theme is gone")).to_be_visible()
    page.goto("/search?q=test&from=2026-02-01&to=2026-01-01")
    expect(page.get_by_text("These days are in the wrong order")).to_be_visible()
    expect(page.get_by_label("What do you want to know?")).to_have_value("test")


def test_it_works_without_script(browser: Callable[..., Any]) -> None:
    """A form like any other: I send it, and the page that comes holds what was found."""
    page = browser(java_script_enabled=False).new_page()
    page.goto("/search")
    page.get_by_label("What do you want to know?").fill("supplier")
    page.get_by_role("button", name="Search").click()
    expect(page.locator("#results mark").first).to_be_visible()
    assert asked(page)["q"] == ["supplier"]


def test_what_people_wrote_stays_text(page: Page) -> None:
    """A question full of tags is shown as it was typed, and runs nothing."""
    page.goto("/search?q=%3Cimg+src%3Dx+onerror%3Dalert(1)%3E%22%27")
    expect(page.get_by_label("What do you want to know?")).to_have_value("<img src=x onerror=alert(1)>\"'")
    assert page.locator("#results img").count() == 0


def busy_at_first(page: Page, services: dict[str, str], path: str, times: int) -> list[str]:
    """Have a Hardwon that is out of breath answer the first requests for this path, and the one that is well the others; return them."""
    seen: list[str] = []

    def answer(route: Route) -> None:
        seen.append(route.request.url)
        address = urlsplit(route.request.url)
        if len(seen) > times:
            route.continue_()
        else:
            where = f"{services['busy']}{address.path}?{address.query}".removesuffix("?")
            route.fulfill(response=route.fetch(url=where))

    page.route(lambda url: urlsplit(url).path.endswith(path), answer)
    return seen


def test_what_could_not_be_answered_is_asked_again_by_itself(page: Page, services: dict[str, str]) -> None:
    """Twice no worker is quick enough: the page says that it asks again, and without my doing anything what was found takes that place."""
    seen = busy_at_first(page, services, "/search", 2)
    answer = page.goto("/search?q=the+supplier+comes+late")
    assert answer
    assert (answer.status, answer.headers["retry-after"]) == (503, "2")
    expect(page.get_by_role("status").filter(has_text="asked again by itself")).to_be_visible()
    expect(page.locator("#results mark").first).to_be_visible()
    expect(page.get_by_role("status").filter(has_text="the best first")).to_be_visible()
    expect(page).to_have_url("/search?q=the+supplier+comes+late")
    expect(page.get_by_text("asked again by itself")).to_have_count(0)
    assert len(seen) == 3


def test_it_does_not_ask_for_ever(page: Page, services: dict[str, str]) -> None:
    """No worker is ever quick enough: after five more tries the page says so, and leaves it to me; typing asks at once."""
    seen = busy_at_first(page, services, "/search", 6)
    page.clock.install()
    page.goto("/search")
    seen.clear()
    page.get_by_label("What do you want to know?").fill("the supplier comes late")
    for again in range(1, 6):
        expect(page.locator(f"#results [hx-get*='again={again}']")).to_be_attached()
        page.clock.fast_forward(5_000)  # longer than it waits before it asks again
    expect(page.get_by_text("Too many are asking just now")).to_be_visible()
    assert len(seen) == 6
    expect(page.get_by_role("link", name="Ask again")).to_be_visible()
    page.get_by_role("button", name="Search").click()
    expect(page.locator("#results mark").first).to_be_visible()


def held_again(page: Page) -> Callable[[Request], bool]:
    """Have what the page asks again by itself wait for ever, and return what tells it from the rest."""

    def is_again(request: Request) -> bool:
        return "again=1" in f"{request.url} {request.post_data}"

    page.route("**", lambda route: None if is_again(route.request) else route.fallback())
    return is_again


def test_what_i_ask_meanwhile_is_not_overtaken(page: Page, services: dict[str, str]) -> None:
    """I type something else while the page asks again: that ends, and no answer to it takes the place of mine."""
    busy_at_first(page, services, "/search", 1)
    is_again = held_again(page)
    with page.expect_request(is_again):
        page.goto("/search?q=the+supplier+comes+late")
    with page.expect_event("requestfailed", is_again):
        page.get_by_label("What do you want to know?").fill("solar panels on a roof")
    expect(page.locator("#results mark").first).to_be_visible()
    expect(page).to_have_url("/search?q=solar+panels+on+a+roof")


def test_what_i_write_meanwhile_is_not_overtaken(page: Page, sample: Organisation, services: dict[str, str]) -> None:
    """The same on a board, where one writes on while what one wrote before is compared again."""
    busy_at_first(page, services, "/similar", 1)
    is_again = held_again(page)
    page.goto(meeting(sample))
    with page.expect_request(is_again):
        page.get_by_label("What happened?").fill("The supplier came late.")
    with page.expect_event("requestfailed", is_again):
        page.get_by_label("What happened?").fill("The supplier came late, and without a contract.")
    expect(page.get_by_role("heading", name="Learned before")).to_be_visible()


def test_a_board_too_compares_later_what_it_could_not_compare(
    page: Page, sample: Organisation, services: dict[str, str]
) -> None:
    """What I write is compared once a worker has time, and is sent to no address."""
    seen = busy_at_first(page, services, "/similar", 1)
    page.goto(meeting(sample))
    page.get_by_label("What happened?").fill("The supplier came late.")
    expect(page.get_by_text("Nothing can be compared just now")).to_be_visible()
    expect(page.get_by_role("heading", name="Learned before")).to_be_visible()
    assert [urlsplit(each).query for each in seen] == ["", ""]
