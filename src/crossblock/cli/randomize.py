"""`crossblock randomize`: make the sealed allocation list, offline, before anybody enters."""

from __future__ import annotations

import os
from pathlib import Path

import click

import crossblock
from crossblock.cli.output import json_option, print_json, say
from crossblock.core.errors import AllocationError, OutputError, Problem, shorten

FEWEST_KEYS = 2


@click.command("randomize")
@click.argument("protocol", required=False)
@click.option("-o", "--output", type=click.Path(path_type=Path), help="Folder to make.")
@click.option(
    "--recipient",
    "recipients",
    multiple=True,
    metavar="age1…",
    help="Who can open the list (statistician, pharmacy); at least two.",
)
@click.option(
    "--emergency",
    multiple=True,
    metavar="age1…",
    help="Who can open single envelopes for a code break; left out: the recipients.",
)
@click.option("--slots", type=click.IntRange(1, 9999), help="Slots per stratum; planned number.")
@click.option("--dry-run", is_flag=True, help="Make a watermarked dummy for programmers.")
@click.option("--seed", type=click.IntRange(0), help="Repeat a dummy list; only with --dry-run.")
@click.option(
    "--new-key",
    type=click.Path(path_type=Path),
    metavar="FILE",
    help="Write a new secret key to FILE, print its recipient, and do nothing else.",
)
@json_option
def command(
    protocol: str | None,
    output: Path | None,
    recipients: tuple[str, ...],
    emergency: tuple[str, ...],
    slots: int | None,
    dry_run: bool,
    seed: int | None,
    new_key: Path | None,
    as_json: bool,
) -> None:
    """Make the allocation list of PROTOCOL and seal it.

    Run this on a computer that the trial's raters and coordinators do not use. The list takes its
    randomness from the operating system and exists in clear only inside the sealed file. Put the
    folder into the study's folder on the server, and print the commitment in the registration.
    """
    if new_key is not None:
        _make_key(new_key)
        return
    if protocol is None or output is None:
        raise click.UsageError("PROTOCOL and -o are needed")
    _check(recipients, seed, dry_run=dry_run)
    manifest = crossblock.make_allocation(
        crossblock.read_protocol(protocol),
        output,
        slots_per_stratum=slots,
        recipients=recipients,
        emergency=emergency,
        seed=seed,
        dry_run=dry_run,
    )
    if as_json:
        print_json(manifest)
    say(f"{manifest['slots']} slots in {output}, sealed to {len(recipients)} recipients.")
    say(f"Commitment, for the registration: {manifest['commitment']}")
    if dry_run:
        say("DRY RUN: a dummy list. Every kit id begins with DRY-; never give a drug by it.")


def _check(recipients: tuple[str, ...], seed: int | None, *, dry_run: bool) -> None:
    if seed is not None and not dry_run:
        raise AllocationError(
            Problem(
                what="a real allocation list takes no seed",
                where="--seed",
                why="whoever knows the seed knows every arm",
                fix="leave --seed out, or add --dry-run for a dummy list",
            )
        )
    if len({r.strip() for r in recipients}) < FEWEST_KEYS:
        raise AllocationError(
            Problem(
                what="a list is sealed to at least two different recipients",
                where="--recipient",
                value=shorten(", ".join(recipients)),
                why="with one key, its loss would end the trial",
                fix="give --recipient twice: the statistician's and the pharmacy's",
            )
        )


def _make_key(path: Path) -> None:
    identity, recipient = crossblock.new_key()
    try:
        handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except OSError as error:
        raise OutputError(
            Problem(
                what="the key file could not be made",
                where=shorten(str(path)),
                why=error.strerror or "",
                fix="name a file that does not exist yet; a key is never overwritten",
            )
        ) from None
    with os.fdopen(handle, "w") as file:
        file.write(f"# recipient: {recipient}\n{identity}\n")
    click.echo(recipient)
    say(f"The secret key is in {path}. Keep it where only its holder can read it.")
