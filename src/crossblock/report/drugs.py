"""What the drugs do: concentration, occupancy and blockade stacked on one time axis.

The session is drawn in hours from the protocol's time_zero. Beside it stands the fortnight after,
for blockade: a blocker that outlasts the session reaches into the next question.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import altair as alt
import numpy as np

from crossblock.domain.curve import Array, Curve, DoseMark, ExposurePicture
from crossblock.report import compose, layers, number, strokes
from crossblock.report.figure import Figure, Table, Words, draw
from crossblock.report.sides import inside
from crossblock.report.theme import INK, MUTED, SHADE, SMALL, STRONG, Frame, color_of_text, look

FORTNIGHT_H = 14 * 24.0
POINTS = 110
AXIS_ROOM = 38  # px left of every panel, so that stacked panels share their time axis
CELL_WORDS = {
    "open": "no blocker",
    "blocked": "blocker given",
    "no_drug": "no drug",
    "blocker_alone": "blocker alone",
}
LATER_H = (24.0, 72.0, 168.0, 336.0)


@dataclass(frozen=True, kw_only=True, slots=True)
class _Panel:
    """One panel: curves under one title, drawn from `start` to `end` (h)."""

    title: str
    curves: tuple[Curve, ...]
    start: float
    end: float
    unit_h: float = 1.0
    top: float | None = None
    corners: tuple[float, ...] = ()


def figure(picture: ExposurePicture, *, drug: str = "", id: str = "drugs") -> Figure:
    """Return the stacked panels of `picture`; `drug` is the compound whose infusion is the session.

    Times are hours after `picture.time_zero`; fractions are drawn as percentages.
    """
    given = _drug_mark(picture, drug)
    words = Words(
        title=_finding(picture, given),
        subtitle=_reading(picture),
        description=f"Panels over hours after {picture.time_zero}: "
        + "; ".join(_peak_words(c) for c in _curves(picture))
        + ".",
        sentence=_finding(picture, given) + ".",
    )
    return draw(
        id=id,
        chart=lambda frame: _chart(picture, given, frame),
        words=words,
        table=_table(picture, given),
    )


def drawable(picture: ExposurePicture) -> bool:
    """Tell whether there is any curve to draw: not every compound has a sourced model."""
    return bool(_curves(picture))


def _curves(picture: ExposurePicture) -> tuple[Curve, ...]:
    return (*picture.concentration, *picture.occupancy, *picture.blockade)


def _drug_mark(picture: ExposurePicture, drug: str) -> DoseMark | None:
    marks = [d for d in picture.doses if d.compound == drug] or _given(picture)
    return max(marks, key=lambda d: d.duration_h, default=None)


def _session(picture: ExposurePicture, given: DoseMark | None) -> tuple[float, float]:
    """Return from when to when the session is drawn: all its doses and four hours after them.

    Where the drug comes a day or more after the first dose (a depot), its own day is drawn.
    """
    doses = _given(picture)
    first = min((d.start_h for d in doses), default=0.0)
    late = given is not None and given.start_h >= first + 24
    start = math.floor(given.start_h) - 1.0 if late and given is not None else min(0.0, first)
    near = [d.start_h + d.duration_h for d in doses if start <= d.start_h < max(start, first) + 24]
    return start, math.ceil(max(near, default=0.0)) + 4.0


def value_at(curve: Curve, hours: float, line: Array | None = None) -> float:
    """Return a curve (or its `line`, low or high) at `hours`, in percent where it is a fraction."""
    y = curve.value if line is None else line
    return _factor(curve) * float(np.interp(hours, curve.time_h, y))


def _factor(curve: Curve) -> float:
    return 100.0 if curve.unit in {"fraction", "1", ""} else 1.0


def _unit(curve: Curve) -> str:
    return "%" if curve.unit in {"fraction", "1", "", "%"} else curve.unit


def _said(x: float, unit: str) -> str:
    digits = 0 if x >= 10 else 1 if x >= 1 else 2
    return f"{number.fixed(x, digits)}{number.THIN}{unit}"


def blocked_share(picture: ExposurePicture, drug: str) -> tuple[str, str]:
    """Return the first blockade curve while the drug runs in: "88–90 %", and of what."""
    curve, given = picture.blockade[0], _drug_mark(picture, drug)
    start = given.start_h if given is not None else 0.0
    end = start + (given.duration_h if given is not None else 0.0)
    low, high = (f"{e:.0f}" for e in sorted(value_at(curve, h) for h in (start, end)))
    share = low if low == high else f"{low}{number.DASH}{high}"
    while_given = f"while {given.compound} runs in" if given is not None else "at the start"
    blocked_by = [
        inside(d.label)
        for d in _given(picture)
        if (given is None or d.compound != given.compound) and d.compound not in curve.label
    ]
    after = f", after {number.listed(blocked_by)}" if blocked_by else ""
    return f"{share}{number.THIN}%", f"of {_target(curve)} {while_given}{after}"


def _finding(picture: ExposurePicture, given: DoseMark | None) -> str:
    if not picture.blockade or given is None:
        curve = picture.concentration[0] if picture.concentration else picture.occupancy[0]
        return _peak_words(curve)
    curve = picture.blockade[0]
    share, _ = blocked_share(picture, given.compound)
    week = value_at(curve, given.start_h + 168)
    return (
        f"{share} of {_target(curve)} while {given.compound} runs in, "
        f"{week:.0f}{number.THIN}% a week later"
    )


def _target(curve: Curve) -> str:
    """Return what a blockade curve counts, said so that "88 % of …" reads as a phrase."""
    words = curve.label.split(",")[0]
    return words if "block" in words else f"{words} blocked"


def _peak_words(curve: Curve) -> str:
    k = int(np.argmax(curve.value))
    peak = _said(_factor(curve) * float(curve.value[k]), _unit(curve))
    return f"{curve.label} peaks at {peak}"


def _reading(picture: ExposurePicture) -> str:
    bands = dict.fromkeys(c.band for c in _curves(picture) if c.low is not None and c.band)
    lines = " (first line of a panel)" if len(picture.blockade) > 2 else ""
    said = f" Bands{lines}: {number.listed(list(bands))}." if bands else ""
    origin = picture.time_zero
    return f"Time counts from {origin}; the gray stripe is the infusion.{said}"


def _rows(curve: Curve, panel: _Panel) -> list[dict[str, float]]:
    t = curve.time_h
    inside = t[(t > panel.start) & (t < panel.end)]
    step = max(1, len(inside) // POINTS)
    last = min(panel.end, float(t[-1]))
    first = max(panel.start, float(t[0]))
    corners = [h for h in panel.corners if first < h < last]
    rows = []
    for h in sorted({first, *inside[::step].tolist(), *corners, last}):
        row = {"t": h / panel.unit_h, "v": value_at(curve, h)}
        if curve.low is not None and curve.high is not None:
            row["low"] = value_at(curve, h, curve.low)
            row["high"] = value_at(curve, h, curve.high)
        rows.append(row)
    return rows


def _top(panel: _Panel) -> float:
    if panel.top is not None:
        return panel.top
    highest = max(max(r.get("high", r["v"]) for r in _rows(c, panel)) for c in panel.curves)
    step = 10 ** math.floor(math.log10(highest or 1.0)) / 2
    return float(step * math.ceil(1.02 * highest / step))


def _panel(panel: _Panel, given: DoseMark | None, size: tuple[int, int], x_title: str) -> Any:
    """Return one panel of `size` px; its x axis is labeled only when `x_title` says something."""
    flush = {"labelFlush": False}
    labels = {**flush, "labels": bool(x_title), "ticks": bool(x_title), "grid": True}
    x = alt.X(
        "t:Q",
        scale=layers.scale(panel.start / panel.unit_h, panel.end / panel.unit_h),
        axis=layers.axis_x(x_title, tickCount=7, **labels),
    )
    y_axis = layers.axis_y(panel.title, tickCount=4, minExtent=AXIS_ROOM, maxExtent=AXIS_ROOM)
    y = alt.Y("v:Q", scale=layers.scale(0, _top(panel)), axis=y_axis)
    parts = []
    if given is not None and panel.unit_h == 1.0 and given.duration_h > 0:
        stripe = [{"t": given.start_h, "t2": given.start_h + given.duration_h}]
        parts.append(layers.base(stripe).mark_rect(color=SHADE, clip=True).encode(x=x, x2="t2:Q"))
    for curve in panel.curves[: None if len(panel.curves) < 3 else 1]:
        rows, style = _rows(curve, panel), look(curve.cell)
        if curve.low is not None:  # of three lines or more, the other bands are in the table
            band = layers.base(rows).mark_area(color=style.tint, opacity=0.75, clip=True)
            parts.append(band.encode(x=x, y=alt.Y("low:Q", axis=y_axis), y2="high:Q"))
    for curve in panel.curves:
        style = look(curve.cell)
        line = layers.base(_rows(curve, panel)).mark_line(
            color=style.color, strokeDash=list(style.dash), strokeWidth=2.2, clip=True
        )
        parts.append(line.encode(x=x, y=y))
    width, height = size
    parts.extend(_tags(panel, x, height))
    return compose.layer(*parts, size=(width, height))


def tag(curve: Curve) -> str:
    """Return the shortest name of a curve: its receptor, or the first word of its label."""
    return str(curve.info.get("receptor", curve.label.split(" ")[0]))


def _tags(panel: _Panel, x: Any, height: int) -> list[Any]:
    """Name the lines where they stand highest, when a panel shows more than one receptor."""
    named = {tag(c): c for c in reversed(panel.curves)}
    if len(named) < 2:
        return []
    peaks = {
        name: max(_rows(c, panel), key=lambda r: (round(r["v"], 1), -r["t"]))
        for name, c in named.items()
    }
    highest = max(p["v"] for p in peaks.values())
    wished = []
    for peak in peaks.values():
        crowded = any(0 < p["v"] - peak["v"] < 0.15 * _top(panel) for p in peaks.values())
        beside = 9 if crowded and peak["v"] < highest else -8
        wished.append(height * (1.0 - peak["v"] / _top(panel)) + beside)
    parts: list[Any] = []
    for (name, peak), place in zip(
        peaks.items(), strokes.dodge(wished, 14.0, 5.0, height - 7.0), strict=True
    ):
        style: dict[str, Any] = {
            "fontWeight": STRONG,
            "fontSize": SMALL,
            "color": color_of_text(named[name].cell),
        }
        row = [{"t": peak["t"], "text": name}]
        parts.append(layers.haloed(row, x=x, y=alt.value(place), dx=8, **style))
    return parts


def _key(curves: Sequence[Curve], panel: _Panel, width: int) -> compose.View:
    """Return the names of a panel's curves, each after a stroke of its line, with its peak."""
    entries = []
    for curve in curves:
        drawn = (curve.time_h >= panel.start) & (curve.time_h <= panel.end)
        highest = _factor(curve) * float(np.max(curve.value[drawn]))
        entries.append(
            strokes.Entry(
                stroke=strokes.stroke(curve.cell, 0),
                words=_distinct(curve, curves),
                remark=f"peak {_said(highest, _unit(curve))}",
            )
        )
    return strokes.key(entries, width)


