"""How a page is looked at: what keeps somebody out, what lies beside the screen, and what lies on top of something else."""

from typing import Any

from axe_playwright_python.base import AXE_SCRIPT, AxeResults
from playwright.sync_api import Page

_AXE = {
    "runOnly": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"],
    # What is well need not be told: that alone took a good part of the time.
    "resultTypes": ["violations"],
}
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
  const told = {};
  if (beside.length) told['beside the screen'] = beside;
  if (overlapping.length) told['on top of each other'] = overlapping;
  return told;
}"""


def violations(page: Page) -> str:
    """Return what axe finds against WCAG 2.2 AA in light and in dark, in its words; nothing where everybody can use the page."""
    if not page.evaluate("'axe' in window"):
        page.evaluate(AXE_SCRIPT)
    told = ""
    themes: list[Any] = ["light", "dark"]
    for theme in themes:
        page.emulate_media(color_scheme=theme)
        found = AxeResults(page.evaluate("(options) => axe.run(options)", _AXE))
        told += f"{theme}: {found.generate_report()}" if found.violations_count else ""
    return told


def out_of_place(page: Page) -> dict[str, list[str]]:
    """Return the texts that one would have to move sideways for, and those that lie on top of each other; {} where all is well."""
    told: dict[str, list[str]] = page.evaluate(_OUT_OF_PLACE)
    return told
