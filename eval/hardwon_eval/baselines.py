"""The peers: what one gets from well-known parts without Hardwon. Each gives scores, (queries, documents), the higher the better."""

from collections.abc import Sequence

import bm25s
import numpy as np
import numpy.typing as npt
import Stemmer

from hardwon.ports import Embedder
from hardwon.projections.following import Pool

Scores = npt.NDArray[np.float64]
SEED = 20
_RRF_CONSTANT = 60
_BATCH = 64


def by_chance(queries: int, documents: int) -> Scores:
    return np.random.default_rng(SEED).random((queries, documents))


def by_bm25s(documents: Sequence[str], queries: Sequence[str]) -> Scores:
    """BM25 by the library bm25s, with its English stop words and Snowball stems."""
    stemmer = Stemmer.Stemmer("english")
    index = bm25s.BM25()
    index.index(_tokens(documents, stemmer), show_progress=False)
    asked = bm25s.tokenize(list(queries), stopwords="en", stemmer=stemmer, return_ids=False, show_progress=False)
    return np.stack([index.get_scores(each) if each else np.zeros(len(documents)) for each in asked]).astype(float)


def by_vectors(embedder: Embedder, documents: Sequence[str], queries: Sequence[str]) -> Scores:
    """Cosine between sentence-transformers' vectors, nothing else."""
    return vectors(embedder, queries) @ vectors(embedder, documents).T


def by_ts_rank(pool: Pool, documents: Sequence[str], queries: Sequence[str]) -> Scores:
    """PostgreSQL's own ``ts_rank_cd`` of any-word queries."""
    scores = np.zeros((len(queries), len(documents)))
    with pool.across() as connection:
        connection.execute(
            "CREATE TEMP TABLE ranked AS SELECT place - 1 AS place, to_tsvector('english', text) AS words"
            " FROM unnest(%s::text[]) WITH ORDINALITY AS each (text, place)",
            (list(documents),),
        )
        for at, query in enumerate(queries):
            found = connection.execute(
                "SELECT place, ts_rank_cd(words, query) FROM ranked, (SELECT string_agg(quote_literal(lexeme), ' | ')::tsquery AS query"
                " FROM unnest(to_tsvector('english', %s))) AS asked WHERE words @@ query",
                (query,),
            ).fetchall()
            for place, score in found:
                scores[at, place] = score
        connection.execute("DROP TABLE ranked")
    return scores


def fused(one: Scores, other: Scores) -> Scores:
    """Reciprocal rank fusion (Cormack, Clarke, Büttcher 2009)."""
    return _reciprocal_ranks(one) + _reciprocal_ranks(other)


def _reciprocal_ranks(scores: Scores) -> Scores:
    ranks = np.argsort(np.argsort(-scores, axis=1, kind="stable"), axis=1)
    reciprocal: Scores = 1 / (_RRF_CONSTANT + 1 + ranks)
    return reciprocal


def vectors(embedder: Embedder, texts: Sequence[str]) -> Scores:
    made = [
        vector for start in range(0, len(texts), _BATCH) for vector in embedder.embed(texts[start : start + _BATCH])
    ]
    return np.array(made)


def _tokens(texts: Sequence[str], stemmer: Stemmer.Stemmer) -> bm25s.tokenization.Tokenized:
    return bm25s.tokenize(list(texts), stopwords="en", stemmer=stemmer, show_progress=False)
