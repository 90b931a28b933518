"""Light and dark are colours and nothing else: what axe finds in one theme it need not look for in the other, but for those."""

import re
from pathlib import Path

WEB = Path(__file__).parents[2] / "services/api/hardwon_api/web"
_ASKS = re.compile(r"prefers-color-scheme|\[data-theme[^{]*\{(?!\s*color-scheme: \w+; \})")
"""Whatever else a style or a script could make depend on the theme; light-dark() makes colours only."""


def themed(text: str) -> list[str]:
    return _ASKS.findall(text)


def test_themes_are_colours() -> None:
    """Styles tell them apart by light-dark() alone, and scripts do not ask."""
    files = [file for kind in ("css", "js", "svg", "html") for file in WEB.rglob(f"*.{kind}")]
    assert any("light-dark(" in file.read_text("utf-8") for file in files)
    assert {file.name: found for file in files if (found := themed(file.read_text("utf-8")))} == {}


def test_the_control_a_theme_that_hides_something_is_noticed() -> None:
    """In each of the ways there are."""
    assert themed("@media (prefers-color-scheme: dark) { .hint { display: none; } }")
    assert themed('[data-theme="dark"] .hint { display: none; }')
    assert themed('[data-theme="dark"] { color-scheme: dark; display: none; }')
    assert not themed('[data-theme="dark"] { color-scheme: dark; }')
