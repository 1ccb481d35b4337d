"""Panels of blockade in percent: over time or dose, with a band, scans as dots, levels as lines."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import altair as alt
import numpy as np
from numpy.typing import NDArray

from crossblock.report import compose, layers, strokes
from crossblock.report.theme import (
    AMBER,
    AMBER_GROUND,
    AMBER_TEXT,
    GROUND,
    INK,
    MUTED,
    SHADE,
    SMALL,
    Frame,
)

Array = NDArray[np.float64]
POINTS = 180
ROOM = 40  # px left of a panel for the labels of its y axis
LETTER = 6.9  # px a letter of a name takes, at most


@dataclass(frozen=True, kw_only=True, eq=False)
class Trace:
    """One line, all (n,): `low` and `high` bound its band where it has one."""

    label: str
    x: Array
    y: Array
    low: Array | None = None
    high: Array | None = None
    cell: str = "blocked"
    plain: int | None = None
    """Rank of a plain stroke, for a line that is none of the four cells."""
    assumed: bool = False
    """Drawn in amber: the line rests on a number that nobody read."""

    @property
    def stroke(self) -> strokes.Stroke:
        """How the line is drawn."""
        if self.assumed:
            return strokes.Stroke(
                color=AMBER, dash=(7, 3), width=2.0, tint=AMBER_GROUND, words=AMBER_TEXT
            )
        cell = "" if self.plain is not None else self.cell
        return strokes.stroke(cell, self.plain or 0)


@dataclass(frozen=True, kw_only=True, slots=True)
class Dot:
    """One measurement; `hollow` when it was measured against another one."""

    x: float
    y: float
    label: str = ""
    hollow: bool = False


@dataclass(frozen=True, kw_only=True, eq=False)
class Panel:
    """Traces over one x axis, y in percent from 0 to `top`.

    `shade` is a stripe in x, `levels` are dashed lines with their names; `log` spreads x by
    factors, with `ticks` at round values.
    """

    title: str
    x_title: str
    x_range: tuple[float, float]
    traces: tuple[Trace, ...]
    dots: tuple[Dot, ...] = ()
    shade: tuple[float, float] | None = None
    levels: tuple[tuple[float, str], ...] = ()
    posts: tuple[tuple[float, str], ...] = ()
    """Upright dashed lines at x with their names."""
    top: float = 100.0
    log: bool = False
    ticks: tuple[float, ...] = ()
    named: bool = True


def pair(left: Panel, right: Panel, frame: Frame, height: int = 230) -> compose.View:
    """Return two panels beside each other, or below each other on a phone."""
    if frame.narrow:
        return compose.column(one(left, frame, 190), one(right, frame, 190), spacing=20)
    wide = (frame.width - 2 * ROOM - 24) // 2
    key = _key(left, frame)
    row = compose.row(_draw(left, (wide, height)), _draw(right, (wide, height)), spacing=ROOM + 8)
    return compose.column(*key, row, spacing=14)


def one(panel: Panel, frame: Frame, height: int = 260) -> compose.View:
    """Return one panel; its lines are named at their ends, on a phone in a key above."""
    if frame.narrow:
        size = (frame.width - ROOM - 16, min(height, 200))
        return compose.column(*_key(panel, frame), _draw(panel, size), spacing=14)
    longest = max((len(t.label) for t in panel.traces), default=0)
    names = 20 + round(LETTER * longest) if panel.named and len(panel.traces) > 1 else 0
    size = (frame.width - ROOM - 16 - names, height)
    return compose.layer(*_parts(panel, size), *_names(panel, size), size=size)


def _draw(panel: Panel, size: tuple[int, int]) -> compose.View:
    return compose.layer(*_parts(panel, size), size=size)


def _parts(panel: Panel, size: tuple[int, int]) -> list[Any]:
    x, y = _axes(panel)
    return [
        *_shade(panel, x),
        *_bands(panel, x),
        *_levels(panel, x, y, size[0]),
        *_lines(panel, x, y),
        *_dots(panel, x, y),
    ]


def _axes(panel: Panel) -> tuple[Any, Any]:
    kind = "log" if panel.log else "linear"
    scale = alt.Scale(domain=list(panel.x_range), nice=False, zero=False, type=kind)
    more: dict[str, Any] = {"tickCount": 7}
    if panel.ticks:  # fewer counted ticks than values would leave labels of a log axis out
        more = {"values": list(panel.ticks), "tickCount": len(panel.ticks)}
    x = alt.X(
        "x:Q",
        scale=scale,
        axis=layers.axis_x(panel.x_title, grid=True, labelFlush=False, **more),
    )
    return x, _y(panel, "y:Q")


def _y(panel: Panel, field: str) -> Any:
    axis = layers.axis_y(panel.title, tickCount=5, minExtent=ROOM - 6, maxExtent=ROOM - 6)
    return alt.Y(field, scale=layers.scale(0, panel.top), axis=axis)


def _rows(trace: Trace, panel: Panel) -> list[dict[str, float]]:
    a, b = panel.x_range
    inside = trace.x[(trace.x > a) & (trace.x < b)]
    kept = inside[:: max(1, len(inside) // POINTS)]
    ends = [v for v in (a, b) if trace.x[0] <= v <= trace.x[-1]]
    rows = []
    for v in sorted({*kept.tolist(), *ends}):
        row = {"x": v, "y": float(np.interp(v, trace.x, trace.y))}
        if trace.low is not None and trace.high is not None:
            row["low"] = float(np.interp(v, trace.x, trace.low))
            row["high"] = float(np.interp(v, trace.x, trace.high))
        rows.append(row)
    return rows


def _shade(panel: Panel, x: Any) -> list[Any]:
    if panel.shade is None:
        return []
    row = [{"x": panel.shade[0], "x2": panel.shade[1]}]
    return [layers.base(row).mark_rect(color=SHADE, clip=True).encode(x=x, x2="x2:Q")]


def _bands(panel: Panel, x: Any) -> list[Any]:
    parts = []
    for t in panel.traces:
        if t.low is not None:
            area = layers.base(_rows(t, panel)).mark_area(
                color=t.stroke.tint, opacity=0.7, clip=True
            )
            parts.append(area.encode(x=x, y=_y(panel, "low:Q"), y2="high:Q"))
    return parts


def _levels(panel: Panel, x: Any, y: Any, width: int) -> list[Any]:
    parts: list[Any] = []
    small: dict[str, Any] = {"color": MUTED, "fontSize": SMALL}
    for value, label in panel.levels:
        parts.append(layers.rule_at(value, axis="y", color=MUTED, strokeDash=[4, 3]))
        row = [{"y": value, "text": label}]
        dy = -8 if value > 92.0 else 8
        parts.append(layers.haloed(row, x=alt.value(width - 4), y=y, dy=dy, align="right", **small))
    for value, label in panel.posts:
        parts.append(layers.rule_at(value, axis="x", color=MUTED, strokeDash=[4, 3]))
        row = [{"x": value, "text": label}]
        late = _share(value, panel) > 0.6
        side: dict[str, Any] = {"align": "right", "dx": -5} if late else {"dx": 5}
        parts.append(layers.haloed(row, x=x, y=alt.value(8), **small, **side))
    return parts


def _share(value: float, panel: Panel) -> float:
    a, b = panel.x_range
    if panel.log:
        return float(np.log(value / a) / np.log(b / a))
    return (value - a) / (b - a)


def _lines(panel: Panel, x: Any, y: Any) -> list[Any]:
    parts = []
    for t in panel.traces:
        line = layers.base(_rows(t, panel)).mark_line(
            color=t.stroke.color,
            strokeDash=list(t.stroke.dash),
            strokeWidth=t.stroke.width,
            clip=True,
        )
        parts.append(line.encode(x=x, y=y))
    return parts


def _dots(panel: Panel, x: Any, y: Any) -> list[Any]:
    parts: list[Any] = []
    for hollow in (False, True):
        rows = [
            {"x": d.x, "y": d.y}
            for d in panel.dots
            if d.hollow is hollow and panel.x_range[0] <= d.x <= panel.x_range[1]
        ]
        if rows:
            mark = layers.base(rows).mark_point(
                filled=not hollow,
                fill=GROUND if hollow else INK,
                stroke=INK if hollow else GROUND,
                strokeWidth=1.6 if hollow else 1.0,
                size=64,
                opacity=1,
            )
            parts.append(mark.encode(x=x, y=y))
    for d in panel.dots:
        if d.label and panel.x_range[0] <= d.x <= panel.x_range[1]:
            late = _share(d.x, panel) > 0.7
            side: dict[str, Any] = {"align": "right", "dx": -8} if late else {"dx": 8}
            row = [{"x": d.x, "y": d.y, "text": d.label}]
            words = layers.haloed(row, x=x, y=y, fontSize=SMALL, color=MUTED, dy=-9, **side)
            parts.append(words)
    return parts


def _names(panel: Panel, size: tuple[int, int]) -> list[Any]:
    if not panel.named or len(panel.traces) < 2:
        return []
    ends = [
        size[1] * (1.0 - min(max(_rows(t, panel)[-1]["y"], 0.0), panel.top) / panel.top)
        for t in panel.traces
    ]
    placed = strokes.dodge(ends, strokes.GAP, 6.0, size[1] - 6.0)
    return [
        layers.text(
            [{"text": t.label}],
            x=alt.value(size[0] + 8),
            y=alt.value(place),
            color=t.stroke.words,
        )
        for t, place in zip(panel.traces, placed, strict=True)
    ]


def _key(panel: Panel, frame: Frame) -> list[compose.View]:
    """Return the names of several lines above a panel; one line is named by the panel's title."""
    if len(panel.traces) < 2:
        return []
    entries = [strokes.Entry(stroke=t.stroke, words=t.label) for t in panel.traces]
    return [strokes.key(entries, frame.width - ROOM - 16)]


def crossed(values: Sequence[float]) -> tuple[tuple[float, str], ...]:
    """Return levels in percent with their names: 80 -> (80, "80 %")."""
    return tuple((v, f"{v:g} %") for v in values)
