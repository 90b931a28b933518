"""How values read on a page: days, moments, numbers, Markdown. Filters of the templates."""

from datetime import UTC, date, datetime

from flask import Flask
from flask_babel import format_date, format_decimal, format_percent, format_time, format_timedelta
from markdown_it import MarkdownIt
from markupsafe import Markup

_MARKDOWN = MarkdownIt("commonmark", {"html": False, "linkify": False}).disable(["image", "html_block", "html_inline"])


def markdown(text: str) -> Markup:
    """Return what people wrote as HTML: tags in it are shown as text, a link that would run something is none, and no image loads."""
    return Markup(_MARKDOWN.render(text))  # noqa: S704 - the library escapes everything that is not its own


def day(value: date | datetime | str | None) -> str:
    """Return a day as the reader's language writes it; nothing for none."""
    return format_date(_read(value), "medium") if value else ""


def moment(value: datetime | str | None) -> str:
    """Return a day and a time; nobody reads seconds."""
    if not value:
        return ""
    then = _read(value)
    return f"{format_date(then, 'medium')}, {format_time(then, 'short')}"


def ago(value: datetime | str) -> str:
    """Return how long ago it was, roughly."""
    then = _read(value)
    if not isinstance(then, datetime):
        then = datetime.combine(then, datetime.min.time())
    return str(format_timedelta(then - datetime.now(then.tzinfo), add_direction=True))


def _read(value: date | datetime | str) -> date | datetime:
    if not isinstance(value, str):
        return value
    return datetime.fromisoformat(value) if "T" in value else date.fromisoformat(value)


def today() -> str:
    return datetime.now(UTC).date().isoformat()


def iso(value: date | datetime | str) -> str:
    """Return it as machines read it, for ``<time datetime>``."""
    return value if isinstance(value, str) else value.isoformat()


def register(app: Flask) -> None:
    app.jinja_env.globals["today"] = today
    app.jinja_env.filters.update(
        markdown=markdown,
        day=day,
        moment=moment,
        ago=ago,
        iso=iso,
        number=format_decimal,
        percent=format_percent,
    )
