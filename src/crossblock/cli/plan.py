"""`crossblock plan PROTOCOL`: how many people, which design, and what each outcome would prove."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

import crossblock as cb
from crossblock.cli.output import json_option, output_option, print_json, say, write
from crossblock.cli.progress import step
from crossblock.core.errors import InputError, Problem

if TYPE_CHECKING:
    from crossblock.domain.protocol import Protocol
    from crossblock.domain.response import Response
    from crossblock.domain.trial_plan import TrialPlan

HELP = """Plan the next study: size, design, cost, interim look, washout, and what it would prove.

Sizes for power and for the width of the interval of the blockade fraction; eleven designs at one
cost, with what each can tell apart and what it tells about the mechanism; the advised one as an
edited protocol file, ready for `crossblock check`. Numbers come from open data unless --numbers or
--effect say otherwise; what is assumed is marked. Planning numbers, no advice to give any drug.

\b
  crossblock plan williams-2018 --endpoint hamd17
  crossblock plan williams-2018 -o plan.html
  crossblock plan settling-trial --fraction 0.5 --width 0.25 --write kit
  crossblock plan williams-2018 --effect 9.2 --sd 9.5 --json
"""


@click.command("plan", help=HELP)
@click.argument("protocol")
@click.option("--endpoint", default=None, help="Endpoint to plan for; the primary one if left out.")
@click.option("--fraction", default=0.28, show_default=True, help="Partial blockade, 0 to 1.")
@click.option("--power", default=0.8, show_default=True, help="Wanted power.")
@click.option("--width", default=0.3, show_default=True, help="Widest interval of the fraction.")
@click.option("--budget", default=None, type=float, help="Common cost of the designs compared.")
@click.option(
    "--enroll", default=None, type=click.FloatRange(min=0.01), help="People enrolled a month."
)
@click.option(
    "--numbers",
    type=click.Choice(["open data", "textbook"]),
    default="open data",
    show_default=True,
    help="Where means and spreads come from.",
)
@click.option("--effect", default=None, type=float, help="Drug effect in points, instead.")
@click.option("--other", default=0.0, show_default=True, help="With --effect: points without drug.")
@click.option("--sd", default=None, type=float, help="With --effect: SD of paired differences.")
@click.option("--mechanisms", default="", help="Rivals, by comma; all if left out.")
@click.option("--trials", default=2000, show_default=True, help="Virtual trials; 0 for none.")
@click.option("--seed", default=20261121, show_default=True, help="Of the virtual trials.")
@click.option("--write", "kit", default=None, help="Folder for the protocol kit.")
@output_option
@json_option
def command(
    protocol: str,
    endpoint: str | None,
    fraction: float,
    power: float,
    width: float,
    budget: float | None,
    enroll: float | None,
    numbers: str,
    effect: float | None,
    other: float,
    sd: float | None,
    mechanisms: str,
    trials: int,
    seed: int,
    kit: str | None,
    output: str | None,
    as_json: bool,
) -> int:
    study = cb.read_protocol(protocol)
    own = _stated(study, endpoint, effect, other, sd)
    ask = cb.PlanAsk(
        fraction=fraction,
        power=power,
        width=width,
        money=budget,
        enroll=enroll,
        endpoint=endpoint,
        numbers=own or numbers,
        mechanisms=tuple(m.strip() for m in mechanisms.split(",") if m.strip()),
        trials=trials,
        seed=seed,
    )
    with step("planning"):
        plan = cb.plan_study(study, ask)
    if kit is not None:
        for name, text in cb.plan_kit(study, plan).items():
            write(f"{kit}/{name}", text)
        say(f"  wrote the protocol kit to {kit}")
    if output is not None:
        shown = (("crossblock", cb.__version__), ("Command", f"crossblock plan {protocol}"))
        write(output, cb.render(cb.trial_plan_story(study, plan, shown)))
    if as_json:
        print_json(plan)
    elif output != "-":
        tell(plan)
    for warning in plan.warnings:
        say(f"  warning: {warning}")
    return 1 if plan.warnings else 0


def _stated(
    study: Protocol, endpoint: str | None, effect: float | None, other: float, sd: float | None
) -> Response | None:
    """Return planning numbers of one's own, None where none are stated."""
    if effect is None and sd is None:
        return None
    if effect is None or sd is None:
        raise InputError(
            Problem(
                what="--effect and --sd belong together",
                why="a size follows from an effect and its spread",
                fix="give both, in points of the scale, or neither",
            )
        )
    first = next(e.id for e in study.endpoints if e.role.value == "primary")
    instrument = study.endpoint(endpoint or first).instrument
    return cb.stated_response(instrument, drug=effect, other=other, sd_difference=sd)


def tell(plan: TrialPlan) -> None:
    """Print the plan as lines."""
    best = plan.advised
    b = best.budget
    click.echo(f"Advised: {best.design.label}")
    click.echo(
        f"  {b.randomized} randomized, {b.completers} to complete; {b.total:,.0f} {b.unit}; "
        f"{b.months:.0f} months"
    )
    for line in (*best.reasons, *(plan.pharmacy.sentences if plan.pharmacy else ())):
        click.echo(f"  {line}")
    if plan.interim is not None:
        click.echo(f"  {plan.interim.sentence}")
    click.echo(f"Sizes ({plan.response.scale}; {plan.response.title})")
    for s in plan.sizes:
        people = "beyond 100,000" if s.completers is None else f"{s.completers}"
        click.echo(f"  {s.design:<12} {s.goal:<38} {people} completers")
    click.echo("Designs at one cost: answers expected, bits about the mechanism, width of interval")
    for row in plan.scored:
        bits = f"{row.information.bits:.2f}" if row.information else "-"
        width = row.precision.median_width if row.precision else float("inf")
        click.echo(
            f"  {row.rank:>2} {row.design.label:<38} n {row.budget.completers:>4}  "
            f"{row.answers:.1f}  {bits}  {_points(width)}"
        )


def _points(width: float) -> str:
    return "unbounded" if width == float("inf") else f"{100 * width:.0f} points"
