"""`crossblock worker STUDY`: do the heavy work that the server asks for."""

from __future__ import annotations

from pathlib import Path

import click

import crossblock as cb


@click.command("worker")
@click.argument("study", type=click.Path(path_type=Path, exists=True, file_okay=False))
@click.option("--database", default="", metavar="ADDRESS", help="As for crossblock serve.")
@click.option("--once", is_flag=True, help="Do what is waiting, then stop.")
def command(study: Path, database: str, once: bool) -> None:
    """Take jobs of STUDY one after the other and store what comes of them."""
    cb.conduct.work(study, database=database, once=once)
