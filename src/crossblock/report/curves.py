"""Curves with their Monte Carlo or sampling bands, named at their ends: power, precision, odds."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import altair as alt

from crossblock.report import compose, layers, strokes
from crossblock.report.figure import Figure, Table, Words, draw
from crossblock.report.theme import GROUND, INK, MUTED, SMALL, STRONG, Frame

HEIGHT, NAMES, LEFT = 280, 170, 44
EARLY = 0.7  # of the x axis: a line that ends before is named inside the picture
LETTER = 6.9  # px a letter of a name takes, at most


@dataclass(frozen=True, kw_only=True, slots=True)
class Line:
    """One curve. `bands` are (low, high) pairs of the shape of `y`, widest first.

    `cell` gives it the color of one of the four cells; else it is the next plain stroke. `points`
    draws its values as dots as well: where a simulation was run, not only drawn through.
    """

    label: str
    x: tuple[float, ...]
    y: tuple[float, ...]
    bands: tuple[tuple[tuple[float, ...], tuple[float, ...]], ...] = ()
    cell: str = ""
    points: bool = False


@dataclass(frozen=True, kw_only=True, slots=True)
class Mark:
    """A named point."""

    x: float
    y: float
    label: str


@dataclass(frozen=True, kw_only=True, slots=True)
class Level:
    """A dashed line across the picture at `value` of `axis` ("x" or "y"), with its name.

    The name of a y level stands above its line at the left; `right`: below it at the right.
    """

    value: float
    label: str
    axis: str = "y"
    right: bool = False


@dataclass(frozen=True, kw_only=True, slots=True)
class Axes:
    """Titles with units and direction; ranges where the data do not set them.

    `percent` writes the y axis, a fraction, as percentages; `doses` are ticks on the time axis.
    """

    x: str
    y: str
    x_range: tuple[float, float] | None = None
    y_range: tuple[float, float] | None = None
    percent: bool = False
    doses: tuple[float, ...] = ()


def figure(
    *,
    id: str,
    lines: Sequence[Line],
    axes: Axes,
    words: Words,
    table: Table,
    marks: Sequence[Mark] = (),
    levels: Sequence[Level] = (),
) -> Figure:
    """Return the picture of `lines`; names stand at their ends, on a phone in a key above."""
    return draw(
        id=id,
        chart=lambda frame: _chart(lines, axes, marks, levels, frame),
        words=words,
        table=table,
    )


def ranges(
    lines: Sequence[Line], axes: Axes, levels: Sequence[Level] = ()
) -> tuple[tuple[float, float], tuple[float, float]]:
    """Return the x and y ranges that hold every line, band and level, unless `axes` sets them."""
    xs = [v for line in lines for v in line.x]
    ys = [v for line in lines for v in line.y]
    ys += [v for line in lines for band in line.bands for side in band for v in side]
    ys += [level.value for level in levels if level.axis == "y"]
    x_range = axes.x_range or (min(xs), max(xs))
    pad = 0.05 * (max(ys) - min(ys) or 1.0)
    return x_range, axes.y_range or (min(ys) - pad, max(ys) + pad)


def _chart(
    lines: Sequence[Line],
    axes: Axes,
    marks: Sequence[Mark],
    levels: Sequence[Level],
    frame: Frame,
) -> Any:
    x_range, y_range = ranges(lines, axes, levels)
    names = 0 if frame.narrow else min(NAMES, 16 + round(LETTER * max(len(s.label) for s in lines)))
    size = (frame.width - LEFT - 12 - names, HEIGHT)
    more = layers.percent_labels() if axes.percent else {}
    x = alt.X("x:Q", scale=layers.scale(*x_range), axis=layers.axis_x(axes.x))
    y = alt.Y("y:Q", scale=layers.scale(*y_range), axis=layers.axis_y(axes.y, **more))
    parts = [*_levels(levels), *_bands(lines, x, y), *_doses(axes, x), *_lines(lines, x, y)]
    parts.extend([*_level_names(levels, size[0], x, y), *_marks(marks, x, y)])
    if not frame.narrow:
        parts.extend(_names(lines, x_range, y_range, size))
        return compose.layer(*parts, size=size)
    entries = [
        strokes.Entry(stroke=strokes.stroke(line.cell, k), words=line.label)
        for k, line in enumerate(lines)
    ]
    return compose.column(
        strokes.key(entries, size[0]), compose.layer(*parts, size=size), spacing=18
    )


def _rows(line: Line) -> list[dict[str, float]]:
    return [{"x": a, "y": b} for a, b in zip(line.x, line.y, strict=True)]


def _bands(lines: Sequence[Line], x: Any, y: Any) -> list[Any]:
    parts = []
    for k, line in enumerate(lines):
        style = strokes.stroke(line.cell, k)
        for rank, (low, high) in enumerate(line.bands):
            rows = [{"x": a, "y": b, "high": c} for a, b, c in zip(line.x, low, high, strict=True)]
            area = layers.base(rows).mark_area(
                color=style.tint, opacity=_solid(line, rank), clip=True
            )
            parts.append(area.encode(x=x, y=y, y2="high:Q"))
    return parts


def _solid(line: Line, rank: int) -> float:
    """Return how solid a band is: bands within bands grow darker inward."""
    return 0.6 if len(line.bands) == 1 else 0.45 + 0.55 * rank / (len(line.bands) - 1)


def _doses(axes: Axes, x: Any) -> list[Any]:
    if not axes.doses:
        return []
    ticks = layers.base([{"x": d} for d in axes.doses]).mark_rule(color=INK, strokeWidth=1)
    return [ticks.encode(x=x, y=alt.value(HEIGHT - 7), y2=alt.value(HEIGHT))]


def _lines(lines: Sequence[Line], x: Any, y: Any) -> list[Any]:
    parts = []
    for k, line in enumerate(lines):
        style = strokes.stroke(line.cell, k)
        drawn = layers.base(_rows(line)).mark_line(
            color=style.color, strokeDash=list(style.dash), strokeWidth=style.width, clip=True
        )
        parts.append(drawn.encode(x=x, y=y))
        if line.points:
            dots = layers.base(_rows(line)).mark_point(
                filled=True, size=32, color=style.color, opacity=1
            )
            parts.append(dots.encode(x=x, y=y))
    return parts


def _levels(levels: Sequence[Level]) -> list[Any]:
    return [
        layers.rule_at(level.value, axis=level.axis, color=MUTED, strokeDash=[4, 3])
        for level in levels
    ]


def _level_names(levels: Sequence[Level], width: int, x: Any, y: Any) -> list[Any]:
    parts = []
    for level in levels:
        small: dict[str, Any] = {"color": MUTED, "fontSize": SMALL}
        if level.axis == "y":
            row = [{"y": level.value, "text": level.label}]
            if level.right:
                small |= {"align": "right", "dy": 9}
            at = width - 4 if level.right else 4
            parts.append(layers.haloed(row, x=alt.value(at), y=y, **{"dy": -8, **small}))
        else:
            row = [{"x": level.value, "text": level.label}]
            parts.append(layers.haloed(row, x=x, y=alt.value(8), dx=5, **small))
    return parts


def _marks(marks: Sequence[Mark], x: Any, y: Any) -> list[Any]:
    if not marks:
        return []
    rows = [{"x": m.x, "y": m.y, "text": m.label} for m in marks]
    dots = layers.base(rows).mark_point(
        filled=True, size=95, color=INK, opacity=1, stroke=GROUND, strokeWidth=1.5
    )
    label: dict[str, Any] = {"dx": 9, "dy": -10, "fontWeight": STRONG}
    return [dots.encode(x=x, y=y), layers.haloed(rows, x=x, y=y, **label)]


def _names(
    lines: Sequence[Line],
    x_range: tuple[float, float],
    y_range: tuple[float, float],
    size: tuple[int, int],
) -> list[Any]:
    """Write each line's name at its right end, moved apart where ends lie close.

    A line that ends early is named beside its end, inside the picture.
    """
    low, high = y_range
    reach = x_range[1] - x_range[0]
    share = [(line.x[-1] - x_range[0]) / reach if reach else 1.0 for line in lines]
    late = [k for k, s in enumerate(share) if s >= EARLY]
    ends = [size[1] * (high - min(max(line.y[-1], low), high)) / (high - low) for line in lines]
    dodged = strokes.dodge([ends[k] for k in late], strokes.GAP, 6.0, size[1] - 6.0)
    at = dict(zip(late, dodged, strict=True))
    return [
        layers.haloed(
            [{"text": line.label}],
            x=alt.value(size[0] + 8 if k in at else size[0] * share[k] + 10),
            y=alt.value(at.get(k, ends[k] + 6)),
            color=strokes.stroke(line.cell, k).words,
        )
        for k, line in enumerate(lines)
    ]
