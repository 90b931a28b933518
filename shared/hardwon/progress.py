"""Progress of what takes long, on standard error: a bar for who looks on, a line now and then for a file or a supervisor's log."""

import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager

import click

EVERY = 10.0
"""Seconds between two lines."""


@contextmanager
def progress(label: str, length: int) -> Iterator[Callable[[int], None]]:
    """Give what is to be told how much of ``length`` events is done."""
    if sys.stderr.isatty():
        with click.progressbar(length=length, label=label, file=sys.stderr, show_pos=True) as bar:
            yield lambda done: bar.update(done - bar.pos)
        return
    told = time.monotonic()

    def tell(done: int) -> None:
        nonlocal told
        if time.monotonic() - told >= EVERY:
            told = time.monotonic()
            click.echo(f"{label}: {done:,} of {length:,} events", err=True)

    yield tell
