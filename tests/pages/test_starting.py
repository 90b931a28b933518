"""Starting a project, in a browser."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from others import held_up
from playwright.sync_api import BrowserContext, Page, expect

from hardwon_local.running import Running

pytestmark = pytest.mark.timeout(240)
SUMMARY = "We put tablets into the cabs of all drivers at five depots; the hardware comes from one supplier."
RISKS = "- The hardware supplier delivers late\n- Drivers are trained too early and forget"


def start(page: Page, name: str, **more: str) -> None:
    page.goto("/projects/new")
    page.get_by_label("What is it called?").fill(name)
    for label, text in more.items():
        page.get_by_label(label).fill(text)
    page.get_by_role("button", name="Show me what others learned").click()


def test_suggestions_arrive_by_themselves(page: Page, hardwon: Running, token: str) -> None:
    """I say what my project is, its page opens, and what other teams learned comes in while I look, without anything jumping."""
    page.add_init_script(
        "window.shifted = 0; new PerformanceObserver((all) => { for (const each of all.getEntries())"
        " if (!each.hadRecentInput) window.shifted += each.value; }).observe({type: 'layout-shift', buffered: true});"
    )
    with held_up(hardwon, token):  # they are not there when the page opens
        start(page, "Tablets for ferry crews", **{"What is it?": SUMMARY})
        expect(page.locator("#suggestions .waiting")).to_be_visible()
    expect(page.get_by_role("heading", name="Tablets for ferry crews", level=1)).to_be_visible()
    address = page.url
    cards = page.locator(".suggestion")
    expect(cards.first).to_be_visible()
    expect(page.get_by_role("status").filter(has_text="of other projects may help")).to_be_visible()
    first = cards.first
    expect(first.get_by_role("heading", name="Why you see it")).to_be_visible()
    expect(first.locator("time")).to_be_visible()
    assert page.url == address
    assert page.evaluate("window.shifted") < 0.01


def test_the_button_is_seen_at_once(browser: Callable[..., BrowserContext]) -> None:
    """The form's main button stands on the first screen of a laptop."""
    page = browser(viewport={"width": 1280, "height": 800}).new_page()
    page.goto("/projects/new")
    expect(page.get_by_role("button", name="Show me what others learned")).to_be_in_viewport(ratio=1)


def test_a_list_of_risks_can_be_dropped_in(page: Page, tmp_path: Path) -> None:
    """I choose our risks: a file that is no text is refused by its name, the text of one that is appears in the form, and is a paper."""
    (tmp_path / "risks.md").write_text(RISKS, "utf-8")
    page.goto("/projects/new")
    page.get_by_label("What is it called?").fill("Ticket machines")
    page.get_by_text("More about it").click()
    chooser, field = page.locator("#risks_file"), page.get_by_label("What could go wrong?")
    refused = page.get_by_text("this is not a text file")
    field.fill("Rain")
    for content in (b"PK\x03\x04\xff", b"R\x00i\x00s\x00k\x00"):
        chooser.set_input_files({"name": "risks.docx", "mimeType": "application/octet-stream", "buffer": content})
        expect(refused).to_have_text("risks.docx: this is not a text file. Open it, and paste what it says.")
        expect(field).to_have_value("Rain")
        refused.evaluate("told => { told.textContent = '' }")
    chooser.set_input_files(tmp_path / "risks.md")
    expect(field).to_have_value(f"Rain\n\n{RISKS}")
    expect(refused).to_be_hidden()
    page.get_by_role("button", name="Show me what others learned").click()
    page.get_by_text("Risks", exact=True).click()
    expect(page.get_by_text("The hardware supplier delivers late").first).to_be_visible()


def test_what_could_go_wrong_brings_more(page: Page) -> None:
    """With a line I begin; what it is, then our risks are asked beside what came, and what others learned of them comes while I look."""
    start(page, "Tablets for piers")
    expect(page.get_by_role("heading", name="Tablets for piers", level=1)).to_be_visible()
    expect(page.locator("#suggestions .waiting")).to_have_count(0)
    page.get_by_role("textbox", name="What will be different, and for whom?").fill(SUMMARY)
    page.get_by_role("button", name="Look again").click()
    page.get_by_role("textbox", name="What could go wrong?").fill(RISKS)
    # What is said within one answer is answered as one: of the ten that come then, none may be about the supplier.
    expect(page.locator("#suggestions .waiting")).to_have_count(0)
    page.get_by_role("button", name="Look for it").click()
    expect(page.locator(".why").get_by_text("The hardware supplier delivers late").first).to_be_visible()
    expect(page.get_by_role("textbox", name="What else could go wrong?")).to_be_visible()


def test_it_works_without_script(browser: Callable[..., BrowserContext], tmp_path: Path) -> None:
    """With scripts off I start a project with an uploaded file, ask for what has been found, and say what I make of a suggestion."""
    (tmp_path / "risks.txt").write_text(RISKS, "utf-8")
    page = browser(java_script_enabled=False).new_page()
    page.goto("/projects/new")
    page.get_by_label("What is it called?").fill("Readers on ferries")
    page.get_by_label("What is it?").fill(SUMMARY)
    page.get_by_text("More about it").click()
    page.locator("#risks_file").set_input_files(tmp_path / "risks.txt")
    page.get_by_role("button", name="Show me what others learned").click()
    expect(page.get_by_role("heading", name="Readers on ferries", level=1)).to_be_visible()
    card, asks = page.locator(".suggestion").first, page.get_by_role("link", name="Show what has been found")
    expect(card.or_(asks).first).to_be_visible()
    while asks.count():
        with page.expect_navigation():
            asks.click()
    card.get_by_role("button", name="Good to know").click()
    expect(page.locator(".suggestion").first.get_by_role("button", name="Good to know")).to_have_attribute(
        "aria-pressed", "true"
    )
    page.locator(".suggestion").first.get_by_role("button", name="Undo").click()
    expect(page.get_by_role("button", name="Undo")).to_have_count(0)


def test_what_does_not_fit_is_named_and_nothing_is_lost(page: Page) -> None:
    """I leave the name blank and say that nobody works on it: both are marked, and what I wrote is still there."""
    page.goto("/projects/new")
    page.get_by_label("What is it called?").fill("   ")
    page.get_by_text("More about it").click()
    page.get_by_label("Team").fill("Harbour")
    page.get_by_label("People").evaluate("field => { field.type = 'text'; field.value = 'many'; }")
    page.get_by_role("button", name="Show me what others learned").click()
    expect(page.get_by_label("What is it called?")).to_have_attribute("aria-invalid", "true")
    expect(page.get_by_label("People")).to_have_attribute("aria-invalid", "true")
    expect(page.get_by_label("Team")).to_have_value("Harbour")


def test_describing_it_better_overwrites_nobody(page: Page, sample: Any) -> None:
    """Two of us change the same project: who comes second is told, and nothing of the first is lost."""
    made = sample.http.post("/projects", json={"name": "Shared by two", "team": "Piers"}).json()
    page.goto(f"/projects/{made['id']}/edit")
    sample.http.patch(f"/projects/{made['id']}", json={"team": "Harbour"})
    page.get_by_label("Domain").fill("ferries")
    page.get_by_role("button", name="Save").click()
    expect(page.get_by_role("heading", name="Somebody was faster")).to_be_visible()
    page.goto(f"/projects/{made['id']}/edit")
    expect(page.get_by_label("Team")).to_have_value("Harbour")
    page.get_by_label("Domain").fill("ferries")
    page.get_by_role("button", name="Save").click()
    expect(page.get_by_text("ferries", exact=True)).to_be_visible()
