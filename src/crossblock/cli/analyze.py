"""`crossblock analyze PROTOCOL RATINGS`: what do the ratings say?"""

from __future__ import annotations

from pathlib import Path

import click

import crossblock as cb
from crossblock.cli.output import json_option, print_json, say
from crossblock.cli.progress import step
from crossblock.cli.words import effect_line

HELP = """Analyze ratings exactly as the protocol says.

PROTOCOL is a TOML file or a shipped name. RATINGS is a tidy table (participant, sequence, period,
visit, instrument, score); left out, the ratings shipped with a named protocol are used.

\b
  crossblock analyze nimh-ketamine-saline
  crossblock analyze my-study.toml ratings.csv --json

A locked study needs no protocol beside it: give the bundle that crossblock lock wrote and the key
of its sealed list. That is the one unblinding, and the same analysis.

\b
  crossblock analyze bundle --key statistician.key
"""


@click.command("analyze", help=HELP)
@click.argument("protocol")
@click.argument("ratings", required=False)
@click.option(
    "--key",
    type=click.Path(path_type=Path),
    help="Key of the sealed list; PROTOCOL is then a locked study's bundle.",
)
@json_option
def command(protocol: str, ratings: str | None, key: Path | None, as_json: bool) -> int:
    with step("reading"):
        if key is not None:
            bundle = cb.read_bundle(Path(protocol))
            study, scores = bundle.protocol, bundle.ratings
            codes = cb.read_sealed_codelist(bundle, key)
        else:
            study = cb.read_protocol(protocol)
            scores = cb.read_ratings(ratings or study.id, study)
            codes = cb.read_open_codelist(ratings or study.id, study)
    with step("analyzing"):
        tables = cb.derive_study(study, scores, codes)
        instruments = {name: cb.read_instrument(name) for name in study.instrument_ids}
        result = cb.analyze(study, tables, instruments)
    if as_json:
        print_json(result)
    else:
        for endpoint in result.endpoints:
            say(f"{endpoint.instrument_name}, {endpoint.visit_words}")
            for estimate in (endpoint.primary, *endpoint.sensitivity):
                say("  " + effect_line(estimate))
        for warning in result.warnings:
            say(f"note: {warning}")
    return 1 if result.warnings else 0
