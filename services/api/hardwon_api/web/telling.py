"""How values read on a page: days, moments, numbers, Markdown, rows of a table. Filters of the templates."""

import re
from collections.abc import Iterator, Sequence
from datetime import UTC, date, datetime, time
from functools import lru_cache

from babel.dates import format_date, format_time
from babel.numbers import format_decimal, format_percent
from flask import Flask
from flask_babel import format_timedelta
from markdown_it import MarkdownIt
from markupsafe import Markup, escape

from hardwon.domain.suggesting import is_open
from hardwon_api.web.translating import locale

_MOST = 4_096
"""So many days and numbers are kept as they read: pages tell the same ones again and again."""
_PLAIN = re.compile(r"[^\W\d_][^*_`\[\]<>&\\\"\x00-\x1f\x7f]*")
"""One line that begins with a letter and holds nothing to which Markdown, or HTML, gives a meaning: much of what people write."""
_OPENED = re.compile(r"<(tr|th|td)\b")
_ROLES = {"th": "rowheader", "td": "cell"}
_MARKDOWN = MarkdownIt("commonmark", {"html": False, "linkify": False}).disable(["image", "html_block", "html_inline"])


def markdown(text: str) -> Markup:
    """Return what people wrote as HTML: tags in it are shown as text, a link that would run something is none, and no image loads."""
    if _PLAIN.fullmatch(text) and not text[-1].isspace():
        return Markup(f"<p>{text}</p>\n")  # noqa: S704 - as the library does, which takes half a millisecond for it
    return Markup(_MARKDOWN.render(text))  # noqa: S704 - the library escapes everything that is not its own


def in_columns(rows: Markup, heads: Sequence[str]) -> Markup:
    """Return rows of a table whose cells say their column, and what they are: on a phone a style sheet shows both, and no table."""
    columns: Iterator[str] = iter(())

    def opened(found: re.Match[str]) -> str:
        nonlocal columns
        tag = found[1]
        if tag == "tr":
            columns = iter(heads)
            return '<tr role="row"'
        return f'<{tag} role="{_ROLES[tag]}" data-column="{escape(next(columns))}"'

    return Markup(_OPENED.sub(opened, rows))  # noqa: S704 - what people wrote is escaped in it: it opens no tag


def day(value: date | datetime | str | None, form: str = "medium") -> str:
    """Return a day as the reader's language writes it; nothing for none."""
    return _day(_minute(_read(value)), form, locale()) if value else ""


def moment(value: datetime | str | None) -> str:
    """Return a day and a time; nobody reads seconds."""
    if not value:
        return ""
    then = _minute(_read(value))
    return f"{_day(then, 'medium', locale())}, {_time(then, locale())}"


def number(value: float) -> str:
    """Return a number as the reader's language writes it."""
    return _number(value, locale())


def percent(value: float) -> str:
    """Return a share in hundredths."""
    return _percent(value, locale())


def ago(value: datetime | str) -> str:
    """Return how long ago it was, roughly."""
    then = _read(value)
    if not isinstance(then, datetime):
        then = datetime.combine(then, time.min)
    return str(format_timedelta(then - datetime.now(then.tzinfo), add_direction=True))


@lru_cache(_MOST)
def _day(value: date, form: str, reader: str) -> str:
    return format_date(value, form, locale=reader)


@lru_cache(_MOST)
def _time(value: datetime, reader: str) -> str:
    return format_time(value, "short", locale=reader)


@lru_cache(_MOST)
def _number(value: float, reader: str) -> str:
    return format_decimal(value, locale=reader)


@lru_cache(_MOST)
def _percent(value: float, reader: str) -> str:
    return format_percent(value, locale=reader)


def _minute(value: date) -> datetime:
    """Return a moment of UTC to the minute; of a day its first."""
    if not isinstance(value, datetime):
        return datetime.combine(value, time.min, UTC)
    return value.astimezone(UTC).replace(second=0, microsecond=0)


def _read(value: date | datetime | str) -> date | datetime:
    if not isinstance(value, str):
        return value
    return datetime.fromisoformat(value) if "T" in value else date.fromisoformat(value)


def today() -> str:
    return datetime.now(UTC).date().isoformat()


def goes_on(ended_on: str | None) -> bool:
    """Tell whether a project has use for lessons today: also one whose end is known and lies ahead."""
    return is_open(ended_on, today())


def iso(value: date | datetime | str) -> str:
    """Return it as machines read it, for ``<time datetime>``."""
    return value if isinstance(value, str) else value.isoformat()


def register(app: Flask) -> None:
    app.jinja_env.globals.update(today=today, goes_on=goes_on)
    app.jinja_env.filters.update(
        markdown=markdown,
        day=day,
        moment=moment,
        ago=ago,
        iso=iso,
        number=number,
        percent=percent,
        in_columns=in_columns,
    )
