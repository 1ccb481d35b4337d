"""What each rival mechanism says every measurement would show: one small panel a measurement."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import altair as alt

from crossblock.domain.prediction import Measurement, Predicted, Prediction, Predictions
from crossblock.report import compose, layers, number
from crossblock.report.figure import Figure, Table, Words, draw
from crossblock.report.theme import AXIS, GROUND, INK, LINE, MUTED, SMALL, STRONG, TEXT, Frame

STEP = 21  # px a row
NAMES = 78  # px for the names of the rivals, left of the first panel of a row
GAP = 22
OF_BASELINE = (Measurement.PLACEBO, Measurement.ALONE, Measurement.AGONIST)
BAND = "#c6ccd6"


def figure(found: Predictions) -> Figure:
    """Return a panel for each measurement: a dot and the 95 % band of its prior for each rival.

    A hollow diamond is the typical value under the capped score link, where that differs.
    """
    rows = found.rows
    measurements = tuple(rows[0].cells)
    ratio = [r.cells[Measurement.RATIO].value for r in rows]
    words = Words(
        title=(
            f"With the blocker {number.percent(min(ratio))} to {number.percent(max(ratio))} of the "
            "improvement is left, depending on the mechanism"
        ),
        subtitle=(
            "Dot: the typical value. Bar: 95 % of each mechanism's prior, which is what is not "
            "known, not people's spread. Hollow diamond: the same under the capped score link."
        ),
        description="; ".join(
            f"{m.value}: "
            + ", ".join(f"{r.label} {number.percent(r.cells[m].value)}" for r in rows)
            for m in measurements
        ),
        sentence=(
            "Each mechanism was run through the same drug, blocker and times, and through the arms "
            "that would tell it from its rivals."
        ),
    )
    table = Table(
        caption=f"{words.title}: typical value (95 % of the prior); capped link",
        headers=("Mechanism", *(m.value for m in measurements)),
        rows=tuple((r.label, *(_text(r.cells[m]) for m in measurements)) for r in rows),
    )
    return draw(
        id="rivals",
        chart=lambda frame: _chart(rows, measurements, frame),
        words=words,
        table=table,
    )


def capped(p: Predicted) -> float | None:
    """Return the value under the capped link where a reader could see that it differs."""
    return None if p.capped is None or abs(p.capped - p.value) < 0.005 else p.capped


def _text(p: Predicted) -> str:
    band = f"{number.percent(p.value)} ({100 * p.low:.0f} to {100 * p.high:.0f})"
    other = capped(p)
    return band if other is None else f"{band}; {number.percent(other)}"


def _chart(
    rows: Sequence[Prediction], measurements: Sequence[Measurement], frame: Frame
) -> compose.View:
    columns = 1 if frame.narrow else 4
    lines = [measurements[k : k + columns] for k in range(0, len(measurements), columns)]
    room = frame.width - 16 - NAMES - GAP * (columns - 1)
    wide = room // columns
    drawn = [
        compose.row(*(_panel(rows, m, wide, named=k == 0) for k, m in enumerate(line)), spacing=GAP)
        for line in lines
    ]
    return compose.column(*drawn, spacing=26)


def _panel(rows: Sequence[Prediction], m: Measurement, width: int, *, named: bool) -> compose.View:
    top = max(1.0, *(p.high for p in (r.cells[m] for r in rows)))
    height = STEP * len(rows)
    scale = layers.scale(0, 100 * top)
    unit = "% of the baseline score" if m in OF_BASELINE else "%"
    axis = layers.axis_x(unit, grid=True, tickCount=4, labelFlush=False)
    x = alt.X("x:Q", scale=scale, axis=axis)
    y = alt.Y("y:Q", scale=alt.Scale(domain=[height, 0], nice=False), axis=None)
    marks = [
        {
            "y": STEP * (k + 0.5), "x": 100 * r.cells[m].value, "low": 100 * r.cells[m].low,
            "high": 100 * r.cells[m].high, "name": r.label,
        }
        for k, r in enumerate(rows)
    ]  # fmt: skip
    others = [
        {"y": STEP * (k + 0.5), "x": 100 * other}
        for k, r in enumerate(rows)
        if (other := capped(r.cells[m])) is not None
    ]
    lines = [{"y": STEP * k} for k in range(len(rows) + 1)]
    head = layers.wrapped(m.value, width, 6.6)
    parts: list[Any] = [
        layers.base(lines).mark_rule(color=LINE).encode(y=y),
        layers.base(marks)
        .mark_rule(color=BAND, strokeWidth=7)
        .encode(x=alt.X("low:Q", scale=scale, axis=axis), x2="high:Q", y=y),
        layers.base(others)
        .mark_point(shape="diamond", fill=GROUND, stroke=INK, strokeWidth=1.4, size=42, opacity=1)
        .encode(x=x, y=y),
        layers.base(marks)
        .mark_point(filled=True, fill=INK, stroke=GROUND, strokeWidth=1, size=62, opacity=1)
        .encode(x=x, y=y),
        layers.rule_at(0, axis="x", color=AXIS),
        *(
            layers.text(
                [{"text": words}], x=alt.value(0), y=alt.value(-10 - 15 * (len(head) - 1 - k)),
                fontWeight=STRONG, fontSize=SMALL,
            )
            for k, words in enumerate(head)
        ),
    ]  # fmt: skip
    if named:
        parts.append(
            layers.text(
                marks, x=alt.value(-10), y=y, field="name", align="right", fontSize=TEXT - 1,
                color=MUTED,
            )
        )  # fmt: skip
    return compose.layer(*parts, size=(width, height))
