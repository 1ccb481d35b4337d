"""What each rival mechanism says every measurement would show."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum


class Measurement(StrEnum):
    """The measurements that tell rivals apart; the value is the short title a reader sees."""

    RATIO = "improvement left with the blocker"
    GLX = "glutamate surge left with the blocker"
    PLACEBO = "improvement after a placebo infusion"
    ALONE = "improvement with the blocker and a placebo infusion"
    DISSOCIATION = "dissociation left with the blocker"
    SECOND = "improvement left with the second blocker dose"
    AGONIST = "improvement after a mu agonist instead"
    CARRYOVER = "improvement still there at the next period"


APART = 0.05  # bands must lie this far apart before a study could see it

SAYS: dict[Measurement, str] = {
    Measurement.RATIO: "with the blocker on board, {} of the drug's improvement is left",
    Measurement.GLX: "with the blocker on board, {} of the glutamate surge is left",
    Measurement.PLACEBO: "a placebo infusion alone removes {} of the baseline score",
    Measurement.ALONE: "a placebo infusion under the blocker removes {} of the baseline score",
    Measurement.DISSOCIATION: "with the blocker on board, {} of the dissociation is left",
    Measurement.SECOND: "at the second blocker dose, {} of the drug's improvement is left",
    Measurement.AGONIST: "a plain mu agonist instead of the drug removes {} of the baseline score",
    Measurement.CARRYOVER: "when the next period begins, {} of the improvement is still there",
}


@dataclass(frozen=True, kw_only=True, slots=True)
class Predicted:
    """One measurement under one mechanism: typical value and 95 % of its prior, as fractions.

    `capped` is the typical value under the capped score link, None where the link plays no part or
    its cap is too low. Values can pass 1: a ratio of 1.02 says that the blocker adds.
    """

    value: float
    low: float
    high: float
    capped: float | None = None


@dataclass(frozen=True, kw_only=True, slots=True)
class Prediction:
    """One mechanism's row of the table, with the numbers of it that nobody read in a text."""

    mechanism: str
    label: str
    title: str
    claim: str
    cells: Mapping[Measurement, Predicted]
    error: float
    assumed: tuple[str, ...] = ()

    def sentences(self) -> tuple[str, ...]:
        """Return one sentence a measurement: "If H1 were true, ..."."""
        return tuple(
            f"If {self.label} were true, {SAYS[m].format(_share(p))}."
            for m, p in self.cells.items()
        )


@dataclass(frozen=True, kw_only=True, slots=True)
class Predictions:
    """The table, what was asked of the mechanisms, and which measurement parts which rivals.

    `asked` says in words what is given and when it is measured. `parted` maps a pair of mechanism
    ids to the measurement whose bands lie apart the most, or None where every band overlaps.
    """

    asked: tuple[str, ...]
    rows: tuple[Prediction, ...]
    parted: Mapping[tuple[str, str], Measurement | None]

    def alike(self) -> tuple[tuple[str, str], ...]:
        """Return the pairs that none of these measurements tells apart."""
        return tuple(pair for pair, found in self.parted.items() if found is None)


def _share(p: Predicted) -> str:
    middle, low, high = (round(100 * x) for x in (p.value, p.low, p.high))
    band = "" if low == high == middle else f" (95 % of its prior: {low} to {high} %)"
    return f"{middle} %{band}"


def part(a: Prediction, b: Prediction) -> Measurement | None:
    """Return the measurement whose bands lie apart the most; None where all overlap."""
    gaps = {
        m: max(a.cells[m].low - b.cells[m].high, b.cells[m].low - a.cells[m].high)
        for m in a.cells
        if m in b.cells
    }
    best = max(gaps, key=lambda m: gaps[m])
    return best if gaps[best] > APART else None
