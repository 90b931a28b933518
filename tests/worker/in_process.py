"""A worker inside the test: the real parts and tasks, each task run at once by whoever asks for it."""

from typing import Any
from uuid import UUID

from hardwon.projections.following import Pool
from hardwon_worker import tasks
from hardwon_worker.app import create_celery
from hardwon_worker.process import Process
from hardwon_worker.settings import WorkerSettings
from hardwon_worker.vectors import Load


class Worker:
    """Runs tasks by name, as Celery would, with the parts of a worker process."""

    def __init__(self, settings: WorkerSettings, load: Load) -> None:
        self._app = create_celery(settings)
        self._app.conf.update(task_always_eager=True, task_eager_propagates=True)
        self._process = Process(self._app, settings, load)
        tasks.register(self._app, self._process.parts)
        self._process.open()
        self.parts = self._process.parts()

    def run(self, task: str, *arguments: object) -> Any:
        plain = [str(each) if isinstance(each, UUID) else each for each in arguments]
        return self._app.tasks[task](*plain)

    def drop(self, task: str) -> None:
        """Ask in vain for this task from now on, as where no worker serves its queue."""
        self._app.tasks[task].apply_async = lambda *_, **__: None

    def close(self) -> None:
        self._process.close()


TABLES = {
    "event": "position",
    "checkpoint": "follower",
    "project": "project_id",
    "lesson": "lesson_id",
    "discussion_point": "point_id",
    "recommendation": "project_id",
    "recurrence": "point_id",
    "learning": "project_id",
    "live_model": "model",
    "lesson_vector": "lesson_id, model, text_hash",
    "project_vector": "project_id, model, text_hash",
    "nothing_new": "project_id",
    "to_tell": "project_id, occasion",
    "point_vector": "point_id, model, text_hash",
    "theme": "theme",
    "theme_text": "text_id",
    "themes_made": "model",
}


def everything(pool: Pool, organisation_id: UUID) -> dict[str, list[Any]]:
    """Return all that the database holds of an organisation, row by row, with each row's last writing transaction."""
    with pool.of(organisation_id) as connection:
        return {
            table: connection.execute(
                f"SELECT {table}, xmin FROM {table} WHERE organisation_id = %s ORDER BY {key}",  # type: ignore[arg-type]
                (organisation_id,),
            ).fetchall()
            for table, key in TABLES.items()
        }
