"""`crossblock open-envelope`: open one sealed envelope, outside the web process."""

from __future__ import annotations

from pathlib import Path

import click

import crossblock
from crossblock.cli.output import json_option, print_json, say


@click.command("open-envelope")
@click.argument("envelope", type=click.Path(path_type=Path))
@click.option(
    "--key", type=click.Path(path_type=Path), required=True, help="File with the emergency key."
)
@json_option
def command(envelope: Path, key: Path, as_json: bool) -> None:
    """Open ENVELOPE, which the server released after a code break was recorded there.

    What it says unblinds whoever reads it, for every period of this participant.
    """
    letter = crossblock.open_envelope(envelope, key)
    if as_json:
        print_json(letter)
    else:
        click.echo(f"slot {letter['slot']}, sequence {letter['sequence']}")
        for number, period in enumerate(letter["periods"], start=1):
            click.echo(f"  period {number}: {period['label']} (kit {period['kit']})")
    if len(letter["periods"]) > 1:
        say("One period tells the others: this participant is unblinded in all of them.")
