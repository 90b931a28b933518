"""What a hint sets off: the read models advance, lessons are embedded, projects that wait are answered, running ones are told what is new.

All of it may run twice, at once or later, and changes nothing the second time: positions only ever move forward, a vector is keyed by its
text, and no lesson is offered to a project twice.
"""

import time
from collections.abc import Callable
from dataclasses import dataclass
from uuid import UUID

import structlog

from hardwon.domain.values import Occasion
from hardwon.ports import Embedder, Log
from hardwon.projections import recommendations
from hardwon.projections.all import PROJECTIONS
from hardwon.projections.following import Pool, advance, lagging
from hardwon.work import FOLLOW
from hardwon_worker import duplicates, radar, running, words
from hardwon_worker.answering import Answering
from hardwon_worker.duplicates import Duplicates
from hardwon_worker.long_work import LongWork
from hardwon_worker.publishing import Publishing
from hardwon_worker.radar import Radar
from hardwon_worker.retrieval import Retrieval
from hardwon_worker.running import Running
from hardwon_worker.sending import Sending
from hardwon_worker.theming import Theming
from hardwon_worker.training import Training
from hardwon_worker.vectors import Vectors
from hardwon_worker.witness import Witness
from hardwon_worker.words import Words

EMBED = "hardwon.embed"
"""Task(organisation_id: str): embed what is too much for a task that somebody waits for."""
SUGGEST = "hardwon.suggest"
"""Task(organisation_id: str, project_id: str): answer a project that waits for suggestions."""
TRAIN = "hardwon.train"
"""Task(organisation_id: str): learn from the organisation's feedback."""
COMPARE = "hardwon.compare"
"""Task(organisation_id: str): find the running projects that are near to new lessons."""
TELL = "hardwon.tell"
"""Task(organisation_id: str, project_id: str, occasion: str): offer a running project new lessons, at once or in its digest."""
LONG_WORK = "hardwon.long_work"
"""Task(organisation_id: str, name: str): go on with what somebody asked for on a page."""
WATCH = "hardwon.watch"
"""Task(organisation_id: str): look whether what went wrong was met before, and whether lessons say the same; nobody waits for it."""
THEMES = "hardwon.themes"
"""Task(organisation_id: str): find what the organisation's lessons and points are about."""
PUBLISH = "hardwon.publish"
"""Task(): publish the heads of the logs."""
SWEEP = "hardwon.sweep"
"""Task(): find the organisations whose hints were lost."""

BATCH = 16
"""Texts embedded at a time: as many as a model works on at once, and no more than a killed worker's work is worth."""
HINT_PATIENCE = 1.0
"""Seconds of embedding in a task that somebody waits for; what takes longer is bulk work."""
BULK_PATIENCE = 20.0
"""Seconds after which bulk work lets other organisations have their turn."""
WATCH_PATIENCE = 2.0
"""Seconds after which each of the three lets everything else have its turn: the lessons of the same import must not wait for them."""
log = structlog.get_logger()


@dataclass(frozen=True, slots=True)
class Parts:
    """What the tasks work with; opened once a process."""

    pool: Pool
    log: Log
    words: Words
    vectors: Vectors
    point_vectors: Vectors
    radar: Radar
    duplicates: Duplicates
    retrieval: Retrieval
    answering: Answering
    running: Running
    training: Training
    theming: Theming
    sending: Sending
    publishing: Publishing
    witness: Witness
    long_work: LongWork


def follow(parts: Parts, organisation_id: UUID) -> None:
    """Bring everything that follows the organisation's log up to its head, or ask for the tasks that will."""
    # Before the log is read: what is written from now on needs a hint of its own.
    parts.sending.begun(FOLLOW, str(organisation_id))
    _catch_up(parts, organisation_id)
    _ask_for_suggestions(parts, organisation_id)
    _ask_to_tell(parts, organisation_id)
    parts.sending.send(LONG_WORK, *([str(organisation_id), name] for name in parts.long_work.wanted(organisation_id)))


