"""``python -m hardwon_worker``: a worker with real embeddings, its settings from the environment."""

import sys

from hardwon_worker.embedding import load_embedder
from hardwon_worker.process import run
from hardwon_worker.settings import WorkerSettings
from hardwon_worker.vectors import Load


def loader(settings: WorkerSettings) -> Load:
    return lambda source: load_embedder(source, backend=settings.embedding_backend, cache=settings.model_cache)


if __name__ == "__main__":
    sys.exit(run(sys.argv[1:], loader))
