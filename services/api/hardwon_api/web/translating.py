"""The languages of the pages. Messages are written in English where they stand; translations/<language>/ holds a .po file for each page.

The files are read as they are, once, at start: there is nothing to compile, so an editable install and a wheel are alike.
"""

from functools import cache, lru_cache
from importlib.resources import files
from io import BytesIO
from typing import Any

from babel.core import negotiate_locale
from babel.localedata import locale_identifiers
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po
from babel.support import Translations
from flask import Flask, g, request
from flask_babel import Babel, Domain, get_locale
from markupsafe import Markup

LANGUAGES = {"en": "English", "de": "Deutsch"}
"""Each in its own words, for whoever looks for his."""
COOKIE = "hardwon_language"
_DOMAIN = "messages"
_ELSEWHERE = {"en": "en_001"}
"""Where no country is named: English alone would be American."""
_KNOWN = [each for each in locale_identifiers() if each.partition("_")[0] in LANGUAGES]
_MOST = 4_096
"""So many messages are kept as templates need them: more than there are."""


class _Catalogues(Domain):  # type: ignore[misc]  # the library has no types
    """Messages of all languages, held in memory."""

    def __init__(self) -> None:
        super().__init__(domain=_DOMAIN)
        self._known = {language: _catalogue(language) for language in LANGUAGES}

    def get_translations(self) -> Translations:
        return self._known[get_locale().language]


@cache
def _catalogue(language: str) -> Translations:
    """Return a language's messages, of all pages together; English stands in the templates."""
    together = Translations()
    folder = files(__package__) / "translations" / language
    for file in sorted(folder.iterdir(), key=lambda each: each.name) if folder.is_dir() else ():
        compiled = BytesIO()
        with file.open("rb") as text:
            write_mo(compiled, read_po(text, locale=language))
        compiled.seek(0)
        one = Translations(compiled)
        together.merge(one)
        together.plural = one.plural  # merge() leaves it behind
    return together


class _Babel(Babel):  # type: ignore[misc]  # as above
    @property
    def domain_instance(self) -> Domain:
        return _CATALOGUES


_CATALOGUES = _Catalogues()


def language() -> str:
    """Return the language that was chosen on the page, else the one that the browser prefers; found once for each request."""
    found: str | None = g.get("language")
    if found is None:
        chosen = request.cookies.get(COOKIE, "")
        known = chosen in LANGUAGES
        g.language = found = chosen if known else request.accept_languages.best_match(list(LANGUAGES), "en")
    return found


def gettext(message: str, /, **values: object) -> str:
    """Return a message in the language of the request."""
    said: str = _catalogue(language()).gettext(message)
    return said % values if values else said


def ngettext(one: str, many: str, num: int, /, **values: object) -> str:
    """Return a message that goes by a number."""
    said: str = _catalogue(language()).ngettext(one, many, num)
    return said % ({"num": num} | values)


def _told(message: str, /, **values: object) -> Markup:
    """Tell a template a message. A page has hundreds, and for each the library would look for the request's language again."""
    said = _marked(language(), message)
    return said % values


def _counted(one: str, many: str, num: int, /, **values: object) -> Markup:
    """Tell a template a message that goes by a number."""
    said = _marked_counted(language(), one, many, num)
    return said % ({"num": num} | values)


@lru_cache(_MOST)
def _marked(spoken: str, message: str) -> Markup:
    return Markup(_catalogue(spoken).gettext(message))  # noqa: S704 - our own words; values are escaped as they are put in


@lru_cache(_MOST)
def _marked_counted(spoken: str, one: str, many: str, num: int) -> Markup:
    return Markup(_catalogue(spoken).ngettext(one, many, num))  # noqa: S704 - likewise


def locale() -> str:
    """Return the language, and how the reader's country writes days and numbers in it: of the first one that the browser names."""
    found: str | None = g.get("locale")
    if found is None:
        g.locale = found = _locale(language())
    return found


def _locale(chosen: str) -> str:
    for asked in request.accept_languages.values():
        named = negotiate_locale([asked.replace("-", "_")], _KNOWN)
        if named and named.partition("_")[0] == chosen and "_" in named:
            return named
    return _ELSEWHERE.get(chosen, chosen)


def register(app: Flask) -> None:
    _Babel(app, locale_selector=locale)
    shared: dict[str, Any] = {"languages": LANGUAGES, "language": language, "locale": get_locale}
    app.jinja_env.globals.update(shared | {"_": _told, "gettext": _told, "ngettext": _counted})
