"""A worker process: what it holds open, and how it runs."""

import argparse
import gc
import sys
from collections.abc import Callable, Sequence
from threading import Thread

import structlog
from celery import Celery, beat, signals
from threadpoolctl import threadpool_limits  # type: ignore[import-untyped]  # it has no types

from hardwon.bootstrap import configure_logs, open_log, open_pool
from hardwon.config import SettingsError, load
from hardwon.work import BULK, INTERACTIVE
from hardwon_worker import ACTOR, logs, tasks
from hardwon_worker.answering import Answering
from hardwon_worker.app import create_celery
from hardwon_worker.duplicates import Duplicates
from hardwon_worker.following import Parts
from hardwon_worker.long_work import LongWork
from hardwon_worker.publishing import Publishing
from hardwon_worker.radar import Radar
from hardwon_worker.ranking import HybridRanker
from hardwon_worker.retrieval import Retrieval
from hardwon_worker.running import Running
from hardwon_worker.sending import Sending
from hardwon_worker.settings import WorkerSettings
from hardwon_worker.theming import Theming
from hardwon_worker.training import Training
from hardwon_worker.vectors import POINTS, Embedders, Load, Vectors
from hardwon_worker.witness import Witness
from hardwon_worker.words import Words

log = structlog.get_logger()


class Process:
    """What one worker process holds open: opened when it begins to work, so that nothing is shared across a fork."""

    def __init__(self, app: Celery, settings: WorkerSettings, load: Load) -> None:
        self._app, self._settings, self._load = app, settings, load
        self._parts: Parts | None = None

    def parts(self) -> Parts:
        if self._parts is None:
            raise AssertionError("tasks run only after the process was opened")
        return self._parts

    def open(self, **_: object) -> None:
        # One thread: the others of BLAS go on spinning when they are done, on the core where PostgreSQL works; a search took twice as long.
        threadpool_limits(1, user_api="blas")
        embedders = self._embedders()
        # What the model's libraries brought is here to stay: looking it over for garbage held up everybody for some tenths of a second.
        gc.collect()
        gc.freeze()
        pool = open_pool(self._settings, ACTOR)
        events, vectors, retrieval = open_log(pool), Vectors(pool, embedders), Retrieval(pool)
        training = Training(pool, events)
        answering = Answering(pool, events, vectors, HybridRanker(pool, retrieval, training))
        self._parts = Parts(
            pool,
            events,
            Words(pool),
            vectors,
            Vectors(pool, embedders, POINTS),
            Radar(pool, events),
            Duplicates(pool, events),
            retrieval,
            answering,
            Running(pool, vectors, answering),
            training,
            Theming(pool),
            Sending(self._app),
            Publishing(events, self._settings.anchor_path, str(self._settings.anchor_url or "")),
            Witness(self._app, pool),
            LongWork(pool, events),
        )

    def _embedders(self) -> Embedders:
        """Celery passes over what a signal's receiver raises, and would go on to take tasks: only an exit stops it."""
        source = self._settings.embedding_model
        try:
            return Embedders(source, self._load)
        except Exception as error:
            log.critical("model_cannot_be_loaded", source=source, error=str(error), exc_info=True)
            raise SystemExit(1) from error

    def close(self, **_: object) -> None:
        if self._parts is not None:
            self._parts.pool.close()


def run(arguments: Sequence[str], loader: Callable[[WorkerSettings], Load]) -> int:
    """Run a worker until it is told to stop; ``loader`` says how embedders are got under these settings."""
    options = _parser().parse_args(arguments)
    try:
        settings = load(WorkerSettings)
    except SettingsError as error:
        print(error, file=sys.stderr)  # noqa: T201 - there is no log before there are settings
        return 1
    configure_logs(settings, logs.SERVICE)
    logs.connect()
    app = create_celery(settings)
    if options.beat_only:
        beat.Service(app, scheduler_cls=app.conf.beat_scheduler).start()
        return 0
    return _work(app, Process(app, settings, loader(settings)), options)


def _work(app: Celery, process: Process, options: argparse.Namespace) -> int:
    tasks.register(app, process.parts)
    forked = options.pool == "prefork"
    (signals.worker_process_init if forked else signals.worker_init).connect(process.open, weak=False)
    (signals.worker_process_shutdown if forked else signals.worker_shutdown).connect(process.close, weak=False)
    if options.beat:
        # A thread, not the process that Celery would fork: this one already holds threads and connections.
        clock = Thread(target=beat.Service(app, scheduler_cls=app.conf.beat_scheduler).start, name="beat", daemon=True)
        signals.worker_ready.connect(lambda **_: clock.start(), weak=False)
    app.worker_main(
        [
            "--quiet",
            "worker",
            f"--pool={options.pool}",
            f"--concurrency={options.concurrency}",
            f"--queues={options.queues}",
            "--without-gossip",
            "--without-mingle",
            "--without-heartbeat",
        ]
    )
    return 0


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        "python -m hardwon_worker", description="Follow the logs, embed lessons, suggest them."
    )
    parser.add_argument("--pool", choices=["threads", "prefork"], default="threads", help="threads share one model")
    parser.add_argument("--concurrency", type=int, default=2, help="tasks at a time")
    parser.add_argument("--queues", default=f"{INTERACTIVE},{BULK}", help="separated by commas")
    parser.add_argument("--beat", action="store_true", help="also send the periodic tasks")
    parser.add_argument("--beat-only", action="store_true", help="send the periodic tasks and do no work")
    return parser
