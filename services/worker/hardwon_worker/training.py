"""What an organisation's feedback taught its ranker: trained when enough is new, tried by the gate, remembered by whoever ranks.

A version is its data position: whoever needs it makes it again from the log, so there is no store of models to keep, back up or migrate.
"""

from collections import OrderedDict
from threading import Lock
from typing import Any
from uuid import UUID

import structlog

from hardwon import handlers
from hardwon.domain.commands import RankerCommand, SwitchRanker, TrainRanker
from hardwon.domain.events import FeedbackGiven
from hardwon.domain.ranker import DEFAULT
from hardwon.handlers import Request
from hardwon.ids import new_id
from hardwon.log import epoch, wire
from hardwon.log.wire import Metadata, StoredEvent
from hardwon.ports import Embedder, Log
from hardwon.projections.following import Pool
from hardwon.sql import queries
from hardwon_worker import ACTOR
from hardwon_worker.gate import FEWEST, consider, set_aside
from hardwon_worker.judging import judgements
from hardwon_worker.memory import Memory, fit
from hardwon_worker.vectors import LiveModel

SQL = queries("hardwon_worker", "training.sql")
METHOD = "memory-1"
"""A new name whenever equal feedback would teach something else."""
ENOUGH_NEW = 50
"""Verdicts since the last training that make another one worth its while."""
_REMEMBERED = 16
"""Memories that a process keeps, of the organisations asked lately; one takes some tens of megabytes at most."""
log = structlog.get_logger()


class Training:
    """What was learned, of one organisation at a time."""

    def __init__(self, pool: Pool, events: Log) -> None:
        self._pool, self._log = pool, events
        self._remembered: OrderedDict[tuple[UUID, int, str], Memory | None] = OrderedDict()
        self._eras: dict[UUID, str] = {}
        """Of each organisation the last erasure that what is remembered knows of."""
        self._lock = Lock()

    def speaking(self, organisation_id: UUID, live: LiveModel, embedder: Embedder) -> tuple[int, Memory | None]:
        """Return the version that speaks, and what it remembers; 0 and None where the default does."""
        ranker = handlers.current_ranker(self._log, organisation_id)
        trained = ranker.versions.get(ranker.active)
        if trained is None or (trained.method, trained.embedding_model) != (METHOD, live.model):
            return DEFAULT, None  # what another method or model learned means nothing to these
        key = (organisation_id, trained.data_position, live.model)
        with self._lock:  # one fits, and the others wait for it instead of fitting too
            self._drop_what_is_past(organisation_id)
            if key not in self._remembered:
                given = judgements(self._log, self._pool, organisation_id, live, embedder, trained.data_position)
                self._remembered[key] = fit(set_aside(given))
            self._remembered.move_to_end(key)
            while len(self._remembered) > _REMEMBERED:
                self._remembered.popitem(last=False)
            return trained.version, self._remembered[key]

    def _drop_what_is_past(self, organisation_id: UUID) -> None:
        """Remember nothing from before an erasure or a restore: a memory is made of lessons' vectors."""
        with self._pool.of(organisation_id) as connection:
            era = epoch.era(connection, organisation_id)
        if self._eras.setdefault(organisation_id, era) != era:
            self._eras[organisation_id] = era
            for key in [each for each in self._remembered if each[0] == organisation_id]:
                del self._remembered[key]

    def is_due(self, organisation_id: UUID, live: LiveModel) -> bool:
        """Tell whether enough was said since the last training with this model, and by enough projects in all."""
        versions = handlers.current_ranker(self._log, organisation_id).versions.values()
        same = [each.data_position for each in versions if (each.method, each.embedding_model) == (METHOD, live.model)]
        trained_to = max(same, default=0)
        given = wire.type_of(FeedbackGiven)
        names: dict[str, Any] = {"organisation_id": organisation_id, "type": given, "after": trained_to}
        with self._pool.of(organisation_id) as connection:
            fresh = connection.execute(SQL["verdicts_since"], names).fetchone()
            if not fresh or fresh[0] < ENOUGH_NEW:
                return False
            judging = connection.execute(SQL["judging_projects"], names).fetchone()
        return bool(judging and judging[0] >= FEWEST)

    def train(self, organisation_id: UUID, live: LiveModel, embedder: Embedder) -> None:
        """Learn from all feedback up to now, and let it speak if it does better than what speaks now."""
        position = self._log.head(organisation_id).position
        given = judgements(self._log, self._pool, organisation_id, live, embedder, position)
        active, current = self.speaking(organisation_id, live, embedder)
        trial = consider(given, current)
        command = TrainRanker(
            METHOD,
            live.model,
            position,
            len(given.worth),
            len(set(given.project.tolist())),
            {name: round(value, 4) for name, value in trial.figures.items()} if trial else {},
            bool(trial and trial.better),
        )
        self._record(organisation_id, command)
        if trial and trial.current_fails and not trial.better:
            self._record(
                organisation_id,
                SwitchRanker(DEFAULT, f"Version {active} no longer holds on the latest feedback."),
            )

    def _record(self, organisation_id: UUID, command: RankerCommand) -> StoredEvent | None:
        recorded = handlers.change_ranker(self._log, organisation_id, command, Request(new_id(), Metadata(ACTOR)))
        if recorded:
            log.info(recorded.type, **recorded.data)
        return recorded
