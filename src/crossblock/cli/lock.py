"""`crossblock lock STUDY -o bundle`: end the writing, and take the record out for the analysis."""

from __future__ import annotations

from pathlib import Path

import click

import crossblock as cb
from crossblock.cli.output import say


@click.command("lock")
@click.argument("study", type=click.Path(path_type=Path, exists=True, file_okay=False))
@click.option(
    "-o", "--output", type=click.Path(path_type=Path), required=True, help="Folder to make."
)
@click.option("--database", default="", metavar="ADDRESS", help="As for crossblock serve.")
@click.option(
    "--as",
    "monitor",
    metavar="EMAIL",
    help="Lock now as this monitor (asks for the password); left out when it is locked already.",
)
def command(study: Path, output: Path, database: str, monitor: str | None) -> int:
    """Write the bundle of the locked STUDY: plain tables, the sealed list, and hashes.

    Nothing in it tells an arm; crossblock analyze opens the list with its key, once.
    """
    password = click.prompt("Password", hide_input=True, err=True) if monitor else ""
    faults = cb.conduct.lock(
        study, output, database=database, email=monitor or "", password=password
    )
    say(f"Bundle in {output}.")
    for words in faults:
        say(f"audit: {words}")
    return 1 if faults else 0
