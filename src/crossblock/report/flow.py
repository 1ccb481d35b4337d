"""Who took part: every person a dot, by sequence and period, so that losses are seen."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any

import altair as alt

from crossblock.domain.analysis import Flow
from crossblock.domain.protocol import Protocol
from crossblock.report import compose, layers, number
from crossblock.report.figure import Figure, Table, Words, draw
from crossblock.report.sides import inside, names_of
from crossblock.report.theme import GROUND, INK, MUTED, SMALL, STRONG, Frame, color_of_text, look

MOST_DOTS = 60


@dataclass(frozen=True, kw_only=True, slots=True)
class _Group:
    """One cell of the picture: how many of `whole` people are still there."""

    sequence: str
    column: int
    heading: str
    part: int
    whole: int
    cell: str


def figure(flow: Flow, protocol: Protocol, visit: str, *, id: str = "flow") -> Figure:
    """Return who started, was rated in each period at `visit`, and was rated in all of them.

    A filled dot is a person rated, a hollow dot one of those who started and was not.
    """
    groups = _groups(flow, protocol, visit)
    both = sum(g.part for g in groups if g.heading == _complete(protocol))
    every = "both periods" if protocol.periods == 2 else "every period"
    title = f"{number.of(both, flow.enrolled)} were rated in {every}"
    if protocol.periods == 1:
        title = f"{number.of(both, flow.enrolled)} were rated"
    words = Words(
        title=title,
        subtitle=(
            f"Each dot is one person; hollow: started but not rated at "
            f"{inside(protocol.visit(visit).label)}."
        ),
        description=f"{title}. " + "; ".join(_said(g, protocol) for g in groups) + ".",
        sentence=_sentence(flow, both, every),
    )
    return draw(
        id=id,
        chart=lambda frame: _chart(groups, protocol, frame),
        words=words,
        table=_table(groups, protocol),
    )


def _sentence(flow: Flow, both: int, every: str) -> str:
    started = sum(flow.started.values())
    lost = f" {flow.not_allocated} were never allocated." if flow.not_allocated else ""
    return (
        f"{flow.enrolled} people were enrolled and {started} started; {both} were rated in "
        f"{every}.{lost}"
    )


def _complete(protocol: Protocol) -> str:
    return "rated in both" if protocol.periods == 2 else "rated in all"


def _name(sequence: str, protocol: Protocol) -> str:
    return inside(protocol.sequence(sequence).label or sequence)


def _said(g: _Group, protocol: Protocol) -> str:
    return f"{_name(g.sequence, protocol)}, {g.heading}: {g.part} of {g.whole}"


def _groups(flow: Flow, protocol: Protocol, visit: str) -> list[_Group]:
    groups, names = [], names_of(protocol)
    for sequence in protocol.sequence_ids:
        whole = flow.started[sequence]
        common: dict[str, Any] = {"sequence": sequence, "whole": whole}
        groups.append(_Group(column=0, heading="started", part=whole, cell="", **common))
        cells = [c for c in flow.cells if c.sequence == sequence and c.visit == visit]
        for cell in sorted(cells, key=lambda c: c.period):
            condition = protocol.condition(cell.condition)
            groups.append(
                _Group(
                    column=cell.period,
                    heading=f"period {cell.period}: {names[cell.condition]}",
                    part=cell.rated,
                    cell=condition.cell,
                    **common,
                )
            )
        if protocol.periods > 1:
            groups.append(
                _Group(
                    column=protocol.periods + 1,
                    heading=_complete(protocol),
                    part=flow.completed[sequence],
                    cell="",
                    **common,
                )
            )
    return groups


def _chart(groups: list[_Group], protocol: Protocol, frame: Frame) -> Any:
    columns = 1 + max(g.column for g in groups)
    width = frame.width - 8
    step = width / columns
    size = 9.5 if frame.narrow else 15.0
    across = max(1, int((step - 14) // size))
    deepest = math.ceil(max(g.whole for g in groups) / across)
    drawn = deepest * size if max(g.whole for g in groups) <= MOST_DOTS else 0
    block = 78 + drawn + 18
    height = round(block * len(protocol.sequence_ids) - 12)
    y = alt.Y("y:Q", scale=alt.Scale(domain=[height, 0]), axis=None)
    x = alt.X("x:Q", scale=layers.scale(0, width), axis=None)
    parts: list[Any] = []
    for row, sequence in enumerate(protocol.sequence_ids):
        top = block * row
        name = [{"y": top + 10, "text": _name(sequence, protocol)}]
        parts.append(layers.text(name, x=alt.value(0), y=y, color=MUTED))
        for g in (g for g in groups if g.sequence == sequence):
            parts.extend(_group(g, (g.column * step, top + 22), (size, across), frame, x, y))
    return compose.layer(*parts, size=(width, height))


def _group(
    g: _Group, corner: tuple[float, float], grid: tuple[float, int], frame: Frame, x: Any, y: Any
) -> list[Any]:
    left, top = corner
    size, across = grid
    color = look(g.cell).color if g.cell else INK
    count = [{"x": left, "y": top + 12, "text": str(g.part)}]
    lines = g.heading.split(": ") if frame.narrow else [g.heading]
    parts = [
        layers.text(count, x=x, y=y, fontSize=18, fontWeight=STRONG),
        *(
            layers.text(
                [{"x": left, "y": top + 30 + 13 * k, "text": line}], x=x, y=y, fontSize=SMALL,
                color=color_of_text(g.cell) if g.cell else MUTED,
            )
            for k, line in enumerate(lines)
        ),
    ]  # fmt: skip
    if g.whole > MOST_DOTS:
        return parts
    dots = [
        {
            "x": left + size * (k % across) + size / 2,
            "y": top + 56 + size * (k // across),
            "rated": k < g.part,
        }
        for k in range(g.whole)
    ]
    shape = look(g.cell).shape if g.cell else "circle"
    for rated in (True, False):
        here = [d for d in dots if d["rated"] is rated]
        mark = {"shape": shape, "size": 3.0 * size, "opacity": 1, "strokeWidth": 1.2}
        fill = color if rated else GROUND
        point = layers.base(here).mark_point(filled=True, fill=fill, stroke=color, **mark)
        if here:
            parts.append(point.encode(x=x, y=y))
    return parts


def _table(groups: list[_Group], protocol: Protocol) -> Table:
    rows = tuple(
        (_name(g.sequence, protocol), g.heading, str(g.part), str(g.whole - g.part)) for g in groups
    )
    return Table(
        caption="People by sequence and period",
        headers=("Sequence", "Step", "People", "Started but not here"),
        rows=rows,
    )
