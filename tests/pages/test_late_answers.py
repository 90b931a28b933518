"""What one did within a point of a board is answered late, and what others did came first."""

import pytest
from boards import board_comes, card, meeting, raised
from every_page import Organisation
from playwright.sync_api import APIResponse, Page, Route, expect
from test_at_the_point import link_of

pytestmark = pytest.mark.timeout(240)
Held = list[tuple[Route, APIResponse]]


@pytest.fixture
def held(page: Page) -> Held:
    """What was answered to whoever took a point back, and has not come to the page yet."""
    held: Held = []

    def hold(route: Route) -> None:
        if route.request.method == "POST":
            held.append((route, route.fetch()))
        else:
            route.continue_()

    page.route("**/take-back", hold)
    return held


def let_through(page: Page, held: Held) -> None:
    """Let the answer come, as soon as there is one."""
    while not held:
        page.wait_for_timeout(50)
    route, answer = held.pop()
    route.fulfill(response=answer)


def test_it_is_said_though_the_stream_was_faster_than_the_answer(page: Page, sample: Organisation, held: Held) -> None:
    """The room is told before I am answered: the board waits for my answer, which says what I did, and then shows all that came."""
    address = meeting(sample, "The boss forgot.", "The gates came late.")
    page.goto(address)
    link_of(card(page, "The boss forgot."), "Take back").click()
    page.get_by_role("button", name="Take it back").click()
    with board_comes(page):
        raised(sample, address, "Nobody had a key.")
    expect(card(page, "Nobody had a key.")).to_have_count(0)
    let_through(page, held)
    expect(page.get_by_role("status").filter(has_text="Taken back.")).to_contain_text("The boss forgot.")
    expect(card(page, "Nobody had a key.")).to_be_visible()
    expect(card(page, "The boss forgot.")).to_have_count(0)


def test_who_goes_away_before_the_answer_goes_on_to_follow(page: Page, sample: Organisation, held: Held) -> None:
    """I press Escape while my answer is on its way: the board waits no longer than that, and shows what others raise."""
    address = meeting(sample, "The boss forgot.", "The gates came late.")
    page.goto(address)
    link_of(card(page, "The boss forgot."), "Take back").click()
    page.get_by_role("button", name="Take it back").click()
    page.keyboard.press("Escape")
    expect(page.get_by_role("button", name="Take it back")).to_have_count(0)
    let_through(page, held)
    raised(sample, address, "Nobody had a key.")
    expect(card(page, "Nobody had a key.")).to_be_visible()
    expect(card(page, "The boss forgot.")).to_have_count(0)
