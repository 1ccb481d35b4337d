"""Blockade against dose: what a wanted blockade takes, and the scans behind the model."""

from __future__ import annotations

import math

import numpy as np

from crossblock.domain.blockade_plan import BlockadePlan
from crossblock.domain.coverage import DoseCurve
from crossblock.report import dosing, number, panels, planwords
from crossblock.report.figure import Figure, Table, Words, draw

ROUND = (1.0, 2.0, 5.0)
MOST_TICKS = 8


def dose_figure(plan: BlockadePlan) -> Figure | None:
    """Return the lowest blockade in the window against dose; None where no dose was asked for."""
    curve, answer = plan.by_dose, plan.dose
    if curve is None or answer is None:
        return None
    unit = f"mg{'/kg' if curve.per_kg else ''}"
    own = plan.doses[0].amount
    typical = dosing.planned(answer.typical, answer.per_kg)
    wanted = number.percent(answer.wanted)
    title = f"{wanted} {plan.window_words} takes {typical} in a typical person"
    if answer.for_share is not None:
        title += (
            f", {dosing.planned(answer.for_share, answer.per_kg)} to reach "
            f"{10 * answer.share:.0f} people in 10"
        )
    panel = panels.Panel(
        title="lowest blockade in the window, %",
        x_title=f"single dose of {plan.blocker}, {unit}",
        x_range=(float(curve.amount[0]), float(curve.amount[-1])),
        traces=(_trace(curve),),
        levels=((100.0 * answer.wanted, f"wanted {wanted}"),),
        posts=((own, f"{dosing.amount(own, curve.per_kg)}, as planned"),),
        log=True,
        ticks=ticks(float(curve.amount[0]), float(curve.amount[-1])),
    )
    words = Words(
        title=title,
        subtitle=f"{planwords.reading(plan)} Each doubling of the dose moves the odds of blockade "
        "by the same factor.",
        description=f"Lowest blockade {plan.window_words} against the dose of {plan.blocker}, "
        "with a band between persons.",
        sentence=f"{title}.",
    )
    return draw(
        id="doses",
        chart=lambda frame: panels.one(panel, frame),
        words=words,
        table=_curve_table(curve, unit),
    )


def _curve_table(curve: DoseCurve, unit: str) -> Table:
    at = ticks(float(curve.amount[0]), float(curve.amount[-1]))
    rows = []
    for x in at:
        typical, low, high = (
            100.0 * float(np.interp(x, curve.amount, y))
            for y in (curve.typical, curve.low, curve.high)
        )
        band = f"{number.fixed(low)} to {number.fixed(high)}"
        rows.append((number.short(x), number.fixed(typical), band))
    return Table(
        caption=f"Blockade in percent, {curve.when}",
        headers=(f"Dose, {unit}", "Typical person", "95 % of people"),
        rows=tuple(rows),
    )


def dose_table(plan: BlockadePlan) -> Table:
    """Return the dose table: blockade at times, peak, hours above each level, time to 5 %."""
    times = list(plan.table[0].at)
    levels = list(plan.table[0].hours_above)
    rows = tuple(
        (
            number.short(r.amount),
            *(f"{number.fixed(100 * r.at[t])}" for t in times),
            number.fixed(100 * r.peak),
            *(number.fixed(r.hours_above[v]) if r.hours_above[v] else "never" for v in levels),
            "no end" if math.isinf(r.under_5_percent_h) else number.fixed(r.under_5_percent_h / 24),
        )
        for r in plan.table
    )
    return Table(
        caption=f"One dose of {plan.blocker} in a typical person: {plan.shift.receptor} receptors "
        "blocked in percent at times after it and at the peak, hours at or above a level, and "
        f"days until 5{number.THIN}% is left",
        headers=(
            f"mg{'/kg' if plan.table[0].per_kg else ''}",
            *(dosing.clock(t).replace(" days", " d") for t in times),
            "peak",
            *(f"h ≥ {number.percent(v)}" for v in levels),
            f"days to 5{number.THIN}%",
        ),
        rows=rows,
    )


def scan_figure(plan: BlockadePlan) -> Figure | None:
    """Return every single-dose scan on the dose curve, with the misfit; None without scans."""
    curve = plan.scan_curve
    if curve is None:
        return None
    early = [
        p
        for p in plan.scans.points
        if p.scan.relative_to_h is None
        and p.scan.count == 1
        and p.scan.dose > 0
        and p.scan.per_kg == curve.per_kg
        and p.scan.route is plan.doses[0].route
    ]
    panel = panels.Panel(
        title=f"{plan.shift.receptor} blocked {curve.when}, %",
        x_title=f"single dose of {plan.blocker}, mg{'/kg' if curve.per_kg else ''}",
        x_range=(float(curve.amount[0]), float(curve.amount[-1])),
        traces=(_trace(curve),),
        dots=tuple(panels.Dot(x=p.scan.dose, y=100.0 * p.measured) for p in early),
        log=True,
        ticks=ticks(float(curve.amount[0]), float(curve.amount[-1])),
    )
    words = Words(
        title=f"The model misses {len(plan.scans.points)} human scans by "
        f"{number.fixed(100 * plan.scans.rmse)} points on average",
        subtitle=f"Dots: people scanned after one dose. {planwords.reading(plan)} The model was "
        "fitted to these scans, so this is no test of it.",
        description="Measured blockade against dose, on the modeled curve.",
        sentence=f"{plan.scans.sentence} The model was fitted to these scans.",
    )
    return draw(
        id="scans",
        chart=lambda frame: panels.one(panel, frame),
        words=words,
        table=_scan_table(plan),
    )


def _scan_table(plan: BlockadePlan) -> Table:
    rows = tuple(
        (
            f"{p.scan.study} ({p.scan.method})",
            dosing.amount(p.scan.dose, p.scan.per_kg)
            + (f", {p.scan.count} doses" if p.scan.count > 1 else ""),
            p.scan.window,
            number.fixed(100 * p.measured),
            number.fixed(100 * p.modeled),
            number.signed(100 * p.misfit),
        )
        for p in plan.scans.points
    )
    return Table(
        caption="Every human scan beside the model, in percent of receptors; a scan taken against "
        "an earlier one is compared with the model's own ratio",
        headers=("Study", "Dose", "When", "Measured", "Model", "Model − measured"),
        rows=rows,
    )


def _trace(curve: DoseCurve) -> panels.Trace:
    return panels.Trace(
        label=curve.when,
        x=curve.amount,
        y=100.0 * curve.typical,
        low=100.0 * curve.low,
        high=100.0 * curve.high,
    )


def ticks(low: float, high: float) -> tuple[float, ...]:
    """Return round values (1, 2 or 5 times a power of ten) from `low` to `high`, at most eight.

    Where there would be more, powers of ten alone.
    """
    decades = range(int(np.floor(np.log10(low))), int(np.ceil(np.log10(high))) + 1)
    found = [float(f"{m}e{k}") for k in decades for m in ROUND]
    inside = tuple(v for v in found if low <= v <= high)
    tens = tuple(v for v in inside if v in {float(f"1e{k}") for k in decades})
    return inside if len(inside) <= MOST_TICKS else tens
