"""The strokes that pictures are made of: thin layers over the plotting library, data inline."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import altair as alt

from crossblock.report import compose
from crossblock.report.number import THIN
from crossblock.report.theme import AXIS, GROUND, INK, MUTED, TEXT

Row = Mapping[str, object]
Chart = Any


def base(rows: Sequence[Row]) -> Chart:
    """Return an empty chart over `rows` (dicts of field to value)."""
    return alt.Chart(alt.Data(values=[dict(row) for row in rows]))


def scale(low: float, high: float) -> Any:
    """Return a scale from `low` to `high`, not rounded outward."""
    return alt.Scale(domain=[low, high], nice=False, zero=False)


def axis_y(title: str, **more: Any) -> Any:
    """Return a y axis with its title written level above it, where it is read without tilting."""
    placed = {
        "titleAngle": 0,
        "titleAlign": "left",
        "titleBaseline": "bottom",
        "titleAnchor": "end",
        "titleX": 0,
        "titleY": -10,
        "titlePadding": 0,
    }
    return alt.Axis(**{"title": title, "tickCount": 5, **placed, **more})


def axis_x(title: str, **more: Any) -> Any:
    """Return an x axis titled below, in the middle."""
    return alt.Axis(**{"title": title, "tickCount": 6, **more})


def percent_labels() -> dict[str, str]:
    """Return the axis setting that writes fractions as percentages, a thin space before %."""
    return {"labelExpr": f"round(100 * datum.value) + '{THIN}%'"}


def text(rows: Sequence[Row], *, x: Any, y: Any, field: str = "text", **mark: Any) -> Chart:
    """Return words drawn as text at (x, y), haloed so that lines under them do not cross out."""
    style = {"fontSize": TEXT, "color": INK, "align": "left", "baseline": "middle", **mark}
    return (
        base(rows)
        .mark_text(**style)
        .encode(
            x=_placed(x, alt.XValue), y=_placed(y, alt.YValue), text=alt.Text(field, type="nominal")
        )
    )


def _placed(place: Any, channel: Any) -> Any:
    """Return a pixel position as the library's own type, which spares it a slow look-up by name."""
    return channel(place["value"]) if isinstance(place, dict) else place


def haloed(rows: Sequence[Row], *, x: Any, y: Any, field: str = "text", **mark: Any) -> Chart:
    """Return words with a white edge under them, for labels that stand on lines."""
    under = {**mark, "color": GROUND, "stroke": GROUND, "strokeWidth": 4, "strokeJoin": "round"}
    return compose.layer(
        text(rows, x=x, y=y, field=field, **under), text(rows, x=x, y=y, field=field, **mark)
    )


def rule_at(value: float, *, axis: str, color: str = AXIS, **mark: Any) -> Chart:
    """Return one straight line across the view at `value` on `axis` ("x" or "y")."""
    return base([{}]).mark_rule(color=color, **mark).encode(**{axis: alt.datum(value)})


def caption(words: str, *, x: Any, y: Any, **mark: Any) -> Chart:
    """Return one muted remark inside a picture at pixel position (x, y)."""
    style = {"color": MUTED, "fontSize": TEXT - 1, "align": "left", "baseline": "top", **mark}
    return (
        base([{"text": words}])
        .mark_text(**style)
        .encode(x=alt.value(x), y=alt.value(y), text="text:N")
    )


def wrapped(words: str, width: float, letter: float = 7.2) -> list[str]:
    """Return `words` in lines no wider than `width` px, as far as their spaces allow.

    `letter` is the width of a letter (px), at most; text in a picture cannot wrap by itself.
    """
    lines = [""]
    for word in words.split(" "):
        longer = f"{lines[-1]} {word}".strip()
        if len(longer) * letter > width and lines[-1]:
            lines.append(word)
        else:
            lines[-1] = longer
    return lines
