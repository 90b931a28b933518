"""What each project went through and learned, counted by month: what went wrong, what of it was known, what became of suggestions.

A thing counts in the month in which it happened. What can change, such as a verdict, is kept as a fact beside the counts; a change takes
away what the fact counted for and adds what it counts for now.
"""

from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from datetime import UTC
from functools import partial
from typing import Any, get_args
from uuid import UUID

from psycopg import Connection

from hardwon.domain import feedback
from hardwon.domain.events import (
    DiscussionPointRaised,
    DomainEvent,
    FeedbackGiven,
    FeedbackWithdrawn,
    LessonBrought,
    LessonPutBack,
    LessonsSuggested,
    OutcomeReported,
    PointWithdrawn,
    ProjectProfileChanged,
    ProjectRegistered,
    RecurrenceConfirmed,
    RecurrenceDetected,
    RecurrenceRejected,
)
from hardwon.domain.feedback import Feedback
from hardwon.log.wire import StoredEvent
from hardwon.projections.answering import Answering
from hardwon.projections.following import Projection, Row
from hardwon.projections.reading import fetch
from hardwon.sql import queries

SQL = queries("hardwon.projections", "learning.sql")

_Folded = (
    ProjectRegistered
    | ProjectProfileChanged
    | DiscussionPointRaised
    | PointWithdrawn
    | LessonsSuggested
    | LessonBrought
    | LessonPutBack
    | FeedbackGiven
    | FeedbackWithdrawn
    | OutcomeReported
    | RecurrenceDetected
    | RecurrenceConfirmed
    | RecurrenceRejected
)
FOLDED: tuple[type[DomainEvent], ...] = get_args(_Folded)
"""The types of events that ``evolve`` folds."""

Counts = Counter[str]
"""Named points, recurrences, confirmed, known, warned, adopted_before; suggested, answered, adopted; brought; outcomes, helped."""
Months = dict[str, dict[str, Counts]]
"""Team -> month -> what was counted in it."""
Counted = Iterator[tuple[str, str]]
"""Month and name of each thing that counts."""


@dataclass(frozen=True, slots=True)
class Learned:
    """Counts of many projects: in all, by month, by team."""

    total: Counts = field(default_factory=Counter)
    months: dict[str, Counts] = field(default_factory=dict)
    teams: dict[str, Counts] = field(default_factory=dict)


def key(stored: StoredEvent) -> UUID | None:
    event = stored.event
    if isinstance(event, DiscussionPointRaised | PointWithdrawn) and event.kind != "went_wrong":
        return None
    return event.project_id if isinstance(event, _Folded) else None


def evolve(row: Row | None, stored: StoredEvent) -> Row | None:  # noqa: PLR0911 - one case an event
    event, month = stored.event, stored.occurred_at.astimezone(UTC).strftime("%Y-%m")
    match event:
        case ProjectRegistered():
            id_, team = str(event.project_id), event.profile.team
            return {"project_id": id_, "team": team, "answers": {}, "recurrences": {}, "months": {}}
        case ProjectProfileChanged() if row:
            return row | {"team": event.changes.get("team", row["team"])}
        case DiscussionPointRaised() if row:
            return row | {"months": _recounted(row["months"], added=[(month, "points")])}
        case PointWithdrawn() if row:
            row = row | {"months": _recounted(row["months"], gone=[(event.raised_on[:7], "points")])}
            return _with(row, "recurrences", event.point_id, lambda _: None, _of_recurrence)
        case LessonsSuggested() if row:
            return _suggested(row, event, month)
        case LessonBrought() if row:
            return _with(row, "answers", event.lesson_id, lambda _: _BROUGHT | {"brought": month}, _of_answer)
        case LessonPutBack() if row:
            return _with(row, "answers", event.lesson_id, lambda _: _PUT_BACK, _of_answer)
        case FeedbackGiven() | FeedbackWithdrawn() | OutcomeReported() if row:
            return _with(row, "answers", event.lesson_id, partial(_answer, event=event, month=month), _of_answer)
        case RecurrenceDetected() | RecurrenceConfirmed() | RecurrenceRejected() if row:
            after = partial(_recurrence, event=event, month=month)
            return _with(row, "recurrences", event.point_id, after, _of_recurrence)
        case _:
            return row


PROJECTION = Projection("learning", "learning", SQL, key, evolve)


def rows(connection: Connection[Any], organisation_id: UUID) -> list[Row]:
    """Return of each project its team and its months."""
    return fetch(connection, SQL["all"], organisation_id=organisation_id)


def by_team(rows: Iterable[Row]) -> Months:
    """Add up the projects of each team, month by month."""
    found: Months = {}
    for row in rows:
        months = found.setdefault(row["team"], {})
        for month, counts in row["months"].items():
            counted = months.setdefault(month, Counter())
            for name, count in counts.items():  # not update(): among thousands of projects it takes three times as long
                counted[name] += count
    return found


