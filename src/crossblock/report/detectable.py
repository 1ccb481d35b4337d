"""What could n completers have seen? The smallest difference a study of each size detects."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import altair as alt

from crossblock.domain.analysis import EndpointAnalysis
from crossblock.report import compose, layers, number
from crossblock.report.figure import Figure, Table, Words, draw
from crossblock.report.scales import spread
from crossblock.report.theme import GROUND, INK, SMALL, STRONG, Frame, look

SIZES = tuple(range(6, 61))
NEAR = 0.25  # of the own size: closer yardsticks tell a reader nothing more
TABLED = frozenset({6, 8, 10, 12, 14, 16, 20, 24, 30, 40, 50, 60})


def figure(
    endpoint: EndpointAnalysis,
    smallest: Mapping[int, float],
    *,
    marked: tuple[int, ...] = (),
    id: str = "detectable",
) -> Figure:
    """Return the smallest difference (points) that n completers see with 80 % power, against n.

    `smallest` maps completers to detectable SDs of within-person differences (two-sided 5 %, 80 %
    power), computed where the statistics live; they are multiplied by the SD of this study.
    `marked` sizes are labeled unless they lie near the study's own, which always is.
    """
    sd, n = spread(endpoint), endpoint.primary.n
    points = {k: d * sd for k, d in sorted(smallest.items())}
    apart = (k for k in marked if abs(k - n) > NEAR * n)
    named = tuple(sorted({k for k in (*apart, n) if k in points}))
    seen = abs(endpoint.primary.value)
    most, *fewer = sorted(named, reverse=True)
    title = f"{most} people could have seen {number.fixed(points[most])} points" + "".join(
        f", {k} people only {number.fixed(points[k])}" for k in fewer
    )
    reading = (
        f"Curve: the smallest true {endpoint.instrument_name} difference that a crossover of this "
        f"many completers finds 4 times in 5, if differences vary as here (SD {number.fixed(sd)})."
    )
    sentence = (
        f"{title}, at 80{number.THIN}% power and 5{number.THIN}% two-sided error; the difference "
        f"estimated here is {number.fixed(seen)} points."
    )
    words = Words(title=title, subtitle=reading, description=sentence, sentence=sentence)
    rows = tuple(
        (str(k), number.fixed(smallest[k], 2), number.fixed(v))
        for k, v in points.items()
        if k in TABLED or k in named
    )
    headers = ("Completers", "SDs of the differences", f"{endpoint.instrument_name} points")
    return draw(
        id=id,
        chart=lambda frame: _chart(points, named, seen, endpoint.instrument_name, frame),
        words=words,
        table=Table(caption="Smallest detectable difference", headers=headers, rows=rows),
    )


def _chart(
    points: Mapping[int, float], named: tuple[int, ...], seen: float, scale: str, frame: Frame
) -> Any:
    rows = [{"n": k, "y": v} for k, v in points.items()]
    low, high = min(points), max(points)
    top = 1.05 * max(points.values())
    x = alt.X(
        "n:Q", scale=layers.scale(low - 1, high + 1), axis=layers.axis_x("people who complete both")
    )
    y = alt.Y("y:Q", scale=layers.scale(0, top), axis=layers.axis_y(f"{scale} points"))
    line = layers.base(rows).mark_line(color=INK, strokeWidth=2).encode(x=x, y=y)
    marks = [
        {"n": k, "y": points[k], "text": f"{k} people: {number.fixed(points[k])}"} for k in named
    ]
    dots = layers.base(marks).mark_point(
        filled=True, size=95, color=INK, opacity=1, stroke=GROUND, strokeWidth=1.5
    )
    here = [{"y": seen, "n": high, "text": f"estimated here: {number.fixed(seen)}"}]
    color = look("open").color
    level = layers.base(here).mark_rule(color=color, strokeWidth=1.6, strokeDash=[5, 3])
    width, height = frame.width - 48, 220 if frame.narrow else 250
    return compose.layer(
        level.encode(y=y),
        line,
        dots.encode(x=x, y=y),
        *_labels(marks, seen, x, y),
        layers.haloed(here, x=x, y=y, align="right", dy=-10, color=color, fontSize=SMALL),
        size=(width, height),
    )


def _labels(marks: list[dict[str, Any]], seen: float, x: Any, y: Any) -> list[Any]:
    """Name the marked sizes: above the curve, or below it where the level line runs above."""
    above = [m for m in marks if m["y"] >= seen]
    below = [m for m in marks if m["y"] < seen]
    return [
        layers.haloed(above, x=x, y=y, dx=9, dy=-10, fontWeight=STRONG),
        layers.haloed(below, x=x, y=y, dy=18, align="center", fontWeight=STRONG),
    ]
