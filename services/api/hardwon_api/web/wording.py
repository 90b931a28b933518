"""What a card says: how it begins, and why one sees it."""

import re
from collections.abc import Callable, Sequence
from datetime import datetime

from hardwon_api.context import principal
from hardwon_api.suggesting import Reason
from hardwon_api.web.telling import day
from hardwon_api.web.translating import gettext as _
from hardwon_api.web.translating import ngettext

# What came of it mostly stands at a story's end: so many characters, and nine of ten stories stand on their card whole.
_OPENING = 230
_COMMON = 3  # words that both use are named
_WORD = re.compile(r"\w{4,}")
_EMPTY = frozenset(
    """
    about after again against also another because been before being between both could date days does doing done down during each every
    from have having here hour hours into itself made make makes month months more most move much must never next nothing only other
    others over people project projects same service services shall should some such system systems team teams than that their them then
    there these they thing this those through time times under until upon very want week weeks well were what when where which while whose
    will with without work would year years your aber alle allen alles auch beim bevor damit dann dass dem denn deren dies diese dieser
    dieses doch durch eine einem einen einer erst etwas gegen haben hier hinter immer jahr jahre jede jeder jedes kann kein keine leute
    mehr menschen monat monate muss nach nicht noch nur oder ohne projekt projekte sehr sein seine sich sind soll sollen sondern stunde
    stunden systeme tage tagen über unter viel vom weil welche wenig wenn werden wird woche wochen wurde zeit zwischen
    """.split()  # noqa: SIM905 - a hundred and fifty lines of one word each are no easier to read
)
"""Words of the pages' languages that say nothing of a project."""
# Where a sentence ends: in no abbreviation.
_ENDS = re.compile(r"(?<!\b\w)(?<!\be\.g)(?<!\b[DNM]r)(?<!\b[Nn]o)(?<!\bca)(?<!\bbzw)[.!?…]\s(?=[^a-z])")
_MARKUP = re.compile(r"[*_`\[\]<>#|\n]")


def leading(text: str) -> tuple[str, str]:
    """Return the text's first sentence and the rest; Markdown that is more than words stays whole."""
    end = _ENDS.search(text)
    if end is None or _MARKUP.search(text):
        return text, ""
    return text[: end.start() + 1], text[end.end() :]


def parted(text: str) -> tuple[str, str]:
    """Return how a story begins, in whole sentences where they are short enough, else in whole words, and how it goes on."""
    if len(text) <= _OPENING:
        return text, ""
    ends = [each.end() for each in _ENDS.finditer(text[: _OPENING + 1])]
    if ends and ends[-1] > _OPENING // 3:
        return text[: ends[-1]].strip(), text[ends[-1] :].strip()
    last = text.rfind(" ", 0, _OPENING)
    at = last if last > 0 else _OPENING
    return f"{text[:at].strip()} …", f"… {text[at:].strip()}"


def in_common(reasons: Sequence[Reason], *told: str) -> str:
    """Say what can be said where nothing can be quoted: the words that both use, as the lesson writes them."""
    theirs = {_stem(each): each for each in sorted(word for text in told for word in _WORD.findall(text))}
    asked = dict.fromkeys(_stem(word) for each in reasons for word in _WORD.findall(each.asked))
    ours = [theirs[each] for each in asked if each in theirs and not _EMPTY & {each, theirs[each].casefold()}]
    if ours:
        return _("You both speak of: %(words)s", words=", ".join(ours[:_COMMON]))
    return _("Close in meaning to what you wrote")


def _stem(word: str) -> str:
    return word.casefold().removesuffix("s")


def brought(actor: str, at: datetime) -> str:
    """Say who found the lesson for the project, whom pages do not name: you, another member, or a tool."""
    if actor == principal().actor:
        return _("You brought it here on %(day)s", day=day(at))
    if actor.startswith("member:"):
        return _("A member brought it here on %(day)s", day=day(at))
    return _("A tool brought it here on %(day)s", day=day(at))


def told(reason: Reason, shown: str) -> str:
    """Say a cause in words that need no number; "" where it says nothing that is not shown already."""
    words: dict[str, Callable[[], str]] = {
        "similar_text": lambda: _fits(reason, shown),
        "common_theme": lambda: _(
            "%(count)s of %(total)s projects met this: “%(passage)s”",
            count=reason.count,
            total=reason.total,
            passage=reason.passage.removesuffix("."),
        ),
        "similar_project": lambda: _("Its project was near to yours") if reason.aspect else "",
        "meant_for": lambda: (
            "" if reason.passage in shown else _("It is meant for this case: “%(passage)s”", passage=reason.passage)
        ),
        "shared_trait": lambda: _("Its project shares this with yours: %(passage)s", passage=reason.passage),
        "told_again": lambda: ngettext(
            "%(num)d project tells the same", "%(num)d projects tell the same", reason.count
        ),
        "evidence": lambda: ngettext(
            "%(num)d project stands behind it", "%(num)d projects stand behind it", reason.count
        ),
        "recent": lambda: _("It is one of the newer lessons"),
        "learned": lambda: _("Projects like yours found lessons like this one useful"),
    }
    return words[reason.kind]()


def _fits(reason: Reason, shown: str) -> str:
    """Quote what was written and what answers it, where it does not stand on the card already; a project's name stands above."""
    if reason.aspect == "name":
        return ""
    asked = reason.asked.removesuffix(".")
    if not reason.passage or reason.passage in shown:
        return _("It is close to what you wrote: “%(asked)s”", asked=asked) if asked else _named(reason.aspect)
    said = _("The lesson says: “%(passage)s”", passage=reason.passage.removesuffix("."))
    fits = _("You wrote: “%(asked)s”", asked=asked) if asked else _named(reason.aspect)
    return f"{fits}. {said}" if fits else said


def _named(aspect: str) -> str:
    """Name what cannot be quoted; "" for what a project says of itself in a sentence, of which there is nothing to add."""
    named = {
        "domain": _("It fits your domain"),
        "technologies": _("It fits your technologies"),
        "practices": _("It fits your ways of working"),
        "tags": _("It fits your tags"),
        "phase": _("It fits the phase you are in"),
    } | dict.fromkeys(("profile", "summary", "name"), "")
    return named[aspect] if aspect in named else _("It fits your paper “%(paper)s”", paper=aspect)
