"""Which receptors a blocker takes besides the one it is given for."""

from __future__ import annotations

import math

from crossblock.domain.blockade_plan import BlockadePlan
from crossblock.domain.curve import Curve
from crossblock.report import coverage, dosing, number, panels, planwords
from crossblock.report.figure import Figure, Table, Words, draw

HOURS = (24.0, 72.0, 168.0)


def figure(plan: BlockadePlan) -> Figure:
    """Return blockade of every receptor over the session and a fortnight."""
    title = finding(plan)
    words = Words(
        title=title,
        subtitle="One line a receptor, typical person; the 95 % band of each is in the numbers "
        "below. Gray stripe: the window.",
        description=f"Blockade by {plan.blocker} of {number.listed([str(r) for r in plan.curves])} "
        "receptors over hours and days.",
        sentence=f"{title}. {planwords.pointing(plan)}",
    )
    return draw(
        id="selectivity",
        chart=lambda frame: panels.pair(_session(plan), _after(plan), frame),
        words=words,
        table=_table(plan),
    )


def finding(plan: BlockadePlan) -> str:
    """Return "The same dose takes 79–82 % of kappa and 9–10 % of delta receptors"."""
    others = [r for r in plan.curves if r is not plan.shift.receptor]
    if not others:
        return f"No ratio to another receptor than {plan.shift.receptor} is known"
    start, stop = plan.coverage.window_h
    said = []
    for r in others:
        ends = sorted(planwords.at(plan.curves[r], h)[0] for h in (start, stop))
        low, high = (f"{e:.0f}" for e in ends)
        both = low if low == high else f"{low}{number.DASH}{high}"
        said.append(f"{both}{number.THIN}% of {r}")
    return f"The same dose takes {number.listed(said)} receptors {plan.window_words}"


def _traces(plan: BlockadePlan, unit_h: float) -> tuple[panels.Trace, ...]:
    return tuple(
        panels.Trace(label=str(r), x=c.time_h / unit_h, y=c.value, plain=k)
        for k, (r, c) in enumerate(plan.curves.items())
    )


def _session(plan: BlockadePlan) -> panels.Panel:
    end = math.ceil(plan.coverage.window_h[1]) + 4.0
    return panels.Panel(
        title="receptors blocked, %",
        x_title=f"hours after {plan.time_zero}",
        x_range=(max(0.0, end - 24.0), end),
        traces=_traces(plan, 1.0),
        shade=plan.coverage.window_h,
    )


def _after(plan: BlockadePlan) -> panels.Panel:
    last = min(float(c.time_h[-1]) for c in plan.curves.values())
    return panels.Panel(
        title="the same over days, %",
        x_title=f"days after {plan.time_zero}",
        x_range=(0.0, min(coverage.DAYS, last / 24.0)),
        traces=_traces(plan, 24.0),
    )


def _table(plan: BlockadePlan) -> Table:
    hours = sorted({*plan.coverage.window_h, *HOURS})
    rows = tuple(
        (dosing.clock(h), *(_cell(c, h) for c in plan.curves.values()))
        for h in hours
        if all(h <= c.time_h[-1] for c in plan.curves.values())
    )
    return Table(
        caption="Blockade in percent: typical person and 95 % of people",
        headers=(f"Time after {plan.time_zero}", *(str(r) for r in plan.curves)),
        rows=rows,
    )


def _cell(curve: Curve, hours: float) -> str:
    typical, low, high = planwords.at(curve, hours)
    return f"{number.fixed(typical)} ({number.fixed(low)} to {number.fixed(high)})"
