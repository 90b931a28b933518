"""A retrospective that a room holds together, in real browsers."""

import re
from collections.abc import Callable
from typing import Any

import pytest
from boards import BEN, board_of, card, meeting, write
from every_page import Organisation
from looking import violations
from playwright.sync_api import BrowserContext, Page, expect

from hardwon.ids import new_id

pytestmark = pytest.mark.timeout(300)
Opens = Callable[..., BrowserContext]


def adopt(sample: Organisation) -> None:
    """Adopt the first lesson that the project was suggested."""
    recommendations = f"/projects/{sample.project['id']}/recommendations"
    sample.http.post(f"{recommendations}/{sample.lesson['id']}/feedback", json={"verdict": "adopted"})
    sample.http.get(recommendations, headers={"Prefer": "wait=20"})


def raised(sample: Organisation) -> list[Any]:
    """Return the points that were raised, as the log tells them: beside them it tells what workers do meanwhile."""
    events, after = [], 0
    while (page := sample.http.get(f"/events?limit=1000&after={after}").json())["items"]:
        events += page["items"]
        after = page["position"]
    return [each for each in events if each["type"].endswith("discussion_point_raised")]


def test_a_room_sees_what_each_one_writes(page: Page, ben: Page, sample: Organisation) -> None:
    """What I write stands on Ben's board without his doing anything, and his on mine; each one's votes count for both."""
    address = meeting(sample)
    for each in (page, ben):
        each.goto(address)
    write(page, "The gates came late.")
    expect(card(ben, "The gates came late.")).to_be_visible()
    expect(ben.locator("[data-arrivals]")).to_have_text("The gates came late.")
    write(ben, "The pilot found three faults.")
    expect(card(page, "The pilot found three faults.")).to_contain_text("Ben")
    for each in (page, ben):
        card(each, "The gates came late.").get_by_role("button", name="Vote for").click()
    for each in (page, ben):
        expect(card(each, "The gates came late.").get_by_role("button", name="Vote for")).to_have_text("Vote 2")
        expect(each.locator(".votes-left")).to_contain_text("4 votes left")


def test_what_one_writes_outlives_the_meeting(page: Page, ben: Page, sample: Organisation) -> None:
    """Closed while I write, the board takes my field away, and it is back with my words when somebody opens it again."""
    address = meeting(sample, "The gates came late.")
    for each in (page, ben):
        each.goto(address)
    field = page.get_by_label("What happened?")
    field.fill("Half a sentence")
    ben.get_by_role("button", name="Close the retrospective").click()
    expect(page.get_by_role("heading", name="Closed")).to_be_visible()
    expect(field).to_be_hidden()
    ben.get_by_role("button", name="Open it again").click()
    expect(field).to_be_visible()
    expect(field).to_have_value("Half a sentence")


def test_a_retrospective_by_keyboard_alone(page: Page, sample: Organisation) -> None:
    """I choose the sort by 1 to 4 or the arrows, send by Enter, vote, group, draw the lesson and close without a pointer."""
    page.goto(meeting(sample))
    text = page.get_by_label("What happened?")
    text.focus()
    expect(page.get_by_text("choose the sort, before you write")).to_be_visible()
    page.keyboard.press("3")
    expect(page.get_by_text("Something you do not understand")).to_be_visible()
    page.keyboard.press("2")
    expect(page.get_by_text("Something you do not understand")).to_be_hidden()
    for words, then in (("First.", "4"), ("Second.", "ArrowUp"), ("Third.", "2"), ("3 weeks.", "")):
        page.keyboard.type(words)
        page.keyboard.press("Enter")
        if then:
            page.keyboard.press(then)
    wrong = dict.fromkeys(("First.", "3 weeks."), "Went wrong")  # a figure that words follow was no choice
    for words, kind in ({"Second.": "Idea", "Third.": "Puzzle"} | wrong).items():
        column = page.locator(".column", has=page.get_by_role("heading", name=re.compile(kind)))
        expect(column.get_by_text(words, exact=True)).to_be_visible()
    vote = card(page, "First.").get_by_role("button", name="Vote for")
    vote.press("Enter")
    expect(vote).to_have_attribute("aria-pressed", "true")
    expect(vote).to_be_focused()
    page.keyboard.press("Enter")
    expect(vote).to_have_attribute("aria-pressed", "false")
    page.get_by_text("Put together what belongs together").press("Enter")
    page.get_by_label("A heading for points that belong together").focus()
    page.keyboard.type("Suppliers")
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", name="Suppliers")).to_be_visible()
    card(page, "First.").get_by_role("link", name="Learn from it").focus()
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", name="What can we learn from this?")).to_be_focused()
    page.get_by_label("Where it stands").focus()
    page.keyboard.type("S")  # what a list is told letter by letter it forgets after a second
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    pile = page.locator(".pile", has=page.get_by_role("heading", name="Suppliers"))
    expect(pile.get_by_text("First.", exact=True)).to_be_visible()
    card(page, "First.").get_by_role("link", name="Learn from it").focus()
    page.keyboard.press("Enter")
    page.get_by_label("The insight").focus()
    page.keyboard.type("Suppliers decide the schedule.")
    page.keyboard.press("Tab")
    page.keyboard.type("Ask for dates first.")
    page.keyboard.press("Tab")
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    expect(page.locator(".drawn")).to_contain_text("Ask for dates first.")
    page.get_by_role("button", name="Close the retrospective").focus()
    page.keyboard.press("Enter")
    expect(page.locator(".outcome-of-it")).to_contain_text("1 lesson was drawn. 3 points are still unanswered.")
    expect(page.get_by_label("What happened?")).to_be_hidden()


