"""How well a blocker covers a session: blockade over hours and days, with human scans on it."""

from __future__ import annotations

import math

from crossblock.domain.blockade_plan import BlockadePlan
from crossblock.domain.curve import Curve
from crossblock.domain.scan import ScanPoint
from crossblock.report import dosing, number, panels, planwords
from crossblock.report.figure import Figure, Table, Words, draw

AT_H = (0.25, 0.5, 0.75, 1.0, 2.0, 4.0, 24.0, 48.0, 72.0, 120.0, 168.0, 336.0)
DAYS = 14.0


def figure(plan: BlockadePlan) -> Figure:
    """Return blockade over the session and the fortnight after, scans at this dose as dots."""
    curve = planwords.main_curve(plan)
    words = Words(
        title=planwords.covered(plan),
        subtitle=_reading(plan),
        description=f"Two panels of the share of {plan.shift.receptor} receptors that "
        f"{plan.blocker} blocks: over hours around the session and over {DAYS:g} days.",
        sentence=f"{planwords.covered(plan)}. {plan.scans.sentence}",
    )
    return draw(
        id="coverage",
        chart=lambda frame: panels.pair(_session(plan, curve), _after(plan, curve), frame),
        words=words,
        table=_table(plan, curve),
    )


def same_dose(plan: BlockadePlan) -> tuple[ScanPoint, ...]:
    """Return the scans of people who took the one dose that the plan gives."""
    if len(plan.doses) != 1:
        return ()
    one = plan.doses[0]
    return tuple(
        p
        for p in plan.scans.points
        if p.scan.count == 1
        and p.scan.receptor is plan.shift.receptor
        and (p.scan.dose, p.scan.per_kg, p.scan.route) == (one.amount, one.per_kg, one.route)
    )


def _reading(plan: BlockadePlan) -> str:
    dots = same_dose(plan)
    seen = ""
    if dots:
        seen = " Dots: people scanned after this dose"
        hollow = any(p.scan.relative_to_h is not None for p in dots)
        seen += "; hollow ones were measured against their own early scan." if hollow else "."
    return f"{planwords.reading(plan)} Gray stripe: {_stripe(plan)}. {seen.strip()}".strip()


def _stripe(plan: BlockadePlan) -> str:
    words = plan.window_words.removeprefix("while ").removeprefix("in ")
    return f"the time {words}" if plan.window_words.startswith("while") else words


def _trace(curve: Curve, unit_h: float = 1.0) -> panels.Trace:
    return panels.Trace(
        label=curve.label,
        x=curve.time_h / unit_h,
        y=curve.value,
        low=curve.low,
        high=curve.high,
    )


def _dots(plan: BlockadePlan, unit_h: float) -> tuple[panels.Dot, ...]:
    first = min(d.start_h for d in plan.doses)
    return tuple(
        panels.Dot(
            x=(first + p.scan.time_h) / unit_h,
            y=100.0 * p.absolute,
            hollow=p.scan.relative_to_h is not None,
        )
        for p in same_dose(plan)
    )


def _session(plan: BlockadePlan, curve: Curve) -> panels.Panel:
    start = min(0.0, *(d.start_h for d in plan.doses))
    end = math.ceil(plan.coverage.window_h[1]) + 4.0
    return panels.Panel(
        title=f"{plan.shift.receptor} receptors blocked, %",
        x_title=f"hours after {plan.time_zero}",
        x_range=(max(start, end - 24.0), end),
        traces=(_trace(curve),),
        dots=_dots(plan, 1.0),
        shade=plan.coverage.window_h,
        levels=panels.crossed([100.0 * v for v in plan.coverage.above]),
    )


def _after(plan: BlockadePlan, curve: Curve) -> panels.Panel:
    return panels.Panel(
        title=f"the same over {DAYS:g} days, %",
        x_title=f"days after {plan.time_zero}",
        x_range=(0.0, min(DAYS, float(curve.time_h[-1]) / 24.0)),
        traces=(_trace(curve, 24.0),),
        dots=_dots(plan, 24.0),
        levels=panels.crossed([100.0 * v for v in plan.coverage.above]),
    )


def _table(plan: BlockadePlan, curve: Curve) -> Table:
    end = float(curve.time_h[-1])
    hours = sorted({*AT_H, *plan.coverage.window_h})
    rows = []
    for h in (h for h in hours if h <= end):
        typical, low, high = planwords.at(curve, h)
        band = f"{number.fixed(low)} to {number.fixed(high)}"
        rows.append((dosing.clock(h), f"{number.fixed(typical)}{number.THIN}%", band))
    for level, spans in plan.coverage.above.items():
        rows.append((f"{number.percent(level)} or more", planwords.above_words(spans), ""))
    for p in same_dose(plan):
        against = f", against {dosing.clock(p.scan.relative_to_h)}" if p.scan.relative_to_h else ""
        rows.append(
            (
                f"{p.scan.study}, {dosing.clock(p.scan.time_h)}{against}",
                f"measured {number.percent(p.measured)}",
                f"model {number.percent(p.modeled)}",
            )
        )
    return Table(
        caption=f"Blockade after {plan.time_zero}; {curve.band or 'no band is known'}",
        headers=(f"Time after {plan.time_zero}", "Typical person", "95 % of people"),
        rows=tuple(rows),
    )
