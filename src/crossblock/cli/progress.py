"""Progress on standard error for anything that takes more than a moment; silent when piped."""

from __future__ import annotations

import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager

import click


@contextmanager
def step(words: str) -> Iterator[None]:
    """Say what is being done, and how long it took."""
    live = sys.stderr.isatty()
    start = time.perf_counter()
    if live:
        click.echo(f"  {words} …", err=True, nl=False)
    yield
    took = f"{time.perf_counter() - start:.1f} s"
    click.echo(f"\r  {words} ({took})" if live else f"  {words} ({took})", err=True)


@contextmanager
def meter(words: str) -> Iterator[Callable[[int, int], None]]:
    """Give a function of (done, all) that says how far it is; the last line says how long."""
    live = sys.stderr.isatty()
    start = time.perf_counter()

    def told(done: int, whole: int) -> None:
        if live:
            click.echo(f"\r  {words} … {100 * done // max(whole, 1)} %", err=True, nl=False)

    yield told
    took = f"{time.perf_counter() - start:.1f} s"
    click.echo(f"\r  {words} ({took})" if live else f"  {words} ({took})", err=True)
