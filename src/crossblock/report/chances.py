"""Did what the models thought likely happen? The chance given to what was seen, event by event."""

from __future__ import annotations

import math
from collections.abc import Sequence

from crossblock.domain.predicted import LEAST, Fate, Predicted
from crossblock.report import forest, number
from crossblock.report.figure import Figure, Table, Words


def events(figures: Sequence[Predicted]) -> tuple[Predicted, ...]:
    """Return the figures that are chances of an event with a known outcome."""
    return tuple(f for f in figures if f.unit == "probability" and f.observed is not None)


def given(f: Predicted) -> float:
    """Return the chance that was given to what happened."""
    return f.middle if f.observed == 1.0 else 1.0 - f.middle


def figure(*, id: str, figures: Sequence[Predicted]) -> Figure | None:
    """Return one row an event, None where there is none."""
    shown = events(figures)
    if not shown:
        return None
    rows = tuple(
        forest.Row(
            label=f"{f.label}: {'yes' if f.observed == 1.0 else 'no'}",
            value=100 * given(f),
            lower=math.nan,
            upper=math.nan,
            text=f"{number.percent(given(f))} given",
            group=f.title,
            verdict=f.fate.value,
            cell="",
            primary=f.fate is Fate.OUTSIDE,
        )
        for f in shown
    )
    bad = [f for f in shown if f.fate is Fate.OUTSIDE]
    least = number.percent(LEAST)
    title = (
        f"{len(shown) - len(bad)} of {len(shown)} events had been given a chance of {least} or more"
    )
    words = Words(
        title=title,
        subtitle="Dot: the chance that the prediction gave to what then happened. Upright "
        f"line: {least}; left of it the prediction failed.",
        description=title,
        sentence=f"{title}.",
    )
    axis = forest.Axis(title="chance given to what happened, %", zero=100 * LEAST)
    return forest.figure(id=id, rows=rows, axis=axis, words=words, table=_table(shown))


def _table(shown: Sequence[Predicted]) -> Table:
    return Table(
        caption="Events",
        headers=("Study", "Event", "Chance given", "Happened", "So it is", "Rows"),
        rows=tuple(
            (
                f.title,
                f.label,
                number.percent(f.middle),
                "yes" if f.observed == 1.0 else "no",
                f.fate.value,
                f.cited,
            )
            for f in shown
        ),
    )