@pytest.mark.parametrize(("width", "height"), [(1280, 800), (390, 844)])
def test_one_can_write_at_once(browser: Opens, sample: Organisation, width: int, height: int) -> None:
    """Of a meeting that nobody wrote in yet the field stands on the first screen, though the project had set out to do something."""
    adopt(sample)
    page = browser(viewport={"width": width, "height": height}).new_page()
    page.goto(meeting(sample))
    expect(page.get_by_text("What you had set out to do")).to_contain_text("adopted")
    expect(page.get_by_role("button", name="It helped")).to_have_count(0)
    expect(page.get_by_label("What happened?")).to_be_in_viewport(ratio=1)


@pytest.mark.parametrize(("width", "height"), [(1280, 800), (390, 844)])
@pytest.mark.parametrize("script", [True, False])
def test_from_a_project_one_comes_to_the_field(
    browser: Opens,
    sample: Organisation,
    width: int,
    height: int,
    script: bool,  # noqa: FBT001 - a case
) -> None:
    """From the project's page I come to the top of what I do next, type what it is called, and am on its board."""
    meeting(sample)
    page = browser(viewport={"width": width, "height": height}, java_script_enabled=script).new_page()
    page.goto(f"/projects/{sample.project['id']}")
    page.get_by_role("link", name="Hold a retrospective").click()
    expect(page.get_by_label("What it is called")).to_be_focused()
    expect(page.get_by_role("heading", level=1)).to_be_in_viewport(ratio=1)
    expect(page.get_by_role("button", name="Open it")).to_be_in_viewport()
    page.keyboard.type("Half-way")
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", name="Half-way", level=1)).to_be_visible()
    expect(page.locator(".above")).to_have_text(sample.project["name"])


def test_the_address_is_copied_for_the_room(browser: Opens, sample: Organisation) -> None:
    """One press copies the address that the others open; without script it stands in a field to copy from."""
    page = browser(permissions=["clipboard-read", "clipboard-write"]).new_page()
    page.goto(meeting(sample))
    page.get_by_text("Who else is in the room?").click()
    page.get_by_role("button", name="Copy").click()
    expect(page.get_by_role("button", name="Copied")).to_be_visible()
    assert page.evaluate("navigator.clipboard.readText()") == page.url
    plain = browser(java_script_enabled=False).new_page()
    plain.goto(page.url)
    plain.get_by_text("Who else is in the room?").click()
    expect(plain.get_by_label("Send them this address")).to_have_value(page.url)
    expect(plain.get_by_role("button", name="Copy")).to_have_count(0)
    expect(plain.locator("kbd:visible")).to_have_count(0)


def test_no_more_votes_than_there_are(page: Page, sample: Organisation) -> None:
    """When my five votes are cast, the other points offer none; one taken back is free again."""
    page.goto(meeting(sample, *(f"Point {n}." for n in range(6))))
    votes = page.get_by_role("button", name="Vote for")
    for n in range(5):
        votes.nth(n).click()
        expect(page.locator(".votes-left")).to_contain_text(f"{4 - n} vote")
    expect(votes.nth(5)).to_be_disabled()
    votes.nth(0).click()
    expect(votes.nth(5)).to_be_enabled()


def test_what_is_known_stands_beside_while_one_writes(page: Page, sample: Organisation) -> None:
    """Other teams' lessons and stories arrive beside the field, and with the question what can be learned."""
    page.goto(meeting(sample))
    page.get_by_label("What happened?").press_sequentially("The supplier delivered the hardware late")
    expect(page.locator("#similar")).to_contain_text("Learned before")
    page.keyboard.press("Enter")
    page.get_by_role("link", name="Learn from it").click()
    page.locator(".slot").get_by_text("What is known already").click()
    expect(page.locator(".slot").get_by_role("heading", name="Learned before")).to_be_visible()


def test_what_is_known_of_a_point_stays_until_the_next_is_written(page: Page, sample: Organisation) -> None:
    """I raise what I wrote so fast that nothing stood beside it yet: what is known of it arrives, stays, and gives way to the next."""
    page.goto(meeting(sample))
    beside = page.locator("#similar")
    expect(beside).to_contain_text("While you write")
    write(page, "The supplier delivered the hardware late")
    expect(card(page, "The supplier delivered the hardware late")).to_be_visible()
    expect(beside).to_contain_text("Learned before")
    page.get_by_label("What happened?").press_sequentially("No.")
    expect(beside).to_have_text("While you write, what other teams learned of such things stands here.")
    page.get_by_label("What happened?").press_sequentially(" My grandmother baked sourdough bread in Lisbon.")
    expect(beside).to_contain_text("Nothing like it is known yet.")
    page.get_by_label("What happened?").fill("")
    expect(beside).to_contain_text("While you write")


