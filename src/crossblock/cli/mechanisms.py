"""`crossblock mechanisms PROTOCOL`: if this were true, what would each measurement show?"""

from __future__ import annotations

import csv
import io
from typing import TYPE_CHECKING

import click

import crossblock as cb
from crossblock.cli.output import json_option, output_option, print_json, say, write
from crossblock.cli.progress import step

if TYPE_CHECKING:
    from crossblock.domain.prediction import Predicted, Predictions

HELP = """If this hypothesis were true, what would each measurement show?

Runs the rival mechanisms through the drug, blocker and times of a protocol, and through the arms
that would tell them apart. Bands are 95 % of each mechanism's prior: what is not known.

\b
  crossblock mechanisms williams-2018
  crossblock mechanisms williams-2018 --only h1,h3a --sentences
  crossblock mechanisms my-study.toml -o page.html --csv table.csv
"""


@click.command("mechanisms", help=HELP)
@click.argument("protocol")
@click.option("--only", help="Mechanisms by name or file, comma-separated; all when left out.")
@click.option("--decay", default="", help="Use a named decay, such as illustrative-decay.")
@click.option("--draws", type=click.IntRange(2, 5000), default=60, show_default=True)
@click.option("--second", type=click.FloatRange(0.1, 10), default=2.0, show_default=True)
@click.option("--seed", type=int, default=1, show_default=True)
@click.option("--sentences", is_flag=True, help="One sentence a measurement, not a table.")
@click.option("--csv", "csv_file", help="Write the table to a CSV file; - is standard output.")
@output_option
@json_option
def command(
    protocol: str,
    only: str | None,
    decay: str,
    draws: int,
    second: float,
    seed: int,
    sentences: bool,
    csv_file: str | None,
    output: str | None,
    as_json: bool,
) -> None:
    study = cb.read_protocol(protocol)
    wanted = only.split(",") if only else cb.mechanism_names()
    rivals = [cb.read_mechanism(name.strip()) for name in wanted]
    if decay:
        rivals = [m.alternative(decay) for m in rivals]
    with step(f"Running {len(rivals)} mechanisms"):
        found = cb.predict(
            study,
            {name: cb.read_compound(name) for name in study.compound_ids},
            rivals,
            reference=cb.read_compound("ketamine"),
            blocker=cb.read_compound("naltrexone"),
            stream=cb.Stream(seed, "mechanisms"),
            draws=draws,
            second=second,
        )
    if csv_file:
        write(csv_file, table(found))
    if output:
        story = cb.hypotheses_story(study, found, _said(protocol, draws, seed))
        write(output, cb.render(story))
    if as_json:
        print_json(_plain(found))
    elif not (output or csv_file):
        for line in lines(found, sentences):
            say(line)


def _said(protocol: str, draws: int, seed: int) -> tuple[tuple[str, str], ...]:
    words = f"crossblock mechanisms {protocol} --draws {draws} --seed {seed}"
    return (("crossblock", cb.__version__), ("Command", words))


def table(found: Predictions) -> str:
    """Return the table as CSV: one row for each mechanism and measurement."""
    text = io.StringIO()
    out = csv.writer(text, lineterminator="\n")
    out.writerow(["mechanism", "measurement", "value", "low", "high", "capped"])
    for row in found.rows:
        for m, p in row.cells.items():
            capped = "" if p.capped is None else f"{p.capped:.4f}"
            numbers = (f"{x:.4f}" for x in (p.value, p.low, p.high))
            out.writerow([row.mechanism, m.value, *numbers, capped])
    return text.getvalue()


def lines(found: Predictions, sentences: bool) -> list[str]:
    """Return the table as lines of text, measurement by measurement, or as sentences."""
    out = list(found.asked)
    if sentences:
        for row in found.rows:
            out += ["", f"{row.label}. {row.claim}", *(f"  {s}" for s in row.sentences())]
    else:
        width = max(len(row.label) for row in found.rows)
        for m in found.rows[0].cells:
            out += ["", f"{m.value} (%)"]
            out += [f"  {row.label:<{width}}  {_cell(row.cells[m])}" for row in found.rows]
    out += ["", *_parted(found)]
    amber = sorted({a for row in found.rows for a in row.assumed})
    return [*out, "", f"assumed, not read in any text: {'; '.join(amber)}"]


def _parted(found: Predictions) -> list[str]:
    """Say which measurement tells which rivals apart best, and which none does."""
    names = {row.mechanism: row.label for row in found.rows}
    by: dict[str, list[str]] = {}
    for (a, b), m in found.parted.items():
        title = "none of these" if m is None else m.value
        by.setdefault(title, []).append(f"{names[a]} / {names[b]}")
    out = [f"told apart best by {m}: {', '.join(pairs)}" for m, pairs in by.items()]
    return [*out, "A ratio on one day alone names no winner."]


def _cell(p: Predicted) -> str:
    band = f"{100 * p.value:5.0f}  ({100 * p.low:.0f} to {100 * p.high:.0f})"
    same = p.capped is None or abs(p.capped - p.value) < 0.005
    return band if same or p.capped is None else f"{band}; capped link {100 * p.capped:.0f}"


def _plain(found: Predictions) -> dict[str, object]:
    return {
        "asked": found.asked,
        "mechanisms": [
            {
                "id": row.mechanism,
                "label": row.label,
                "title": row.title,
                "claim": row.claim,
                "cells": {m.name.lower(): p for m, p in row.cells.items()},
                "sentences": row.sentences(),
                "numerical_error": row.error,
                "assumed": row.assumed,
            }
            for row in found.rows
        ],
        "parted_by": [
            {"pair": list(pair), "measurement": None if m is None else m.name.lower()}
            for pair, m in found.parted.items()
        ],
    }
