"""What happens to one participant: every sequence on one axis of days, one session in minutes."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import altair as alt

from crossblock.domain.administration import Administration
from crossblock.domain.condition import Condition
from crossblock.domain.protocol import Protocol
from crossblock.domain.visit import Visit
from crossblock.report import compose, layers, number
from crossblock.report.figure import Figure, Table, Words, draw
from crossblock.report.sides import inside
from crossblock.report.theme import (
    AMBER_TEXT,
    AXIS,
    GROUND,
    INK,
    MUTED,
    SHADE,
    SMALL,
    STRONG,
    Frame,
    color_of_text,
    look,
)

DAY = 24.0
HOW = {"memory": "from memory", "assumed": "assumed"}
LETTER = 7.4  # px a letter of a bold small label takes, at most
LANE, ROW, HEAD = 74, 44, 20


def span(hours: float) -> str:
    """Return a length of time in the unit people say it in: 40 min, 6 h, 14 days."""
    if abs(hours) < 2 and hours != int(hours):
        return f"{number.short(60 * hours)}{number.THIN}min"
    if abs(hours) < 48:
        return f"{number.short(hours)}{number.THIN}h"
    return f"{number.short(hours / DAY)} days"


@dataclass(frozen=True, kw_only=True, slots=True)
class _Mark:
    """One thing that happens in one period: days from the start of period 1."""

    sequence: str
    period: int
    condition: Condition
    day: float


def _gap(protocol: Protocol) -> float:
    """Return days from the start of one period to the start of the next."""
    if protocol.design.washout is None:
        return max((protocol.visit_h(v.id) for v in protocol.visits), default=DAY) / DAY + 1
    return protocol.design.washout.value.value / DAY


def _marks(protocol: Protocol) -> list[_Mark]:
    gap = _gap(protocol)
    return [
        _Mark(sequence=s.id, period=k + 1, condition=protocol.condition(c), day=k * gap)
        for s in protocol.design.sequences
        for k, c in enumerate(s.conditions)
    ]


def _outcomes(protocol: Protocol, period: int) -> list[tuple[Visit, float]]:
    """Return the rated visits of a period that are not inside the session, with their day in it."""
    return [
        (v, protocol.visit_h(v.id) / DAY)
        for v in protocol.visits
        if v.takes_place(period) and v.kind != "session"
    ]


def figure(protocol: Protocol, *, id: str = "schedule") -> Figure:
    """Return the schedule strip: periods and washout in days, one session in minutes or hours."""
    sentence = _sentence(protocol)
    words = Words(
        title=sentence,
        subtitle=(
            "Each row is one order of conditions; filled marks are doses, ticks are ratings, the "
            "shaded stretch is washout. Below: one session."
            if protocol.design.periods > 1
            else "Filled marks are doses, ticks are ratings. Below: one session."
        ),
        description=f"{sentence}. " + " ".join(_row_words(protocol)),
        sentence=f"{sentence}.",
    )
    return draw(
        id=id,
        chart=lambda frame: _chart(protocol, frame),
        words=words,
        table=_table(protocol),
    )


def _sentence(protocol: Protocol) -> str:
    design = protocol.design
    if design.kind == "single arm":
        return "Everyone receives the same, once"
    if design.kind == "parallel":
        return f"Each person receives one of {len(design.sequences)} conditions"
    given = len({c for s in design.sequences for c in s.conditions})
    both = "both conditions" if given == 2 else f"{given} conditions"
    apart = ""
    if design.washout is not None:
        apart = f", {span(design.washout.value.value)} apart"
    order = ", in one order or the other" if len(design.sequences) == 2 else ""
    return f"Each person receives {both}{apart}{order}"


def _row_words(protocol: Protocol) -> list[str]:
    return [
        f"{s.label or s.id}: "
        + ", then ".join(inside(protocol.condition(c).label) for c in s.conditions)
        + "."
        for s in protocol.design.sequences
    ]


def _chart(protocol: Protocol, frame: Frame) -> Any:
    return compose.column(_study(protocol, frame), _session(protocol, frame), spacing=34)


def _study(protocol: Protocol, frame: Frame) -> Any:
    """Draw every sequence over the days of the study."""
    gap, periods = _gap(protocol), protocol.design.periods
    days = [k * gap + d for k in range(periods) for _, d in _outcomes(protocol, k + 1)]
    low, high = min([0.0, *days]) - 0.06 * gap, max([0.0, *days]) + 0.12 * gap
    left = 0 if frame.narrow or len(protocol.design.sequences) < 2 else 64
    height = LANE * len(protocol.design.sequences)
    x = alt.X(
        "t:Q",
        scale=alt.Scale(
            domain=[low, high], range=[left + 8, frame.width - 12], nice=False, zero=False
        ),
        axis=layers.axis_x(
            f"days from the first {_origin(protocol)}",
            titleX=(left + frame.width) / 2,
            grid=False,
            tickMinStep=1,
        ),
    )
    y = alt.Y("y:Q", scale=alt.Scale(domain=[height, 0]), axis=None)
    places = {s.id: LANE * (k + 0.56) for k, s in enumerate(protocol.design.sequences)}
    parts = [
        *_washouts(protocol, places, x, y),
        *_axis_lines(places, low, high, x, y),
        *_ratings(protocol, places, x, y),
        *_doses(protocol, places, (high, (frame.width - 20 - left) / (high - low)), x, y),
        *_names(protocol, places, frame, y),
    ]
    return compose.layer(*parts, size=(frame.width - 8, height))


def _origin(protocol: Protocol) -> str:
    return protocol.time_zero.removeprefix("start of the ").removeprefix("start of ")


def _washouts(protocol: Protocol, places: dict[str, float], x: Any, y: Any) -> list[Any]:
    if protocol.design.washout is None:
        return []
    gap, washout = _gap(protocol), protocol.design.washout
    rows = [
        {"t": k * gap, "t2": (k + 1) * gap, "y": p - 13, "y2": p + 13, "mid": (k + 0.5) * gap}
        for p in places.values()
        for k in range(protocol.design.periods - 1)
    ]
    band = layers.base(rows).mark_rect(color=SHADE).encode(x=x, x2="t2:Q", y=y, y2="y2:Q")
    said = f"washout {span(washout.value.value)}" + (
        f" ({HOW[washout.confidence]})" if washout.amber else ""
    )
    first = [{"t": r["mid"], "y": r["y2"] + 9, "text": said} for r in rows[: protocol.periods - 1]]
    color = AMBER_TEXT if washout.amber else MUTED
    return [band, layers.text(first, x=x, y=y, align="center", fontSize=SMALL, color=color)]


def _axis_lines(places: dict[str, float], low: float, high: float, x: Any, y: Any) -> list[Any]:
    rows = [{"t": low, "t2": high, "y": p} for p in places.values()]
    return [layers.base(rows).mark_rule(color=AXIS).encode(x=x, x2="t2:Q", y=y)]


def _ratings(protocol: Protocol, places: dict[str, float], x: Any, y: Any) -> list[Any]:
    gap = _gap(protocol)
    rows = [
        {"t": k * gap + day, "y": p - 8, "y2": p + 8}
        for p in places.values()
        for k in range(protocol.design.periods)
        for _, day in _outcomes(protocol, k + 1)
    ]
    ticks = layers.base(rows).mark_rule(color=INK, strokeWidth=2)
    return [ticks.encode(x=x, y=y, y2="y2:Q")]


def _doses(
    protocol: Protocol, places: dict[str, float], right: tuple[float, float], x: Any, y: Any
) -> list[Any]:
    """Draw the session of each period, named; `right` is the last day drawn, and px per day."""
    last, per_day = right
    parts: list[Any] = []
    for mark in _marks(protocol):
        style, words = look(mark.condition.cell), inside(mark.condition.label)
        room = per_day * min(_gap(protocol), last - (protocol.periods - 1) * _gap(protocol))
        lines = words.replace(", ", ",\n").split("\n") if LETTER * len(words) > room else [words]
        width = LETTER * max(len(line) for line in lines)
        overflow = width > per_day * (last - mark.day)
        at = [{"t": mark.day, "y": places[mark.sequence], "text": lines}]
        point = layers.base(at).mark_point(
            filled=True, shape=style.shape, size=190, color=style.color, opacity=1,
            stroke=GROUND, strokeWidth=1.5,
        )  # fmt: skip
        parts.append(point.encode(x=x, y=y))
        side = {"align": "right", "dx": 6} if overflow else {"align": "left", "dx": -6}
        above = -15 - 14 * (len(lines) - 1)
        label = {"dy": above, "baseline": "bottom", "fontWeight": STRONG, "fontSize": SMALL, **side}
        parts.append(layers.text(at, x=x, y=y, color=color_of_text(mark.condition.cell), **label))
    return parts


def _names(protocol: Protocol, places: dict[str, float], frame: Frame, y: Any) -> list[Any]:
    if frame.narrow or len(places) < 2:
        return []
    rows = [
        {"y": places[s.id], "text": f"order {k}"}
        for k, s in enumerate(protocol.design.sequences, start=1)
    ]
    return [layers.text(rows, x=alt.value(0), y=y, color=MUTED)]


def _dose_words(given: Administration) -> str:
    name = inside(given.label)
    dose = f" {given.dose.value}" if given.dose is not None else ""
    length = f" over {span(given.duration_h)}" if given.duration_h else ""
    return f"{name}{dose}{length}"


def _known(given: Administration) -> str:
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


def _session(protocol: Protocol, frame: Frame) -> Any:
    """Draw one session of every condition: each dose a row, in minutes or hours from time_zero."""
    lanes, height = _lanes(protocol)
    sessions = [protocol.visit_h(v.id) for v in protocol.visits if v.kind == "session"]
    starts = [lane.given.start_h for lane in lanes]
    ends = [lane.given.start_h + lane.given.duration_h for lane in lanes]
    low, high = min([0.0, *starts, *sessions]), max([*ends, *sessions, 0.5])
    unit, per = ("minutes", 60.0) if high - low <= 6 else ("hours", 1.0)
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
    known = _known(given)
    words = [{"y": lane.top + 13, "text": _dose_words(given) + (f" ({known})" if known else "")}]
    color = AMBER_TEXT if known else INK
    place = _label_place(words[0]["text"], start, x)
    label = layers.text(words, y=y, fontSize=SMALL, color=color, **place)
    return [drawn, label, *_heading(lane, y)]


def _label_place(words: str, start: float, x: Any) -> dict[str, Any]:
    """Return where words about a dose begin: above its start, or at the left where that is late."""
    (low, high), (left, right) = (x.to_dict()["scale"][k] for k in ("domain", "range"))
    at = left + (start - low) / (high - low) * (right - left)
    fits = at + 0.92 * LETTER * len(words) < right + 16
    return {"x": alt.value(at - 6 if fits else 0)}


def _heading(lane: _Lane, y: Any) -> list[Any]:
    if not lane.first:
        return []
    row = [{"y": lane.top - 6, "text": inside(lane.condition.label)}]
    color = color_of_text(lane.condition.cell)
    return [layers.text(row, x=alt.value(0), y=y, fontWeight=STRONG, color=color)]


def _session_visits(sessions: list[float], per: float, height: int, x: Any) -> list[Any]:
    if not sessions:
        return []
    rows = [{"t": per * h} for h in sorted(set(sessions))]
    ticks = layers.base(rows).mark_rule(color=INK, strokeWidth=2)
    return [ticks.encode(x=x, y=alt.value(height - 6), y2=alt.value(height))]


def _table(protocol: Protocol) -> Table:
    def when(claim: Any) -> str:
        return span(claim.value.value)

    rows = [
        (
            inside(c.label),
            _dose_words(g),
            when(g.start),
            _known(g) or "sourced",
        )
        for c in protocol.conditions
        for g in protocol.given(c.id)
    ]
    rows += [
        (
            _periods(v),
            f"rating: {inside(v.label)}",
            f"{when(v.time)} after {'the drug' if v.after == 'drug' else protocol.time_zero}",
            HOW.get(v.time.confidence, "sourced"),
        )
        for v in protocol.visits
    ]
    return Table(
        caption="Doses and ratings of one period",
        headers=("Condition", "What", "When", "How known"),
        rows=tuple(rows),
    )


def _periods(visit: Visit) -> str:
    if visit.periods is None:
        return "every condition"
    return f"period {number.listed([str(p) for p in visit.periods])}"
