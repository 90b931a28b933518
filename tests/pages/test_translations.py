"""Every message exists in every language."""

import re
from collections.abc import Iterable
from io import BytesIO
from pathlib import Path

import pytest
from babel.messages.extract import extract
from babel.messages.pofile import read_po
from jinja2 import Environment, nodes

import hardwon_api.web
from hardwon_api.web.translating import LANGUAGES

WEB = Path(hardwon_api.web.__file__).parent
KEYWORDS = {"_": None, "gettext": None, "ngettext": (1, 2), "_n": (1, 2), "pgettext": ((1, "c"), 2)}


def _messages() -> dict[object, str]:
    """Return every message, and the file in which it stands."""
    found: dict[object, str] = {}
    for file in sorted(WEB.rglob("*")):
        method = {".py": "python", ".html": "jinja2.ext:babel_extract"}.get(file.suffix)
        if method:
            said = extract(method, BytesIO(file.read_bytes()), KEYWORDS, options={"silent": "false"})
            found |= {message: str(file.relative_to(WEB)) for _line, message, *_ in said}
    return found


def _translations(language: str) -> dict[object, object]:
    found: dict[object, object] = {}
    files = {*(WEB / "translations" / language).glob("*.po")}
    for file in sorted(each for each in files if each.stem != "refusals"):  # tests/web/test_refusals.py looks at those
        for message in read_po(BytesIO(file.read_bytes()), locale=language):
            if message.id:
                same = found.setdefault(message.id, message.string)
                assert same == message.string, f"{file.name}: {message.id!r} is told in another way elsewhere"
    return found


def _entry(message: object) -> str:
    if isinstance(message, tuple):
        return f'msgid "{message[0]}"\nmsgid_plural "{message[1]}"\nmsgstr[0] ""\nmsgstr[1] ""\n'
    return f'msgid "{message}"\nmsgstr ""\n'


def _missing(known: dict[object, object], said: Iterable[object]) -> list[object]:
    return [each for each in said if not known.get(each) or not all(known[each])]  # type: ignore[arg-type]


def test_the_control_half_a_translation_is_none() -> None:
    """What no catalogue has, what stands there empty, and a plural that nobody said."""
    known: dict[object, object] = {"Home": "Start", "Log": "", ("a day", "days"): ("ein Tag", "")}
    assert _missing(known, ["Home", "Log", ("a day", "days"), "New"]) == ["Log", ("a day", "days"), "New"]


@pytest.mark.parametrize("language", [each for each in LANGUAGES if each != "en"])
def test_every_message_is_translated(language: str) -> None:
    """No page falls back into English in the middle. What is missing is printed as a .po file wants it."""
    known, said = _translations(language), _messages()
    missing = _missing(known, said)
    assert not missing, "\n".join(f"# {said[each]}\n{_entry(each)}" for each in missing)
    gone = [each for each in known if each not in said]
    assert not gone, f"these are said nowhere any more: {gone}"


@pytest.mark.parametrize("file", sorted(WEB.rglob("*.html")), ids=lambda file: str(file.relative_to(WEB)))
def test_no_template_holds_bare_text(file: Path) -> None:
    """Whatever a page says goes through the translations; the product's name alone needs none."""
    tree = Environment(extensions=["jinja2.ext.i18n"], autoescape=True).parse(file.read_text("utf-8"))
    text = "".join(each.data for each in tree.find_all(nodes.TemplateData))
    # What one types is the same in every language.
    said = re.sub(r"<code>.*?</code>|<[^>]*>", "\n", text, flags=re.DOTALL)
    bare = {line.strip(" ·\n") for line in said.splitlines() if any(map(str.isalpha, line))}
    assert bare <= {"Hardwon"}
