"""A hundred people as dots, for readers who count better than they divide."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import altair as alt

from crossblock.report import compose, layers
from crossblock.report.figure import Figure, Table, Words, draw
from crossblock.report.theme import AXIS, GROUND, INK, Frame

STEP = 22.0
SHADES = ((INK, "circle"), ("#8a94a3", "square"), (GROUND, "circle"))


@dataclass(frozen=True, kw_only=True, slots=True)
class Group:
    """So many of the hundred, and what they have in common."""

    count: int
    words: str


def figure(*, id: str, groups: Sequence[Group], title: str, sentence: str) -> Figure:
    """Return a hundred dots in up to three groups; raises ValueError unless they make a hundred."""
    if sum(g.count for g in groups) != 100 or len(groups) > len(SHADES):
        raise ValueError("a picture of a hundred people has a hundred people in three groups")
    words = Words(
        title=title,
        subtitle="One mark stands for one of a hundred people.",
        description=sentence,
        sentence=sentence,
    )
    return draw(
        id=id,
        chart=lambda frame: _chart(groups, frame),
        words=words,
        table=Table(
            caption="Of a hundred people",
            headers=("Group", "People"),
            rows=tuple((g.words, str(g.count)) for g in groups),
        ),
    )


def _chart(groups: Sequence[Group], frame: Frame) -> Any:
    across = 10 if frame.narrow else 20
    key = 26.0 * len(groups) + 8.0 if frame.narrow else 0.0
    words = 0.0 if frame.narrow else STEP * across + 24.0
    height = key + STEP * 100 / across
    size = (frame.width - 8, round(height))
    x = alt.X("x:Q", scale=alt.Scale(domain=[0, size[0]], nice=False), axis=None)
    y = alt.Y("y:Q", scale=alt.Scale(domain=[size[1], 0], nice=False), axis=None)
    parts: list[Any] = []
    first = 0
    for k, (group, (color, shape)) in enumerate(zip(groups, SHADES, strict=False)):
        line = 12.0 + 26.0 * k
        places = [(words + 10.0, line)]
        places += [
            (10.0 + STEP * (j % across), key + 10.0 + STEP * (j // across))
            for j in range(first, first + group.count)
        ]
        first += group.count
        marks = layers.base([{"x": a, "y": b} for a, b in places]).mark_point(
            filled=True, shape=shape, size=170, color=color, stroke=AXIS, strokeWidth=1.2, opacity=1
        )
        parts.append(marks.encode(x=x, y=y))
        said = [{"text": f"{group.count} {group.words}", "y": line}]
        parts.append(layers.text(said, x=alt.value(words + 26.0), y=y))
    return compose.layer(*parts, size=size)
