"""The languages of the pages. Messages are written in English where they stand; translations/<language>/ holds a .po file for each page.

The files are read as they are, once, at start: there is nothing to compile, so an editable install and a wheel are alike.
"""

from collections.abc import Callable
from functools import cache
from importlib.resources import files
from io import BytesIO
from typing import Any

import flask_babel
from babel.core import negotiate_locale
from babel.localedata import locale_identifiers
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po
from babel.support import Translations
from flask import Flask, request
from flask_babel import Babel, Domain, get_locale

LANGUAGES = {"en": "English", "de": "Deutsch"}
"""Each in its own words, for whoever looks for his."""
COOKIE = "hardwon_language"
_DOMAIN = "messages"
_ELSEWHERE = {"en": "en_001"}
"""Where no country is named: English alone would be American."""
_KNOWN = [each for each in locale_identifiers() if each.partition("_")[0] in LANGUAGES]

# The library has no types; its functions get them here.
gettext: Callable[..., str] = flask_babel.gettext
ngettext: Callable[..., str] = flask_babel.ngettext


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
    """Return the language that was chosen on the page, else the one that the browser prefers."""
    chosen = request.cookies.get(COOKIE, "")
    return chosen if chosen in LANGUAGES else request.accept_languages.best_match(list(LANGUAGES), "en")


def _locale() -> str:
    """Return the language, and how the reader's country writes days and numbers in it: of the first one that the browser names."""
    chosen = language()
    for asked in request.accept_languages.values():
        named = negotiate_locale([asked.replace("-", "_")], _KNOWN)
        if named and named.partition("_")[0] == chosen and "_" in named:
            return named
    return _ELSEWHERE.get(chosen, chosen)


def register(app: Flask) -> None:
    _Babel(app, locale_selector=_locale)
    shared: dict[str, Any] = {"languages": LANGUAGES, "language": language, "locale": get_locale}
    app.jinja_env.globals.update(shared)
