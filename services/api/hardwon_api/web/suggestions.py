"""What a project was suggested or brought, as cards: the advice first, then the story, and why one sees it. And what it says of it."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import NamedTuple
from uuid import UUID

from flask import redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from hardwon import handlers
from hardwon.domain.commands import GiveFeedback, WithdrawFeedback
from hardwon.domain.errors import NotFound
from hardwon.log.wire import StoredEvent
from hardwon.projections import points
from hardwon.projections.following import Row
from hardwon_api.answers import DiscussionPoint, SourceProject
from hardwon_api.commands.feedback import NewFeedback
from hardwon_api.context import command_request, deps, organisation, recorded
from hardwon_api.documenting import needs
from hardwon_api.problems import Refusal
from hardwon_api.queries.recommendations import WithLessons, with_lessons, with_lessons_as_of
from hardwon_api.suggesting import Recommendations, Suggestion
from hardwon_api.web.before import adopted_of, is_settled
from hardwon_api.web.pages import blueprint, is_part, read, settle
from hardwon_api.web.translating import ngettext
from hardwon_api.web.wording import brought, in_common, leading, parted, told

pages = blueprint("suggestions")
_UNDO = "undo"
_WORDS = 2  # reasons that a card tells
_LITTLE = 0.1  # of what weighs most; what adds less is not why one sees it
_NEAREST = 2  # projects that are named as near to the asking one

AT_ONCE = 3
"""So many cards a page opens with; the others come when they are asked for."""
_KEPT = 3
"""So many that were answered today stay beside them: a page with all of a day's answers would be long, and slow."""
NEXT = 10
"""So many at a time, then: all the others of a project that has just begun."""


@dataclass(frozen=True, slots=True)
class Card:
    """A suggestion, and the stories behind it."""

    said: Suggestion
    stories: list[DiscussionPoint]

    @property
    def story(self) -> tuple[str, str]:
        """The first story: what of it stands on the card, and the rest, which is unfolded."""
        return parted(self.stories[0].text if self.stories else "")

    @property
    def why(self) -> list[str]:
        """The causes that weigh most and say something, in words: what stands on the card already is not said again."""
        if self.said.brought_by:
            return [brought(self.said.brought_by, self.said.suggested_at)]
        lesson = self.said.lesson
        shown = "\n".join((lesson.advice or lesson.insight, lesson.applies_when))
        weightiest = sorted(self.said.reasons, key=lambda each: each.weight, reverse=True)
        words = (told(each, shown) for each in weightiest if each.weight >= _LITTLE * weightiest[0].weight)
        return [each for each in words if each][:_WORDS] or [in_common(self.said.reasons, shown, lesson.insight)]

    @property
    def advice(self) -> tuple[str, str]:
        """What a glance decides by, and the rest."""
        return leading(self.said.lesson.advice or self.said.lesson.insight)

    @property
    def elsewhere(self) -> list[str]:
        """What it did in other projects than this one, in words."""
        own, counted = self.said.feedback, self.said.lesson.evidence
        if own:
            counted = counted.without(own.verdict, own.outcome)
        told = (
            (counted.adopted, ngettext("%(num)d project adopted it", "%(num)d projects adopted it", counted.adopted)),
            (counted.helped, ngettext("it helped %(num)d of them", "it helped %(num)d of them", counted.helped)),
            (
                counted.did_not_help,
                ngettext("it did not help %(num)d of them", "it did not help %(num)d of them", counted.did_not_help),
            ),
            (
                counted.helpful,
                ngettext(
                    "%(num)d project found it good to know", "%(num)d projects found it good to know", counted.helpful
                ),
            ),
        )
        return [words for count, words in told if count]


def nearest(found: Recommendations, cards: Sequence[Card]) -> list[SourceProject]:
    """Return the projects that are near to the asking one in themselves, the nearest first, but for those that a card names already."""
    named = {each.said.source_project.id for each in cards}
    near = {
        each.source_project.id: (cause.weight, each.source_project)
        for each in found.items
        for cause in each.reasons
        if cause.kind == "similar_project" and cause.aspect and each.source_project.id not in named
    }
    return [project for _weight, project in sorted(near.values(), key=lambda each: each[0], reverse=True)[:_NEAREST]]


class Shown(NamedTuple):
    """What one asks to see of a list: how it opens, or the next ones beyond so many, or all."""

    beyond: int = 0
    whole: bool = False

    def of(self, ordered: Sequence[Suggestion]) -> list[Suggestion]:
        """Return these; some of what was answered today is among those that it opens with, whatever came before it since."""
        first, further = list(ordered[:AT_ONCE]), ordered[AT_ONCE:]
        if self.whole:
            return [*first, *further]
        kept = [each for each in further if each.feedback and not is_settled(each)][:_KEPT]
        if not self.beyond:
            return [*first, *kept]
        folded = [each for each in further if each not in kept]
        return [*first, *kept, *folded][self.beyond : self.beyond + NEXT]


