"""What each event of the log says in a sentence, for people."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from textwrap import shorten
from typing import Any
from uuid import UUID

from flask_babel import LazyString
from flask_babel import lazy_gettext as _
from psycopg import Connection

from hardwon.log import wire
from hardwon.log.wire import StoredEvent
from hardwon.projections import lessons, members, projects
from hardwon_api.web.translating import gettext

_SHOWN = 140  # characters of a text within a sentence
SENTENCES: Mapping[str, LazyString] = {
    "organisation_registered": _("The organisation “%(name)s” was registered."),
    "project_registered": _("The project “%(project)s” was registered."),
    "project_profile_changed": _("The profile of “%(project)s” was changed: %(changed)s."),
    "retrospective_held": _("“%(project)s” looked back: %(title)s."),
    "retrospective_closed": _("A retrospective was closed."),
    "retrospective_reopened": _("A retrospective was opened again."),
    "group_named": _("A heading on a board is called: %(name)s"),
    "point_grouped": _("A point was put beside others, or by itself again."),
    "vote_cast": _("Somebody voted for a point."),
    "vote_taken_back": _("Somebody took a vote back."),
    "discussion_point_raised": _("A point was raised in “%(project)s”: “%(text)s”"),
    "point_reworded": _("A point in “%(project)s” is said otherwise: “%(text)s”"),
    "point_withdrawn": _("A point was taken back in “%(project)s”."),
    "lesson_drawn": _("“%(project)s” drew a lesson: “%(insight)s”"),
    "lesson_revised": _("A lesson says it better now: “%(insight)s”"),
    "lesson_endorsed": _("“%(project)s” stands behind a lesson: “%(lesson)s”"),
    "lesson_retired": _("A lesson was retired: “%(lesson)s” The reason: %(reason)s"),
    "lesson_restored": _("A lesson stands again: “%(lesson)s”"),
    "lesson_merged": _("“%(lesson)s” lives on in “%(other)s”"),
    "lesson_superseded": _("“%(other)s” took the place of “%(lesson)s”"),
    "merge_proposed": _("Two lessons seem to say the same: “%(lesson)s” and “%(other)s”"),
    "merge_declined": _("Two lessons are not the same: “%(lesson)s” and “%(other)s”"),
    "lessons_suggested": _("“%(project)s” was offered lessons: %(count)s of %(considered)s considered."),
    "lesson_brought": _("Somebody found a lesson for “%(project)s” and brought it there: “%(lesson)s”"),
    "feedback_given": _("“%(project)s” said “%(verdict)s” of “%(lesson)s”"),
    "lesson_put_back": _("“%(lesson)s”, which somebody had brought to “%(project)s”, was put back"),
    "feedback_withdrawn": _("“%(project)s” took back what it had said of “%(lesson)s”"),
    "outcome_reported": _("“%(project)s” told how “%(lesson)s” went: %(outcome)s."),
    "ranker_trained": _("Version %(version)s of the ranker was learned from %(verdicts)s verdicts."),
    "ranker_switched": _("Version %(version)s of the ranker speaks from now on: %(reason)s"),
    "recurrence_detected": _("A point in “%(project)s” sounds like something that was met before."),
    "recurrence_confirmed": _("A point in “%(project)s” is the same problem as before."),
    "recurrence_rejected": _("A point in “%(project)s” is another problem than before."),
    "member_added": _("%(member)s was added as a member, with the role %(role)s."),
    "member_changed": _("What is known of the member %(member)s was changed: %(changed)s."),
    "member_removed": _("The member %(member)s was removed."),
    "token_issued": _("A token named “%(name)s” was issued."),
    "token_revoked": _("A token was revoked."),
    "person_erased": _("A person was erased: what this person had written can be read no more."),
}
"""Event type -> sentence. A type that is missing here is named as it is; a test names it too."""
GROUPS: Mapping[str, tuple[LazyString, tuple[str, ...]]] = {
    "projects": (_("projects and their profiles"), ("project_registered", "project_profile_changed")),
    "retrospectives": (
        _("retrospectives and points"),
        tuple(
            each
            for each in SENTENCES
            if each.startswith(("retrospective_", "discussion_", "group_", "point_", "vote_"))
        ),
    ),
    "lessons": (
        _("lessons and what became of them"),
        tuple(each for each in SENTENCES if each.startswith(("lesson_", "merge_"))),
    ),
    "suggestions": (_("suggestions"), ("lessons_suggested",)),
    "feedback": (_("feedback"), ("feedback_given", "feedback_withdrawn", "outcome_reported")),
    "recurrences": (_("problems met again"), tuple(each for each in SENTENCES if each.startswith("recurrence_"))),
    "ranker": (_("what the ranker learned"), ("ranker_trained", "ranker_switched")),
    "people": (
        _("members and tokens"),
        tuple(each for each in SENTENCES if each.startswith(("member_", "token_", "person_", "organisation_"))),
    ),
}
"""What a filter offers: types that belong together."""
_WORDS: Mapping[str, LazyString] = {
    "adopted": _("adopted"),
    "helpful": _("helpful"),
    "already_known": _("knew it"),
    "not_relevant": _("not for us"),
    "helped": _("it helped"),
    "did_not_help": _("it did not help"),
    "too_early": _("too early to tell"),
    "reader": _("reader"),
    "member": _("member"),
    "project_office": _("project office"),
    "administrator": _("administrator"),
    "name": _("name"),
    "email": _("e-mail address"),
    "role": _("role"),
    "teams": _("teams"),
    "summary": _("summary"),
    "domain": _("domain"),
    "technologies": _("technologies"),
    "practices": _("practices"),
    "team": _("team"),
    "size": _("size"),
    "phase": _("phase"),
    "started_on": _("start"),
    "ended_on": _("end"),
    "tags": _("tags"),
    "artefacts": _("papers"),
}


def word(name: str) -> str:
    """Return what people call a role, a verdict or a field."""
    return str(_WORDS.get(name, name))


@dataclass(frozen=True, slots=True)
class Known:
    """What the things are called that a page of events names."""

    projects: Mapping[UUID, str]
    lessons: Mapping[UUID, str]
    members: Mapping[UUID, str]

    def actor(self, actor: str) -> str:
        """Return how people call whoever did it."""
        sort, _colon, name = actor.partition(":")
        match sort:
            case "member":
                return self.members.get(UUID(name), gettext("somebody who is no member any more"))
            case "token":
                return gettext("the tool “%(name)s”", name=name)
            case "anonymous":
                return gettext("somebody, anonymously")
            case "hardwon-worker":
                return gettext("Hardwon itself")
        return gettext("the command “%(name)s”", name=actor) if actor.startswith("hardwon ") else actor


def known_to(connection: Connection[Any], organisation_id: UUID, page: Iterable[StoredEvent]) -> Known:
    """Look up, in three queries, what the events' ids stand for."""
    ids: dict[str, set[UUID]] = {"project": set(), "lesson": set(), "member": set()}
    for stored in page:
        for field, value in stored.data.items():
            sort = field.removesuffix("_id").rpartition("_")[2]
            if value and field.endswith("_id") and sort in ids:
                ids[sort].add(UUID(value))
        if stored.metadata["actor"].startswith("member:"):
            ids["member"].add(UUID(stored.metadata["actor"].removeprefix("member:")))
    told = lessons.of_ids(connection, organisation_id, list(ids["lesson"]))
    return Known(
        projects.names(connection, organisation_id, ids["project"]),
        {id_: row["insight"] for id_, row in told.items()},
        members.names(connection, organisation_id, ids["member"]),
    )


