"""Sums over virtual trials that can be added chunk by chunk: counts, means, shares, histograms.

Chunks are added in their order, so that the sums are the same bytes however the work was split.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from crossblock.domain.characteristics import Measured

Array = NDArray[np.float64]
LEAST, MOST, STEP = -3.0, 4.0, 0.002  # of a fraction; what lies outside counts at the end


@dataclass(frozen=True, slots=True)
class Sum:
    """Number, sum and sum of squares."""

    n: int = 0
    total: float = 0.0
    square: float = 0.0

    def __add__(self, other: Sum) -> Sum:
        return Sum(self.n + other.n, self.total + other.total, self.square + other.square)

    def measured(self) -> Measured:
        """Return mean and Monte Carlo standard error; of nothing, 0 with an infinite error."""
        if self.n == 0:
            return Measured(value=0.0, se=math.inf, n=0)
        mean = self.total / self.n
        variance = max(self.square / self.n - mean * mean, 0.0)
        share = self.square == self.total and (self.total == 0.0 or self.total == self.n)
        se = 1.5 / self.n if share else math.sqrt(variance / self.n)
        return Measured(value=mean, se=se, n=self.n)


@dataclass(frozen=True, kw_only=True, eq=False)
class Tally:
    """Sums by name, and histograms of fractions by name."""

    sums: Mapping[str, Sum] = field(default_factory=dict)
    histograms: Mapping[str, NDArray[np.int64]] = field(default_factory=dict)

    def __add__(self, other: Tally) -> Tally:
        sums = {**self.sums}
        for name, s in other.sums.items():
            sums[name] = sums.get(name, Sum()) + s
        shapes = {**self.histograms}
        for name, h in other.histograms.items():
            shapes[name] = shapes[name] + h if name in shapes else h
        return Tally(sums=sums, histograms=shapes)

    def measured(self, name: str) -> Measured:
        return self.sums.get(name, Sum()).measured()

    def quantile(self, name: str, q: float) -> float:
        """Return a quantile of a histogram, to half a step (0.001); 0 of an empty one."""
        counts = self.histograms[name]
        total = int(counts.sum())
        if total == 0:
            return 0.0
        k = int(np.searchsorted(np.cumsum(counts), q * total))
        return LEAST + (min(k, counts.size - 1) + 0.5) * STEP


def summed(x: Array | NDArray[np.bool_], keep: NDArray[np.bool_] | None = None) -> Sum:
    """Return the sums of x over the trials that are kept."""
    values = np.asarray(x, dtype=np.float64)
    values = values if keep is None else values[keep]
    return Sum(values.size, float(values.sum()), float((values * values).sum()))


def histogram(x: Array) -> NDArray[np.int64]:
    """Return counts of x in steps of 0.002."""
    bins = round((MOST - LEAST) / STEP)
    k = np.clip(np.floor((x - LEAST) / STEP), 0, bins - 1).astype(np.int64)
    return np.bincount(k, minlength=bins)


@dataclass(kw_only=True, eq=False)
class InOrder:
    """Adds numbered tallies in the order of their numbers, from 0, whenever they come.

    Sums of floats depend on their order. Only what came early is kept apart.
    """

    total: Tally = field(default_factory=Tally)
    following: int = 0
    early: dict[int, Tally] = field(default_factory=dict)

    def take(self, number: int, found: Tally) -> None:
        """Add a tally, or keep it until its turn."""
        self.early[number] = found
        while self.following in self.early:
            self.total = self.total + self.early.pop(self.following)
            self.following += 1
