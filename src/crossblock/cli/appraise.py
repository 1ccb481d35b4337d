"""`crossblock appraise`: what does a published test imply, without the data?"""

from __future__ import annotations

import sys

import click

import crossblock as cb
from crossblock.cli.output import json_option, output_option, print_json, say, write
from crossblock.cli.words import signed

HELP = """What a published crossover comparison implies, from the numbers in its abstract.

Give the number of people analyzed and one of F, t, p or an interval. With a blockade fraction read
off the paper, its interval follows from the test (the drug effect taken as fixed).

\b
  crossblock appraise --n 26 --F 5.39 --df 1,74 --fraction 0.28
  crossblock appraise --n 12 --p 0.02 --responders 7 --looked-at 14 --planned 30
"""


@click.command("appraise", help=HELP)
@click.option("--design", type=click.Choice(["2x2"]), default="2x2", show_default=True)
@click.option("--n", type=int, required=True, help="People in the comparison.")
@click.option("--F", "F", type=float, help="F with one numerator degree of freedom.")
@click.option("--t", type=float, help="t statistic.")
@click.option("--p", type=float, help="Two-sided p value.")
@click.option("--interval", help="Published interval: LOWER,UPPER.")
@click.option("--estimate", type=float, help="Published difference, with --interval.")
@click.option("--df", help="Degrees of freedom as printed: 1,74 or 24.")
@click.option("--fraction", type=float, help="Blockade fraction as published, 0.28 for 28 %.")
@click.option("--responders", type=int, help="People left when only responders were analyzed.")
@click.option("--looked-at", type=int, help="People at the look at which the study stopped.")
@click.option("--planned", type=int, help="People planned.")
@output_option
@json_option
def command(
    design: str,
    n: int,
    F: float | None,
    t: float | None,
    p: float | None,
    interval: str | None,
    estimate: float | None,
    df: str | None,
    fraction: float | None,
    responders: int | None,
    looked_at: int | None,
    planned: int | None,
    output: str | None,
    as_json: bool,
) -> int:
    ends = _numbers(interval, "--interval", 2) if interval else [None, None]
    degrees = _numbers(df, "--df", None)[-1] if df else None
    published = cb.Published(
        n=n,
        df=degrees,
        F=F,
        t=t,
        p=p,
        estimate=estimate,
        lower=ends[0],
        upper=ends[1],
        fraction=fraction,
        responders=responders,
        looked_at=looked_at,
        planned=planned,
    )
    found = cb.appraise(published)
    if output:
        said = "crossblock appraise " + " ".join(sys.argv[2:])
        write(output, cb.render(cb.appraisal_story(published, found, said)))
    if as_json:
        print_json(found)
    elif output != "-":
        for line in lines(published, found):
            say(line)
    return 1 if found.flags else 0


def _numbers(text: str, where: str, count: int | None) -> list[float]:
    try:
        numbers = [float(x) for x in text.split(",")]
    except ValueError:
        numbers = []
    if not numbers or (count is not None and len(numbers) != count):
        raise click.UsageError(f"{where}: numbers separated by a comma are needed, not {text!r}")
    return numbers


def lines(published: cb.Published, found: cb.Appraisal) -> list[str]:
    """Return the sheet as lines of text."""
    out = [
        f"|t| = {found.t:.2f} on {found.df:g} degrees of freedom (p = {found.p:.3f})",
        f"effect: {found.effect_sd:.2f} SD of the within-person difference "
        f"(95 % interval {_pair(found.effect_sd_interval)})",
        f"{published.n} complete pairs detect {found.detectable_sd:.2f} SD with 80 % power",
    ]
    if found.fraction is not None and found.within is not None:
        f, low, high = found.fraction
        out.append(
            f"blockade fraction: {100 * f:.0f} % "
            f"(95 % interval {_percent(low)} to {_percent(high)}; the drug effect, its "
            "denominator, is taken as fixed, so the truth is wider)"
        )
        out.append(
            f"  with {published.n - 2} degrees of freedom (the within-person test): "
            f"{_percent(found.within[1])} to {_percent(found.within[2])}, p = {found.p_within:.3f}"
        )
    for origin in found.origins:
        out.append(f"{found.df:g} = {origin.words}")
    if published.df is not None and not found.origins:
        out.append(f"{found.df:g} degrees of freedom fit no usual model of this design")
    return [*out, *(f"flag ({flag.kind}): {flag.sentence}" for flag in found.flags)]


def _pair(ends: tuple[float, float]) -> str:
    return f"{signed(ends[0])} to {signed(ends[1])}"


def _percent(value: float) -> str:
    return f"{signed(100 * value, 0)} %"
