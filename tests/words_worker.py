"""A worker process as `python -m hardwon_worker` starts it, only that its embedder needs no model: it takes its time and keeps a list.

Usage: words_worker.py LIST PAUSE [the worker's own arguments]
"""

import sys
from pathlib import Path

from fake_embedding import WordsEmbedder

from hardwon_worker.process import run

told, pause = Path(sys.argv[1]), float(sys.argv[2])
sys.exit(run(sys.argv[3:], lambda _: lambda source: WordsEmbedder(source, pause=pause, told=told)))
