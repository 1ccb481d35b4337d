"""`crossblock expose PROTOCOL`: what do drug and blocker do, and what does a blockade take?"""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

import crossblock as cb
from crossblock.cli import exposed, planning
from crossblock.cli.output import json_option, output_option, print_json, say, write
from crossblock.core.errors import InputError, Problem

if TYPE_CHECKING:
    from collections.abc import Sequence

    from crossblock.domain.onboard import OnBoard

HELP = """Concentration, receptor occupancy and blockade of every condition of a protocol.

Times count from the protocol's time_zero (for williams-2018: naltrexone intake) unless --from drug.
With -o, --want, --window or --residual it also plans: how well the session is covered, which dose
and lead time a wanted blockade takes, which receptors are hit, what is left for an agonist, and how
long to wait, each with a band between persons. Planning numbers, never advice.

\b
  crossblock expose williams-2018
  crossblock expose williams-2018 --weight 70 --at "45 min,85 min,24 h,72 h,168 h" --json
  crossblock expose williams-2018 --want 90 --window "45 min,85 min" --residual 10 -o plan.html
  crossblock expose williams-2018 --csv curves.csv
  crossblock expose --on-board "naltrexone 50 mg daily, last dose 24 h ago"
  crossblock expose --on-board depot --on-board methadone -o on-board.html
  crossblock expose --compare-planner -o planners.html
"""


@click.command("expose", help=HELP)
@click.argument("protocol", required=False)
@click.option("--weight", default="70", show_default=True, help="Body weight in kg, or with unit.")
@click.option("--at", default="45 min,85 min,24 h,48 h,72 h,168 h,14 d", help="Times to print.")
@click.option("--from", "origin", type=click.Choice(["time_zero", "drug"]), default="time_zero")
@click.option("--set", "sets", multiple=True, help="Kinetic set by compound: ketamine=fanta-2015.")
@click.option("--want", help="Wanted blockade in percent; 90 when left out.")
@click.option("--window", help='Wanted from when to when: "45 min,85 min"; else the infusion.')
@click.option("--residual", help="Percent of blockade and effect a washout may leave; else 10.")
@click.option("--on-board", multiple=True, help='What a person takes: "naltrexone 50 mg daily, …".')
@click.option("--compare-planner", is_flag=True, help="Set the published planner beside ours.")
@click.option("--csv", "table", help="Write every curve to a CSV file; - is standard output.")
@output_option
@json_option
def command(
    protocol: str | None,
    weight: str,
    at: str,
    origin: str,
    sets: Sequence[str],
    want: str | None,
    window: str | None,
    residual: str | None,
    on_board: Sequence[str],
    compare_planner: bool,
    table: str | None,
    output: str | None,
    as_json: bool,
) -> None:
    boards = planning.boards(on_board)
    if compare_planner:
        planning.compare(output, as_json)
    elif protocol is None:
        _only_boards(boards, on_board, output, as_json)
    else:
        asked = exposed.Asked.read(weight, at, origin, sets)
        wishes = (want, window, residual)
        planned = output is not None or any(w is not None for w in wishes)
        found = planning.Found.of(protocol, asked, wishes if planned else None, boards)
        if table is not None:
            write(table, exposed.as_csv(found.study, found.compounds, asked))
        if output is not None:
            write(output, planning.page(found, planning.said(protocol, asked, wishes, on_board)))
        if as_json:
            print_json(found.as_json())
        elif output != "-" and table != "-":
            found.tell()
            for made in filter(None, (output, table)):
                say(f"Written: {made}")


def _only_boards(
    boards: Sequence[OnBoard], words: Sequence[str], output: str | None, as_json: bool
) -> None:
    """Answer --on-board without a protocol."""
    if not boards:
        raise InputError(
            Problem(
                what="nothing to expose",
                why="neither a protocol nor --on-board nor --compare-planner is given",
                fix="name a protocol file or a shipped one, such as williams-2018",
            )
        )
    if output is not None:
        said = " ".join(["crossblock expose", *(f'--on-board "{w}"' for w in words)])
        write(output, cb.render(cb.onboard_story(boards, said)))
    if as_json:
        print_json({"on_board": boards})
    elif output != "-":
        planning.tell_boards(boards)
        if output is not None:
            say(f"Written: {output}")
