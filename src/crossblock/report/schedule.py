"""What happens to one participant: every sequence on one axis of days, then one session."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import altair as alt

from crossblock.domain.condition import Condition
from crossblock.domain.protocol import Protocol
from crossblock.domain.visit import Visit
from crossblock.report import compose, layers, number, session
from crossblock.report.figure import Figure, Table, Words, draw
from crossblock.report.session import DAY, HOW, LETTER, dose_words, known, span
from crossblock.report.sides import inside, names_of
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

LANE = 74


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
    return compose.column(_study(protocol, frame), session.view(protocol, frame), spacing=34)


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
    kind = "washout" if protocol.periods == 2 else "every washout"
    said = f"{kind} {span(washout.value.value)}" + (
        f" ({HOW[washout.confidence]})" if washout.amber else ""
    )
    once = protocol.periods == 2
    first = [{"t": rows[0]["mid" if once else "t"], "y": rows[0]["y2"] + 9, "text": said}]
    style: dict[str, Any] = {"align": "center" if once else "left", "fontSize": SMALL}
    color = AMBER_TEXT if washout.amber else MUTED
    return [band, layers.text(first, x=x, y=y, color=color, **style)]


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
    names = names_of(protocol)
    words_of = [name.split(", ") for name in names.values()]
    widest = LETTER * max(len(line) for lines in words_of for line in lines)
    parts: list[Any] = []
    for mark in _marks(protocol):
        style, words = look(mark.condition.cell), names[mark.condition.id]
        room = per_day * min(_gap(protocol), last - (protocol.periods - 1) * _gap(protocol))
        lines = words.replace(", ", ",\n").split("\n") if LETTER * len(words) > room else [words]
        width = LETTER * max(len(line) for line in lines)
        overflow = width > per_day * (last - mark.day)
        shown = 1.9 * widest <= per_day * _gap(protocol) or protocol.periods < 3
        at = [{"t": mark.day, "y": places[mark.sequence], "text": lines}]
        point = layers.base(at).mark_point(
            filled=True, shape=style.shape, size=190, color=style.color, opacity=1,
            stroke=GROUND, strokeWidth=1.5,
        )  # fmt: skip
        parts.append(point.encode(x=x, y=y))
        side = {"align": "right", "dx": 6} if overflow else {"align": "left", "dx": -6}
        above = -15 - 14 * (len(lines) - 1)
        label: dict[str, Any] = {
            "dy": above,
            "baseline": "bottom",
            "fontWeight": STRONG,
            "fontSize": SMALL,
            **side,
        }
        color = color_of_text(mark.condition.cell)
        if shown:  # else the marks beside the names below say which is which
            parts.append(layers.text(at, x=x, y=y, color=color, **label))
    return parts


def _names(protocol: Protocol, places: dict[str, float], frame: Frame, y: Any) -> list[Any]:
    if frame.narrow or len(places) < 2:
        return []
    rows = [
        {"y": places[s.id], "text": f"order {k}"}
        for k, s in enumerate(protocol.design.sequences, start=1)
    ]
    return [layers.text(rows, x=alt.value(0), y=y, color=MUTED)]


def _table(protocol: Protocol) -> Table:
    def when(claim: Any) -> str:
        return span(claim.value.value)

    rows = [
        (
            inside(c.label),
            dose_words(g),
            when(g.start),
            known(g) or "sourced",
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
