"""Does the model expect what was found? Predicted interval and observed figure, row by row."""

from __future__ import annotations

from collections.abc import Sequence

from crossblock.domain.predicted import Fate, Predicted
from crossblock.report import forest, number
from crossblock.report.figure import Figure, Table, Words


def figure(*, id: str, figures: Sequence[Predicted], what: str) -> Figure:
    """Return one row a figure: dot observed, line the predicted 95 % interval, scaled to -1 to 1.

    Figures without a published number and probabilities of events stand in the table only.
    """
    shown = [f for f in figures if f.observed is not None and f.unit != "probability"]
    rows = tuple(
        forest.Row(
            label=f.label,
            value=scaled(f),
            lower=-1.0,
            upper=1.0,
            text=f"{value(f, f.observed or 0.0)} ({value(f, f.low)} to {value(f, f.high)})",
            group=f.title,
            cell="no_drug" if f.fate is Fate.INSIDE else "blocked",
            primary=True,
        )
        for f in shown
    )
    outside = [f for f in figures if f.fate is Fate.OUTSIDE]
    told = [f for f in figures if f.fate is not Fate.NOT_OBSERVED]
    title = f"{len(told) - len(outside)} of {len(told)} {what} lie where the model expected them"
    words = Words(
        title=title,
        subtitle="Line: predicted 95 % interval, scaled to the same width in every row. Dot: what "
        "was found. Words: found (predicted).",
        description=title,
        sentence=f"{title}{_missed(outside)}.",
    )
    axis = forest.Axis(title="found, in half widths of the predicted interval")
    return forest.figure(id=id, rows=rows, axis=axis, words=words, table=table(figures))


def _missed(outside: Sequence[Predicted]) -> str:
    if not outside:
        return ""
    names = list(dict.fromkeys(f.title for f in outside))
    return f"; outside: {number.listed(names)}"


def scaled(f: Predicted) -> float:
    """Return where the observed figure lies: -1 and 1 are the ends of the interval."""
    half = (f.high - f.low) / 2.0
    middle = (f.high + f.low) / 2.0
    return ((f.observed or 0.0) - middle) / half if half > 0 else 0.0


def table(figures: Sequence[Predicted]) -> Table:
    """Return every figure with its prediction, what was found, and how it fared."""
    return Table(
        caption="Predicted and found",
        headers=("Study", "Figure", "Predicted, 95 % interval", "Found", "So it is"),
        rows=tuple(
            (
                f.title,
                f.label,
                _predicted(f),
                "" if f.observed is None else _found(f),
                f.fate.value,
            )
            for f in figures
        ),
    )


def _predicted(f: Predicted) -> str:
    if f.unit == "probability":
        return f"chance {number.percent(f.middle)}"
    return f"{value(f, f.middle)} ({value(f, f.low)} to {value(f, f.high)})"


def _found(f: Predicted) -> str:
    assert f.observed is not None
    if f.unit == "probability":
        return "yes" if f.observed == 1.0 else "no"
    return value(f, f.observed)


def value(f: Predicted, x: float) -> str:
    """Return a figure in its own unit, as a person would write it."""
    if f.unit in {"share", "share lost", "share responding", "fraction"}:
        return number.percent(x)
    if f.unit == "people":
        return number.fixed(x, 0)
    return number.fixed(x, 1)
