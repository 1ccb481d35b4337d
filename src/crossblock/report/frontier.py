"""Frontiers: benefit against risk, one point a policy, with what is not known drawn around it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import altair as alt

from crossblock.report import compose, layers, number, strokes
from crossblock.report.figure import Figure, Table, Words, draw
from crossblock.report.theme import AXIS, GROUND, INK, MUTED, SMALL, STRONG, Frame

HEIGHT, NARROW_HEIGHT, LEFT = 380, 320, 46
LETTER, MOST_NAMES = 7.4, 290  # px a bold letter takes, and a column of names at most


@dataclass(frozen=True, kw_only=True, slots=True)
class Point:
    """One policy: `risk` and `benefit` with intervals from uncertain constants, and the same by
    mechanism. `front` points are beaten by none in both."""

    label: str
    risk: float
    benefit: float
    risk_interval: tuple[float, float]
    benefit_interval: tuple[float, float]
    by_mechanism: tuple[tuple[str, float, float], ...] = ()
    front: bool = False


@dataclass(frozen=True, kw_only=True, slots=True)
class Axes:
    """Titles with units and direction."""

    risk: str
    benefit: str


def figure(*, id: str, points: Sequence[Point], axes: Axes, title: str, sentence: str) -> Figure:
    """Return the policies as points; small dots are the same policy under each mechanism."""
    words = Words(
        title=title,
        subtitle="Up is better, left is safer. Bars: 95\u202f% of uncertain constants. "
        "Small dots: the same policy under each mechanism. Filled: no other beats it in both.",
        description=f"{sentence} {axes.benefit} over {axes.risk}, one point for each of "
        f"{number.listed([p.label for p in points])}.",
        sentence=sentence,
    )
    return draw(
        id=id,
        chart=lambda frame: _chart(points, axes, frame),
        words=words,
        table=_table(points, axes),
    )


def _range(values: Sequence[float]) -> tuple[float, float]:
    low, high = min(values), max(values)
    pad = 0.08 * (high - low or 1.0)
    return max(0.0, low - pad) if low >= 0.0 else low - pad, high + pad


def _chart(points: Sequence[Point], axes: Axes, frame: Frame) -> Any:
    height = NARROW_HEIGHT if frame.narrow else HEIGHT
    longest = 18 + round(LETTER * max(len(p.label) for p in points))
    names = 0 if frame.narrow else min(MOST_NAMES, longest)
    size = (frame.width - LEFT - 12 - names, height)
    risks = [v for p in points for v in (*p.risk_interval, p.risk)]
    risks += [r for p in points for _, r, _ in p.by_mechanism]
    gains = [v for p in points for v in (*p.benefit_interval, p.benefit)]
    x_range, y_range = _range(risks), _range(gains)
    x = alt.X(
        "x:Q",
        scale=layers.scale(*x_range),
        axis=layers.axis_x(axes.risk, grid=True, tickCount=4 if frame.narrow else 6),
    )
    y = alt.Y("y:Q", scale=layers.scale(*y_range), axis=layers.axis_y(axes.benefit))
    parts = [*_bars(points, x, y), *_dots(points, x, y), *_middles(points, x, y)]
    if not frame.narrow:
        parts.extend(_names(points, x_range, y_range, size, x, y))
        return compose.layer(*parts, size=size)
    numbered = [{"x": p.risk, "y": p.benefit, "text": str(k)} for k, p in enumerate(points, 1)]
    tag: dict[str, Any] = {"dx": 9, "dy": -8, "fontSize": SMALL, "fontWeight": STRONG}
    parts.append(layers.haloed(numbered, x=x, y=y, **tag))
    return compose.column(_list(points, size[0]), compose.layer(*parts, size=size), spacing=18)


def _bars(points: Sequence[Point], x: Any, y: Any) -> list[Any]:
    across = [{"x": p.risk_interval[0], "x2": p.risk_interval[1], "y": p.benefit} for p in points]
    up = [{"x": p.risk, "y": p.benefit_interval[0], "y2": p.benefit_interval[1]} for p in points]
    style: dict[str, Any] = {"color": AXIS, "strokeWidth": 1.4}
    return [
        layers.base(across).mark_rule(**style).encode(x=x, x2="x2:Q", y=y),
        layers.base(up).mark_rule(**style).encode(x=x, y=y, y2="y2:Q"),
    ]


def _dots(points: Sequence[Point], x: Any, y: Any) -> list[Any]:
    rows = [{"x": r, "y": b} for p in points for _, r, b in p.by_mechanism]
    if not rows:
        return []
    dots = layers.base(rows).mark_point(filled=True, size=14, color=MUTED, opacity=0.8)
    return [dots.encode(x=x, y=y)]


def _middles(points: Sequence[Point], x: Any, y: Any) -> list[Any]:
    parts = []
    for front in (False, True):
        rows = [{"x": p.risk, "y": p.benefit} for p in points if p.front is front]
        fill = INK if front else GROUND
        dots = layers.base(rows).mark_point(
            filled=True, size=90, color=fill, stroke=INK, strokeWidth=1.6, opacity=1
        )
        parts.append(dots.encode(x=x, y=y))
    return parts


def _names(
    points: Sequence[Point],
    x_range: tuple[float, float],
    y_range: tuple[float, float],
    size: tuple[int, int],
    x: Any,
    y: Any,
) -> list[Any]:
    """Write names in a column at the right, each led to its point by a hairline."""
    low, high = y_range
    ends = [size[1] * (high - p.benefit) / (high - low) for p in points]
    places = strokes.dodge(ends, strokes.GAP + 2, 6.0, size[1] - 6.0)
    parts: list[Any] = []
    for p, place, end in zip(points, places, ends, strict=True):
        at = size[0] * (p.risk - x_range[0]) / (x_range[1] - x_range[0])
        lead = layers.base([{}]).mark_rule(color=AXIS, strokeWidth=0.8, strokeDash=[2, 2])
        parts.append(
            lead.encode(
                x=alt.value(at + 8),
                x2=alt.value(size[0] + 2),
                y=alt.value(end),
                y2=alt.value(place),
            )
        )
        weight: dict[str, Any] = {"fontWeight": STRONG} if p.front else {"color": MUTED}
        parts.append(
            layers.text([{"text": p.label}], x=alt.value(size[0] + 8), y=alt.value(place), **weight)
        )
    return parts


def _list(points: Sequence[Point], width: int) -> compose.View:
    height = 18 * len(points) + 4
    y = alt.Y("y:Q", scale=alt.Scale(domain=[height, 0]), axis=None)
    rows = [
        {"y": 10 + 18 * k, "text": f"{k + 1}  {p.label}{' ●' if p.front else ''}"}
        for k, p in enumerate(points)
    ]
    return compose.layer(layers.text(rows, x=alt.value(0), y=y), size=(width, height))


def _table(points: Sequence[Point], axes: Axes) -> Table:
    return Table(
        caption=f"{axes.benefit} and {axes.risk}",
        headers=("Policy", axes.benefit, "95\u202f% interval", axes.risk, "95\u202f% interval",
                 "Beaten by none"),
        rows=tuple(
            (
                p.label,
                number.short(p.benefit),
                number.bounds(*p.benefit_interval, digits=2),
                number.short(p.risk),
                number.bounds(*p.risk_interval, digits=3),
                "yes" if p.front else "no",
            )
            for p in points
        ),
    )  # fmt: skip
