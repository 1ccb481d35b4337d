"""Does the model expect what was found? Predicted interval and observed figure, row by row."""

from __future__ import annotations

from collections.abc import Sequence

from crossblock.domain.predicted import Fate, Predicted
from crossblock.report import forest, number
from crossblock.report.figure import Figure, Table, Words

SHARES = {"share", "share lost", "share responding", "fraction"}
# how a figure is named on the page, by its unit; {0} is its label
NAMES = {
    "points lost": "{0}: fall, points",
    "share lost": "{0}: fall, of baseline",
    "share responding": "{0}: responding",
    "1": "test statistic, root of F",
    "people": "{0}, people",
    "points": "{0}, points",
}


def figure(*, id: str, figures: Sequence[Predicted], what: str) -> Figure | None:
    """Return one row a figure: dot observed, line the predicted 95 % interval, scaled to -1 to 1.

    Figures without a published number stand in the table only, chances of events in `chances`.
    None where no figure was published.
    """
    shown = [f for f in figures if f.observed is not None and f.unit != "probability"]
    if not shown:
        return None
    rows = tuple(
        forest.Row(
            label=name(f),
            value=scaled(f),
            lower=-1.0,
            upper=1.0,
            text=f"{value(f, f.observed or 0.0)} ({bounds(f)})",
            group=f.title,
            verdict=f.fate.value,
            cell="",
            primary=f.fate is Fate.OUTSIDE,
        )
        for f in shown
    )
    outside = [f for f in shown if f.fate is Fate.OUTSIDE]
    title = f"{len(shown) - len(outside)} of {len(shown)} {what} lie where the model expected them"
    words = Words(
        title=title,
        subtitle="Line: predicted 95 % interval, scaled to the same width in every row. Dot: what "
        "was found. Words: found (predicted), inside or outside. Dark: outside.",
        description=title,
        sentence=f"{title}{_missed(outside)}.",
    )
    axis = forest.Axis(title="place in the interval; −1 and 1 are its ends")
    return forest.figure(id=id, rows=rows, axis=axis, words=words, table=table(figures))


def _missed(outside: Sequence[Predicted]) -> str:
    if not outside:
        return ""
    names = list(dict.fromkeys(f.title for f in outside))
    return f"; outside: {number.listed(names)}"


def name(f: Predicted) -> str:
    """Return what a figure is, with its unit, as the page says it."""
    return NAMES.get(f.unit, "{0}").format(f.label)


def scaled(f: Predicted) -> float:
    """Return where the observed figure lies: -1 and 1 are the ends of the interval."""
    half = (f.high - f.low) / 2.0
    middle = (f.high + f.low) / 2.0
    return ((f.observed or 0.0) - middle) / half if half > 0 else 0.0


def table(figures: Sequence[Predicted]) -> Table:
    """Return every figure with its prediction, what was found, how it fared, and its rows."""
    return Table(
        caption="Predicted and found",
        headers=("Study", "Figure", "Predicted, 95 % interval", "Found", "So it is", "Rows"),
        rows=tuple(
            (
                f.title,
                name(f),
                _predicted(f),
                "" if f.observed is None else _found(f),
                f.fate.value,
                f.cited or ("patient-level ratings" if f.observed is not None else ""),
            )
            for f in figures
        ),
    )


def _predicted(f: Predicted) -> str:
    if f.unit == "probability":
        return f"chance {number.percent(f.middle)}"
    return f"{value(f, f.middle)} ({bounds(f)})"


def _found(f: Predicted) -> str:
    assert f.observed is not None
    if f.unit == "probability":
        return "yes" if f.observed == 1.0 else "no"
    return value(f, f.observed)


def bounds(f: Predicted) -> str:
    """Return the predicted interval, "18 to 72 %" or "8.8 to 21.9"."""
    low = value(f, f.low)
    if f.unit in SHARES:
        low = low.removesuffix("%").rstrip(number.THIN)
    return f"{low} to {value(f, f.high)}"


def value(f: Predicted, x: float) -> str:
    """Return a figure in its own unit, as a person would write it."""
    if f.unit in SHARES:
        return number.percent(x)
    return number.fixed(x, 0 if f.unit == "people" else 1)
