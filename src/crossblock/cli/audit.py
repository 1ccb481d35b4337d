"""`crossblock audit verify STUDY`: is the audit chain whole, and the record what it says?"""

from __future__ import annotations

from pathlib import Path

import click

import crossblock as cb
from crossblock.cli.output import json_option, print_json, say


@click.group("audit")
def command() -> None:
    """Look after the audit chain of a study."""


@command.command("verify")
@click.argument("study", type=click.Path(path_type=Path, exists=True, file_okay=False))
@click.option("--database", default="", metavar="ADDRESS", help="As for crossblock serve.")
@click.option("--chain-only", is_flag=True, help="Leave out the rows.")
@json_option
def verify(study: Path, database: str, chain_only: bool, as_json: bool) -> int:
    """Verify chain, rows, triggers and witness of STUDY; every fault is named.

    Exit status: 0 sound, 1 something was changed behind the record's back.
    """
    found = cb.conduct.verify(study, database=database, rows=not chain_only)
    if as_json:
        print_json(found)
    say(f"{found.events} events, {found.rows} rows, {found.witnessed} heads witnessed")
    say(f"head {found.head}")
    for words in found.faults:
        say(f"fault: {words}")
    say("sound" if found.sound else "not sound")
    return 0 if found.sound else 1
