"""`crossblock demo`: one real question, from protocol file and real ratings to a report."""

from __future__ import annotations

from pathlib import Path

import click

from crossblock.cli.output import output_option, say, write
from crossblock.cli.pages import study_page

HELP = """Build the demonstration report: how large is the ketamine effect that a blocker would have
to remove?

It analyzes the open ratings of the NIMH ketamine-saline crossover (33 adults with major depression,
CC0) and shows what ketamine and naltrexone do in Williams 2018. A few seconds, no network.
"""


@click.command("demo", help=HELP)
@output_option
def command(output: str | None) -> None:
    target = output or "demo/report.html"
    page = study_page("nimh-ketamine-saline", None, "williams-2018", "crossblock demo")
    write(target, page)
    if target == "-":
        return
    say("The report is one page that needs no network; open it in a browser:")
    click.echo(Path(target).resolve().as_uri())
