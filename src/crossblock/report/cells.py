"""Mean scores by sequence, period and condition: the crossover as its design laid it out."""

from __future__ import annotations

import math
from typing import Any

import altair as alt
from scipy.special import stdtrit

from crossblock.domain.analysis import CellMean, EndpointAnalysis
from crossblock.domain.protocol import Protocol
from crossblock.report import compose, layers, number
from crossblock.report.figure import Figure, Table, Words, draw
from crossblock.report.sides import Sides, inside, names_of
from crossblock.report.theme import GROUND, MUTED, SMALL, STRONG, Frame, color_of_text, look

BESIDE = 0.05  # of a period: how far a label stands from its mean
LETTER = 7.3  # px a letter of a bold small label takes, at most


def half_width(cell: CellMean) -> float:
    """Return the half width of the 95 % interval of one cell's mean, t with n − 1 df, in points."""
    if cell.n < 2:
        return math.inf
    return float(stdtrit(cell.n - 1, 0.975)) * cell.sd / math.sqrt(cell.n)


def figure(
    endpoint: EndpointAnalysis, protocol: Protocol, sides: Sides, *, id: str = "cells"
) -> Figure:
    """Return the cell means of `endpoint`, one line a sequence, periods from left to right."""
    title = _finding(endpoint, sides)
    names = names_of(protocol)
    said = "; ".join(
        f"{_name(c.sequence, protocol)}, period {c.period} "
        f"({names[c.condition]}): {number.fixed(c.mean)}"
        for c in endpoint.cells
    )
    words = Words(
        title=title,
        subtitle=(
            f"Mean {endpoint.instrument_name} of complete pairs, with 95{number.THIN}% interval of "
            "each mean. One line joins the same people."
        ),
        description=f"{title}. {said}.",
        sentence=f"{title}: {said}.",
    )
    return draw(
        id=id,
        chart=lambda frame: _chart(endpoint, protocol, sides, frame),
        words=words,
        table=_table(endpoint, protocol),
    )


def _name(sequence: str, protocol: Protocol) -> str:
    return inside(protocol.sequence(sequence).label or sequence)


def _sequences(endpoint: EndpointAnalysis) -> tuple[str, ...]:
    return tuple(dict.fromkeys(c.sequence for c in endpoint.cells))


def _finding(endpoint: EndpointAnalysis, sides: Sides) -> str:
    """Return in how many orders the mean moved the way the estimate did."""
    orders = _sequences(endpoint)
    lower = endpoint.primary.value < 0
    agree = [s for s in orders if _test_lower(endpoint, s) is lower]
    every = "In both orders" if len(orders) == 2 else "In every order"
    if len(agree) < len(orders):
        every = f"In {len(agree)} of {len(orders)} orders"
    return f"{every}, the mean is {'lower' if lower else 'higher'} {sides.after_test}"


def _test_lower(endpoint: EndpointAnalysis, sequence: str) -> bool:
    mean = {c.condition: c.mean for c in endpoint.cells if c.sequence == sequence}
    return mean.get(endpoint.test, math.inf) < mean.get(endpoint.reference, -math.inf)


def _rows(endpoint: EndpointAnalysis, protocol: Protocol) -> list[dict[str, Any]]:
    sequences, names = _sequences(endpoint), names_of(protocol)
    rows = []
    for c in endpoint.cells:
        nudge = 0.06 * (sequences.index(c.sequence) - (len(sequences) - 1) / 2)
        condition = protocol.condition(c.condition)
        label = names[c.condition]
        rows.append(
            {
                "x": c.period + nudge,
                "side": c.period + (BESIDE if c.period > 1 else -BESIDE),
                "y": c.mean,
                "low": c.mean - half_width(c),
                "high": c.mean + half_width(c),
                "who": c.sequence,
                "period": c.period,
                "cell": condition.cell,
                "text": f"{label} {number.fixed(c.mean)}",
            }
        )
    return rows


def _chart(endpoint: EndpointAnalysis, protocol: Protocol, sides: Sides, frame: Frame) -> Any:
    rows = _rows(endpoint, protocol)
    finite = [v for r in rows for v in (r["low"], r["high"], r["y"]) if math.isfinite(v)]
    low, high = min(finite), max(finite)
    pad = 0.08 * (high - low)
    unit = "change" if sides.change else "points"
    better = "lower is better" if endpoint.lower_is_better else "higher is better"
    periods = sorted({r["period"] for r in rows})
    names = layers.axis_x(
        "", values=periods, labelExpr="'period ' + datum.value", ticks=False, domain=False,
        labelFontSize=13,
    )  # fmt: skip
    width = frame.width - 48
    letter = LETTER * (11 / 12 if frame.narrow else 1)
    label = 14 + letter * max(len(r["text"]) for r in rows)
    apart = max((width - 2 * label) / (1 + 2 * BESIDE), 80.0)  # px from one period to the next
    room = BESIDE + label / apart
    x = alt.X("x:Q", scale=layers.scale(periods[0] - room, periods[-1] + room), axis=names)
    y = alt.Y(
        "y:Q",
        scale=layers.scale(low - pad, high + pad),
        axis=layers.axis_y(f"mean {endpoint.instrument_name}, {unit} ({better})"),
    )
    parts = [
        layers.base(rows).mark_line(color=MUTED, strokeWidth=1.4).encode(x=x, y=y, detail="who:N")
    ]
    for r in rows:
        parts.extend(_cell(r, r["period"] == periods[0], SMALL - frame.narrow, x, y))
    return compose.layer(*parts, size=(width, 250))


def _cell(row: dict[str, Any], first: bool, size: int, x: Any, y: Any) -> list[Any]:
    style = look(row["cell"])
    interval = layers.base([row]).mark_rule(color=style.color, strokeWidth=1.6)
    point = layers.base([row]).mark_point(
        filled=True, shape=style.shape, size=120, color=style.color, opacity=1, stroke=GROUND
    )
    side = {"align": "right", "dx": -8} if first else {"dx": 8}
    label: dict[str, Any] = {
        **side,
        "color": color_of_text(row["cell"]),
        "fontWeight": STRONG,
        "fontSize": size,
    }
    drawn = [point.encode(x=x, y=y), layers.haloed([row], x=alt.X("side:Q"), y=y, **label)]
    if math.isfinite(row["low"]):
        drawn.insert(0, interval.encode(x=x, y=alt.Y("low:Q"), y2="high:Q"))
    return drawn


def _table(endpoint: EndpointAnalysis, protocol: Protocol) -> Table:
    rows = tuple(
        (
            _name(c.sequence, protocol),
            str(c.period),
            names_of(protocol)[c.condition],
            str(c.n),
            number.fixed(c.mean),
            number.fixed(c.sd),
            number.bounds(c.mean - half_width(c), c.mean + half_width(c)),
        )
        for c in endpoint.cells
    )
    return Table(
        caption=f"{endpoint.instrument_name}, complete pairs, {inside(endpoint.visit_words)}",
        headers=("Sequence", "Period", "Condition", "People", "Mean", "SD", "95 % interval"),
        rows=rows,
    )
