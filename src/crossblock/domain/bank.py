"""An item bank: how the items of an instrument answer to the state behind them.

The bank turns a wanted expected total into answers: each row of its table belongs to one expected
total and holds, for every item, how far a standard normal draw may reach for the answer to be at
least 1, 2 and so on.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property

import numpy as np
from numpy.typing import NDArray
from scipy.special import ndtr

from crossblock.domain.compound import Source
from crossblock.domain.fact import Confidence
from crossblock.kernels import graded

Array = NDArray[np.float64]
PER_POINT = 32  # rows of the table for one point of the total
REACH, GRID = 9.0, 7201  # of the hidden state in SDs, and points at which the total is computed


@dataclass(frozen=True, kw_only=True, slots=True)
class BankItem:
    """One item: mean and loading in the population that the bank was fitted to."""

    id: str
    mean: float
    loading: float
    steps: int


@dataclass(frozen=True, kw_only=True)
class ItemBank:
    """The items of one instrument, in its order. `dispersion` is their common overdispersion."""

    instrument: str
    population: str
    items: tuple[BankItem, ...]
    dispersion: float
    source: Source
    confidence: Confidence
    note: str = ""
    sources: Mapping[str, Source] = field(default_factory=dict)

    def __hash__(self) -> int:
        return hash((self.instrument, self.population))

    @property
    def ids(self) -> tuple[str, ...]:
        return tuple(i.id for i in self.items)

    @property
    def maximum(self) -> int:
        """The highest total."""
        return sum(i.steps for i in self.items)

    @property
    def loadings(self) -> Array:
        return np.array([i.loading for i in self.items])

    @property
    def thresholds(self) -> list[Array]:
        return [graded.thresholds(i.mean, i.steps, self.dispersion) for i in self.items]

    @cached_property
    def edges(self) -> NDArray[np.float32]:
        """Return the edges (R, I, K), row r for the expected total r / 32.

        The answer to item j is the number of k with draw <= edge_jk; steps that an item does not
        have have their edge at minus infinity.
        """
        theta, total, parts = self._curves()
        rows = np.arange(self.maximum * PER_POINT + 1) / PER_POINT
        at = np.interp(rows, total, theta)
        most = max(i.steps for i in self.items)
        out = np.full((rows.size, len(self.items), most), -np.inf, dtype=np.float32)
        for j, (item, tau) in enumerate(zip(self.items, parts, strict=True)):
            spread = np.sqrt(1.0 - item.loading**2)
            out[:, j, : item.steps] = (item.loading * at[:, None] - tau) / spread
        return out

    def expected(self, total: float, ids: tuple[str, ...] = ()) -> float:
        """Return the expected sum of some items (all when left out) where `total` is expected."""
        chance = ndtr(self.edges[round(total * PER_POINT)])
        keep = [j for j, i in enumerate(self.items) if not ids or i.id in ids]
        return float(chance[keep].sum())

    def _curves(self) -> tuple[Array, Array, list[Array]]:
        """Return a grid of states, the expected total there (rising), and the thresholds."""
        theta, taus = np.linspace(-REACH, REACH, GRID), self.thresholds
        total = np.zeros(GRID)
        for item, tau in zip(self.items, taus, strict=True):
            total += graded.passing(theta, item.loading, tau).sum(axis=-1)
        return theta, np.maximum.accumulate(total), taus

    def spread(self, total: float) -> float:
        """Return the SD of the drawn total where `total` is expected, points."""
        chance = ndtr(self.edges[round(total * PER_POINT)].astype(np.float64))
        k = np.arange(1, chance.shape[-1] + 1)
        square = ((2 * k - 1) * chance).sum(axis=-1)
        return float(np.sqrt((square - chance.sum(axis=-1) ** 2).sum()))