def sentence(stored: StoredEvent, known: Known) -> str:
    """Say what happened."""
    said = SENTENCES.get(stored.type)
    if said is None:
        return gettext("Something that this page has no words for yet: %(type)s.", type=stored.type)
    return str(said) % _values(wire.to_json(stored.event), known)


def _values(data: dict[str, Any], known: Known) -> dict[str, str]:
    values = {name: _short(value) for name, value in data.items() if isinstance(value, str | int)}
    values |= {name: word(values[name]) for name in ("verdict", "outcome", "role") if name in values}
    changes = data.get("changes") or {}
    return values | {
        "project": _short(
            known.projects.get(_id(data, "project_id"))
            or (data.get("profile") or {}).get("name")
            or gettext("a project")
        ),
        "lesson": _short(known.lessons.get(_id(data, "lesson_id")) or gettext("a lesson")),
        "other": _short(known.lessons.get(_id(data, "into_lesson_id", "by_lesson_id")) or gettext("a lesson")),
        "member": known.members.get(_id(data, "member_id")) or data.get("name") or gettext("a member"),
        "changed": ", ".join(word(name) for name in changes),
        "count": str(len(data.get("suggestions") or ())),
    }


def _id(data: Mapping[str, Any], *fields: str) -> UUID:
    found = next((data[field] for field in fields if data.get(field)), None)
    return UUID(found) if found else UUID(int=0)


def _short(value: str | int) -> str:
    said = " ".join(str(value).split())
    return said if len(said) <= _SHOWN else shorten(said, _SHOWN, placeholder=" …")
