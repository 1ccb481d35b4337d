"""`crossblock leakcheck`: does anything that a blinded person can see tell the arm?"""

from __future__ import annotations

import click

import crossblock as cb
from crossblock.cli.output import json_option, print_json, say
from crossblock.cli.progress import step


@click.command("leakcheck")
@click.argument("protocol", default="williams-2018")
@click.option("--participants", default=200, type=click.IntRange(20, 10_000), show_default=True)
@click.option("--seed", default=1, type=click.IntRange(0), show_default=True)
@json_option
def command(protocol: str, participants: int, seed: int, as_json: bool) -> int:
    """Play a virtual study of PROTOCOL through the server and look at it as every blinded role.

    Searches every page, export, log and the database for the arm in many spellings, and asks
    whether sizes, times, order or ids let a classifier tell the arms apart. Exit status 1: a leak.
    """
    with step(f"playing {participants} virtual participants and reading every page"):
        found = cb.check_leaks(protocol, participants=participants, seed=seed)
    if as_json:
        print_json(found)
    say(f"{found.pages} answers read as {found.roles} blinded roles, {found.routes} kinds of page")
    say(f"classifier on all that a blinded person sees: AUC {found.auc:.3f}")
    for leak in found.leaks:
        say(f"leak: {leak}")
    say("no arm found" if not found.leaks else f"{len(found.leaks)} leaks")
    return 1 if found.leaks else 0
