"""A matrix: what each row can tell apart or achieve in each column, as words on a shade."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import accumulate
from typing import Any

import altair as alt

from crossblock.report import compose, layers
from crossblock.report.figure import Figure, Table, Words, draw
from crossblock.report.theme import GROUND, INK, LINE, MUTED, SMALL, STRONG, Frame

ROW, HEAD, HEAD_LINE, NAME_LINE = 34, 44, 14, 15
SHADES = ("#ffffff", "#eef3f8", "#cfe0ee", "#8fbbdc", "#0072B2")


@dataclass(frozen=True, kw_only=True, slots=True)
class Cell:
    """One cell: its words, and how dark it is (0 nothing to 1 everything); None is not known."""

    text: str
    share: float | None


@dataclass(frozen=True, kw_only=True, slots=True)
class Row:
    """One row of the matrix under its name; `lead` rows are named in bold."""

    label: str
    cells: tuple[Cell, ...]
    lead: bool = False


def figure(
    *, id: str, columns: Sequence[str], rows: Sequence[Row], words: Words, corner: str = ""
) -> Figure:
    """Return the matrix; the words carry the meaning, the shade only helps to find it."""
    wrong = [r.label for r in rows if len(r.cells) != len(columns)]
    if wrong:
        raise ValueError(f"row {wrong[0]!r} does not have {len(columns)} cells")
    table = Table(
        caption=words.title,
        headers=(corner or "Row", *columns),
        rows=tuple((r.label, *(c.text for c in r.cells)) for r in rows),
    )
    return draw(id=id, chart=lambda frame: _chart(columns, rows, frame), words=words, table=table)


def shade(share: float | None) -> tuple[str, str]:
    """Return the ground of a cell and the color of its words, which stay legible on it."""
    if share is None:
        return GROUND, MUTED
    step = min(len(SHADES) - 1, int(min(max(share, 0.0), 1.0) * len(SHADES)))
    return SHADES[step], GROUND if step == len(SHADES) - 1 else INK


def _chart(columns: Sequence[str], rows: Sequence[Row], frame: Frame) -> Any:
    left = 0 if frame.narrow else min(260, 20 + round(7.4 * max(len(r.label) for r in rows)))
    wide = (frame.width - 8 - left) / len(columns)
    heads = [layers.wrapped(c, wide - 6, 6.9) for c in columns]
    top = max(HEAD, 18 + HEAD_LINE * max(len(h) for h in heads))
    room = frame.width - 8 if frame.narrow else left - 8
    names = [layers.wrapped(r.label, room) for r in rows]
    steps = [ROW + (20 + NAME_LINE * (len(n) - 1) if frame.narrow else 0) for n in names]
    tops = list(accumulate(steps, initial=top))
    height = tops[-1]
    y = alt.Y("y:Q", scale=alt.Scale(domain=[height, 0], nice=False), axis=None)
    x = alt.X("x:Q", scale=layers.scale(0, frame.width - 8), axis=None)
    placed: list[dict[str, Any]] = [
        {"x": left + wide * (k + 0.5), "y": top - 14, "text": h} for k, h in enumerate(heads)
    ]
    head: dict[str, Any] = {"align": "center", "fontSize": SMALL, "color": MUTED}
    parts: list[Any] = [
        layers.text([h], x=x, y=y, dy=-HEAD_LINE * (len(h["text"]) - 1), **head) for h in placed
    ]
    for row, lines, at in zip(rows, names, tops, strict=False):
        parts.extend(_row(row, lines, at, (left, wide), frame, x, y))
    return compose.layer(*parts, size=(frame.width - 8, height))


def _row(
    row: Row,
    lines: list[str],
    top: float,
    grid: tuple[float, float],
    frame: Frame,
    x: Any,
    y: Any,
) -> list[Any]:
    """Draw a row: its name beside the cells, on a phone above them."""
    left, wide = grid
    deep = NAME_LINE * (len(lines) - 1)
    up = top + 20 + deep if frame.narrow else top + 2
    down = up + ROW - (2 if frame.narrow else 4)
    label_at = top + 12 if frame.narrow else top + ROW / 2 - deep / 2
    name: dict[str, Any] = {"fontWeight": STRONG if row.lead else "normal"}
    label = [{"y": label_at + NAME_LINE * k, "text": line} for k, line in enumerate(lines)]
    parts: list[Any] = [layers.text(label, x=alt.value(0), y=y, **name)]
    for k, cell in enumerate(row.cells):
        ground, ink = shade(cell.share)
        box = [{"x": left + wide * k + 2, "x2": left + wide * (k + 1) - 2, "y": up, "y2": down}]
        rect = layers.base(box).mark_rect(color=ground, stroke=LINE, strokeWidth=1)
        word = [{"x": left + wide * (k + 0.5), "y": (up + down) / 2, "text": cell.text}]
        parts.append(rect.encode(x=x, x2="x2:Q", y=y, y2="y2:Q"))
        parts.append(layers.text(word, x=x, y=y, align="center", color=ink, fontSize=SMALL))
    return parts
