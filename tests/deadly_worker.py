"""A worker whose model dies of some texts: one takes the process with it, one asks for more memory than there is.

Usage: deadly_worker.py [the worker's own arguments]
"""

import os
import resource
import signal
import sys
from collections.abc import Sequence
from pathlib import Path

from fake_embedding import WordsEmbedder

from hardwon_worker import trying
from hardwon_worker.process import run

DEADLY, HUGE = "A deadly text", "A huge text"
MEMORY = 4 * 2**30
"""Bytes of address space that this process may have beside what it has when it starts."""


class Mortal(WordsEmbedder):
    def embed(self, texts: Sequence[str]) -> list[list[float]]:
        for text in texts:
            if DEADLY in text:
                os.kill(os.getpid(), signal.SIGKILL)
            if HUGE in text:
                bytearray(2 * MEMORY)
        return super().embed(texts)


if __name__ == "__main__":
    trying.TRIES = 1  # each costs the start of a worker: that the product's own number is kept to is tested within one
    pages = Path("/proc/self/statm").read_text().split()[0]
    limit = int(pages) * resource.getpagesize() + MEMORY
    resource.setrlimit(resource.RLIMIT_AS, (limit, limit))
    sys.exit(run(sys.argv[1:], lambda _: Mortal))
