"""The page about the API, to which every page leads."""

from playwright.sync_api import Page, expect


def test_the_page_about_the_api_works_under_its_policy(page: Page) -> None:
    """I open it and an endpoint on it: nothing that the page would run is forbidden by what it may run."""
    said: list[str] = []
    page.on("console", lambda message: said.append(message.text))
    page.on("pageerror", lambda error: said.append(str(error)))
    page.goto("/docs/swagger")
    page.locator("#operations-default-get_project").get_by_role("button").first.click()
    expect(page.get_by_role("button", name="Try it out")).to_be_visible()
    assert said == []
