"""Recurrence: of each problem, whether an earlier one of another project that the radar finds close enough is of the same type."""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from hardwon.projections.following import Pool
from hardwon_eval.baselines import SEED
from hardwon_eval.measuring import Result, figure
from hardwon_eval.product import Product
from hardwon_eval.sets import ProjectsSet

HUNDREDTHS = (30, 35, 40, 45, 50, 55)
"""The thresholds of similarity that are tried."""


@dataclass(frozen=True, slots=True)
class _Asked:
    """A problem, and what was said of it."""

    similarity: float
    repeats: bool
    """An earlier problem of another project has its type."""
    right: bool
    """The one that the radar finds has it."""
    right_by_chance: bool
    """One drawn at random has it."""


def recurrence(given: ProjectsSet, pool: Pool) -> Iterator[Result]:
    """Walk the projects in order of year; the peer says a random earlier problem wherever the radar says one."""
    asked = _asked(given, pool)
    for hundredths in HUNDREDTHS:
        said = [each.similarity * 100 >= hundredths for each in asked]
        if any(said):
            yield _result(given, f"hardwon@{hundredths}", asked, said, [each.right for each in asked])
            yield _result(given, f"random@{hundredths}", asked, said, [each.right_by_chance for each in asked])


def _asked(given: ProjectsSet, pool: Pool) -> list[_Asked]:
    product, chance = Product(pool, "int8"), np.random.default_rng(SEED)
    for project in given.projects:
        product.meet(project)
    product.follow()
    met_before = product.met_before()
    asked: list[_Asked] = []
    earlier: list[str] = []
    for project in given.projects:
        for problem in project.problems if project.asks and earlier else ():
            if problem.type:
                found, similarity = met_before[problem.id]
                drawn = earlier[int(chance.integers(len(earlier)))]
                same = found.type == problem.type, drawn == problem.type
                asked.append(_Asked(similarity, problem.type in earlier, *same))
        earlier += [problem.type for problem in project.problems]
    return asked


def _result(given: ProjectsSet, ranker: str, asked: list[_Asked], said: list[bool], right: list[bool]) -> Result:
    """Precision is of what is said, recall of the problems whose type was met before."""
    hits = [spoke and hit for spoke, hit in zip(said, right, strict=True)]
    figures = {
        "said": figure(said),
        "precision": figure([hit for spoke, hit in zip(said, hits, strict=True) if spoke]),
    }
    repeating = [hit for each, hit in zip(asked, hits, strict=True) if each.repeats]
    if repeating:
        figures["recall"] = figure(repeating)
    return Result("recurrence", given.name, ranker, figures)
