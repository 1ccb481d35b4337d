"""Our planner beside the published one, with its defects stated fairly."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from crossblock.domain.curve import Curve
from crossblock.domain.peer import Defect, PeerNumber, PlannerComparison
from crossblock.domain.result import Reference
from crossblock.report import number, panels
from crossblock.report.figure import Figure, Table, Words, draw
from crossblock.report.story import Paragraph, Section, Story, Tile, paragraph, strong


def comparison_story(c: PlannerComparison, command: str) -> Story:
    """Return the page that sets both planners side by side."""
    ten_fold = c.defects[0]
    return Story(
        kicker="crossblock beside the published planner for opioid antagonists",
        question="Where do two planners for the same blockade agree, and where do they part?",
        answer=(
            paragraph(
                "For one tablet of naltrexone they agree to ",
                strong(f"{number.fixed(_largest_gap(c))} points"),
                " a few hours after the dose: both rest on the same scans. The published planner "
                "has no time course for naltrexone; ours follows it for weeks, with a band "
                "between persons.",
            ),
            paragraph(
                "For naloxone into a vein they part: the published curve lets blockade fade like a "
                "concentration, so ten times the dose adds ",
                strong(f"{number.fixed(ten_fold.theirs)} min"),
                " above 90 %, where competition at the receptor adds ",
                strong(f"{number.fixed(ten_fold.ours, 0)} min"),
                ".",
            ),
        ),
        tiles=_tiles(c),
        sections=(
            Section(
                heading="Naltrexone by mouth",
                figures=(_oral(c), ),
                table=_table(c.oral_numbers, "Naltrexone by mouth, both planners"),
            ),
            Section(
                heading="Naloxone into a vein",
                figures=(_iv(c),),
                table=_table(c.iv_numbers, "Naloxone into a vein, both planners"),
            ),
            Section(
                heading="Four places where the published curve cannot be right",
                paragraphs=(
                    paragraph(
                        "Each is computed from the published planner's own constants. Mass "
                        "action is given the same constants, so this is no contest of fits."
                    ),
                    *(_defect(d) for d in c.defects),
                ),
            ),
            Section(
                heading="What the published planner does better",
                paragraphs=tuple(paragraph(line) for line in c.better),
            ),
        ),
        methods=(
            "Their numbers are recomputed from the published equations at their defaults and agree "
            "with them to 0.01; no code was shared. Ours come from the compound files.",
        ),
        references=(Reference(key="planner", text=c.source, doi=c.doi),),
        provenance=(("Command", command),),
    )  # fmt: skip


def _both(c: PlannerComparison) -> list[PeerNumber]:
    return [n for n in c.oral_numbers if n.theirs is not None and n.ours is not None]


def _largest_gap(c: PlannerComparison) -> float:
    """Return the largest difference in points over the single doses that both planners answer."""
    single = [n for n in _both(c) if n.unit == "%" and "a day" not in n.what]
    return max(abs((n.theirs or 0.0) - (n.ours or 0.0)) for n in single)


def _tiles(c: PlannerComparison) -> tuple[Tile, ...]:
    clipped = c.defects[1]
    week = next(n for n in c.oral_numbers if "7 d" in n.what)
    return (
        Tile(
            value=f"{number.fixed(_largest_gap(c))} points",
            words="largest difference for single tablets, a few hours after",
        ),
        Tile(
            value=f"{number.fixed(clipped.theirs, 0)}{number.THIN}%",
            words="highest naloxone blockade of the published curve before it is cut",
        ),
        Tile(
            value=f"{number.fixed(week.ours or 0.0, 0)}{number.THIN}%",
            words="still blocked a week after 50 mg of naltrexone; theirs has no time course",
        ),
    )


def _oral(c: PlannerComparison) -> Figure:
    theirs, ours = c.oral
    week = float(np.interp(168.0, ours.time_h, ours.value))
    title = (
        f"The published planner gives one number for 8 hours; blockade lasts for days, "
        f"{week:.0f}{number.THIN}% after a week"
    )
    panel = panels.Panel(
        title="mu receptors blocked by 50 mg, %",
        x_title="days after one tablet",
        x_range=(0.0, 14.0),
        traces=(_trace(ours, 24.0, cell="blocked"), _trace(theirs, 24.0, plain=0)),
        named=False,
    )
    words = Words(
        title=title,
        subtitle="Dashed with band: crossblock, typical person and 95 % of people. Short black "
        "line: the published planner's “within 8 h”.",
        description="Blockade by 50 mg of naltrexone over 14 days in both planners.",
        sentence=f"{title}.",
    )
    return draw(
        id="peer-oral",
        chart=lambda frame: panels.one(panel, frame),
        words=words,
        table=_curves(c.oral, (0.75, 4.0, 24.0, 72.0, 168.0, 336.0), "h", 1.0),
    )


def _iv(c: PlannerComparison) -> Figure:
    cut, raw, ours = c.iv
    title = (
        f"After {c.iv_dose_mg_per_kg:g} mg/kg the published curve rises to "
        f"{float(raw.value.max()):.0f}{number.THIN}% and is cut; competition stays below 100 %"
    )
    panel = panels.Panel(
        title="mu receptors blocked, %",
        x_title="minutes after the dose",
        x_range=(0.0, 360.0),
        top=125.0,
        traces=(
            _trace(ours, 1 / 60.0, cell="blocked"),
            _trace(cut, 1 / 60.0, plain=0),
            _trace(raw, 1 / 60.0, plain=2),
        ),
        levels=((100.0, "all receptors"),),
    )
    words = Words(
        title=title,
        subtitle="The same dose and half-life in both. No band: no spread between persons is "
        "known for naloxone.",
        description="Blockade by intravenous naloxone over six hours in both planners.",
        sentence=f"{title}.",
    )
    return draw(
        id="peer-iv",
        chart=lambda frame: panels.one(panel, frame),
        words=words,
        table=_curves(c.iv, (10.0, 25.0, 55.0, 120.0, 240.0, 360.0), "min", 60.0),
    )


def _trace(
    curve: Curve, unit_h: float, *, cell: str = "blocked", plain: int | None = None
) -> panels.Trace:
    return panels.Trace(
        label=curve.label,
        x=curve.time_h / unit_h,
        y=curve.value,
        low=curve.low,
        high=curve.high,
        cell=cell,
        plain=plain,
    )


def _curves(curves: Sequence[Curve], at: Sequence[float], unit: str, per_h: float) -> Table:
    rows = []
    for t in at:
        cells = [
            number.fixed(float(np.interp(t / per_h, c.time_h, c.value)))
            if t / per_h <= c.time_h[-1] + 1e-9
            else "no number"
            for c in curves
        ]
        rows.append((f"{t:g} {unit}", *cells))
    return Table(
        caption="Both curves at the times that matter, in percent",
        headers=("Time after the dose", *(c.label for c in curves)),
        rows=tuple(rows),
    )


def _said(value: float | None, unit: str) -> str:
    return "no number" if value is None else f"{number.fixed(value, 2)} {unit}"


def _table(rows: Sequence[PeerNumber], caption: str) -> Table:
    return Table(
        caption=caption,
        headers=("Question", "published planner", "crossblock", "Remark"),
        rows=tuple((n.what, _said(n.theirs, n.unit), _said(n.ours, n.unit), n.note) for n in rows),
    )


def _defect(d: Defect) -> Paragraph:
    theirs, ours = _said(d.theirs, d.unit), _said(d.ours, d.unit)
    return paragraph(
        strong(f"{d.what[:1].upper()}{d.what[1:]}: "),
        f"published planner {theirs}, mass action {ours}. {d.why[:1].upper()}{d.why[1:]}.",
    )
