"""How a page is looked at: what lies beside the screen, and what lies on top of something else."""

from playwright.sync_api import Page

_TEXTS = """() => {
  const found = [];
  let number = 0;
  const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  for (let node = walker.nextNode(); node; node = walker.nextNode(), number++) {
    const within = node.parentElement, words = node.data.trim();
    if (!words || !within.checkVisibility({visibilityProperty: true})) continue;
    if (within.closest('svg, script, option, .unseen, .skip')) continue;
    const range = document.createRange();
    range.selectNodeContents(node);
    // What a clipped element does not show covers nothing.
    const clips = [];
    for (let up = within; up; up = up.parentElement)
      if (getComputedStyle(up).overflowX !== 'visible') clips.push(up.getBoundingClientRect());
    for (const {left, right, top, bottom} of range.getClientRects()) {
      const seen = clips.reduce((all, each) => ({
        left: Math.max(all.left, each.left), right: Math.min(all.right, each.right),
        top: Math.max(all.top, each.top), bottom: Math.min(all.bottom, each.bottom)}), {left, right, top, bottom});
      if (seen.right - seen.left > 1 && seen.bottom - seen.top > 1) found.push({...seen, number, words: words.slice(0, 60)});
    }
  }
  return found;
}"""
_OVERLAPS = """(texts) => {
  const found = [];
  for (let i = 0; i < texts.length; i++) for (let j = i + 1; j < texts.length; j++) {
    const a = texts[i], b = texts[j];
    if (a.number === b.number) continue; // the dots of a text that is cut off lie on its words
    const wide = Math.min(a.right, b.right) - Math.max(a.left, b.left);
    const high = Math.min(a.bottom, b.bottom) - Math.max(a.top, b.top);
    // Lines of large letters that stand close reach into each other's empty edges.
    if (wide > 2 && high > Math.min(a.bottom - a.top, b.bottom - b.top) / 3) found.push(a.words + ' / ' + b.words);
  }
  return found;
}"""


def overlapping(page: Page) -> list[str]:
    """Return the texts that lie on top of each other."""
    return list(page.evaluate(_OVERLAPS, page.evaluate(_TEXTS)))


def beside_the_screen(page: Page) -> list[str]:
    """Return what one would have to move sideways for."""
    wide, needed = page.evaluate("[document.documentElement.clientWidth, document.documentElement.scrollWidth]")
    beside = [each["words"] for each in page.evaluate(_TEXTS) if each["left"] < -1 or each["right"] > wide + 1]
    return beside or ([f"{needed} of {wide} pixels"] if needed > wide else [])
