"""The product itself, on a database of its own: texts become lessons of projects, and are found by the code that the worker runs."""

import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from functools import cache
from pathlib import Path
from typing import Literal
from uuid import NAMESPACE_OID, UUID, uuid5

import numpy as np

from hardwon import handlers, organisations
from hardwon.bootstrap import open_log, open_pool
from hardwon.config import DatabaseSettings
from hardwon.domain.commands import DrawLesson, RaiseDiscussionPoint, RegisterProject
from hardwon.domain.values import Profile
from hardwon.handlers import Request, RetroItem
from hardwon.ids import new_id
from hardwon.log.wire import Metadata
from hardwon.projections.all import PROJECTIONS
from hardwon.projections.following import Pool, advance
from hardwon.sample import sample_story
from hardwon.sample.bringing import bring
from hardwon.schema.migrate import migrate
from hardwon_eval.sets import Document, PastProject
from hardwon_local.folder import DataFolder
from hardwon_local.servers import servers
from hardwon_worker.embedding import SentenceTransformerEmbedder, load_embedder
from hardwon_worker.matches import Match
from hardwon_worker.radar import Near, Radar
from hardwon_worker.ranking import Asking, HybridRanker, Ranked
from hardwon_worker.retrieval import Retrieval
from hardwon_worker.training import Training
from hardwon_worker.vectors import POINTS, Embedders, Vectors
from hardwon_worker.words import Words

MODEL = "all-MiniLM-L6-v2"
BY = Metadata("hardwon-eval")
_BATCH = 64


@contextmanager
def database() -> Iterator[Pool]:
    """Start an embedded PostgreSQL in a folder that is gone afterwards."""
    with tempfile.TemporaryDirectory(prefix="hardwon-eval-") as folder:
        Path(folder).chmod(0o711)  # as root the servers run as another user, who must be able to pass through
        with servers(DataFolder(Path(folder) / "data"), durable=False) as started:
            migrate(started.owner_database_url)
            with open_pool(DatabaseSettings(database_url=started.app_database_url), "hardwon-eval") as pool:
                yield pool


def _id(document: Document) -> UUID:
    """Derive it from the text's own, so that what scores alike comes in the same order in every run and at either precision."""
    return uuid5(NAMESPACE_OID, f"{document.project}/{document.id}")


@cache
def _embedder(precision: Literal["int8", "fp32"]) -> SentenceTransformerEmbedder:
    """Load the model, once for all products that are measured: it takes longer than many of them."""
    return load_embedder(MODEL, precision=precision)


