"""How lessons stand in the organisation, besides what they say: what others made of them, how old they are, which stories they tell."""

from collections import Counter
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from hardwon.domain.project import changed
from hardwon.domain.values import Profile
from hardwon.projections.following import Pool, Row
from hardwon.projections.reading import fetch
from hardwon.sql import queries
from hardwon_worker.aspects import as_text

SQL = queries("hardwon_worker", "standing.sql")
_SPEAKS = {"helped": 1.0, "adopted": 0.5, "helpful": 0.5, "endorsed": 0.5, "did_not_help": -1.0}
"""What a project's word says for a lesson; one that it helped counts its adoption too."""

Traits = Mapping[tuple[str, str], str]
"""Field of a profile and value in lower case -> the value as the project spells it."""


@dataclass(frozen=True, slots=True)
class Standing:
    """Of one lesson."""

    drawn_at: datetime
    evidence: float
    """How much speaks for it, at least 0."""
    stood_by: int
    """Projects that adopted it, found it helpful or endorsed it."""
    traits: Traits
    """Of the project that drew it."""
    stories: frozenset[str]
    """Kinds of the discussion points that it answers."""
    project: str
    """What that project was about, as a person would tell it, without its papers."""


def standings(pool: Pool, organisation_id: UUID, lesson_ids: Collection[UUID]) -> dict[UUID, Standing]:
    """Return how each of the lessons stands, in one query."""
    with pool.of(organisation_id) as connection:
        rows = fetch(connection, SQL["standing"], organisation_id=organisation_id, lesson_ids=list(lesson_ids))
    return {row["lesson_id"]: _standing(row) for row in rows}


def traits(profile: Profile) -> Traits:
    """Return what two projects can share."""
    told: dict[str, Collection[str]] = {
        "domain": [profile.domain],
        "technologies": profile.technologies,
        "practices": profile.practices,
    }
    return {(name, value.strip().lower()): value for name, values in told.items() for value in values if value.strip()}


def _standing(row: Row) -> Standing:
    said = Counter(word for answer in row["answers"].values() for word in (answer["verdict"], answer["outcome"]))
    said["endorsed"] = len(row["endorsements"])
    evidence = sum(_SPEAKS.get(word, 0) * count for word, count in said.items())
    stood_by = {each["project_id"] for each in row["endorsements"]}
    stood_by |= {id_ for id_, answer in row["answers"].items() if answer["verdict"] in {"adopted", "helpful"}}
    profile = changed(Profile(""), row["profile"])
    return Standing(
        row["drawn_at"],
        max(0.0, evidence),
        len(stood_by),
        traits(profile),
        frozenset(row["stories"]),
        as_text(profile),
    )
