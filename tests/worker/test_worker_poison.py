"""Texts that no model can work on, and models that can work on no text: what is at fault is found out, and the rest goes on."""

from collections.abc import Callable, Sequence
from contextlib import suppress
from typing import Any

import pytest
from click.testing import CliRunner
from fake_embedding import WordsEmbedder
from in_process import Worker
from psycopg import DataError
from redis import Redis
from structlog.testing import capture_logs
from telling import BY_A_TEST, Teller

from hardwon import handlers
from hardwon.cli import main
from hardwon.domain.commands import ChangeProfile
from hardwon.handlers import Request
from hardwon.ids import new_id
from hardwon.projections.following import Pool, checkpoints, set_aside
from hardwon.work import FOLLOW
from hardwon_worker.following import EMBED
from hardwon_worker.model_files import ModelUnusable
from hardwon_worker.trying import TRIES
from hardwon_worker.vectors import LESSONS

POISON = "An unspeakable text."


class Unspeakable(WordsEmbedder):
    """Fails at one text, or at all, by raising or by making what is no vector."""

    def __init__(self, failing: str, *, everything: bool = False) -> None:
        super().__init__()
        self.mended = False
        self.everything, self.raises, self.fails = everything, failing == "raises", 0

    def can_speak(self) -> None:
        """Fail at nothing from now on, as with more memory or another model."""
        self.mended = True

    def embed(self, texts: Sequence[str]) -> list[list[float]]:
        bad = [text for text in texts if (POISON in text and not self.mended) or self.everything]
        self.fails += bool(bad)
        if bad and self.raises:
            raise ValueError("cannot be embedded")
        vectors = super().embed(texts)
        return [[float("nan")] * len(v) if t in bad else v for t, v in zip(texts, vectors, strict=True)]


def try_often(worker: Worker, teller: Teller, times: int) -> list[Any]:
    """Bring hints again and again, as the sweep does; return what was logged as an error."""
    with capture_logs() as logged:
        for _ in range(times):
            with suppress(ValueError, ModelUnusable, DataError):  # the task has failed; a worker goes on with others
                worker.run(FOLLOW, teller.organisation_id)
                worker.run(EMBED, teller.organisation_id)
    return [line for line in logged if line["log_level"] == "error"]


def vectors(pool: Pool, teller: Teller) -> int:
    with pool.of(teller.organisation_id) as connection:
        asked = "SELECT count(*) FROM lesson_vector WHERE organisation_id = %s"
        return int(connection.execute(asked, [teller.organisation_id]).fetchone()[0])  # type: ignore[index]


@pytest.mark.parametrize("failing", ["raises", "makes NaN"])
def test_one_bad_text_holds_up_nobody(
    failing: str, start_worker: Callable[..., Worker], teller: Teller, pool: Pool, redis: Redis
) -> None:
    """The texts before and behind it are embedded, it is tried alone, and then set aside where it can be seen."""
    embedder = Unspeakable(failing)
    worker = start_worker(load=lambda _: embedder)
    before, (bad,), behind = (
        (f"A lesson, number {n}." for n in range(20)),
        [POISON],
        (f"Another {n}." for n in range(20)),
    )
    project = teller.past_project(*before, bad, *behind)
    errors = try_often(worker, teller, 2 * TRIES + 2)
    assert vectors(pool, teller) == 40
    assert embedder.fails == 2 * TRIES
    assert [line["event"] for line in errors] == ["text_set_aside"]
    follower = LESSONS.follower(embedder.model.name)
    with pool.across() as connection:
        assert (teller.organisation_id, follower, 1) in set_aside(connection)
    with pool.of(teller.organisation_id) as connection:
        assert checkpoints(connection, teller.organisation_id)[follower].tries == 0
    assert teller.lessons(project, "A later one.")
    try_often(worker, teller, 1)
    assert vectors(pool, teller) == 41


def test_a_text_that_was_set_aside_is_tried_again_when_it_changes(
    start_worker: Callable[..., Worker], teller: Teller, pool: Pool, redis: Redis
) -> None:
    """Said otherwise, it has a vector like any other."""
    worker = start_worker(load=lambda _: Unspeakable("raises"))
    project = teller.project("A past project", ended_on="2020-01-01")
    (lesson,) = teller.lessons(project, POISON)
    try_often(worker, teller, 2 * TRIES + 1)
    assert vectors(pool, teller) == 0
    teller.revise(lesson, "A text that can be said.")
    try_often(worker, teller, 1)
    assert vectors(pool, teller) == 1
    with pool.across() as connection:
        assert teller.organisation_id not in [row[0] for row in set_aside(connection)]


