"""The tasks: what is asked of each ranker, and what counts as right. docs/evaluation.md says what each figure means and does not."""

import time
from collections.abc import Iterator, Sequence

import numpy as np

from hardwon.projections.following import Pool
from hardwon_eval import baselines
from hardwon_eval.baselines import Scores
from hardwon_eval.foresight import foresight
from hardwon_eval.measuring import PRECISION, RETRIEVAL, Result, judged
from hardwon_eval.product import Product
from hardwon_eval.sets import Document, ProjectsSet, RetrievalSet

DEPTH = 100
"""So many answers a query are ranked and judged."""


def run(given: RetrievalSet | ProjectsSet, pool: Pool) -> Iterator[Result]:
    if isinstance(given, RetrievalSet):
        yield from _retrieval(given, pool)
    else:
        yield from _same_problem(given, pool)
        yield from foresight(given, pool)


def _retrieval(given: RetrievalSet, pool: Pool) -> Iterator[Result]:
    """Find the documents that were judged to answer a question."""
    documents, queries = list(given.documents), list(given.queries.values())
    ids = list(given.queries)

    def result(ranker: str, found: Sequence[Sequence[str]], milliseconds: float | None = None) -> Result:
        figures = judged(dict(zip(ids, found, strict=True)), given.gains, RETRIEVAL)
        return Result("retrieval", given.name, ranker, figures, milliseconds)

    for name, product in _products(pool):
        product.learn(documents)
        found, times = _asked(product, queries, [None] * len(queries))
        yield result(name, found, times)
        if name == "hardwon":
            peers = _peers(pool, product, [each.text for each in documents], queries)
    for name, scores in peers.items():
        yield result(name, [_best(row, documents) for row in scores])


def _same_problem(given: ProjectsSet, pool: Pool) -> Iterator[Result]:
    """Asked with a problem, find problems of other projects that are of the same type."""
    problems = [each for each in given.problems if each.type]
    by_type: dict[str, list[Document]] = {}
    for each in problems:
        by_type.setdefault(each.type, []).append(each)
    asking = [each for project in given.projects if project.asks for each in project.problems if each.type]
    gains = {
        each.id: {other.id: 1.0 for other in by_type[each.type] if other.project != each.project} for each in asking
    }
    texts, owners = [each.text for each in asking], [each.project for each in asking]

    def result(ranker: str, found: Sequence[Sequence[str]], milliseconds: float | None = None) -> Result:
        rankings = {each.id: answers for each, answers in zip(asking, found, strict=True)}
        return Result("same-problem", given.name, ranker, judged(rankings, gains, PRECISION), milliseconds)

    for name, product in _products(pool):
        product.learn(problems)
        found, times = _asked(product, texts, owners)
        yield result(name, found, times)
        if name == "hardwon":
            peers = _peers(pool, product, [each.text for each in problems], texts)
    own = np.array([[each.project == owner for each in problems] for owner in owners])
    for name, scores in peers.items():
        yield result(name, [_best(row, problems) for row in np.where(own, -np.inf, scores)])


def _products(pool: Pool) -> Iterator[tuple[str, Product]]:
    yield "hardwon", Product(pool, "int8")
    yield "hardwon-fp32", Product(pool, "fp32")


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


def _asked(product: Product, texts: Sequence[str], owners: Sequence[str | None]) -> tuple[list[list[str]], float]:
    """Return each text's answers, none of its owner's own, and how many milliseconds one took in the middle."""
    found, times = [], []
    for text, owner in zip(texts, owners, strict=True):
        began = time.perf_counter()
        found.append([document.id for document, _ in product.find(text, DEPTH, other_than=owner)])
        times.append(time.perf_counter() - began)
    return found, float(np.median(times)) * 1_000


def _best(scores: Scores, documents: Sequence[Document]) -> list[str]:
    best = np.argsort(-scores, kind="stable")[:DEPTH]
    return [documents[at].id for at in best if np.isfinite(scores[at])]