def embed(parts: Parts, organisation_id: UUID) -> None:
    """Embed on until nothing is left, or until it is another organisation's turn."""
    parts.sending.begun(EMBED, str(organisation_id))
    models = parts.vectors.models(organisation_id)
    left = [_embed(parts, parts.vectors, organisation_id, model, BULK_PATIENCE / len(models)) for model in models]
    if any(left):
        parts.sending.send(EMBED, [str(organisation_id)])
    _ask_for_suggestions(parts, organisation_id)
    _ask_to_tell(parts, organisation_id)


def watch(parts: Parts, organisation_id: UUID) -> None:
    """Do what nobody waits for: embed points, look for recurrences and duplicates, each for a moment, and for feedback to learn from.

    What is left is left to another task.
    """
    parts.sending.begun(WATCH, str(organisation_id))
    answering = parts.vectors.models(organisation_id)[0]
    left = _embed(parts, parts.point_vectors, organisation_id, answering, WATCH_PATIENCE)
    live = parts.vectors.live(organisation_id)
    recurrences, unjudged = _while_patient(lambda: parts.radar.watch(organisation_id, live))
    merges, unmatched = _while_patient(lambda: parts.duplicates.propose(organisation_id, live))
    if recurrences or merges:
        log.info("watched", recurrences_told=recurrences, merges_proposed=merges)
        _catch_up(parts, organisation_id)
    if left or unjudged or unmatched:
        parts.sending.send(WATCH, [str(organisation_id)])
    if parts.training.is_due(organisation_id, live):
        parts.sending.send(TRAIN, [str(organisation_id)])
    if parts.theming.is_due(organisation_id, live):
        parts.sending.send(THEMES, [str(organisation_id)])


def suggest(parts: Parts, organisation_id: UUID, project_id: UUID) -> None:
    """Offer the project what it should know, now that it is registered or another one than it was, unless it was answered before."""
    parts.sending.begun(SUGGEST, str(organisation_id), str(project_id))
    asker = parts.answering.asker(organisation_id, project_id)
    if asker and parts.answering.owed(asker):
        parts.running.told(asker, "new_lessons", "digest")
        _catch_up(parts, organisation_id)


def compare(parts: Parts, organisation_id: UUID) -> None:
    """Compare new lessons with the running projects until none is left, or until it is another organisation's turn."""
    parts.sending.begun(COMPARE, str(organisation_id))
    deadline = time.monotonic() + BULK_PATIENCE
    # As with embedding: who finds the lease taken leaves the rest to the holder, who looks once more. What cannot be done now, the sweep
    # asks for again: asked for here, it would run without pause.
    while parts.running.behind(organisation_id):
        with parts.sending.lease(f"{running.FOLLOWER}:{organisation_id}") as held:
            went_on = held and parts.running.follow(organisation_id)
        if not went_on:
            break
        if time.monotonic() >= deadline:
            parts.sending.send(COMPARE, [str(organisation_id)])
            break
    _tell_what_is_due(parts, organisation_id)


def tell(parts: Parts, organisation_id: UUID, project_id: UUID, occasion: Occasion) -> None:
    """Offer a running project what is new, within its limits."""
    parts.sending.begun(TELL, str(organisation_id), str(project_id), occasion)
    parts.running.tell(organisation_id, project_id, occasion)
    _catch_up(parts, organisation_id)
    parts.running.behind(organisation_id)  # its checkpoint moves on over events that are no lessons


def go_on(parts: Parts, organisation_id: UUID, name: str) -> None:
    """Do a slice of long work, and ask for the next one: other work comes in between."""
    parts.sending.begun(LONG_WORK, str(organisation_id), name)
    if parts.long_work.go_on(organisation_id, name):
        parts.sending.send(LONG_WORK, [str(organisation_id), name])


def train(parts: Parts, organisation_id: UUID) -> None:
    """Learn from the feedback that is new, with the model that answers now; a change of model waits with it."""
    parts.sending.begun(TRAIN, str(organisation_id))
    live = parts.vectors.live(organisation_id)
    embedder = parts.vectors.embedders.of(live)
    if embedder and parts.training.is_due(organisation_id, live):
        parts.training.train(organisation_id, live, embedder)


