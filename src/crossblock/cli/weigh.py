"""`crossblock weigh`: which mechanism do the published studies favor, and how sure is that?"""

from __future__ import annotations

import click

import crossblock as cb
from crossblock.cli.output import json_option, output_option

HELP = """Weigh rival mechanisms by the published studies, and by rows or studies of your own.

EVIDENCE are CSV files with the columns of the shipped evidence; their rows are added to it. A row
that cannot hold is left out and named, and costs no other row. The first run builds a bank of prior
draws (minutes, kept in --bank); later runs take seconds to a minute.

\b
  crossblock weigh -o weighing.html
  crossblock weigh mine.csv --studies mine.toml -o weighing.html
  crossblock weigh --without jelen-2025-glx --json
"""


@click.command("weigh", help=HELP)
@click.argument("evidence", nargs=-1)
@click.option("--studies", help="TOML file with studies of your own (as the shipped studies.toml).")
@click.option("--without", multiple=True, help="Id of a study to leave out; may be repeated.")
@click.option(
    "--secondary", is_flag=True,
    help="Sensitivity run: rows read in a secondary source may be fitted; the page says so first.",
)  # fmt: skip
@click.option("--bank", help="Folder that keeps the bank; default: the user's cache folder.")
@click.option(
    "--size", type=click.Choice(["full", "small"]), default="full", show_default=True,
    help="small is for a first look: seconds, with a large Monte Carlo error.",
)  # fmt: skip
@click.option(
    "--seed", type=click.IntRange(min=0), default=1, show_default=True, help="Seed of all draws."
)
@click.option(
    "--workers",
    type=click.IntRange(min=1),
    default=2,
    show_default=True,
    help="Processes for the bank.",
)
@click.option("--predictions", help="Folder for the hashed predictions of held-out studies.")
@output_option
@json_option
@cb.single_threaded()  # arrays are small: threads of the libraries would only wait for each other
def command(
    evidence: tuple[str, ...],
    studies: str | None,
    without: tuple[str, ...],
    secondary: bool,
    bank: str | None,
    size: str,
    seed: int,
    workers: int,
    predictions: str | None,
    output: str | None,
    as_json: bool,
) -> int:
    return cb.weighed(
        cb.WeighAsked(
            evidence=evidence,
            studies=studies,
            without=without,
            secondary=secondary,
            bank=bank,
            size=size,
            seed=seed,
            workers=workers,
            predictions=predictions,
            output=output,
            as_json=as_json,
        )
    )
