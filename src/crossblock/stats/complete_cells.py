"""Cell means of the people who were rated in every cell, in closed form, many trials at a time.

With z_i the scores of person i by condition, the mean of the sequence means is free of period
effects wherever every condition stands equally often in every period, and its covariance is that of
independent sequences:

    m = (1/S) sum_s mean(z | s),   V = W (sum_s 1/n_s) / S^2,   W = sum_i r_i r_i' / (n - S)

with r_i the residual from the person's sequence mean. Every contrast c'm is then an exact t with
n - S degrees of freedom, for any covariance between conditions; for two conditions in two periods
it is the period-adjusted difference of `stats.crossover`. One period makes independent groups: W is
then the pooled variance and V = W diag(1 / n_c). Derivation: docs/derivations/simulate.md.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray
from scipy.special import stdtrit

from crossblock.core.errors import DesignError, Problem
from crossblock.domain.table import AnalysisTable

Floats = NDArray[np.float64]
Bools = NDArray[np.bool_]


class CompleteCells(NamedTuple):
    """Means (B, C) in points, covariance (B, C, C), df and people (B,); df 0: not estimable."""

    mean: Floats
    covariance: Floats
    df: Floats
    n: Floats


class Ratio(NamedTuple):
    """Fieller sets of a / d for many trials, each (B,): the outside of (lower, upper) if unbounded.

    `value` is a / d; where nothing could be estimated the set is the whole line.
    """

    value: Floats
    lower: Floats
    upper: Floats
    bounded: Bools

    def covers(self, rho: Floats | float) -> Bools:
        """Tell which sets hold `rho`."""
        inside = (self.lower <= rho) & (rho <= self.upper)
        outside = (rho <= self.lower) | (rho >= self.upper) | (self.lower > self.upper)
        return np.where(self.bounded, inside, outside)


def complete_cells(
    table: AnalysisTable, conditions: tuple[str, ...], keep: Bools | None = None
) -> CompleteCells:
    """Return the means of `conditions` over everybody rated in all of them, and in `keep` (B, n).

    Raises `DesignError` in a crossover whose conditions are not spread evenly over the periods.
    """
    cells = [table.cell(c) for c in conditions]
    z = np.stack([score for score, _ in cells], axis=-1)
    seen = np.stack([known for _, known in cells], axis=-1)
    if keep is not None:
        seen = seen & keep[..., None]
    if table.y.shape[-1] == 1:
        return _groups(z, seen)
    used = _even_sequences(table, conditions)
    whole = np.asarray(seen.all(axis=-1))
    member = (table.sequence[..., None] == used) & whole[..., None]
    return _sequences(z, member.astype(np.float64))


def _sequences(z: Floats, member: Floats) -> CompleteCells:
    """Return the mean of sequence means; member (B, n, S) is 1 where a person is of a sequence."""
    S = max(member.shape[-1], 1)
    count = member.sum(axis=1)
    n = count.sum(axis=-1)
    center = np.einsum("bns,bnc->bsc", member, z) / np.maximum(count, 1.0)[..., None]
    r = (z - np.einsum("bns,bsc->bnc", member, center)) * member.sum(axis=-1)[..., None]
    df = np.where((count > 0).all(axis=-1) & (n > S), n - S, 0.0)
    W = np.einsum("bnc,bnd->bcd", r, r) / np.maximum(df, 1.0)[:, None, None]
    factor = (1.0 / np.maximum(count, 1.0)).sum(axis=-1) / S**2
    usable = (df > 0)[:, None, None]
    return CompleteCells(
        center.mean(axis=1), np.where(usable, W * factor[:, None, None], 0.0), df, n
    )


def _groups(z: Floats, seen: Bools) -> CompleteCells:
    """Return the means of independent groups, one a condition."""
    weight = seen.astype(np.float64)
    count = weight.sum(axis=1)
    mean = (weight * z).sum(axis=1) / np.maximum(count, 1.0)
    squares = (weight * (z - mean[:, None]) ** 2).sum(axis=(1, 2))
    n, C = count.sum(axis=-1), z.shape[-1]
    df = np.where((count > 0).all(axis=-1) & (n > C), n - C, 0.0)
    variance = squares / np.maximum(df, 1.0)
    diagonal = np.where(df > 0, variance, 0.0)[:, None] / np.maximum(count, 1.0)
    return CompleteCells(mean, diagonal[..., None] * np.eye(C), df, n)


def _even_sequences(table: AnalysisTable, conditions: tuple[str, ...]) -> NDArray[np.int64]:
    """Return the sequences that hold all conditions; refuse those not even over the periods."""
    index = [table.conditions.index(c) for c in conditions]
    sequence = table.sequence.reshape(-1)
    condition = table.condition.reshape(sequence.size, -1)
    rows = {
        s: condition[np.argmax(sequence == s)]
        for s in range(len(table.sequences))
        if (sequence == s).any()
    }
    whole = {s: row for s, row in rows.items() if np.isin(index, row).all()}
    absent = [s for s in range(len(table.sequences)) if s not in rows]
    if absent:  # a sequence without people: nothing can be estimated, and nothing is refused
        return np.array([*whole, *absent], dtype=np.int64)
    counts = np.array([[column.count(c) for column in _columns(whole)] for c in index])
    shared = counts[:, counts.any(axis=0)] if counts.size else np.zeros((1, 1))
    if (shared != shared[:, :1]).any():
        raise DesignError(
            Problem(
                what="the conditions are not spread evenly over the periods",
                value=", ".join(conditions),
                why="a mean of sequence means would hold part of the period effect",
                fix="use the mixed model, which adjusts for periods in any design",
            )
        )
    return np.array(list(whole), dtype=np.int64)


def _columns(rows: dict[int, NDArray[np.int64]]) -> list[list[int]]:
    """Return the conditions of each period, over the sequences."""
    return [list(map(int, column)) for column in zip(*rows.values(), strict=True)]


def contrast(cells: CompleteCells, weights: Floats) -> tuple[Floats, Floats]:
    """Return estimate and standard error, each (B,), of weights' mean."""
    return cells.mean @ weights, np.sqrt(
        np.maximum(np.einsum("c,bcd,d->b", weights, cells.covariance, weights), 0.0)
    )


def ratio(cells: CompleteCells, a: Floats, d: Floats, level: float = 0.95) -> Ratio:
    """Return a'mean / d'mean with its Fieller set for every trial (`stats.blockade.fieller`)."""
    num, den = cells.mean @ a, cells.mean @ d
    v_aa, v_ad, v_dd = (
        np.einsum("c,bcd,d->b", x, cells.covariance, y) for x, y in ((a, a), (a, d), (d, d))
    )
    t = stdtrit(np.maximum(cells.df, 1.0), 0.5 + level / 2.0)
    A, B, C = den**2 - t**2 * v_dd, num * den - t**2 * v_ad, num**2 - t**2 * v_aa
    usable = (cells.df > 0) & (den != 0.0)
    bounded = usable & (A > 0)
    disc = B * B - A * C
    root = np.sqrt(np.maximum(disc, 0.0))
    some = usable & (A != 0) & (bounded | (disc > 0))
    safe = np.where(some, A, 1.0)
    ends = np.stack([(B - root) / safe, (B + root) / safe])
    return Ratio(
        value=np.where(usable, num / np.where(den == 0.0, 1.0, den), np.nan),
        lower=np.where(some, ends.min(axis=0), np.inf),
        upper=np.where(some, ends.max(axis=0), -np.inf),
        bounded=bounded,
    )
