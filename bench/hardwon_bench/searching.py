"""Search as the worker does it, over one large organisation beside small ones: how long it takes, in all and in parts, and what it finds."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import partial
from typing import Any

import numpy as np

from hardwon.config import DatabaseSettings
from hardwon.ports import Embedder
from hardwon_bench import database
from hardwon_bench.database import Organisation
from hardwon_bench.measuring import Times, timed
from hardwon_bench.texts import Speech
from hardwon_bench.vectors import Vectors, embed, vectors
from hardwon_worker import following
from hardwon_worker.app import create_celery
from hardwon_worker.following import Parts
from hardwon_worker.process import Process
from hardwon_worker.retrieval import LEG
from hardwon_worker.settings import WorkerSettings

_LIMIT = 10
_WARMING = 50