def _distinct(curve: Curve, among: Sequence[Curve]) -> str:
    """Return the label of a curve, with its cell where another curve has the same label."""
    same = [c for c in among if c.label == curve.label]
    return f"{curve.label}, {CELL_WORDS[curve.cell]}" if len(same) > 1 else curve.label


def _given(picture: ExposurePicture) -> list[DoseMark]:
    """Return the doses of compounds; placebos are in the schedule, and do nothing here."""
    return [d for d in picture.doses if d.compound]


def _track(doses: Sequence[DoseMark], span: tuple[float, float], size: tuple[int, int]) -> Any:
    """Return the doses as ticks and bars on the session's time axis, one lane each."""
    width, lane = size
    near = [d for d in doses if span[0] <= d.start_h <= span[1]]
    height = lane * len(near)
    x = alt.X("t:Q", scale=layers.scale(*span), axis=None)
    y = alt.Y("y:Q", scale=alt.Scale(domain=[height, 0]), axis=None)
    parts: list[Any] = []
    for k, dose in enumerate(near):
        place = lane * (k + 0.5)
        end = dose.start_h + dose.duration_h
        bar = [{"t": dose.start_h, "t2": end, "y": place}]
        if dose.duration_h > 0:
            mark = layers.base(bar).mark_rule(strokeWidth=9, color=MUTED)
            parts.append(mark.encode(x=x, x2="t2:Q", y=y))
        else:
            mark = layers.base(bar).mark_point(
                shape="triangle-down", filled=True, size=80, color=INK, opacity=1
            )
            parts.append(mark.encode(x=x, y=y))
        label = [{"t": end, "y": place, "text": inside(dose.label)}]
        parts.append(layers.text(label, x=x, y=y, dx=9, fontSize=SMALL))
    return compose.layer(*parts, size=(width, height))


