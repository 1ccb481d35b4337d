"""Swimmer lanes: one person a lane, time to the right, how each fared and when each was treated."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import altair as alt

from crossblock.report import compose, layers
from crossblock.report.figure import Figure, Table, Words, draw
from crossblock.report.theme import AXIS, GROUND, INK, MUTED, SMALL, Frame

LANE, THICK, TICK = 15, 9, 4
LEFT = 6
KEY = 46  # px above the lanes for what the grays mean


@dataclass(frozen=True, kw_only=True, slots=True)
class State:
    """How a stretch of a lane is filled, and what that means. Darker is better off."""

    id: str
    words: str
    color: str


STATES = (
    State(id="ill", words="neither", color="#e6e9ed"),
    State(id="response", words="at half the baseline or below", color="#9aa5b4"),
    State(id="remission", words="in remission", color=INK),
)


@dataclass(frozen=True, kw_only=True, slots=True)
class Lane:
    """One person: `spans` of (from, to, state id), `sessions` as ticks below, `mark` at its end."""

    label: str
    spans: tuple[tuple[float, float, str], ...]
    sessions: tuple[float, ...] = ()
    mark: str = ""


def figure(
    *, id: str, lanes: Sequence[Lane], x_title: str, end: float, title: str, sentence: str
) -> Figure:
    """Return the lanes in their order, sessions as ticks; the table holds each lane's days."""
    words = Words(
        title=title,
        subtitle="One lane a person. Darker is better; ticks under a lane are sessions"
        f"{_alike(lanes)}.",
        description=f"{sentence} One lane for each of {len(lanes)} people over {x_title}.",
        sentence=sentence,
    )
    return draw(
        id=id,
        chart=lambda frame: _chart(lanes, x_title, end, frame),
        words=words,
        table=_table(lanes),
    )


def _alike(lanes: Sequence[Lane]) -> str:
    """Return what every lane ends with, said once, or nothing where they differ."""
    marks = {lane.mark for lane in lanes}
    only = next(iter(marks)) if len(marks) == 1 else ""
    return f", {only} each" if only else ""


def _chart(lanes: Sequence[Lane], x_title: str, end: float, frame: Frame) -> Any:
    step = LANE + (1 if frame.narrow else 3)
    height = KEY + step * len(lanes)
    marks = 0 if frame.narrow or _alike(lanes) else 70
    width = frame.width - 2 * LEFT - marks
    x = alt.X("x:Q", scale=layers.scale(0.0, end), axis=layers.axis_x(x_title))
    y = alt.Y("y:Q", scale=alt.Scale(domain=[height, 0], nice=False), axis=None)
    parts: list[Any] = _key(frame, x, y)
    tops = [KEY + step * k for k in range(len(lanes))]
    for state in STATES:
        rows = [
            {"x": a, "x2": b, "y": top, "y2": top + THICK}
            for lane, top in zip(lanes, tops, strict=True)
            for a, b, name in lane.spans
            if name == state.id
        ]
        body = layers.base(rows).mark_rect(color=state.color, clip=True)
        parts.append(body.encode(x=x, x2="x2:Q", y=y, y2="y2:Q"))
    ticks = [
        {"x": t, "y": top + THICK, "y2": top + THICK + TICK}
        for lane, top in zip(lanes, tops, strict=True)
        for t in lane.sessions
    ]
    parts.append(
        layers.base(ticks).mark_rule(color=MUTED, strokeWidth=0.8).encode(x=x, y=y, y2="y2:Q")
    )
    if marks:
        said = [
            {"y": top + THICK / 2, "text": lane.mark}
            for lane, top in zip(lanes, tops, strict=True)
            if lane.mark
        ]
        small: dict[str, Any] = {"color": MUTED, "fontSize": SMALL}
        parts.append(layers.text(said, x=alt.value(width + 6), y=y, **small))
    return compose.layer(*parts, size=(width, height))


def _key(frame: Frame, x: Any, y: Any) -> list[Any]:
    """Return the three grays with their words, in a row, or below each other on a phone."""
    parts: list[Any] = []
    place, line = 0.0, 8.0
    for state in reversed(STATES):
        row = [{"y": line - 5, "y2": line + 5}]
        box = layers.base(row).mark_rect(color=state.color, stroke=AXIS, strokeWidth=0.5)
        parts.append(box.encode(x=alt.value(place), x2=alt.value(place + 16), y=y, y2="y2:Q"))
        words: dict[str, Any] = {"fontSize": SMALL}
        parts.append(
            layers.text([{"y": line, "text": state.words}], x=alt.value(place + 21), y=y, **words)
        )
        place, line = (0.0, line + 14) if frame.narrow else (place + 240.0, line)
    under = layers.base([{}]).mark_rule(color=GROUND)
    return [under.encode(x=alt.value(0), y=alt.value(0)), *parts]


def _table(lanes: Sequence[Lane]) -> Table:
    def days(lane: Lane, name: str) -> str:
        return f"{sum(b - a for a, b, s in lane.spans if s == name):.0f}"

    return Table(
        caption="Time in each state",
        headers=("Person", *(s.words for s in reversed(STATES)), "Sessions", "End"),
        rows=tuple(
            (
                lane.label,
                *(days(lane, s.id) for s in reversed(STATES)),
                str(len(lane.sessions)),
                lane.mark,
            )
            for lane in lanes
        ),
    )
