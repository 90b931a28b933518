"""How a page is looked at: when all of it is there, what keeps somebody out, what lies beside the screen, and what on something else."""

from typing import Any

from axe_playwright_python.base import AXE_SCRIPT, AxeResults
from outside import wait_for
from playwright.sync_api import Locator, Page, Request

_MOMENT = 100  # milliseconds: longer than a live part waits before it asks for itself again
# What is well need not be told: that alone took a good part of the time.
_AXE = {
    "runOnly": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"],
    "resultTypes": ["violations"],
}
_COLOURS = _AXE | {"runOnly": {"type": "rule", "values": ["color-contrast", "link-in-text-block"]}}
"""What can differ from theme to theme, since themes are colours and nothing else: tests/architecture/test_themes.py."""
_OUT_OF_PLACE = """() => {
  const texts = [];
  let number = 0;
  const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  for (let node = walker.nextNode(); node; node = walker.nextNode(), number++) {
    const within = node.parentElement, words = node.data.trim();
    if (!words || !within.checkVisibility({visibilityProperty: true})) continue;
    if (within.closest('svg, script, option, .unseen, .skip')) continue;
    const above = Boolean(within.closest('.notice')), range = document.createRange();
    range.selectNodeContents(node);
    // What a clipped element does not show covers nothing.
    const clips = [];
    for (let up = within; up; up = up.parentElement)
      if (getComputedStyle(up).overflowX !== 'visible') clips.push(up.getBoundingClientRect());
    for (const {left, right, top, bottom} of range.getClientRects()) {
      const seen = clips.reduce((all, each) => ({
        left: Math.max(all.left, each.left), right: Math.min(all.right, each.right),
        top: Math.max(all.top, each.top), bottom: Math.min(all.bottom, each.bottom)}), {left, right, top, bottom});
      if (seen.right - seen.left > 1 && seen.bottom - seen.top > 1)
        texts.push({...seen, number, above, words: words.slice(0, 60)});
    }
  }
  const {clientWidth: wide, scrollWidth: needed} = document.documentElement;
  const beside = texts.filter(each => each.left < -1 || each.right > wide + 1).map(each => each.words);
  if (!beside.length && needed > wide) beside.push(needed + ' of ' + wide + ' pixels');
  const overlapping = [];
  for (let i = 0; i < texts.length; i++) for (let j = i + 1; j < texts.length; j++) {
    const a = texts[i], b = texts[j];
    if (a.number === b.number) continue; // the dots of a text that is cut off lie on its words
    if (a.above !== b.above) continue; // a notice has a ground of its own, and lies on the page for a while
    const wide = Math.min(a.right, b.right) - Math.max(a.left, b.left);
    const high = Math.min(a.bottom, b.bottom) - Math.max(a.top, b.top);
    // Lines of large letters that stand close reach into each other's empty edges.
    if (wide > 2 && high > Math.min(a.bottom - a.top, b.bottom - b.top) / 3) overlapping.push(a.words + ' / ' + b.words);
  }
  // Words that scroll are seen to be cut off; what one is to press must not have to be looked for.
  const hidden = [...document.querySelectorAll('a[href], button, input, select, textarea, summary')].filter(each => {
    if (!each.checkVisibility({visibilityProperty: true}) || each.closest('svg, .unseen, .skip')) return false;
    const {left, right} = each.getBoundingClientRect();
    for (let up = each.parentElement; up; up = up.parentElement) {
      const clip = up.getBoundingClientRect();
      if (getComputedStyle(up).overflowX !== 'visible' && (left < clip.left - 1 || right > clip.right + 1)) return true;
    }
    return false;
  }).map(each => (each.innerText || each.name).slice(0, 60));
  const told = {};
  if (hidden.length) told['beside what it scrolls in'] = hidden;
  if (beside.length) told['beside the screen'] = beside;
  if (overlapping.length) told['on top of each other'] = overlapping;
  return told;
}"""


class Arriving:
    """What a page has asked for and not got yet; streams aside, which never end."""

    def __init__(self, page: Page) -> None:
        self._page, self._asked, self._ended = page, 0, 0
        page.on("request", self._ask)
        for end in ("requestfinished", "requestfailed"):
            page.on(end, self._end)  # type: ignore[call-overload]  # it lists each event by itself

    def wait(self) -> None:
        """Wait until all is there, and asks for no more by what it brought."""
        before = -1
        while before != self._asked or self._ended < self._asked:
            before = self._asked
            self._page.wait_for_timeout(_MOMENT)

    def _ask(self, request: Request) -> None:
        self._asked += request.resource_type != "eventsource"

    def _end(self, request: Request) -> None:
        self._ended += request.resource_type != "eventsource"


def load_until(page: Page, shown: Locator) -> None:
    """Load the page anew until it shows this: a worker has to follow first."""

    def is_shown() -> bool:
        page.reload()
        return shown.count() > 0

    wait_for(is_shown, str(shown))


def violations(page: Page) -> str:
    """Return what axe finds against WCAG 2.2 AA in light and in dark, in its words; nothing where everybody can use the page."""
    if not page.evaluate("'axe' in window"):
        page.evaluate(AXE_SCRIPT)
    told = ""
    themes: list[Any] = [("light", _AXE), ("dark", _COLOURS)]
    for theme, asked in themes:
        page.emulate_media(color_scheme=theme)
        found = AxeResults(page.evaluate("(options) => axe.run(options)", asked))
        told += f"{theme}: {found.generate_report()}" if found.violations_count else ""
    return told


def out_of_place(page: Page) -> dict[str, list[str]]:
    """Return what one would have to move sideways for, texts and buttons, and texts on top of each other; {} where all is well."""
    told: dict[str, list[str]] = page.evaluate(_OUT_OF_PLACE)
    return told