def _chart(picture: ExposurePicture, given: DoseMark | None, frame: Frame) -> Any:
    start, end = _session(picture, given)
    width = frame.width - AXIS_ROOM - 20 if frame.narrow else 400
    x_title = f"hours after {picture.time_zero}"
    stack: list[Any] = []
    doses = _given(picture)
    corners = tuple(t for d in doses for t in (d.start_h, d.start_h + d.duration_h))
    if doses:
        stack.append(_track(doses, (start, end), (width, 22)))
    groups = [
        (_concentration_title(picture), picture.concentration, None, 120),
        ("receptors occupied, %", picture.occupancy, None, 130),
        ("receptors blocked, %", picture.blockade, 100.0, 130),
    ]
    shown = [g for g in groups if g[1]]
    for k, (title, curves, top, height) in enumerate(shown):
        panel = _Panel(
            title=title, curves=tuple(curves), start=start, end=end, top=top, corners=corners
        )
        last = k == len(shown) - 1
        drawn = _panel(panel, given, (width, height), x_title if last else "")
        stack.append(_beside(drawn, panel, picture, frame, height))
    return compose.column(*stack, spacing=22)


def _beside(drawn: Any, panel: _Panel, picture: ExposurePicture, frame: Frame, height: int) -> Any:
    blockade = panel.curves == tuple(picture.blockade)
    later = _Panel(
        title="receptors blocked over 14 days, %",
        curves=panel.curves,
        start=0.0,
        end=FORTNIGHT_H,
        unit_h=24.0,
        top=100.0,
    )
    if frame.narrow:
        key = _key(panel.curves, panel, frame.width - 60)
        parts = [drawn] if blockade and len(panel.curves) > 1 else [key, drawn]
        if blockade:
            size = (frame.width - AXIS_ROOM - 20, height)
            parts.append(_panel(later, None, size, "days"))
        return compose.column(*parts, spacing=16)
    if blockade:
        return compose.row(drawn, _panel(later, None, (250, height), "days"), spacing=24)
    return compose.row(drawn, _key(panel.curves, panel, 250), spacing=24)