def in_all(months: Months, *, first: str, last: str, team: str | None = None) -> Counts:
    """Add up what ``learned`` does, and nothing by month or team."""
    found: Counts = Counter()
    for name, of_team in months.items():
        if team in (None, name):
            for month, counts in of_team.items():
                for each, count in counts.items() if first <= month <= last else ():
                    found[each] += count
    return found


def learned(months: Months, *, first: str, last: str, team: str | None = None) -> Learned:
    """Add up the months from ``first`` to ``last``, of one team or of all."""
    found = Learned()
    for name, of_team in months.items():
        if team is not None and name != team:
            continue
        for month, counts in of_team.items():
            if first <= month <= last:
                found.total.update(counts)
                found.months.setdefault(month, Counter()).update(counts)
                found.teams.setdefault(name, Counter()).update(counts)
    return found


def _with(
    row: Row, part: str, id_: UUID, after: Callable[[Row | None], Row | None], counted: Callable[[Row], Counted]
) -> Row:
    """Return the row with one of its facts as it is after the event, and gone where nothing is left of it."""
    known = row[part].get(str(id_))
    now = after(known)
    others = {key: fact for key, fact in row[part].items() if key != str(id_)}
    added, gone = (counted(fact) if fact else () for fact in (now, known))
    months = _recounted(row["months"], added=added, gone=gone)
    return row | {part: others | {str(id_): now} if now else others, "months": months}


def _suggested(row: Row, event: LessonsSuggested, month: str) -> Row:
    """Count the answer; what is suggested after it was put back stands there again, and takes an answer."""
    offered = {str(each.lesson_id) for each in event.suggestions}
    answers = {id_: said for id_, said in row["answers"].items() if id_ not in offered or said != _PUT_BACK}
    months = _recounted(row["months"], added=[(month, "suggested")] * len(event.suggestions))
    return row | {"answers": answers, "months": months}


def _answer(known: Row | None, *, event: Answering, month: str) -> Row | None:
    """Return what is now said: what changed counts in the month of the change, what stayed in its own."""
    if known == _PUT_BACK:
        return known
    stays = known or {}
    before = Feedback(known["verdict"], outcome=known["outcome"]) if known and known["verdict"] else None
    brought = {"brought": stays["brought"]} if "brought" in stays else {}
    said = feedback.evolve(before, event)
    if said is None:
        return brought and _BROUGHT | brought
    return brought | {
        "verdict": said.verdict,
        "month": stays["month"] if said.verdict == stays.get("verdict") else month,
        "outcome": said.outcome,
        "outcome_month": stays["outcome_month"] if said.outcome == stays.get("outcome", "-") else month,
    }


_BROUGHT: Row = {"verdict": None, "month": None, "outcome": None, "outcome_month": None}
"""Of a lesson that a person brought, before the project says anything of it."""
_PUT_BACK: Row = {"put_back": True}
"""Of one that was put back: what older versions recorded of it a moment later counts nowhere."""


def _of_answer(answer: Row) -> Counted:
    """Count what was said; of a lesson that a person brought it is no answer to a suggestion, and speaks for the lesson only."""
    if answer == _PUT_BACK:
        return
    if "brought" in answer:
        yield answer["brought"], "brought"
    else:
        yield answer["month"], "answered"
        if answer["verdict"] == "adopted":
            yield answer["month"], "adopted"
    if answer["outcome"] in {"helped", "did_not_help"}:
        yield answer["outcome_month"], "outcomes"
    if answer["outcome"] == "helped":
        yield answer["outcome_month"], "helped"


def _recurrence(
    known: Row | None, *, event: RecurrenceDetected | RecurrenceConfirmed | RecurrenceRejected, month: str
) -> Row | None:
    match event:
        case RecurrenceDetected():
            told = {"known": event.lesson_id is not None, "warned": event.suggested, "adopted_before": event.adopted}
            return told | {"month": month, "state": "detected"}
        case RecurrenceConfirmed():
            return known and known | {"state": "confirmed"}
        case RecurrenceRejected():
            return known and known | {"state": "rejected"}


def _of_recurrence(found: Row) -> Counted:
    if found["state"] == "rejected":
        return
    yield found["month"], "recurrences"
    if found["state"] == "confirmed":
        yield found["month"], "confirmed"
    for name in ("known", "warned", "adopted_before"):
        if found[name]:
            yield found["month"], name


def _recounted(
    months: Row, *, added: Iterable[tuple[str, str]] = (), gone: Iterable[tuple[str, str]] = ()
) -> dict[str, Row]:
    """Return the months with these things counted too and those no more; without zeros, so that equal facts give equal rows."""
    counted = Counter({(month, name): count for month, counts in months.items() for name, count in counts.items()})
    counted.update(added)
    counted.subtract(gone)
    after: dict[str, Row] = {}
    for (month, name), count in counted.items():
        if count:
            after.setdefault(month, {})[name] = count
    return after
