"""The tasks: what is asked of each ranker, and what counts as right. docs/evaluation.md says what each figure means and does not."""

import time
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

import ir_measures
import numpy as np

from hardwon.projections.following import Pool
from hardwon_eval import baselines
from hardwon_eval.baselines import Scores
from hardwon_eval.foresight import foresight
from hardwon_eval.learning import learning
from hardwon_eval.measuring import PRECISION, RETRIEVAL, Figure, Result, judged
from hardwon_eval.product import Product
from hardwon_eval.recurrence import recurrence
from hardwon_eval.sets import Document, ProjectsSet, RetrievalSet

DEPTH = 100
"""So many answers a query are ranked and judged."""


def run(given: RetrievalSet | ProjectsSet, pool: Pool) -> Iterator[Result]:
    if isinstance(given, RetrievalSet):
        yield from _retrieval(given, pool)
    else:
        yield from _same_problem(given, pool)
        yield from foresight(given, pool)
        yield from learning(given, pool)
        yield from recurrence(given, pool)


@dataclass(frozen=True, slots=True)
class _Asked:
    """What is asked of every ranker in the same way."""

    id: str
    text: str
    gains: Mapping[str, float]
    owner: str | None = None
    """The project whose own documents are no answer; None where all are."""


def _retrieval(given: RetrievalSet, pool: Pool) -> Iterator[Result]:
    """Find the documents that were judged to answer a question."""
    asked = [_Asked(id_, text, given.gains[id_]) for id_, text in given.queries.items()]
    for ranker, found, milliseconds in _answered(pool, given.documents, asked):
        yield Result("retrieval", given.name, ranker, _judged(asked, found, RETRIEVAL), milliseconds)


def _same_problem(given: ProjectsSet, pool: Pool) -> Iterator[Result]:
    """Asked with a problem, find problems of other projects that are of the same type."""
    problems = [each for each in given.problems if each.type]
    by_type: dict[str, list[Document]] = {}
    for each in problems:
        by_type.setdefault(each.type, []).append(each)
    asked = [
        _Asked(
            each.id,
            each.text,
            {other.id: 1.0 for other in by_type[each.type] if other.project != each.project},
            each.project,
        )
        for project in given.projects
        if project.asks
        for each in project.problems
        if each.type
    ]
    for ranker, found, milliseconds in _answered(pool, problems, asked) if asked else ():
        yield Result("same-problem", given.name, ranker, _judged(asked, found, PRECISION), milliseconds)


def _judged(
    asked: Sequence[_Asked], found: Sequence[list[str]], measures: Iterable[ir_measures.Measure]
) -> dict[str, Figure]:
    rankings = {each.id: answers for each, answers in zip(asked, found, strict=True)}
    return judged(rankings, {each.id: each.gains for each in asked}, measures)


def _answered(
    pool: Pool, documents: Sequence[Document], asked: Sequence[_Asked]
) -> Iterator[tuple[str, list[list[str]], float | None]]:
    """Yield each ranker, its answers to everything asked, and how many milliseconds one took in the middle, if one by one."""
    products = {"hardwon": Product(pool, "int8"), "hardwon-fp32": Product(pool, "fp32")}
    for name, product in products.items():
        product.learn(documents)
        yield name, *_one_by_one(product, asked)
    peers = _peers(pool, products["hardwon"], [each.text for each in documents], [each.text for each in asked])
    own = np.array([[each.owner == document.project for document in documents] for each in asked])
    for name, scores in peers.items():
        yield name, [_best(row, documents) for row in np.where(own, -np.inf, scores)], None


def _peers(pool: Pool, product: Product, documents: Sequence[str], queries: Sequence[str]) -> dict[str, Scores]:
    bm25, minilm = baselines.by_bm25s(documents, queries), baselines.by_vectors(product.embedder, documents, queries)
    ts_rank = baselines.by_ts_rank(pool, documents, queries)
    return {
        "random": baselines.by_chance(len(queries), len(documents)),
        "bm25s": bm25,
        "minilm": minilm,
        "ts_rank_cd": ts_rank,
        "rrf-bm25s-minilm": baselines.fused(bm25, minilm),
        "rrf-ts_rank_cd-minilm": baselines.fused(ts_rank, minilm),
    }


def _one_by_one(product: Product, asked: Sequence[_Asked]) -> tuple[list[list[str]], float]:
    found, times = [], []
    for each in asked:
        began = time.perf_counter()
        found.append([document.id for document in product.find(each.text, DEPTH, other_than=each.owner)])
        times.append(time.perf_counter() - began)
    return found, float(np.median(times)) * 1_000


def _best(scores: Scores, documents: Sequence[Document]) -> list[str]:
    best = np.argsort(-scores, kind="stable")[:DEPTH]
    return [documents[at].id for at in best if np.isfinite(scores[at])]
