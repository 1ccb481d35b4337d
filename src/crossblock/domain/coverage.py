"""How well a blocker covers the time that matters, and which dose and lead time would."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float64]


@dataclass(frozen=True, kw_only=True, slots=True)
class Span:
    """A stretch of time above a level, in h; `stop_h` is infinite past the horizon."""

    start_h: float
    stop_h: float

    @property
    def hours(self) -> float:
        """Length in h."""
        return self.stop_h - self.start_h


@dataclass(frozen=True, kw_only=True, eq=False)
class Coverage:
    """Blockade over a window: what the typical person gets, and how many people get enough.

    Fractions in 0-1; `above` maps a level to its spans from the first dose on; `share` is the part
    of people whose blockade never falls below `wanted` in the window (None without a stream).
    """

    window_h: tuple[float, float]
    wanted: float
    lowest: float
    mean: float
    peak: float
    peak_h: float
    above: dict[float, tuple[Span, ...]]
    share: float | None = None
    warnings: tuple[str, ...] = ()


@dataclass(frozen=True, kw_only=True, slots=True)
class DoseAnswer:
    """The dose for a wanted blockade: for the typical person, and so that `share` of people get it.

    Doses in the unit of the model (mg, or mg/kg when `per_kg`).
    """

    wanted: float
    window_h: tuple[float, float]
    typical: float
    share: float
    for_share: float | None
    per_kg: bool
    warnings: tuple[str, ...] = ()


@dataclass(frozen=True, kw_only=True, slots=True)
class LeadAnswer:
    """How long before the window a dose may be given. `None` twice: no lead time will do."""

    wanted: float
    window_length_h: float
    shortest_h: float | None
    longest_h: float | None


@dataclass(frozen=True, kw_only=True, slots=True)
class DoseRow:
    """One line of the dose table. Fractions in 0-1, times in h from the dose."""

    amount: float
    per_kg: bool
    at: dict[float, float]
    peak: float
    hours_above: dict[float, float]
    under_5_percent_h: float


@dataclass(frozen=True, kw_only=True, eq=False)
class DoseCurve:
    """Blockade against dose, each (doses,): the typical person and a 95 % band between persons.

    `amount` in mg, or mg/kg when `per_kg`; fractions in 0-1; `when` says at what time, in words.
    """

    amount: Array
    typical: Array
    low: Array
    high: Array
    per_kg: bool
    when: str