def test_what_was_adopted_stands_at_the_start(page: Page, sample: Organisation) -> None:
    """I unfold what we had adopted, say whether it helped, and the project says so from then on; the line stays unfolded."""
    adopt(sample)
    page.goto(meeting(sample))
    page.get_by_text("What you had set out to do").click()
    page.get_by_role("button", name="It helped").first.click()
    expect(page.get_by_role("button", name="It helped").first).to_have_attribute("aria-pressed", "true")


def test_all_of_it_works_without_script(browser: Opens, sample: Organisation) -> None:
    """Without script I open a retrospective, raise, vote, move, learn and close by forms alone."""
    page = browser(java_script_enabled=False).new_page()
    page.goto("/retrospectives")
    page.get_by_label("What it is called").fill("By forms alone")
    page.get_by_role("button", name="Open it").click()
    expect(page.get_by_role("heading", name="By forms alone")).to_be_visible()
    for kind, words in (("Went well", "It went well."), ("Puzzle", "Why?")):
        page.get_by_role("radio", name=kind, exact=True).check()
        page.get_by_label("What happened?").fill(words)
        page.get_by_role("button", name="Raise it").click()
    card(page, "Why?").get_by_role("button", name="Vote for").click()
    expect(page.locator(".votes-left")).to_contain_text("4 votes left")
    card(page, "Why?").get_by_role("link", name="Learn from it").click()
    page.get_by_label("Where it stands").select_option(label="Under: It went well.")
    page.get_by_role("button", name="Move it there").click()
    expect(card(page, "It went well.").locator(".under")).to_contain_text("Why?")
    card(page, "Why?").get_by_role("link", name="Learn from it").click()
    page.get_by_label("The insight").fill("Questions are answers.")
    page.get_by_role("button", name="Draw this lesson").click()
    expect(page.locator(".drawn")).to_contain_text("Questions are answers.")
    page.get_by_role("button", name="Close the retrospective").click()
    expect(page.locator(".outcome-of-it")).to_contain_text("1 point is still unanswered.")
    page.get_by_role("button", name="Open it again").click()
    expect(page.get_by_label("What happened?")).to_be_visible()


def test_an_anonymous_point_leads_back_to_nobody(ben: Page, page: Page, sample: Organisation) -> None:
    """Neither the page, nor what the stream brings, nor the API, nor the log knows that Ben wrote it; under his name it does."""
    address = meeting(sample)
    page.goto(address)
    ben.goto(address)
    me = next(each for each in sample.http.get("/members?limit=100").json()["items"] if each["email"] == BEN)
    write(ben, "Under my name.")
    expect(card(page, "Under my name.")).to_contain_text("Ben")
    before = raised(sample)
    ben.get_by_label("Without my name").check()
    write(ben, "Nobody wrote this.")
    expect(card(page, "Nobody wrote this.")).to_be_visible()
    expect(card(ben, "Nobody wrote this.")).to_be_visible()
    for each in (card(page, "Nobody wrote this."), card(ben, "Nobody wrote this.")):
        html = each.evaluate("(element) => element.outerHTML")
        assert not re.search(r"\bBen\b", html)  # as a word: the letters may stand in a form's token
        assert me["id"] not in html
    named, hidden = board_of(sample, address)["points"]
    assert (named["raised_by"]["id"], hidden["raised_by"]) == (me["id"], None)
    (event,) = raised(sample)[len(before) :]
    assert event["actor"] == "anonymous"
    assert me["id"] not in str(event)
    assert me["id"] in str(before[-1])  # the control: the point under his name does lead back


def test_everybody_can_use_a_board_in_all_its_states(page: Page, sample: Organisation) -> None:
    """With a group, a pile, a vote and the question open, and then closed: axe finds nothing in light and dark."""
    address = meeting(sample, "First.", "Second.", "Third.")
    first, second, _ = (each["id"] for each in board_of(sample, address)["points"])
    group = str(new_id())
    sample.http.put(f"{address}/groups/{group}", json={"name": "Suppliers"})
    for id_, under in ((first, group), (second, first)):
        sample.http.put(f"{address}/points/{id_}/place", json={"under": under})
    page.goto(address)
    card(page, "Third.").get_by_role("button", name="Vote for").click()
    card(page, "Third.").get_by_role("link", name="Learn from it").click()
    expect(page.get_by_role("heading", name="What can we learn from this?")).to_be_focused()
    assert violations(page) == ""
    page.get_by_role("button", name="Close the retrospective").click()
    expect(page.locator(".outcome-of-it")).to_be_visible()
    assert violations(page) == ""