def _concentration_title(picture: ExposurePicture) -> str:
    unit = picture.concentration[0].unit if picture.concentration else ""
    return f"concentration, {unit}"


def _table(picture: ExposurePicture, given: DoseMark | None) -> Table:
    start, end = _session(picture, given)
    near = [0.0, 1.0, 2.0, 4.0]
    if given is not None:
        near += [given.start_h, given.start_h + given.duration_h]
    hours = sorted({h for h in near if start <= h <= end} | set(LATER_H))
    rows = tuple((_clock(h), *(_cell(c, h) for c in _curves(picture))) for h in hours)
    names = (_distinct(c, _curves(picture)) for c in _curves(picture))
    sources = dict.fromkeys(c.source for c in _curves(picture) if c.source)
    said = f". Sources: {'; '.join(sources)}" if sources else ""
    return Table(
        caption=f"The curves at the times that matter{said}",
        headers=(f"Time after {picture.time_zero}", *names),
        rows=rows,
    )


def _cell(curve: Curve, hours: float) -> str:
    value = _said(value_at(curve, hours), _unit(curve))
    if curve.low is None or curve.high is None:
        return value
    low, high = (_said(value_at(curve, hours, x), "").strip() for x in (curve.low, curve.high))
    return f"{value} ({low.rstrip(number.THIN)} to {high.rstrip(number.THIN)})"


def _clock(hours: float) -> str:
    if hours < 2 and hours != int(hours):
        return f"{60 * hours:.0f} min"
    return f"{hours:g} h" if hours <= 24 else f"{hours / 24:g} days"
