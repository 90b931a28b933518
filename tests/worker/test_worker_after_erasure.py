"""After an erasure: what becomes of lessons and read models, what the API answers, what workers forget."""

from typing import Any
from uuid import UUID

from erasing import OTHERS, Erase, Story, api, folded, rows
from in_process import Worker

from hardwon import handlers, tokens
from hardwon.domain.commands import TrainRanker
from hardwon.handlers import Request
from hardwon.ids import new_id
from hardwon.log.personal import ERASED
from hardwon.log.wire import Metadata
from hardwon.ports import Log
from hardwon.projections.all import PROJECTIONS
from hardwon.projections.following import Pool
from hardwon.projections.rebuilding import rebuild
from hardwon.work import FOLLOW
from hardwon_worker.judging import judgements


def test_what_becomes_of_lessons(story: Story, erase: Erase, log: Log, pool: Pool, worker: Worker) -> None:
    """A lesson of his is retired; what others made of one lives on, without what he had said in it, and is found by its new text."""
    erase(story)
    worker.run(FOLLOW, story.organisation)
    with pool.of(story.organisation) as connection:
        query = "SELECT lesson_id, state, insight, advice, tags FROM lesson WHERE organisation_id = %s"
        found = {row[0]: row[1:] for row in connection.execute(query, (story.organisation,))}
        vectors = {
            row[0]
            for row in connection.execute(
                "SELECT lesson_id FROM lesson_vector WHERE organisation_id = %s", (story.organisation,)
            )
        }
        counted = connection.execute(
            """
            SELECT count(*), sum(embedding::vector) = (SELECT total FROM vector_sum WHERE organisation_id = %(id)s),
                   (SELECT lessons FROM vector_sum WHERE organisation_id = %(id)s),
                   (SELECT sum(lessons) FROM language WHERE organisation_id = %(id)s)
            FROM lesson_vector WHERE organisation_id = %(id)s
            """,
            {"id": story.organisation},
        ).fetchone()
    ids = story.ids
    assert found[ids["mine"]] == ("retired", ERASED, ERASED, [ERASED])
    assert found[ids["retired"]][:2] == ("retired", ERASED)
    assert found[ids["kept"]][:3] == ("retired", ERASED, f"{OTHERS} ring the crane.")
    assert found[ids["shortened"]] == ("current", f"{OTHERS} no crane came.", "", [])
    assert found[ids["rewritten"]] == ("current", f"{OTHERS} cranes are late.", "Order.", ["c"])
    standing = {ids[name] for name in ("shortened", "rewritten", "theirs")}
    assert vectors == standing
    assert counted
    assert (counted[0], counted[2], counted[3]) == (3, 3, 3)


def test_live_rebuild_and_fold_agree_after_an_erasure(story: Story, erase: Erase, log: Log, pool: Pool) -> None:
    """The rows that were folded anew are those of a rebuild, and of a pure fold of the log."""
    erase(story)
    live = rows(pool, story.organisation)
    assert live == folded(pool, log, story.organisation)
    for projection in PROJECTIONS:
        rebuild(pool, projection, story.organisation)
    assert rows(pool, story.organisation) == live


def test_everything_answers_after_an_erasure(
    story: Story, erase: Erase, stack: Any, log: Log, pool: Pool, worker: Worker
) -> None:
    """Recommendations, lessons, search, nudges, an earlier day and the feed of events answer as before, with [erased] where he spoke."""
    token = tokens.first(pool, story.organisation)
    then = log.head(story.organisation).position
    erase(story)
    worker.run(FOLLOW, story.organisation)
    client = api(stack, pool, log, worker)
    asked = story.ids["asking"]
    pages = [
        *(f"/projects/{asked}/recommendations{when}" for when in ("", f"?as_of={then}")),
        *(f"/lessons/{id_}{when}" for id_ in (story.ids["mine"], story.ids["kept"]) for when in ("", f"?as_of={then}")),
        *("/lessons", f"/lessons?as_of={then}", "/events?limit=200", "/nudges", "/recurrences", "/merge-proposals"),
        *("/insights/learning", f"/search?q={OTHERS}"),
    ]
    told = {}
    for page in pages:
        answer = client.get(f"/v1{page}", headers={"Authorization": f"Bearer {token}"})
        assert answer.status_code == 200, (page, answer.text)
        assert story.mark not in answer.text, page
        told[page] = answer.text
    erased = {page for page, text in told.items() if ERASED in text}
    assert {*pages[:2], *pages[2:6], "/lessons", "/events?limit=200"} <= erased
    assert OTHERS in told[f"/search?q={OTHERS}"]
    assert ERASED not in told["/nudges"]  # from what was erased nothing more can be learned
    assert OTHERS in told["/nudges"]


def test_a_worker_drops_the_vectors_it_holds_in_memory(
    story: Story, erase: Erase, worker: Worker, log: Log, embedder: Any
) -> None:
    """What a process keeps of his lessons to compare them quickly is gone at its next question."""
    held = worker.parts.retrieval._held
    live = worker.parts.vectors.live(story.organisation)
    wanted = embedder.embed([story.mark])[0]

    def lessons() -> set[UUID]:
        return {id_ for id_, _ in held.now(story.organisation, live).nearest(wanted, 50)}

    assert story.ids["mine"] in lessons()
    erase(story)
    worker.run(FOLLOW, story.organisation)
    assert lessons() == {story.ids[name] for name in ("shortened", "rewritten", "theirs")}


def test_a_worker_forgets_what_it_learned_with_his_lessons(
    story: Story, erase: Erase, worker: Worker, log: Log, embedder: Any
) -> None:
    """A memory of feedback is made of lessons' vectors: it is made again without his."""
    training, live = worker.parts.training, worker.parts.vectors.live(story.organisation)
    position = log.head(story.organisation).position
    trained = TrainRanker("memory-1", live.model, position, 240, 31, {"gain": 0.06}, switched_on=True)
    handlers.change_ranker(log, story.organisation, trained, Request(new_id(), Metadata("tests")))

    def learned_from() -> int:
        training.speaking(story.organisation, live, embedder)
        given = judgements(log, worker.parts.pool, story.organisation, live, embedder, position)
        return len(given.lessons)

    assert learned_from() == 2
    (key,) = training._remembered
    remembered: Any = object()
    training._remembered[key] = remembered
    assert training.speaking(story.organisation, live, embedder) == (1, remembered)  # the control: it is kept otherwise
    erase(story)
    assert learned_from() < 2
    assert remembered not in training._remembered.values()
