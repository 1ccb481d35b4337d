"""The blockade fraction as a value: cell means, form, Fieller set, fraction.

How it is computed is `stats.blockade`; how it is drawn, `report`.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

import numpy as np
from numpy.typing import NDArray

from crossblock.domain.result import Estimate

Floats = NDArray[np.float64]


class Form(StrEnum):
    """Which cells were observed, and so what the fraction assumes."""

    FOUR = "four cells: drug, drug + blocker, blocker alone, neither; nothing is assumed"
    THREE = "three cells: the blocker alone is assumed to change nothing (N = P)"
    TWO = (
        "two cells: neither the blocker alone nor the passing of time is assumed to change anything"
    )


@dataclass(frozen=True, kw_only=True, eq=False)
class CellMeans:
    """Adjusted mean change of the observed cells with their covariance.

    mean        float64 (c,), in points, the sign as measured (a fall is negative or positive, but
                the same for all)
    covariance  float64 (c, c), points squared
    df          degrees of freedom of that covariance
    """

    cells: tuple[str, ...]
    mean: Floats
    covariance: Floats
    df: float
    n: int = 0


@dataclass(frozen=True, kw_only=True, slots=True)
class FiellerSet:
    """{rho : lower <= rho <= upper} when `bounded`, else the outside of (lower, upper).

    The whole line is bounded = False with lower = inf and upper = -inf: nothing is excluded.
    """

    bounded: bool
    lower: float
    upper: float

    @property
    def everything(self) -> bool:
        return not self.bounded and self.lower > self.upper

    def __contains__(self, rho: float) -> bool:
        if self.bounded:
            return self.lower <= rho <= self.upper
        return self.everything or rho <= self.lower or rho >= self.upper


@dataclass(frozen=True, kw_only=True, slots=True)
class BlockadeFraction:
    """The fraction, its set, the form and what the form's assumption is worth.

    `sensitivity` maps N - P in points to the fraction it would give; `corrected` divides by the
    occupancy that the blocker reached, when one was stated.
    """

    estimate: Estimate
    form: Form
    fieller: FiellerSet
    uninformative: bool
    open_effect: float
    blocked_effect: float
    sensitivity: Mapping[float, float]
    corrected: Estimate | None = None
