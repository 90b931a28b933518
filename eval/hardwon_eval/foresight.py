"""Foresight: from a project's profile alone, five problems of earlier projects that cover what it went on to meet."""

from collections import Counter
from collections.abc import Iterator

import numpy as np

from hardwon.domain.values import Profile
from hardwon.projections.following import Pool
from hardwon_eval.baselines import SEED
from hardwon_eval.measuring import Result, figure
from hardwon_eval.product import Product
from hardwon_eval.sets import Document, PastProject, ProjectsSet

SUGGESTED = 5
_SMALLEST_POOL = 100


def foresight(given: ProjectsSet, pool: Pool) -> Iterator[Result]:
    """Walk the projects in order of year; each asks before anything of its year is known.

    The measure is the share of the project's problem types that the five cover. The oracle "commonest" knows the labels, no other does.
    """
    product, chance = Product(pool, "int8"), np.random.default_rng(SEED)
    covered: dict[str, list[float]] = {name: [] for name in ("hardwon", "random", "minilm", "commonest-types (oracle)")}
    known: list[Document] = []
    for year in sorted({project.year for project in given.projects}):
        projects = [project for project in given.projects if project.year == year]
        for project in projects:
            met = {problem.type for problem in project.problems if problem.type}
            if not (project.asks and met and len(known) >= _SMALLEST_POOL):
                continue
            profile = _profile(project)
            project_id = product.project(project.id, profile)
            product.follow()
            types = {
                "hardwon": [each.type for each in product.suggest(project_id, profile)[:SUGGESTED]],
                "random": [known[at].type for at in chance.choice(len(known), SUGGESTED, replace=False)],
                "minilm": [known[at].type for at in product.nearest(_told(project), known)[:SUGGESTED]],
                "commonest-types (oracle)": [
                    name for name, _ in Counter(each.type for each in known).most_common(SUGGESTED)
                ],
            }
            for name, found in types.items():
                covered[name].append(len(met & set(found)) / len(met))
        fresh = [problem for project in projects for problem in project.problems]
        if fresh:
            product.learn(fresh)
        known += fresh
    for name, shares in covered.items():
        if shares:
            yield Result("foresight", given.name, name, {"type-recall@5": figure(shares)})


def _profile(project: PastProject) -> Profile:
    return Profile(project.name, technologies=project.platforms, domain=", ".join(project.genres), tags=project.modes)


def _told(project: PastProject) -> str:
    return f"{project.name}. {', '.join(project.platforms)}. {', '.join(project.genres)}. {', '.join(project.modes)}."
