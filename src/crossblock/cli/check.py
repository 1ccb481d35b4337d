"""`crossblock check PROTOCOL`: is the file sound, and what does it rest on?"""

from __future__ import annotations

import click

import crossblock as cb
from crossblock.cli.output import json_option, print_json, say

HELP = """Read a protocol file and list everything that is wrong with it.

PROTOCOL is a TOML file or the name of a shipped protocol. All problems are listed at once, each
with line or key, value, reason and what to do. A sound file is summed up: design, what is given,
which values are only assumed or remembered, and where its sources disagree.

\b
  crossblock check my-study.toml
  crossblock check williams-2018
"""


@click.command("check", help=HELP)
@click.argument("protocol")
@json_option
def command(protocol: str, as_json: bool) -> None:
    study = cb.read_protocol(protocol)
    assumptions, disagreements = study.assumptions(), study.disagreements()
    if as_json:
        print_json(
            {
                "id": study.id,
                "title": study.title,
                "sha256": study.sha256,
                "design": study.design.kind,
                "periods": study.periods,
                "sequences": dict(zip(study.sequence_ids, study.sequence_conditions, strict=True)),
                "assumptions": assumptions,
                "disagreements": disagreements,
            }
        )
        return
    say(f"{study.id}: sound ({study.design.kind}, {study.periods} periods)")
    say(f"  {study.question}")
    for name, conditions in zip(study.sequence_ids, study.sequence_conditions, strict=True):
        say(f"  sequence {name}: {' → '.join(conditions)}")
    if assumptions:
        say(f"Assumed or remembered ({len(assumptions)}):")
        for a in assumptions:
            say(f"  {a.path} = {a.value} ({a.confidence}) {a.note}".rstrip())
    if disagreements:
        say(f"Sources disagree ({len(disagreements)}):")
        for d in disagreements:
            say(f"  {d.path}: " + "; ".join(f"{v} [{s}]" for v, s in d.statements))
    say(f"sha256 {study.sha256}")
