"""Whether what was learned may speak: it is tried on feedback that it has not seen, and is silent until it does better than the default.

Three questions, and all must be answered well. Does the feedback agree with the default ranking at all (or it is noise, or malice)? Does a
memory of some projects' feedback order the others' better than the default does? Does the new memory order the latest projects' feedback
at least as well as the one that speaks now? A project whose feedback is predicted lends neither judgements nor lessons to the prediction.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

import numpy as np

from hardwon_worker.fusing import Floats
from hardwon_worker.memory import Ints, Judgements, Memory, fit

FEWEST = 16
"""Projects that must have judged; of fewer nothing can be said."""
_BLOCKS = 5
_FEWEST_LATE = 8
_LIKELY, _SURE, _VERY_SURE = 1.0, 1.645, 2.0
"""Standard errors: 84, 95 and 98 %, one-sided."""


@dataclass(frozen=True, slots=True)
class Trial:
    """What came of trying a new memory."""

    memory: Memory
    """Fitted to all projects but the latest, on which it was tried: what passes is what was tried."""
    better: bool
    """Whether it may speak."""
    current_fails: bool
    """Whether the one that speaks now must be silent: it does worse than the default, or the feedback contradicts the default."""
    figures: Mapping[str, float]


def latest(given: Judgements) -> Ints:
    """Return the projects that are set aside to try a memory on."""
    projects = np.unique(given.project)
    return projects[-max(_FEWEST_LATE, len(projects) // _BLOCKS) :]


def without(given: Judgements, projects: Ints) -> Judgements:
    """Return the judgements that these projects neither gave nor are the subject of."""
    return given.only(~np.isin(given.project, projects) & ~np.isin(given.owner, projects))


def set_aside(given: Judgements) -> Judgements:
    """Return the judgements that a memory is fitted to: without the latest projects, on which it is tried."""
    return without(given, latest(given))


def consider(given: Judgements, current: Memory | None) -> Trial | None:
    """Try a memory of all the judgements; None where there are too few of them, or all say the same."""
    projects, late = np.unique(given.project), latest(given)
    if len(projects) < FEWEST:
        return None
    memory = fit(set_aside(given))
    if memory is None:
        return None
    default, speaking = concordance(given, None), concordance(given, current)
    agreed = _agreement(given)
    gains: dict[int, float] = {}
    recent: list[float] = []
    for block in (*np.array_split(projects[: -len(late)], _BLOCKS - 1), late):
        tried = memory if block is late else fit(without(given, block))
        reached = concordance(given.only(np.isin(given.project, block)), tried)
        gains |= {project: value - default[project] for project, value in reached.items()}
        if block is late:
            recent = [value - speaking[project] for project, value in reached.items()]
    figures = {
        "agreement_t": _t(agreed.values()),
        "agreement_late_t": _t(value for project, value in agreed.items() if project in late),
        "gain_t": _t(gains.values()),
        "gain": float(np.mean(list(gains.values()) or [0])),
        "late_over_current": float(np.mean(recent or [-1])),
        "current_late_t": _t(speaking[project] - default[project] for project in speaking if project in late),
    }
    return Trial(memory, _passes(figures), current is not None and _fails(figures), figures)


def concordance(given: Judgements, memory: Memory | None) -> dict[int, float]:
    """Return project -> share of its pairs, better and worse judged answers to one question, that the score puts in this order."""
    scores = given.default + (_remembered(given, memory) if memory else 0)
    shares: dict[int, list[float]] = {}
    for rows in _by_question(given):
        worth, score = given.worth[rows], scores[rows]
        better = worth[:, None] > worth
        if better.any():
            right = (score[:, None] > score) + 0.5 * (score[:, None] == score)
            shares.setdefault(int(given.project[rows[0]]), []).append(float(right[better].mean()))
    return {project: float(np.mean(values)) for project, values in shares.items()}


def _passes(figures: Mapping[str, float]) -> bool:
    agrees = figures["agreement_t"] > _LIKELY and figures["agreement_late_t"] > -_SURE
    return agrees and figures["gain_t"] > _VERY_SURE and figures["late_over_current"] >= 0


def _fails(figures: Mapping[str, float]) -> bool:
    return min(figures["agreement_t"], figures["agreement_late_t"], figures["current_late_t"]) < -_SURE


def _remembered(given: Judgements, memory: Memory) -> Floats:
    remembered = np.zeros(len(given.worth))
    for rows in _by_question(given):
        remembered[rows] = memory.of(given.questions[given.question[rows[0]]], given.lessons[given.lesson[rows]])
    return remembered


def _by_question(given: Judgements) -> list[Ints]:
    """Return the rows of each question of each project."""
    if not len(given.question):
        return []
    order = np.lexsort((given.project, given.question))
    key = np.stack([given.question[order], given.project[order]])
    return np.split(order, np.flatnonzero((np.diff(key) != 0).any(axis=0)) + 1)


def _agreement(given: Judgements) -> dict[int, float]:
    """Return project -> correlation of its verdicts with the default's score within each question.

    What the memory added when the lessons were suggested is partialled out: they were chosen by the sum, so that among them a high
    default goes with a low memory, and good feedback would seem to contradict the default.
    """
    default, learned, worth = (_within(given, values) for values in (given.default, given.learned, given.worth))
    default = default - learned * (default @ learned) / (learned @ learned + 1e-9)
    found = {}
    for project in np.unique(given.project):
        rows = given.project == project
        scale = float(np.sqrt((default[rows] @ default[rows]) * (worth[rows] @ worth[rows])))
        if scale > 1e-9:  # noqa: PLR2004 - below it a project judged all alike
            found[int(project)] = float(default[rows] @ worth[rows]) / scale
    return found


def _within(given: Judgements, values: Floats) -> Floats:
    """Return the values as distances from their mean over the answers to the same question."""
    distances = values.astype(float)
    for rows in _by_question(given):
        distances[rows] -= distances[rows].mean()
    return distances


def _t(values: Iterable[float]) -> float:
    """Return the mean in standard errors; 0 where there are too few values to tell."""
    given = np.array(list(values))
    if len(given) < _FEWEST_LATE:
        return 0.0
    return float(given.mean() / (given.std(ddof=1) / np.sqrt(len(given)) + 1e-9))
