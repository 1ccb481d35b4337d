"""`crossblock report PROTOCOL RATINGS`: the study as one page that people can read."""

from __future__ import annotations

import click

from crossblock.cli.output import output_option, say, write
from crossblock.cli.pages import study_page

HELP = """Write the report of a study as one self-contained HTML page.

The page needs no network and no script, and prints. RATINGS left out, those shipped with a named
protocol are used. With --blocker-study the page also shows what the drugs of that protocol do.

\b
  crossblock report nimh-ketamine-saline --blocker-study williams-2018 -o report.html
  crossblock report my-study.toml ratings.csv -o -
"""


@click.command("report", help=HELP)
@click.argument("protocol")
@click.argument("ratings", required=False)
@click.option("--blocker-study", help="Protocol that gives the blocker this study leaves out.")
@output_option
def command(
    protocol: str, ratings: str | None, blocker_study: str | None, output: str | None
) -> None:
    target = output or "crossblock-report.html"
    words = ["crossblock report", protocol, ratings or ""]
    words += ["--blocker-study", blocker_study] if blocker_study else []
    page = study_page(protocol, ratings, blocker_study, " ".join(w for w in words if w))
    write(target, page)
    if target != "-":
        say(f"Report: {target}")
