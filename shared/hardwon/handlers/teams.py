"""Renaming a team: teams have no life of their own, so all who name it are changed, each by its ordinary command."""

from collections.abc import Collection, Iterator
from itertools import chain, groupby, islice
from uuid import UUID

from hardwon.domain import members, project
from hardwon.domain.commands import ChangeMember, ChangeProfile
from hardwon.domain.errors import StreamConflict
from hardwon.domain.events import DomainEvent, ProjectProfileChanged, ProjectRegistered
from hardwon.handlers.recording import state_of
from hardwon.ids import new_id
from hardwon.log.wire import Metadata, NewEvent, StoredEvent
from hardwon.ports import Log

RENAMED_AT_ONCE = 200
"""So many members and projects are changed by one append: whoever asks waits for it, and so do all others who write."""
Decided = tuple[str, int, DomainEvent]
"""A stream, the version at which it was decided, and what."""


def rename_team(
    log: Log, organisation_id: UUID, old: str, new: str, project_ids: Collection[UUID], metadata: Metadata
) -> list[StoredEvent]:
    """Give every member of the team, and those of the projects that still are the team's, its new name: all of them or none.

    Where ``RENAMED_AT_ONCE`` is not enough the rest waits for the next time. Who was overtaken decides anew; each time somebody else got
    something recorded, so this ends.
    """
    while True:
        named = chain(_members(log, organisation_id, old, new), _projects(log, organisation_id, old, new, project_ids))
        told = list(islice(named, RENAMED_AT_ONCE))
        events = [NewEvent(new_id(), stream, event, metadata) for stream, _, event in told]
        try:
            return (
                log.append(organisation_id, events, {stream: version for stream, version, _ in told}) if events else []
            )
        except StreamConflict:
            continue


def _members(log: Log, organisation_id: UUID, old: str, new: str) -> Iterator[Decided]:
    history = log.read_stream(organisation_id, members.STREAM)
    known = state_of(history, members.evolve) or {}
    for id_, each in known.items():
        if old in each.teams and not each.removed:
            teams = dict.fromkeys(new if team == old else team for team in each.teams)  # who is in both is in it once
            for event in members.decide(ChangeMember(id_, {"teams": list(teams)}), known):
                yield members.STREAM, len(history), event


def _projects(log: Log, organisation_id: UUID, old: str, new: str, ids: Collection[UUID]) -> Iterator[Decided]:
    types, until = (ProjectRegistered, ProjectProfileChanged), log.head(organisation_id).position
    told = log.read_about(organisation_id, "project", ids, types, until)
    for stream, found in groupby(sorted(told, key=lambda each: (each.stream, each.version)), lambda each: each.stream):
        history = list(found)
        known = state_of(history, project.evolve)
        if known and known.profile.team == old:
            for event in project.change_profile(ChangeProfile(known.project_id, {"team": new}), known):
                yield stream, history[-1].version, event