class Product:
    """One organisation that learns texts and answers questions."""

    def __init__(self, pool: Pool, precision: Literal["int8", "fp32"]) -> None:
        self.embedder = _embedder(precision)
        self._pool, self._log = pool, open_log(pool)
        self.organisation_id = organisations.register(self._log, "Evaluation", BY.actor)
        embedders = Embedders(MODEL, lambda _: self.embedder)
        self._words, self._vectors = Words(pool), Vectors(pool, embedders)
        self._point_vectors, self._radar = Vectors(pool, embedders, POINTS), Radar(pool, self._log)
        self.retrieval = Retrieval(pool)
        self.ranker = HybridRanker(pool, self.retrieval, Training(pool, self._log))
        self._documents: dict[UUID, Document] = {}
        self.projects: dict[str, UUID] = {}
        self._embedded: dict[str, list[float]] = {}

    def project(self, id_: str, profile: Profile) -> UUID:
        project_id = new_id()
        command = RegisterProject(project_id, profile)
        handlers.register_project(self._log, self.organisation_id, command, Request(project_id, BY))
        self.projects[id_] = project_id
        return project_id

    def learn(self, documents: Sequence[Document]) -> None:
        """Record the texts as lessons of their projects, and follow the log to its head."""
        for name in dict.fromkeys(each.project for each in documents):
            project_id = self.projects.get(name) or self.project(name, Profile(name or "All"))
            ids = {_id(each): each for each in documents if each.project == name}
            items = [
                RetroItem(DrawLesson(id_, project_id, None, each.text, "", "", (), (), "en"), id_)
                for id_, each in ids.items()
            ]
            handlers.record_retro_events(self._log, self.organisation_id, project_id, items, BY)
            self._documents |= ids
        self.follow()

    def live_through_the_story(self) -> None:
        """Record the built-in story, and follow the log to its head; a lesson's id is its project's name and its place there."""
        bring(self._log, self.organisation_id, BY)
        self.follow()
        told = {
            lesson.insight: Document(f"{past.profile['name']}/{at}", lesson.insight, past.profile["name"])
            for past in sample_story().projects
            for at, lesson in enumerate(each for held in past.retrospectives for each in held.lessons)
        }
        with self._pool.of(self.organisation_id) as connection:
            rows = connection.execute(
                "SELECT lesson_id, insight FROM lesson WHERE organisation_id = %s", (self.organisation_id,)
            ).fetchall()
        self._documents |= {lesson_id: told[insight] for lesson_id, insight in rows}

    def meet(self, project: PastProject) -> None:
        """Record the project's problems as what went wrong in it."""
        project_id = self.project(project.id, Profile(project.name))
        ids = {_id(each): each for each in project.problems}
        items = [
            RetroItem(RaiseDiscussionPoint(id_, project_id, None, "went_wrong", each.text, ()), id_)
            for id_, each in ids.items()
        ]
        if items:
            handlers.record_retro_events(self._log, self.organisation_id, project_id, items, BY)
        self._documents |= ids

    def met_before(self) -> dict[str, tuple[Document, float]]:
        """Return for each problem that was met the one of another project, met before it, that the radar finds closest."""
        live, points = self._vectors.live(self.organisation_id), list(self._documents)
        found: dict[UUID, Near | None] = {}
        for start in range(0, len(points), _BATCH):
            closest = self._radar.closest(self.organisation_id, live, points[start : start + _BATCH])
            found |= {id_: each.point for id_, each in closest.items()}
        return {
            self._documents[id_].id: (self._documents[near.id], near.similarity) for id_, near in found.items() if near
        }

    def follow(self) -> None:
        for projection in PROJECTIONS:
            advance(self._pool, projection, self.organisation_id)
        self._words.follow(self.organisation_id)
        for vectors in (self._vectors, self._point_vectors):
            while vectors.embed(self.organisation_id, self.embedder, _BATCH):
                pass

    def find(self, text: str, limit: int, *, other_than: str | None = None) -> list[Document]:
        """Return the texts that match best, none of the project ``other_than``."""
        return [self.document(each) for each in self.matches(text, limit, other_than=other_than)]

    def matches(self, text: str, limit: int, *, other_than: str | None = None) -> list[Match]:
        live = self._vectors.live(self.organisation_id)
        project_id = self.projects[other_than] if other_than is not None else None
        question = self.retrieval.question(self.organisation_id, live, text, other_than=project_id)
        (vector,) = self.embedder.embed([text])
        return self.retrieval.search(self.organisation_id, live, question, vector, limit)

    def document(self, match: Match) -> Document:
        return self._documents[match.lesson_id]

    def suggest(self, project_id: UUID, profile: Profile) -> list[Document]:
        """Return what the product would offer the project, the best first."""
        live = self._vectors.live(self.organisation_id)
        position = self._log.head(self.organisation_id).position
        ranked: Ranked = self.ranker.rank(
            Asking(self.organisation_id, project_id, profile, position), live, self.embedder
        )
        return [self._documents[each.lesson_id] for each in ranked.suggestions]

    def nearest(self, text: str, documents: Sequence[Document]) -> list[int]:
        """Return the places of the documents, those first whose vectors are nearest to the text's: the model alone, as a peer."""
        missing = [each.text for each in documents if each.text not in self._embedded]
        for start in range(0, len(missing), _BATCH):
            batch = missing[start : start + _BATCH]
            self._embedded |= dict(zip(batch, self.embedder.embed(batch), strict=True))
        (asked,) = self.embedder.embed([text])
        cosines = np.array([self._embedded[each.text] for each in documents]) @ np.array(asked)
        return [int(at) for at in np.argsort(-cosines, kind="stable")]