def find_themes(parts: Parts, organisation_id: UUID) -> None:
    """Find the organisation's themes anew, with the model that answers now; a change of model waits with it."""
    parts.sending.begun(THEMES, str(organisation_id))
    live = parts.vectors.live(organisation_id)
    embedder = parts.vectors.embedders.of(live)
    if embedder and parts.theming.is_due(organisation_id, live):
        found = parts.theming.make(organisation_id, live, embedder)
        log.info("themes_found", themes=found)


def sweep(parts: Parts) -> None:
    """Send the hints that were lost, leave word that a worker is there, and look whether the logs are what they were."""
    parts.sending.say_alive()
    parts.witness.look()
    model = parts.vectors.embedders.configured.model.name
    followers = [
        *(each.name for each in PROJECTIONS),
        words.FOLLOWER,
        running.FOLLOWER,
        radar.FOLLOWER,
        duplicates.FOLLOWER,
        *(vectors.subject.follower(model) for vectors in (parts.vectors, parts.point_vectors)),
    ]
    with parts.pool.across() as connection:
        behind = lagging(connection, followers)
    parts.sending.send(FOLLOW, *([str(organisation_id)] for organisation_id in behind))


def _catch_up(parts: Parts, organisation_id: UUID) -> None:
    """Bring along what a person may wait for: the read models, and a few lessons for the model that answers. The rest is bulk work."""
    for projection in PROJECTIONS:
        advance(parts.pool, projection, organisation_id)
    parts.words.follow(organisation_id)
    answering, *coming = parts.vectors.models(organisation_id)
    left = _embed(parts, parts.vectors, organisation_id, answering, HINT_PATIENCE)
    if left or any(parts.vectors.behind(organisation_id, model) for model in coming):
        parts.sending.send(EMBED, [str(organisation_id)])
    live = parts.vectors.live(organisation_id)
    watching = parts.radar.behind(organisation_id, live) or parts.duplicates.behind(organisation_id, live)
    if watching or parts.point_vectors.behind(organisation_id, answering):
        parts.sending.send(WATCH, [str(organisation_id)])


def _embed(parts: Parts, vectors: Vectors, organisation_id: UUID, model: Embedder, patience: float) -> bool:
    """Embed batch by batch, one at least; return whether this task leaves something to another one."""
    deadline = time.monotonic() + patience
    lease = f"{vectors.subject.follower(model.model.name)}:{organisation_id}"
    # A task that finds the lease taken leaves its texts to the holder; so the holder looks once more when it has given the lease back.
    while vectors.behind(organisation_id, model):
        with parts.sending.lease(lease) as held:
            full = held and vectors.embed(organisation_id, model, BATCH)
        if not held:
            return False
        if full and time.monotonic() >= deadline:
            return True
    return False


def _while_patient(watch: Callable[[], int | None]) -> tuple[int, bool]:
    """Go on batch by batch, one at least; return how much was recorded, and whether something is left to another task."""
    deadline, recorded = time.monotonic() + WATCH_PATIENCE, 0
    while (found := watch()) is not None:
        recorded += found
        if time.monotonic() >= deadline:
            return recorded, True
    return recorded, False


def _ask_for_suggestions(parts: Parts, organisation_id: UUID) -> None:
    live = parts.vectors.live(organisation_id)
    with parts.pool.of(organisation_id) as connection:
        waiting = recommendations.pending(connection, organisation_id, parts.vectors.reached(organisation_id, live))
    parts.sending.send(SUGGEST, *([str(organisation_id), str(project_id)] for project_id in waiting))


def _ask_to_tell(parts: Parts, organisation_id: UUID) -> None:
    """Ask for the tasks that bring new lessons to running projects."""
    if parts.running.behind(organisation_id):
        parts.sending.send(COMPARE, [str(organisation_id)])
    _tell_what_is_due(parts, organisation_id)


def _tell_what_is_due(parts: Parts, organisation_id: UUID) -> None:
    due = parts.running.due(organisation_id)
    parts.sending.send(TELL, *([str(organisation_id), str(project_id), occasion] for project_id, occasion in due))
