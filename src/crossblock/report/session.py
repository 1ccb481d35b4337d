"""One session of every condition: each dose a row, in minutes or hours from time_zero."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import altair as alt

from crossblock.domain.administration import Administration
from crossblock.domain.condition import Condition
from crossblock.domain.protocol import Protocol
from crossblock.report import compose, layers, number
from crossblock.report.sides import inside
from crossblock.report.theme import (
    AMBER_TEXT,
    GROUND,
    INK,
    SMALL,
    STRONG,
    Frame,
    color_of_text,
    look,
)

DAY = 24.0
HOW = {"memory": "from memory", "assumed": "assumed"}
LETTER = 7.4  # px a letter of a bold small label takes, at most
ROW, HEAD = 44, 20


def span(hours: float) -> str:
    """Return a length of time in the unit people say it in: 40 min, 6 h, 14 days."""
    if abs(hours) < 2 and hours != int(hours):
        return f"{number.short(60 * hours)}{number.THIN}min"
    if abs(hours) < 48:
        return f"{number.short(hours)}{number.THIN}h"
    return f"{number.short(hours / DAY)} days"


def dose_words(given: Administration) -> str:
    """Return what is given, how much and for how long, in words."""
    name = inside(given.label)
    amount = str(given.dose.value).replace("ug", "µg") if given.dose is not None else ""
    dose = f" {amount}" if amount else ""
    length = f" over {span(given.duration_h)}" if given.duration_h else ""
    return f"{name}{dose}{length}"


def known(given: Administration) -> str:
    """Return how a dose is known where nobody read it: "from memory", "assumed", or nothing."""
    amber = [c for c in (given.dose, given.duration, given.start) if c is not None and c.amber]
    return HOW[amber[0].confidence] if amber else ""


@dataclass(frozen=True, kw_only=True, slots=True)
class _Lane:
    """One administration under one condition, `top` px below the session's start."""

    condition: Condition
    given: Administration
    top: float
    first: bool


def _lanes(protocol: Protocol) -> tuple[list[_Lane], int]:
    """Return the rows of a session and its height in px."""
    lanes, place = [], 0.0
    for condition in protocol.conditions:
        place += HEAD
        for k, given in enumerate(protocol.given(condition.id)):
            lanes.append(_Lane(condition=condition, given=given, top=place, first=k == 0))
            place += ROW
        place += 10
    return lanes, round(place)


def view(protocol: Protocol, frame: Frame) -> Any:
    """Draw one session of every condition: each dose a row, in minutes or hours from time_zero."""
    lanes, height = _lanes(protocol)
    sessions = [protocol.visit_h(v.id) for v in protocol.visits if v.kind == "session"]
    starts = [lane.given.start_h for lane in lanes]
    ends = [lane.given.start_h + lane.given.duration_h for lane in lanes]
    low, high = min([0.0, *starts, *sessions]), max([*ends, *sessions, 0.5])
    unit, per = ("minutes", 60.0) if high - low <= 3 else ("hours", 1.0)
    pad = 0.03 * (high - low)
    x = alt.X(
        "t:Q",
        scale=alt.Scale(
            domain=[per * (low - pad), per * (high + pad)],
            range=[8, frame.width - 16],
            nice=False,
            zero=False,
        ),
        axis=layers.axis_x(f"{unit} from {protocol.time_zero}", tickCount=6),
    )
    y = alt.Y("y:Q", scale=alt.Scale(domain=[height, 0]), axis=None)
    parts = [part for lane in lanes for part in _given(lane, per, x, y)]
    parts.extend(_session_visits(sessions, per, height, x))
    return compose.layer(*parts, size=(frame.width - 8, height))


def _given(lane: _Lane, per: float, x: Any, y: Any) -> list[Any]:
    """Return the words of one administration and, below them, its mark on the time axis."""
    style, given = look(lane.condition.cell), lane.given
    start, end = per * given.start_h, per * (given.start_h + given.duration_h)
    at = lane.top + 30
    paint = {
        "fill": GROUND if given.role == "placebo" else style.color,
        "stroke": style.color,
        "strokeWidth": 1.5,
    }
    if given.duration_h > 0:
        bar = [{"t": start, "t2": end, "y": at - 5, "y2": at + 5}]
        drawn = layers.base(bar).mark_rect(**paint).encode(x=x, x2="t2:Q", y=y, y2="y2:Q")
    else:
        dot = [{"t": start, "y": at}]
        drawn = layers.base(dot).mark_point(shape="triangle-down", size=90, opacity=1, **paint)
        drawn = drawn.encode(x=x, y=y)
    how = known(given)
    said = dose_words(given) + (f" ({how})" if how else "")
    words = [{"y": lane.top + 13, "text": said}]
    color = AMBER_TEXT if how else INK
    place = _label_place(said, start, x)
    label = layers.text(words, y=y, color=color, **place)
    return [drawn, label, *_heading(lane, y)]


def _label_place(words: str, start: float, x: Any) -> dict[str, Any]:
    """Return where words about a dose begin: above its start, or at the left where that is late."""
    (low, high), (left, right) = (x.to_dict()["scale"][k] for k in ("domain", "range"))
    at = left + (start - low) / (high - low) * (right - left)
    fits = at + 0.92 * LETTER * len(words) < right + 16
    small = 0 if fits or 0.92 * LETTER * len(words) < right - left else 1
    return {"x": alt.value(at - 6 if fits else 0), "fontSize": SMALL - small}


def _heading(lane: _Lane, y: Any) -> list[Any]:
    if not lane.first:
        return []
    row = [{"y": lane.top - 6, "text": inside(lane.condition.label)}]
    style, color = look(lane.condition.cell), color_of_text(lane.condition.cell)
    mark = layers.base(row).mark_point(
        filled=True, shape=style.shape, size=110, color=style.color, opacity=1
    )
    return [
        mark.encode(x=alt.value(6), y=y),
        layers.text(row, x=alt.value(18), y=y, fontWeight=STRONG, color=color),
    ]


def _session_visits(sessions: list[float], per: float, height: int, x: Any) -> list[Any]:
    if not sessions:
        return []
    rows = [{"t": per * h} for h in sorted(set(sessions))]
    ticks = layers.base(rows).mark_rule(color=INK, strokeWidth=2)
    return [ticks.encode(x=x, y=alt.value(height - 6), y2=alt.value(height))]
