"""Where a spread comes from: people, constants, reasons and mechanisms, each drawn on its own line.

One panel an outcome, one strip a source of not knowing, all on the outcome's own axis, so that what
more data could shrink is seen apart from how people differ.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import altair as alt

from crossblock.report import compose, layers
from crossblock.report.figure import Figure, Table, Words, draw
from crossblock.report.theme import AXIS, GROUND, INK, MUTED, SMALL, STRONG, Frame

ROW, NARROW_ROW, TOP = 24, 38, 30
LABELS, NUMBERS = 224, 104


@dataclass(frozen=True, kw_only=True, slots=True)
class Strip:
    """One source of not knowing: what it spans, the values it takes if few, and both in words."""

    label: str
    low: float
    high: float
    text: str
    dots: tuple[float, ...] = ()


@dataclass(frozen=True, kw_only=True, slots=True)
class Panel:
    """One outcome: its name with unit and direction, its mean, and the strips around it."""

    title: str
    mean: float
    strips: tuple[Strip, ...]


def figure(*, id: str, panels: Sequence[Panel], words: Words) -> Figure:
    """Return the panels below each other; the mean of everything is a hairline through each."""
    return draw(
        id=id,
        chart=lambda frame: compose.column(*(_panel(p, frame) for p in panels), spacing=14),
        words=words,
        table=_table(panels),
    )


def _panel(panel: Panel, frame: Frame) -> Any:
    step = NARROW_ROW if frame.narrow else ROW
    height = TOP + step * len(panel.strips) + 2
    left = 4 if frame.narrow else LABELS
    right = frame.width - 16 - (0 if frame.narrow else NUMBERS)
    ends = [v for s in panel.strips for v in (s.low, s.high)]
    low, high = min(0.0, *ends), max(ends)
    domain = [low, low + 1.04 * (high - low or 1.0)]
    x = alt.X(
        "x:Q",
        scale=alt.Scale(domain=domain, range=[left, right], nice=False, zero=False),
        axis=layers.axis_x("", grid=True, tickCount=3 if frame.narrow else 6),
    )
    y = alt.Y("y:Q", scale=alt.Scale(domain=[height, 0], nice=False), axis=None)
    mean = layers.base([{"x": panel.mean, "y": TOP - 6, "y2": height}]).mark_rule(
        color=MUTED, strokeDash=[3, 3], clip=True
    )
    name: dict[str, Any] = {"fontWeight": STRONG}
    parts: list[Any] = [
        layers.text([{"text": panel.title, "y": 10}], x=alt.value(0), y=y, **name),
        mean.encode(x=x, y=y, y2="y2:Q"),
    ]
    for k, strip in enumerate(panel.strips):
        parts.extend(_strip(strip, TOP + step * (k + 0.5), frame, right, x, y))
    return compose.layer(*parts, size=(frame.width - 8, height))


def _strip(strip: Strip, middle: float, frame: Frame, right: int, x: Any, y: Any) -> list[Any]:
    place = middle + (9 if frame.narrow else 0)
    words = middle - (9 if frame.narrow else 0)
    bar = layers.base([{"x": strip.low, "x2": strip.high, "y": place}]).mark_rule(
        color=AXIS, strokeWidth=7, strokeCap="round", clip=True
    )
    dots = layers.base([{"x": v, "y": place} for v in strip.dots]).mark_point(
        filled=True, size=46, color=INK, stroke=GROUND, strokeWidth=1, opacity=1
    )
    side: dict[str, Any] = {"align": "right"} if frame.narrow else {}
    at = frame.width - 8 if frame.narrow else right + 14
    small: dict[str, Any] = {"color": MUTED, "fontSize": SMALL}
    return [
        bar.encode(x=x, x2="x2:Q", y=y),
        *([dots.encode(x=x, y=y)] if strip.dots else []),
        layers.haloed([{"text": strip.label, "y": words}], x=alt.value(0), y=y, fontSize=SMALL),
        layers.haloed([{"text": strip.text, "y": words}], x=alt.value(at), y=y, **small, **side),
    ]


def _table(panels: Sequence[Panel]) -> Table:
    return Table(
        caption="What each source of not knowing spans",
        headers=("Outcome", "Source", "Range"),
        rows=tuple((p.title, s.label, s.text) for p in panels for s in p.strips),
    )
