"""Stopping boundaries: the path of the statistic through the looks, people mid-crossover shown."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import altair as alt

from crossblock.report import compose, layers, number
from crossblock.report.figure import Figure, Table, Words, draw
from crossblock.report.theme import GROUND, INK, MUTED, SHADE, SMALL, STRONG, Frame

HEIGHT = 280
LEFT = 44


@dataclass(frozen=True, kw_only=True, slots=True)
class Look:
    """One look at `n` completers: bounds on the statistic; None where nothing stops the trial."""

    n: int
    upper: float | None
    lower: float | None = None


@dataclass(frozen=True, kw_only=True, slots=True)
class Step:
    """The statistic at one look, with people in their second period: they complete all the same."""

    n: int
    value: float
    under_way: int = 0


def figure(
    *,
    id: str,
    looks: Sequence[Look],
    path: Sequence[Step],
    words: Words,
    statistic: str = "z",
    stops: tuple[str, str] = ("stop: effect", "stop: no hope"),
) -> Figure:
    """Return bounds against completers, the regions that stop the trial shaded and named.

    `stops` names the regions above the upper and below the lower bound.
    """
    return draw(
        id=id,
        chart=lambda frame: _chart(looks, path, statistic, stops, frame),
        words=words,
        table=_table(looks, path, statistic),
    )


def _table(looks: Sequence[Look], path: Sequence[Step], statistic: str) -> Table:
    at = {s.n: s for s in path}

    def bound(x: float | None) -> str:
        return "none" if x is None else number.fixed(x, 3)

    rows = tuple(
        (
            str(look.n),
            bound(look.upper),
            bound(look.lower),
            number.fixed(at[look.n].value, 2) if look.n in at else "not looked yet",
            str(at[look.n].under_way) if look.n in at else "",
        )
        for look in looks
    )
    headers = ("Completers", "Upper bound", "Lower bound", statistic, "In their second period")
    return Table(caption="Looks, bounds and the path", headers=headers, rows=rows)


def _span(looks: Sequence[Look], path: Sequence[Step]) -> tuple[float, float]:
    values = [b for k in looks for b in (k.upper, k.lower) if b is not None and math.isfinite(b)]
    values += [s.value for s in path] + [0.0]
    low, high = min(values), max(values)
    pad = 0.14 * (high - low or 1.0)
    return low - pad, high + pad


def _chart(
    looks: Sequence[Look],
    path: Sequence[Step],
    statistic: str,
    stops: tuple[str, str],
    frame: Frame,
) -> Any:
    low, high = _span(looks, path)
    last = max([k.n for k in looks] + [s.n + s.under_way for s in path])
    x = alt.X(
        "n:Q", scale=layers.scale(0, 1.06 * last), axis=layers.axis_x("people who completed both")
    )
    y = alt.Y("y:Q", scale=layers.scale(low, high), axis=layers.axis_y(statistic))
    parts = [
        *_region(looks, "upper", high, stops[0], x, y),
        *_region(looks, "lower", low, stops[1], x, y),
        layers.rule_at(0, axis="y", color=MUTED),
        *_path(path, x, y),
    ]
    return compose.layer(*parts, size=(frame.width - LEFT - 12, HEIGHT))


def _region(looks: Sequence[Look], side: str, edge: float, name: str, x: Any, y: Any) -> list[Any]:
    at = [(k.n, getattr(k, side)) for k in looks if getattr(k, side) is not None]
    if not at:
        return []
    rows = [{"n": n, "y": b, "edge": edge} for n, b in at]
    area = layers.base(rows).mark_area(color=SHADE)
    line = layers.base(rows).mark_line(color=MUTED, strokeWidth=1.8, strokeDash=[6, 3])
    square: dict[str, Any] = {"filled": True, "shape": "square", "size": 46, "opacity": 1}
    dots = layers.base(rows).mark_point(color=MUTED, **square)
    n, bound = at[-1]
    word = [{"n": n, "y": bound + 0.8 * (edge - bound), "text": name}]
    label: dict[str, Any] = {"align": "right", "dx": -6, "color": MUTED, "fontSize": SMALL}
    return [
        area.encode(x=x, y=y, y2="edge:Q"),
        line.encode(x=x, y=y),
        dots.encode(x=x, y=y),
        layers.text(word, x=x, y=y, **label),
    ]


def _path(path: Sequence[Step], x: Any, y: Any) -> list[Any]:
    if not path:
        return []
    rows = [{"n": 0, "y": 0.0}, *({"n": s.n, "y": s.value} for s in path)]
    line = layers.base(rows).mark_line(color=INK, strokeWidth=2)
    dots = layers.base(rows[1:]).mark_point(
        filled=True, size=100, color=INK, opacity=1, stroke=GROUND, strokeWidth=1.5
    )
    named = [{"n": s.n, "y": s.value, "text": number.fixed(s.value, 2)} for s in path]
    parts = [
        line.encode(x=x, y=y),
        dots.encode(x=x, y=y),
        layers.haloed(named, x=x, y=y, dx=-2, dy=-14, align="center", fontWeight=STRONG),
    ]
    going = [s for s in path if s.under_way]
    if going:
        s = going[-1]
        row = [{"n": s.n, "n2": s.n + s.under_way, "y": s.value}]
        rule = layers.base(row).mark_rule(color=INK, strokeWidth=1.6, strokeDash=[2, 3])
        end = [{"n": s.n + s.under_way, "y": s.value}]
        hollow = layers.base(end).mark_point(filled=True, fill=GROUND, stroke=INK, size=80)
        said = [{"n": s.n + s.under_way / 2, "y": s.value, "text": f"{s.under_way} under way"}]
        small: dict[str, Any] = {"dy": 16, "align": "center", "fontSize": SMALL, "color": MUTED}
        parts += [
            rule.encode(x=x, x2="n2:Q", y=y),
            hollow.encode(x=x, y=y),
            layers.haloed(said, x=x, y=y, **small),
        ]
    return parts
