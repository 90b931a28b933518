"""An organisation's ranker: every version it learned, and the one that speaks now. Version 0 is the default, which knows no feedback."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace

from hardwon.domain.commands import RankerCommand, SwitchRanker, TrainRanker
from hardwon.domain.errors import Invalid
from hardwon.domain.events import DomainEvent, RankerSwitched, RankerTrained

STREAM = "ranker"
"""One an organisation."""
DEFAULT = 0


@dataclass(frozen=True, slots=True)
class Ranker:
    """What must be known of an organisation's ranker to decide about it."""

    versions: Mapping[int, RankerTrained] = field(default_factory=dict)
    active: int = DEFAULT

    @property
    def trained_to(self) -> int:
        """The log position up to which feedback was learned from, switched on or not."""
        return max((each.data_position for each in self.versions.values()), default=0)


def decide(command: RankerCommand, ranker: Ranker | None) -> list[DomainEvent]:
    known = ranker or Ranker()
    match command:
        case TrainRanker():
            if command.data_position <= known.trained_to:
                return []  # another task trained on the same feedback meanwhile
            return [
                RankerTrained(
                    len(known.versions) + 1,
                    command.method,
                    command.embedding_model,
                    command.data_position,
                    command.verdicts,
                    command.projects,
                    command.figures,
                    command.switched_on,
                )
            ]
        case SwitchRanker():
            if command.version not in (DEFAULT, *known.versions):
                raise Invalid(
                    "There is no version %(version)s; %(known)s.",
                    field="/version",
                    version=command.version,
                    known=_known(known),
                )
            return [] if command.version == known.active else [RankerSwitched(command.version, command.reason)]


def evolve(ranker: Ranker | None, event: DomainEvent) -> Ranker | None:
    known = ranker or Ranker()
    match event:
        case RankerTrained():
            active = event.version if event.switched_on else known.active
            return Ranker({**known.versions, event.version: event}, active)
        case RankerSwitched():
            return replace(known, active=event.version)
        case _:
            return ranker


def _known(ranker: Ranker) -> str:
    told = ", ".join(str(version) for version in sorted(ranker.versions))
    return (
        f"known are {told} and {DEFAULT}, the default"
        if told
        else f"nothing was trained yet, there is only {DEFAULT}, the default"
    )
