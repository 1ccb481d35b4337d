"""Bars with their Monte Carlo error: odds of mechanisms, shares of people, costs."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import altair as alt

from crossblock.report import compose, layers
from crossblock.report.figure import Figure, Table, Words, draw
from crossblock.report.theme import GROUND, INK, MUTED, SMALL, Frame, look

ROW, NARROW_ROW = 30, 46


@dataclass(frozen=True, kw_only=True, slots=True)
class Bar:
    """One bar from zero. `low` and `high` are its Monte Carlo error or interval; `text` says both.

    A bar without `cell` is gray; `lead` bars are dark. `remark` is a muted line under the label.
    """

    label: str
    value: float
    low: float
    high: float
    text: str
    cell: str = ""
    lead: bool = False


@dataclass(frozen=True, kw_only=True, slots=True)
class Scale:
    """The axis under the bars: title, end, whether fractions show as percentages, a line."""

    title: str
    end: float
    percent: bool = False
    line: float | None = None
    line_label: str = ""


def figure(*, id: str, bars: Sequence[Bar], scale: Scale, words: Words, table: Table) -> Figure:
    """Return `bars` below each other in their order, label left and numbers right."""
    return draw(id=id, chart=lambda frame: _chart(bars, scale, frame), words=words, table=table)


def _color(bar: Bar) -> str:
    return look(bar.cell).color if bar.cell else INK if bar.lead else "#aab2bd"


def _chart(bars: Sequence[Bar], scale: Scale, frame: Frame) -> Any:
    step = NARROW_ROW if frame.narrow else ROW
    top = 18 if scale.line is not None else 2
    height = top + step * len(bars)
    left = 6 if frame.narrow else min(250, 14 + round(7.2 * max(len(b.label) for b in bars)))
    numbers = 0 if frame.narrow else 20 + round(7.2 * max(len(b.text) for b in bars))
    right = frame.width - 16 - numbers
    more: dict[str, Any] = layers.percent_labels() if scale.percent else {}
    if frame.narrow and not scale.percent:
        more["tickCount"] = 4
    axis = layers.axis_x(scale.title, grid=not frame.narrow, titleX=(left + right) / 2, **more)
    x = alt.X(
        "x:Q", scale=alt.Scale(domain=[0, scale.end], range=[left, right], nice=False), axis=axis
    )
    y = alt.Y("y:Q", scale=alt.Scale(domain=[height, 0], nice=False), axis=None)
    parts: list[Any] = []
    for k, bar in enumerate(bars):
        parts.extend(_bar(bar, top + step * (k + 0.5), frame, right, x, y))
    spans = [(float(top), float(height))]
    if frame.narrow:  # beside the bars only, never under words
        spans = [(p - 1, p + 21) for p in (top + step * (k + 0.5) for k in range(len(bars)))]
    parts = [*_line(scale, spans, x, y), *parts]
    return compose.layer(*parts, size=(frame.width - 8, height))


def _bar(bar: Bar, middle: float, frame: Frame, right: int, x: Any, y: Any) -> list[Any]:
    place = middle + (10 if frame.narrow else 0)
    words = middle - (12 if frame.narrow else 0)
    row = [{"x": 0, "x2": bar.value, "y": place - 8, "y2": place + 8}]
    body = layers.base(row).mark_rect(color=_color(bar), clip=True)
    error = [{"x": bar.low, "x2": bar.high, "y": place}]
    under = layers.base(error).mark_rule(color=GROUND, strokeWidth=4, clip=True)
    over = layers.base(error).mark_rule(color=MUTED, strokeWidth=1.6, clip=True)
    label = [{"y": words, "text": bar.label}]
    said = [{"y": words, "text": bar.text}]
    side: dict[str, Any] = {"align": "right"} if frame.narrow else {}
    at = frame.width - 8 if frame.narrow else right + 14
    return [
        body.encode(x=x, x2="x2:Q", y=y, y2="y2:Q"),
        under.encode(x=x, x2="x2:Q", y=y),
        over.encode(x=x, x2="x2:Q", y=y),
        layers.text(label, x=alt.value(0), y=y),
        layers.haloed(said, x=alt.value(at), y=y, color=MUTED, **side),
    ]


def _line(scale: Scale, spans: Sequence[tuple[float, float]], x: Any, y: Any) -> list[Any]:
    if scale.line is None:
        return []
    rows = [{"x": scale.line, "y": top, "y2": end} for top, end in spans]
    rule = layers.base(rows).mark_rule(color=MUTED, strokeDash=[4, 3])
    name = [{"x": scale.line, "y": 8, "text": scale.line_label}]
    late = scale.line > 0.6 * scale.end
    side: dict[str, Any] = {"align": "right", "dx": 4} if late else {"align": "left", "dx": -4}
    return [
        rule.encode(x=x, y=y, y2="y2:Q"),
        layers.haloed(name, x=x, y=y, color=MUTED, fontSize=SMALL, **side),
    ]
