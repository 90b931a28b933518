"""Figures from rankings: the measures, by ir-measures, and how sure one can be of them."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

import ir_measures
import numpy as np
from ir_measures import RR, P, nDCG

RETRIEVAL = (nDCG @ 10, RR)
PRECISION = (P @ 10,)
_RESAMPLED = 1_000
_SEED = 20


@dataclass(frozen=True, slots=True)
class Figure:
    """A mean over queries, with its bootstrap 95 % interval."""

    value: float
    low: float
    high: float
    queries: int


@dataclass(frozen=True, slots=True)
class Result:
    """What one ranker reached in one task on one set."""

    task: str
    set: str
    ranker: str
    figures: dict[str, Figure]
    milliseconds: float | None = None
    """A query, embedding included, in the middle; None where all queries were answered at once."""


def judged(
    rankings: Mapping[str, Sequence[str]],
    gains: Mapping[str, Mapping[str, float]],
    measures: Iterable[ir_measures.Measure],
) -> dict[str, Figure]:
    """Return measure -> figure for query -> documents, the best first."""
    wanted = list(measures)
    run = {query: {id_: float(-rank) for rank, id_ in enumerate(found)} for query, found in rankings.items()}
    truth = {query: {id_: int(gain) for id_, gain in gains.get(query, {}).items()} for query in rankings}
    per_query: dict[str, dict[str, float]] = {str(each): dict.fromkeys(rankings, 0.0) for each in wanted}
    for each in ir_measures.iter_calc(wanted, truth, run):
        per_query[str(each.measure)][each.query_id] = each.value
    return {name: figure(list(values.values())) for name, values in per_query.items()}


def figure(values: Sequence[float]) -> Figure:
    """Return the mean of the values and the interval in which 95 % of resampled means lie."""
    given = np.asarray(values, float)
    chance = np.random.default_rng(_SEED)
    means = [given[chance.integers(0, len(given), len(given))].mean() for _ in range(_RESAMPLED)]
    low, high = np.percentile(means, [2.5, 97.5])
    return Figure(float(given.mean()), float(low), float(high), len(given))
