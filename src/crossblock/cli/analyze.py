"""`crossblock analyze PROTOCOL RATINGS`: what do the ratings say?"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import click

import crossblock as cb
from crossblock.cli.output import json_option, plain, print_json, say, write_bytes
from crossblock.cli.progress import step
from crossblock.cli.words import effect_line
from crossblock.core.errors import InputError, Problem

FORMAT = "crossblock/look/1"

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

Before the lock there are only the looks that the protocol plans. Unpack the interim bundle that the
server's page Jobs gave the unblinded statistician; the protocol's boundary is applied, and the
result is sealed to those who may read it. Nothing of it is printed.

\b
  crossblock analyze look --key statistician.key --look 1 --seal-to age1... -o result.age
"""


@click.command("analyze", help=HELP)
@click.argument("protocol")
@click.argument("ratings", required=False)
@click.option(
    "--key",
    type=click.Path(path_type=Path),
    help="Key of the sealed list; PROTOCOL is then a locked study's bundle.",
)
@click.option("--look", type=int, help="Look of the protocol, from 1; PROTOCOL is interim then.")
@click.option(
    "--seal-to", multiple=True, metavar="RECIPIENT", help="Who may read the look (age1…)."
)
@click.option("-o", "--output", type=click.Path(path_type=Path), help="File for the sealed look.")
@json_option
def command(
    protocol: str,
    ratings: str | None,
    key: Path | None,
    look: int | None,
    seal_to: tuple[str, ...],
    output: Path | None,
    as_json: bool,
) -> int:
    if look is not None or seal_to or output is not None:
        _check(key, look, seal_to, output)
    with step("reading"):
        if key is not None:
            bundle = cb.read_bundle(Path(protocol))
            _check_kind(bundle.manifest, look)
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
    if key is not None and look is not None and output is not None:
        content = _look(study, result, bundle.manifest, look)
        write_bytes(output, cb.seal(json.dumps(plain(content), indent=1), seal_to))
        say(
            f"Look {look} in {output}, sealed to {len(seal_to)} recipients. Store it on the server."
        )
        return 0
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


def _look(study: Any, result: Any, manifest: Any, look: int) -> dict[str, Any]:
    """Return what a look says, and by what record and protocol."""
    found = cb.interim_look(study, result.endpoints, look)
    watched = next(e for e in result.endpoints if e.instrument == found.endpoint)
    return {
        "schema": FORMAT,
        "study": study.id,
        "protocol_sha256": study.sha256,
        "taken_at": manifest.get("taken_at", ""),
        "chain_head": manifest.get("chain_head", {}),
        "look": found,
        "estimate": watched.primary,
        "warnings": result.warnings,
    }


def _check(
    key: Path | None, look: int | None, seal_to: tuple[str, ...], output: Path | None
) -> None:
    if key is None or look is None or not seal_to or output is None:
        raise InputError(
            Problem(
                what="a look needs --key, --look, --seal-to and -o together",
                why="its result leaves this command sealed, or not at all",
                fix="--key statistician.key --look 1 --seal-to age1… -o result.age",
            )
        )


def _check_kind(manifest: Any, look: int | None) -> None:
    """Refuse an interim bundle without a look, and a look at a locked one."""
    if bool(manifest.get("interim")) == (look is not None):
        return
    if look is None:
        raise InputError(
            Problem(
                what="this is an interim bundle, taken before the lock",
                why="whoever analyzes it in the open unblinds the study",
                fix="apply a planned look: --look 1 --seal-to age1… -o result.age",
            )
        )
    raise InputError(
        Problem(
            what="this study is locked", fix="leave out --look: this is the end", where="--look"
        )
    )