def cards_now(project_id: UUID, shown: Shown) -> tuple[Recommendations, list[Card]]:
    """Return all that the project was suggested, and the cards of what is shown of it."""
    told = _suggested(project_id)
    return told.found, _cards(told, shown.of(in_order(told.found.items)))


def in_order(items: Sequence[Suggestion]) -> list[Suggestion]:
    """Return what waits for an answer before what was answered; what was answered today stays where it was pressed."""
    return sorted(items, key=is_settled)


def cards_then(project_id: UUID, position: int, shown: Shown) -> tuple[Recommendations, list[Card]]:
    """Return all that it was suggested by then, in the words of then, and the cards of what is shown of it."""
    told, log = with_lessons_as_of(organisation(), project_id, position), deps().log
    items = shown.of(told.found.items)
    return told.found, _cards(told, items, lambda ids: points.of_ids_as_of(log, organisation(), ids, position))


def _suggested(project_id: UUID) -> WithLessons:
    told = with_lessons(organisation(), project_id)
    if told is None:
        raise NotFound("project", project_id)
    return told


def _now(point_ids: list[UUID]) -> list[Row]:
    with deps().pool.connection() as connection:
        return points.of_ids(connection, organisation(), point_ids)


def _cards(
    told: WithLessons, items: list[Suggestion], stories_of: Callable[[list[UUID]], Sequence[Row]] = _now
) -> list[Card]:
    ids = {each.lesson.id: told.lessons[each.lesson.id]["points"] for each in items}
    stories = stories_of([UUID(id_) for each in ids.values() for id_ in each]) if any(ids.values()) else ()
    by_id = {str(row["point_id"]): DiscussionPoint.of(row) for row in stories}
    return [Card(each, [by_id[id_] for id_ in ids[each.lesson.id] if id_ in by_id]) for each in items]


@pages.get("/projects/<uuid:project_id>/suggestions")
@needs("read")
def part(project_id: UUID) -> str | Response:
    """Answer a page that heard of something: with the cards, where it waited for them, else with a word that there are new ones."""
    settle(deps().log.head(organisation()).position, "recommendations", "lessons")
    found, cards = cards_now(project_id, Shown())
    if request.args.get("state") == "ready":
        fresh = found.position > request.args.get("seen", found.position, type=int)
        return render_template("projects/_arrived.html", project_id=project_id) if fresh else Response(status=204)
    told = {
        "project_id": project_id,
        "found": found,
        "cards": cards,
        "shown": len(cards),
        "then": None,
        "as_of": None,
        "asked": {},
        "adopted": adopted_of(found),
        "nearest": nearest(found, cards),
        "arriving": True,
    }
    return render_template("projects/_suggestions.html", **told)


@pages.post("/projects/<uuid:project_id>/suggestions/<uuid:lesson_id>")
@needs("write")
def say(project_id: UUID, lesson_id: UUID) -> str | Response:
    """Say what the project makes of a suggestion, or take it back."""
    stored = _record(project_id, lesson_id)
    if stored:
        recorded(stored.position)
        settle(stored.position, "recommendations", "lessons")
    if not is_part():
        return to_card(project_id, lesson_id)
    found = _suggested(project_id).found
    given = found.items[_place(found.items, lesson_id)].feedback
    said = {"project_id": project_id, "lesson_id": lesson_id, "given": given}
    return render_template("projects/_answer.html", **said, found=found, answered=True)


def to_card(project_id: UUID, lesson_id: UUID) -> Response:
    """Lead to the card on the project's page."""
    ordered = in_order(_suggested(project_id).found.items)
    whole = 1 if _place(ordered, lesson_id) >= AT_ONCE else None
    return redirect(url_for("web_projects.page", project_id=project_id, all=whole, _anchor=f"lesson-{lesson_id}"))


def _place(items: Sequence[Suggestion], lesson_id: UUID) -> int:
    for place, each in enumerate(items):
        if each.lesson.id == lesson_id:
            return place
    raise NotFound("recommendation", lesson_id)


def _record(project_id: UUID, lesson_id: UUID) -> StoredEvent | None:
    log, organisation_id, verdict = deps().log, organisation(), request.form.get("verdict")
    if verdict == _UNDO:
        back = WithdrawFeedback(project_id, lesson_id)
        return handlers.withdraw_feedback(log, organisation_id, back, command_request())
    body, _wrong = read(NewFeedback, {"verdict": verdict})
    if body is None:
        raise Refusal(422, "invalid", "Say what you make of it: press one of the buttons.")
    given = GiveFeedback(project_id, lesson_id, body.verdict, "")
    return handlers.give_feedback(log, organisation_id, given, command_request())
