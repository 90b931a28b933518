"""Mending a point on the board, and taking it back, with others in the room."""

import re

import pytest
from boards import board_of, card, meeting, write
from every_page import Organisation
from looking import violations
from playwright.sync_api import Page, expect

pytestmark = pytest.mark.timeout(300)


def test_the_room_reads_the_new_words(page: Page, ben: Page, sample: Organisation) -> None:
    """I mend a typo within the point: my board and Ben's tell it without anybody's doing anything, and what I was writing stays."""
    address = meeting(sample)
    for each in (page, ben):
        each.goto(address)
    write(page, "The gaets came late.")
    mine = card(page, "The gaets came late.")
    expect(card(ben, "The gaets came late.").get_by_role("link", name="Change")).to_have_count(0)
    mine.get_by_role("link", name="Change").click()
    words = mine.get_by_label("What it is to say")
    expect(words).to_have_value("The gaets came late.")
    page.get_by_label("What happened?").fill("Half a sentence")
    assert violations(page) == ""
    words.fill("The gates came late.")
    page.get_by_role("button", name="Save the change").click()
    expect(card(page, "The gates came late.")).to_be_visible()
    expect(words).to_have_count(0)
    expect(card(page, "The gates came late.").get_by_role("link", name="Change")).to_be_focused()
    expect(page.get_by_label("What happened?")).to_have_value("Half a sentence")
    expect(card(ben, "The gates came late.")).to_be_visible()
    expect(ben.locator("[data-arrivals]")).to_have_text("The gates came late.")
    assert [each["text"] for each in board_of(sample, address)["points"]] == ["The gates came late."]


def test_a_point_taken_back_leaves_the_room(page: Page, ben: Page, sample: Organisation) -> None:
    """I am asked once more and may leave it; taken back it is gone from both boards, I am told so, and Ben has his vote again."""
    address = meeting(sample)
    for each in (page, ben):
        each.goto(address)
    write(page, "The boss forgot.")
    card(ben, "The boss forgot.").get_by_role("button", name="Vote for").click()
    expect(ben.locator(".votes-left")).to_contain_text("4 votes left")
    expect(card(page, "The boss forgot.").get_by_role("button", name="Vote for")).to_have_text("Vote 1")
    back = card(page, "The boss forgot.").get_by_role("link", name="Take back")
    back.click()
    card(page, "The boss forgot.").get_by_role("link", name="Leave it as it is").click()
    expect(page.get_by_role("heading", name="Take this point back?")).to_have_count(0)
    expect(back).to_be_focused()
    back.click()
    assert violations(page) == ""
    page.get_by_role("button", name="Take it back").click()
    told = page.get_by_role("status").filter(has_text="Taken back.")  # looked at first: it stands there for ten seconds
    expect(told).to_contain_text("The boss forgot.")
    expect(page.get_by_text("Taken back.")).to_be_in_viewport(ratio=1)
    for each in (page, ben):
        expect(card(each, "The boss forgot.")).to_have_count(0)
    expect(page.locator("[data-raised]")).to_be_empty()
    expect(page.get_by_label("What happened?")).to_be_focused()
    write(page, "Another one.")
    expect(card(ben, "Another one.")).to_be_visible()
    expect(ben.locator(".votes-left")).to_contain_text("5 votes left")


def test_it_goes_by_keys_alone(page: Page, sample: Organisation) -> None:
    """From the link to the field, to the button and back to the point, without a pointer."""
    page.goto(meeting(sample))
    write(page, "Ask teh yard.")
    card(page, "Ask teh yard.").get_by_role("link", name="Change").focus()
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", name="Change this point")).to_be_focused()
    page.keyboard.press("Tab")
    page.keyboard.press("Control+a")
    page.keyboard.type("Ask the yard.")
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    changed = card(page, "Ask the yard.")
    expect(changed.get_by_role("link", name="Change")).to_be_focused()
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", name="Take this point back?")).to_be_focused()
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    expect(changed).to_have_count(0)


def test_without_my_name_it_is_mine_in_this_browser_only(page: Page, ben: Page, sample: Organisation) -> None:
    """What I raised without my name I mend without it; Ben, who sees it, has no link, and the board names nobody."""
    address = meeting(sample)
    for each in (page, ben):
        each.goto(address)
    page.get_by_label("Without my name").check()
    write(page, "The boss fogot.")
    expect(card(ben, "The boss fogot.").get_by_role("link", name=re.compile("Change|Take back"))).to_have_count(0)
    card(page, "The boss fogot.").get_by_role("link", name="Change").click()
    page.get_by_label("What it is to say").fill("The boss forgot.")
    page.get_by_role("button", name="Save the change").click()
    expect(card(ben, "The boss forgot.")).to_be_visible()
    (point,) = board_of(sample, address)["points"]
    assert (point["text"], point["raised_by"]) == ("The boss forgot.", None)


def test_an_empty_text_is_asked_for_within_the_point(page: Page, sample: Organisation) -> None:
    """What is wrong stands beside the field, which has the focus, and the board stays as it is."""
    page.goto(meeting(sample))
    write(page, "Ask teh yard.")
    card(page, "Ask teh yard.").get_by_role("link", name="Change").click()
    page.get_by_label("What it is to say").fill("  ")
    page.get_by_role("button", name="Save the change").click()
    expect(card(page, "Ask teh yard.").locator(".wrong")).to_have_text("Please fill this in.")
    expect(page.get_by_label("What it is to say")).to_be_focused()
    expect(card(page, "Ask teh yard.")).to_be_visible()
