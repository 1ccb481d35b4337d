"""How a line that is no cell of the 2 x 2 looks, and where the names of lines stand.

Colors belong to the four cells. Rival mechanisms, designs or policies are told apart by dash,
weight and a name at the end of the line.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import altair as alt

from crossblock.report import compose, layers
from crossblock.report.theme import INK, LINE, MUTED, SMALL, color_of_text, look

GAP = 16.0  # px between the names of two lines, at least
PLAIN: tuple[tuple[str, tuple[int, ...], float], ...] = (
    (INK, (1, 0), 2.2),
    (MUTED, (7, 3), 2.0),
    (INK, (2, 3), 2.0),
    (MUTED, (9, 3, 2, 3), 2.0),
    (MUTED, (1, 0), 1.2),
    (INK, (12, 4), 1.2),
)


@dataclass(frozen=True, kw_only=True, slots=True)
class Stroke:
    """Color, dash and width (px) of a line; the tint of its band, and the color of its name."""

    color: str
    dash: tuple[int, ...]
    width: float
    tint: str
    words: str


def stroke(cell: str, rank: int) -> Stroke:
    """Return the stroke of a cell, or of the `rank`-th plain line when `cell` is empty."""
    if cell:
        c = look(cell)
        return Stroke(color=c.color, dash=c.dash, width=2.2, tint=c.tint, words=color_of_text(cell))
    color, dash, width = PLAIN[rank % len(PLAIN)]
    return Stroke(color=color, dash=dash, width=width, tint=LINE, words=color)


def dodge(places: Sequence[float], gap: float, low: float, high: float) -> list[float]:
    """Return `places` moved as little as needed to stand `gap` apart within [low, high]."""
    order = sorted(range(len(places)), key=lambda k: places[k])
    moved = list(places)
    floor = low
    for k in order:
        moved[k] = max(moved[k], floor)
        floor = moved[k] + gap
    ceiling = high
    for k in reversed(order):
        moved[k] = min(moved[k], ceiling)
        ceiling = moved[k] - gap
    return moved


@dataclass(frozen=True, kw_only=True, slots=True)
class Entry:
    """One row of a key: a stroke, what it is, and a remark below."""

    stroke: Stroke
    words: str
    remark: str = ""


def key(entries: Sequence[Entry], width: int, top: float = 12.0) -> compose.View:
    """Return the names of lines below each other, each after a piece of its line."""
    step = 34.0 if any(e.remark for e in entries) else 20.0
    height = round(step * len(entries)) + 4
    y = alt.Y("y:Q", scale=alt.Scale(domain=[height, 0]), axis=None)
    parts: list[Any] = []
    for k, entry in enumerate(entries):
        place, s = top + step * k, entry.stroke
        piece = layers.base([{"y": place}]).mark_rule(
            color=s.color, strokeWidth=s.width, strokeDash=list(s.dash)
        )
        parts.append(piece.encode(x=alt.value(0), x2=alt.value(22), y=y))
        row = [{"y": place, "text": entry.words}]
        parts.append(layers.text(row, x=alt.value(30), y=y))
        if entry.remark:
            below = [{"y": place + 16, "text": entry.remark}]
            small: dict[str, Any] = {"color": MUTED, "fontSize": SMALL}
            parts.append(layers.text(below, x=alt.value(30), y=y, **small))
    return compose.layer(*parts, size=(width, height))
