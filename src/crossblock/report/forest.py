"""A forest: one row an estimate with its interval, the numbers in words beside the picture."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import altair as alt

from crossblock.report import compose, layers
from crossblock.report.figure import Figure, Table, Words, draw
from crossblock.report.theme import GROUND, INK, MUTED, SMALL, STRONG, Frame, look

ROW, HEAD, SIDES, LINE_STEP = 28, 26, 20, 16
LETTER = 7.2  # px a letter takes, at most


@dataclass(frozen=True, kw_only=True, slots=True)
class Row:
    """One estimate. `value`, `lower` and `upper` are on the picture's axis; `text` says them.

    Rows of one `group` stand together under its name. An infinite bound runs off the axis with an
    arrow and a word; bounds of NaN draw no line, a value of NaN draws nothing: words stand alone.
    `verdict` is the last column, in words. `primary` rows are drawn filled. A row without `cell` is
    dark, muted where it is not primary.
    """

    label: str
    value: float
    lower: float
    upper: float
    text: str
    group: str = ""
    verdict: str = ""
    cell: str = "open"
    primary: bool = True


@dataclass(frozen=True, kw_only=True, slots=True)
class Axis:
    """The axis under a forest: its title, the line of no difference, what each side of it means."""

    title: str
    zero: float = 0.0
    left: str = ""
    right: str = ""


@dataclass(frozen=True, kw_only=True, slots=True)
class _Place:
    """Where one row stands, px from the top: its name (in lines), its numbers, its interval."""

    lines: tuple[str, ...]
    label: float
    text: float
    interval: float


@dataclass(frozen=True, kw_only=True, slots=True)
class _Layout:
    """Where things stand, in px: the picture from `left` to `right`, columns of words beside."""

    width: int
    left: int
    right: int
    words: int
    verdict: int
    height: int
    rows: tuple[_Place, ...]
    heads: tuple[tuple[str, float], ...]
    narrow: bool


def _color(row: Row) -> str:
    if row.cell:
        return look(row.cell).color
    return INK if row.primary else MUTED


def figure(*, id: str, rows: Sequence[Row], axis: Axis, words: Words, table: Table) -> Figure:
    """Return the forest of `rows`, drawn in their order."""
    return draw(id=id, chart=lambda frame: _chart(rows, axis, frame), words=words, table=table)


def _layout(rows: Sequence[Row], axis: Axis, frame: Frame) -> _Layout:
    width = frame.width - 8
    longest = max(len(r.label) for r in rows)
    left = 8 if frame.narrow else min(max(120, 16 + round(LETTER * longest)), 250)
    said = 24 + round(LETTER * max(len(r.text) for r in rows))
    judged = max(len(r.verdict) for r in rows)
    room = 0 if frame.narrow else said + (round(LETTER * judged) if judged else 0)
    right = width - 8 if frame.narrow else max(width - room, left + 180)
    y = float(SIDES) if axis.left or axis.right else 0.0
    places: list[_Place] = []
    heads: list[tuple[str, float]] = []
    last = ""
    for r in rows:
        if r.group != last:
            y += 10 if heads else 0
            named = layers.wrapped(r.group, width)
            heads += [(line, y + HEAD / 2 + LINE_STEP * k) for k, line in enumerate(named)]
            y, last = y + HEAD + LINE_STEP * (len(named) - 1), r.group
        place, used = _place(r, y, width if frame.narrow else left - 12, frame.narrow)
        places.append(place)
        y += used
    return _Layout(
        width=width,
        left=left,
        right=right,
        words=right + 20,
        verdict=right + said,
        height=round(y + 6),
        rows=tuple(places),
        heads=tuple(heads),
        narrow=frame.narrow,
    )


def _place(row: Row, top: float, room: float, narrow: bool) -> tuple[_Place, float]:
    """Return where `row` stands below `top`, and the height it takes.

    On a page name, interval and numbers share a line. On a phone the interval stands below them,
    and the numbers move below a name that leaves them no room.
    """
    lines = tuple(layers.wrapped(row.label, room))
    if not narrow:
        height = max(ROW, LINE_STEP * len(lines) + 10)
        middle = top + height / 2
        label = middle - LINE_STEP * (len(lines) - 1) / 2
        return _Place(lines=lines, label=label, text=middle, interval=middle), height
    apart = LETTER * (len(lines[-1]) + len(row.text) + 2) > room
    words = len(lines) + (1 if apart else 0)
    text = top + 12 + LINE_STEP * (words - 1)
    interval = top + 12 + LINE_STEP * (words - 1) + 22
    return _Place(lines=lines, label=top + 12, text=text, interval=interval), 46 + LINE_STEP * (
        words - 1
    )


def _domain(rows: Sequence[Row], axis: Axis) -> tuple[float, float]:
    ends = [x for r in rows for x in (r.value, r.lower, r.upper) if math.isfinite(x)] + [axis.zero]
    low, high = min(ends), max(ends)
    pad = 0.08 * (high - low or 1.0)
    return low - pad, high + pad


def _chart(rows: Sequence[Row], axis: Axis, frame: Frame) -> Any:
    at = _layout(rows, axis, frame)
    low, high = _domain(rows, axis)
    title = layers.axis_x(
        axis.title,
        tickCount=5,
        grid=not at.narrow,
        domain=at.narrow,
        titleX=(at.left + at.right) / 2,
    )
    x = alt.X(
        "x:Q",
        scale=alt.Scale(domain=[low, high], range=[at.left, at.right], nice=False, zero=False),
        axis=title,
    )
    y = alt.Y("y:Q", scale=alt.Scale(domain=[at.height, 0], nice=False), axis=None)
    return compose.layer(
        _zero(axis, at, x, y),
        *_intervals(rows, at, (low, high), x, y),
        *_words(rows, at, y),
        *_sides(axis, at),
        size=(at.width, at.height),
    )


def _zero(axis: Axis, at: _Layout, x: Any, y: Any) -> Any:
    """Draw the line of no difference; on a phone only beside the intervals, never under words."""
    spans = [(float(SIDES if axis.left or axis.right else 0), float(at.height))]
    if at.narrow:
        spans = [(place.interval - 9, place.interval + 9) for place in at.rows]
    rows = [{"x": axis.zero, "y": top, "y2": end} for top, end in spans]
    return layers.base(rows).mark_rule(color=MUTED).encode(x=x, y=y, y2="y2:Q")


def _intervals(
    rows: Sequence[Row], at: _Layout, domain: tuple[float, float], x: Any, y: Any
) -> list[Any]:
    drawn: list[Any] = []
    for r, place in zip(rows, at.rows, strict=True):
        if math.isnan(r.value):
            continue
        color, here = _color(r), place.interval
        if not math.isnan(r.lower):
            ends = {"x": max(r.lower, domain[0]), "x2": min(r.upper, domain[1]), "y": here}
            line = layers.base([ends]).mark_rule(color=color, strokeWidth=2.5 if r.primary else 1.5)
            drawn.append(line.encode(x=x, x2="x2:Q", y=y))
        for bound, edge, arrow, side in (
            (r.lower, domain[0], "triangle-left", "left"),
            (r.upper, domain[1], "triangle-right", "right"),
        ):
            if math.isinf(bound):
                tip = [{"x": edge, "y": here, "text": "unbounded"}]
                mark = layers.base(tip).mark_point(shape=arrow, filled=True, size=70, color=color)
                drawn.append(mark.encode(x=x, y=y))
                word: dict[str, Any] = {"align": side, "dx": 2 if side == "left" else -2, "dy": -9}
                small: dict[str, Any] = {"fontSize": SMALL - 1, "color": MUTED}
                drawn.append(layers.haloed(tip, x=x, y=y, **word, **small))
        dot = layers.base([{"x": r.value, "y": here}]).mark_point(
            filled=True, fill=color if r.primary else GROUND, stroke=color, strokeWidth=1.8,
            size=95 if r.primary else 60, opacity=1,
            shape=look(r.cell).shape if r.cell else "circle",
        )  # fmt: skip
        drawn.append(dot.encode(x=x, y=y))
    return drawn


def _words(rows: Sequence[Row], at: _Layout, y: Any) -> list[Any]:
    def column(pairs: list[tuple[str, float]], px: int, **mark: Any) -> Any:
        data = [{"text": words, "y": place} for words, place in pairs if words]
        return layers.text(data, x=alt.value(px), y=y, **mark)

    edge: dict[str, Any] = {"px": at.words}
    if at.narrow:
        edge = {"px": at.width, "align": "right"}
    heads = [{"text": words, "y": place} for words, place in at.heads if words]
    drawn = [layers.haloed(heads, x=alt.value(0), y=y, fontWeight=STRONG)]
    both = list(zip(rows, at.rows, strict=True))
    for primary, color in ((True, INK), (False, MUTED)):
        here = [(r, p) for r, p in both if r.primary is primary]
        names = [(w, p.label + LINE_STEP * k) for _, p in here for k, w in enumerate(p.lines)]
        drawn.append(column(names, 0, color=color))
        drawn.append(column([(r.text, p.text) for r, p in here], color=color, **edge))
        if not at.narrow:
            judged = [(r.verdict, p.text) for r, p in here]
            drawn.append(column(judged, at.verdict, color=color))
    return drawn


def _sides(axis: Axis, at: _Layout) -> list[Any]:
    """Say above the picture, at its two edges, what each side of the zero line means."""
    mark: dict[str, Any] = {"baseline": "top", "color": MUTED, "fontSize": SMALL}
    draw_text = layers.text if at.narrow else layers.haloed
    ends = ((axis.left, at.left, "left"), (axis.right, at.right, "right"))
    return [
        draw_text([{"text": words}], x=alt.value(px), y=alt.value(0), align=align, **mark)
        for words, px, align in ends
        if words
    ]
