"""A worker that forgets what it offered, so that a hint which comes twice does its work twice: what the tests of hints must find.

Usage: forgetful_worker.py [the worker's own arguments]
"""

import sys

from fake_embedding import WordsEmbedder

from hardwon.domain import suggesting
from hardwon_worker.process import run

if __name__ == "__main__":
    suggesting.evolve = lambda state, _event, _at: state
    sys.exit(run(sys.argv[1:], lambda _: WordsEmbedder))