@pytest.mark.parametrize("failing", ["raises", "makes NaN"])
def test_a_bad_model_blames_no_text(
    failing: str, start_worker: Callable[..., Worker], teller: Teller, pool: Pool, redis: Redis
) -> None:
    """It fails at everything, however often: nothing is set aside, read models go on, and when it is mended nothing is missing."""
    embedder = Unspeakable(failing, everything=True)
    worker = start_worker(load=lambda _: embedder)
    teller.past_project(*(f"A lesson, number {n}." for n in range(20)))
    try_often(worker, teller, 5 * TRIES)
    with pool.across() as connection:
        assert teller.organisation_id not in [row[0] for row in set_aside(connection)]
    with pool.of(teller.organisation_id) as connection:
        reached = checkpoints(connection, teller.organisation_id)["lessons"].position
    assert reached == teller.log.head(teller.organisation_id).position
    embedder.everything = False
    try_often(worker, teller, 1)
    assert vectors(pool, teller) == 20


def set_aside_projects(pool: Pool, teller: Teller) -> int:
    with pool.across() as connection:
        found = {follower: count for id_, follower, count in set_aside(connection) if id_ == teller.organisation_id}
    return found.get("suggestions", 0)


@pytest.mark.parametrize("failing", ["raises", "makes NaN"])
def test_a_project_that_cannot_be_answered_is_set_aside_and_tried_again_when_somebody_says_so(
    failing: str, start_worker: Callable[..., Worker], teller: Teller, pool: Pool, redis: Redis, stack: Any
) -> None:
    """Others are answered meanwhile; it is asked for no more, and shown; once the cause is mended, `hardwon try-again` has it answered."""
    embedder = Unspeakable(failing)
    worker = start_worker(load=lambda _: embedder)
    teller.past_project(*(f"A lesson about ferries, number {n}." for n in range(5)))
    bad = teller.project(POISON, summary="Ferries, told so that nobody can.")
    errors = try_often(worker, teller, 2 * TRIES + 2)
    good = teller.project("Another", summary="Ferries, told well.")
    errors += try_often(worker, teller, 2)
    assert embedder.fails == 2 * TRIES
    assert [line["event"] for line in errors] == ["project_set_aside"]
    assert (teller.suggested(bad), len(teller.suggested(good))) == ([], 1)
    assert set_aside_projects(pool, teller) == 1
    with pool.across() as connection:
        waiting = connection.execute("SELECT FROM every.waiting WHERE organisation_id = %s", [teller.organisation_id])
        assert waiting.fetchall() == []  # or it would be asked for every other second
    embedder.can_speak()
    said = CliRunner().invoke(
        main,
        ["try-again", "--organisation", str(teller.organisation_id)],
        env={"HARDWON_DATABASE_URL": stack.database_url},
    )
    assert str(bad) in said.output, said.output
    try_often(worker, teller, 1)
    assert len(teller.suggested(bad)) == 1
    assert set_aside_projects(pool, teller) == 0


def test_a_project_that_was_set_aside_is_tried_again_when_it_is_said_otherwise(
    start_worker: Callable[..., Worker], teller: Teller, pool: Pool, redis: Redis
) -> None:
    worker = start_worker(load=lambda _: Unspeakable("raises"))
    teller.past_project("A lesson about ferries.")
    project = teller.project(POISON, summary="Ferries.")
    try_often(worker, teller, 2 * TRIES + 1)
    assert set_aside_projects(pool, teller) == 1
    command = ChangeProfile(project, {"name": "A name that can be said"})
    handlers.change_profile(teller.log, teller.organisation_id, command, Request(new_id(), BY_A_TEST))
    try_often(worker, teller, 1)
    assert len(teller.suggested(project)) == 1
    assert set_aside_projects(pool, teller) == 0


def test_a_bad_model_blames_no_project(
    start_worker: Callable[..., Worker], teller: Teller, pool: Pool, redis: Redis
) -> None:
    """The control: what fails at everything sets nothing aside, and the project is answered when it is mended."""
    embedder = Unspeakable("raises")
    worker = start_worker(load=lambda _: embedder)
    teller.past_project("A lesson about ferries.")
    try_often(worker, teller, 1)
    embedder.everything = True
    project = teller.project("A project", summary="Ferries.")
    try_often(worker, teller, 5 * TRIES)
    assert set_aside_projects(pool, teller) == 0
    embedder.everything = False
    try_often(worker, teller, 1)
    assert len(teller.suggested(project)) == 1
