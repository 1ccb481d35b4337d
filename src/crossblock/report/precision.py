"""How well a design measures the blockade fraction: sampling range, interval width, coverage."""

from __future__ import annotations

from collections.abc import Sequence

from crossblock.domain.characteristics import Characteristics, FractionCharacteristics
from crossblock.report import forest, number, truths
from crossblock.report.figure import Figure, Table, Words
from crossblock.report.power import with_error

LEAST_BOUNDED = 0.5  # below it, most intervals say nothing
WANTED = (0.94, 0.96)


def known(found: Sequence[Characteristics]) -> bool:
    """Tell whether the design has a blockade fraction at all."""
    return any(c.group("all").fraction is not None for c in found)


def figure(found: Sequence[Characteristics], *, id: str = "precision") -> Figure:
    """Return the sampling range of the estimated fraction under every truth, as a forest."""
    rows = []
    for c, label in zip(found, truths.labels(found), strict=True):
        f = c.group("all").fraction
        if f is not None and f.coverage.n:
            rows.append(
                forest.Row(
                    label=label,
                    value=f.truth,
                    lower=f.low,
                    upper=f.high,
                    text=f"{number.percent(f.low)} to {number.percent(f.high)}",
                    cell="blocked",
                )
            )
    title = _title(found)
    words = Words(
        title=title,
        subtitle=(
            "Mark: what the dose that is given really removes. Line: where the estimates of 95 in "
            "100 virtual trials fall, all completers."
        ),
        description=f"{title}. Sampling ranges of the blockade fraction under each truth.",
        sentence=f"{title}.",
    )
    axis = forest.Axis(title="estimated blockade fraction", left="", right="")
    return forest.figure(id=id, rows=rows, axis=axis, words=words, table=table(found))


def _title(found: Sequence[Characteristics]) -> str:
    ranges = [f for c in found if (f := c.group("all").fraction) is not None and f.coverage.n]
    ordered = sorted(ranges, key=lambda f: f.truth)
    if len(ordered) > 1 and ordered[0].high < ordered[-1].low:
        return (
            f"The design tells {number.percent(ordered[0].truth)} from "
            f"{number.percent(ordered[-1].truth)}; what lies between overlaps"
        )
    first = ordered[0]
    return (
        f"A true {number.percent(first.truth)} is estimated anywhere from "
        f"{number.percent(first.low)} to {number.percent(first.high)}"
    )


def judged(f: FractionCharacteristics) -> str:
    """Return in words whether the interval keeps its promise and says anything."""
    if f.bounded.value < LEAST_BOUNDED:
        return "most intervals are unbounded: the drug's own effect is too uncertain"
    if WANTED[0] <= f.coverage.value <= WANTED[1]:
        return "covers as promised"
    if f.coverage.value > WANTED[1]:
        return "covers more than promised: cautious"
    return "covers less than promised: its assumptions do not hold here"


def table(found: Sequence[Characteristics]) -> Table:
    """Return coverage, width and bias for every truth and group."""
    rows = []
    for c, label in zip(found, truths.labels(found), strict=True):
        for g in c.groups:
            f = g.fraction
            if f is not None and f.coverage.n:
                rows.append(
                    (
                        label,
                        g.group,
                        number.percent(f.truth),
                        f"{number.percent(f.low)} to {number.percent(f.high)}",
                        with_error(f.coverage),
                        number.percent(f.width.value),
                        with_error(f.bounded),
                        judged(f),
                    )
                )
    return Table(
        caption="The blockade fraction over virtual trials (95 % Fieller sets)",
        headers=(
            "Truth",
            "People",
            "True at this dose",
            "Sampling range",
            "Coverage",
            "Mean width",
            "Bounded",
            "In words",
        ),
        rows=tuple(rows),
    )
